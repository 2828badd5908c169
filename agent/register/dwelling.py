"""Where a person lives, as one thing: a form takes a dwelling whole, or has it beside its own, never half of each."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from agent.register import fields, further, rules, separation
from agent.register.form import Entry, Form, StoredOffer, source, value
from peewee_models.finding_queries import DWELLING_KEYS

KEYS: Final = (*fields.ADDRESS_KEYS, *further.TENANCY_KEYS)
"""A dwelling with its lease."""

OF_HOUSEHOLD: Final = (*KEYS, *separation.HUKOU_KEYS, separation.LIVES_HERE)
"""All that a household may say of where its persons live, or of who does not live here, where it is registered."""

YIELDING: Final = frozenset({"", "station", "derived"})
"""Sources whose values nobody has given for this person."""


def fits(form: Form, dwelling: Mapping[str, str]) -> bool:
    """Whether nothing that was said of the address in a form speaks against its being this dwelling."""
    said = {key: value(form, key) for key in DWELLING_KEYS if source(form, key) not in YIELDING}
    return all(not text or text == dwelling.get(key, "") for key, text in said.items())


def _spread(holding: rules.Rules) -> tuple[str, ...]:
    """What of a dwelling a further person gets: its lease where the district has it on the forms."""
    has_lease = further.level(further.TENANCY_KEYS[0], holding) != further.LEFT_OUT
    return KEYS if has_lease else fields.ADDRESS_KEYS


def of_household(values: Mapping[str, str], now: datetime, holding: rules.Rules) -> dict[str, Entry]:
    """What a further person of a household gets of its form: where they live, or where it is registered here.

    Args:
        values: of a person of the household.
        now: when.
        holding: the parameters as they hold today.
    """
    is_away = values.get(separation.FORM) == separation.HZ
    keys = OF_HOUSEHOLD if is_away else _spread(holding)
    return {key: Entry(values[key], "household", now) for key in keys if values.get(key)}


def joined(form: Form, dwelling: Mapping[str, str], now: datetime, holding: rules.Rules) -> dict[str, Entry]:
    """Lay the dwelling of the household that a person joins into a form that is filled already.

    It takes the place of what the register holds, which is offered beside it.  Where the clerk has typed another
    address, it is only offered; one without a road is not known yet and fills no more than gaps.
    """
    filled = dict(form)
    typed = {key: entry for key, entry in form.items() if entry.source != "register"}
    is_known, is_here = bool(dwelling.get("road")), fits(typed, dwelling)
    for key in _spread(holding):
        entry, text = filled.get(key) or Entry("", "", now), dwelling.get(key, "")
        if entry.value == text and entry.source != "register":
            continue
        if is_here and is_known and entry.source == "register":
            filled[key] = Entry(text, "household" if text else "", now, offers=entry.offers)
            if text != entry.value:
                filled[key] = filled[key].with_offer(StoredOffer("register", entry.value))
        elif text and is_here and entry.source in YIELDING:
            filled[key] = Entry(text, "household", now, offers=entry.offers)
        elif text and entry.value != text:
            filled[key] = entry.with_offer(StoredOffer("household", text))
    return filled


def left(form: Form, now: datetime) -> dict[str, Entry]:
    """Take the dwelling of a household out of a form again."""
    filled = dict(form)
    for key in OF_HOUSEHOLD:
        entry = form.get(key)
        if entry is None:
            continue
        offers = tuple(offer for offer in entry.offers if offer.source != "household")
        is_gone = entry.source == "household"
        filled[key] = Entry("", "", now, offers=offers) if is_gone else dataclasses.replace(entry, offers=offers)
    return filled
