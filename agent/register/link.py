"""Tie a draft to the registration of the same person, by ID number only, and untie it when the number changes.

Two persons' data must never mix: with another number everything that the register had filled in goes again.
"""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import Any

from agent.register import fields
from agent.register.form import Entry, Form, StoredOffer, value
from peewee_models import register_queries
from peewee_models.register import Household


def linked(row: Any, form: Form, now: datetime) -> tuple[dict[str, Entry], bool]:
    """Tie or untie a draft inside the open transaction; give its form and whether a record has come into view."""
    number = value(form, "id_no")
    record = register_queries.by_id_number(number) if number else None
    filled = dict(form)
    if row.registration_id is not None and (record is None or record.id != row.registration_id):
        filled = _without_register(filled, now)
        row.registration = None
        row.household = Household.create(created_at=now)
    if record is None or row.registration_id is not None:
        return filled, False
    row.registration = record.id
    if record.household_id is not None:
        row.household = record.household_id
    return _with_register(filled, register_queries.values_of(record), now), True


def with_register_again(row: Any, form: dict[str, Entry], keys: frozenset[str], now: datetime) -> dict[str, Entry]:
    """Put what the register holds beside some fields once more, where the draft is tied to a registration."""
    record = None if row.registration_id is None else register_queries.by_key(row.registration_id)
    if record is None:
        return form
    held = register_queries.values_of(record)
    return _with_register(form, {key: text for key, text in held.items() if key in keys}, now)


def _with_register(form: dict[str, Entry], held: dict[str, str], now: datetime) -> dict[str, Entry]:
    """Put what the register holds beside the form: gaps are filled, differences are offers."""
    for key, text in held.items():
        entry = form.get(key)
        if not text or key not in fields.RULES:
            continue
        if entry is None or not entry.value or entry.source in {"station", "derived"}:
            form[key] = Entry(text, "register", now, offers=() if entry is None else entry.offers)
        elif entry.value != text:
            form[key] = entry.with_offer(StoredOffer("register", text))
    return form


def _without_register(form: dict[str, Entry], now: datetime) -> dict[str, Entry]:
    kept = {}
    for key, entry in form.items():
        offers = tuple(offer for offer in entry.offers if offer.source != "register")
        is_registers = entry.source == "register"
        kept[key] = Entry("", "", now, offers=offers) if is_registers else dataclasses.replace(entry, offers=offers)
    return kept
