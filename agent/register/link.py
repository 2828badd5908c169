"""Tie a draft to the registration of the same person, by ID number only, and untie it when the number changes.

Two persons' data must never mix: with another number everything that the register had filled in goes again, and beside
a card only its own number ties, never one that somebody typed over it.  The household that the draft was opened for is
the clerk's choice and stays, with its dwelling.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from agent.register import dwelling, fields
from agent.register.form import Entry, Form, StoredOffer, of_chip, value
from agent.register.views import Source
from peewee_models import register_queries

_KEPT_BESIDE: Final[tuple[Source, ...]] = ("household", "typed")


def linked(row: Any, form: Form, defaults: Mapping[str, Entry], now: datetime) -> tuple[dict[str, Entry], bool]:
    """Tie or untie a draft inside the open transaction; give its form and whether a record has come into view.

    Args:
        row: the draft.
        form: its form.
        defaults: what a new form begins with; an untied one has it again where the register had filled in.
        now: the time.
    """
    number = value(form, "id_no")
    if of_chip(form, "id_no") not in {None, number}:
        number = ""  # the rest of the form is of whoever the card says
    record = register_queries.by_id_number(number) if number else None
    filled = dict(form)
    if row.registration_id is not None and (record is None or record.id != row.registration_id):
        filled = _without_register(filled, defaults, now)
        row.registration = None
    if record is None or row.registration_id is not None:
        return filled, False
    row.registration = record.id
    held = register_queries.values_of(record)
    return _with_register(filled, held, held, now), True


def with_register_again(row: Any, form: Form, keys: Iterable[str], now: datetime) -> dict[str, Entry]:
    """Put what the register holds beside some fields once more, where the draft is tied to a registration."""
    record = None if row.registration_id is None else register_queries.by_key(row.registration_id)
    if record is None:
        return dict(form)
    return _with_register(dict(form), register_queries.values_of(record), keys, now)


def _with_register(
    form: dict[str, Entry], held: dict[str, str], keys: Iterable[str], now: datetime
) -> dict[str, Entry]:
    """Put what the register holds beside the form: gaps are filled, differences are offers.

    A dwelling of which the form says something else is a difference as a whole.
    """
    others = () if dwelling.fits(form, held) else fields.ADDRESS_KEYS
    for key in keys:
        entry, text = form.get(key) or Entry("", "", now), held.get(key, "")
        if not text or key not in fields.RULES:
            continue
        if key not in others and (not entry.value or entry.source in dwelling.YIELDING):
            form[key] = Entry(text, "register", now, offers=entry.offers)
        elif entry.value != text:
            form[key] = entry.with_offer(StoredOffer("register", text))
    return form


def _without_register(form: Form, defaults: Mapping[str, Entry], now: datetime) -> dict[str, Entry]:
    kept = {}
    for key, entry in form.items():
        bare = dataclasses.replace(entry, offers=tuple(offer for offer in entry.offers if offer.source != "register"))
        if key == fields.REASON:
            bare = Entry("", "", now)
        kept[key] = _before(bare, defaults.get(key), now) if entry.source == "register" else bare
    return kept


def _before(entry: Entry, default: Entry | None, now: datetime) -> Entry:
    """What stands in a field when the register's value goes: the household's, the clerk's own, or the default."""
    for source in _KEPT_BESIDE:
        text = entry.offered(source)
        if text:
            return Entry(text, source, now, offers=tuple(offer for offer in entry.offers if offer.source != source))
    return dataclasses.replace(default or Entry("", "", now), offers=entry.offers)
