"""Tie a draft to the registration of the same person, by ID number only, and untie it when the number changes.

Two persons' data must never mix: with another number everything that the register had filled in goes again, and beside
a card only its own number ties, never one that somebody typed over it.  The household that the draft was opened for is
the clerk's choice and stays, with its dwelling.

Who comes back, all of whose registrations are cancelled, is tied as a person: the form has what is known of them, and
nothing of where and since when they had lived here.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from agent.register import dwelling, fields
from agent.register.form import Entry, Form, StoredOffer, of_chip, value
from agent.register.views import Source
from peewee_models import register_queries

_KEPT_BESIDE: Final[tuple[Source, ...]] = ("household", "typed")


def linked(
    row: Any, form: Form, defaults: Mapping[str, Entry], now: datetime
) -> tuple[dict[str, Entry], uuid.UUID | None]:
    """Tie or untie a draft inside the open transaction; give its form, and the record that has come into view.

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
    former = register_queries.who_left(number) if number and record is None else None
    filled = dict(form)
    is_elsewhere = row.registration_id is not None and (record is None or record.id != row.registration_id)
    is_somebody_else = row.person_id is not None and (former is None or former.person_id != row.person_id)
    if is_elsewhere or is_somebody_else:
        filled = _without_register(filled, defaults, now)
        row.registration = row.person = None
    if record is not None and row.registration_id is None:
        row.registration = record.id
        held = register_queries.values_of(record)
        return _with_register(filled, held, held, now), record.id
    if former is not None and row.person_id is None:
        row.person = former.person_id
        held = register_queries.person_values(former.person)
        return _with_register(filled, held, held, now), former.id
    return filled, None


def with_register_again(row: Any, form: Form, keys: Iterable[str], now: datetime) -> dict[str, Entry]:
    """Put what the register holds beside some fields once more, where the draft is tied to a registration or person."""
    if row.registration_id is not None:
        held = register_queries.values_of(register_queries.by_key(row.registration_id))
    elif row.person_id is not None:
        held = register_queries.person_values(row.person)
    else:
        return dict(form)
    return _with_register(dict(form), held, keys, now)


def _with_register(
    form: dict[str, Entry], held: dict[str, str], keys: Iterable[str], now: datetime
) -> dict[str, Entry]:
    """Put what the register holds beside the form: gaps are filled, differences are offers.

    A dwelling of which the form says something else is a difference as a whole.
    """
    others = () if dwelling.fits(form, held) else dwelling.KEYS
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
