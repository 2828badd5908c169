"""Many registrations at once: read for a file that is given away."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from peewee_models.cancellations import Cancellation
from peewee_models.register import CANCELLED, Person, Registration

AT_ONCE: Final = 1000
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which registrations: of these forms and states, of a committee ("" for any), registered from and before."""

    forms: Sequence[str]
    states: Sequence[str]
    committee: str = ""
    since: datetime | None = None
    before: datetime | None = None


def _where(chosen: Chosen) -> Any:
    where = Registration.form.in_(list(chosen.forms)) & Registration.state.in_(list(chosen.states))
    if chosen.committee:
        where &= Registration.committee == chosen.committee
    if chosen.since is not None:
        where &= Registration.registered_at >= chosen.since
    if chosen.before is not None:
        where &= Registration.registered_at < chosen.before
    return where


def count(chosen: Chosen) -> int:
    """How many registrations are chosen."""
    return int(Registration.select().where(_where(chosen)).count())


def keys(chosen: Chosen) -> list[uuid.UUID]:
    """The keys of the chosen registrations."""
    return [key for (key,) in Registration.select(Registration.id).where(_where(chosen)).tuples().iterator()]


def rows(chosen: Chosen, person_keys: Sequence[str], own_keys: Sequence[str]) -> Iterator[Row]:
    """The chosen registrations, the one registered first comes first, inside an open transaction.

    Of one that is cancelled the person's values are those of then.

    Args:
        chosen: which.
        person_keys: columns of the person.
        own_keys: columns of the registration.

    Returns: values by key, with `id`.
    """
    columns = [getattr(Person, key) for key in person_keys] + [getattr(Registration, key) for key in own_keys]
    keys = (*person_keys, *own_keys, "state", "registered_at", "id")
    wanted = Registration.select(*columns, Registration.state, Registration.registered_at, Registration.id)
    where, last = _where(chosen), None
    while True:
        here = where
        if last is not None:
            at, key = last
            same = (Registration.registered_at == at) & (Registration.id > key)
            here &= (Registration.registered_at > at) | same
        asked = wanted.join(Person).where(here).order_by(Registration.registered_at, Registration.id).limit(AT_ONCE)
        found = [dict(zip(keys, row, strict=True)) for row in asked.tuples()]
        then = _persons_then([row["id"] for row in found if row["state"] == CANCELLED])
        for row in found:
            held = then.get(row["id"])
            yield row if held is None else row | {key: held.get(key, "") for key in person_keys}
        if len(found) < AT_ONCE:
            return
        last = (found[-1]["registered_at"], found[-1]["id"])


def _persons_then(records: Sequence[uuid.UUID]) -> dict[uuid.UUID, dict[str, str]]:
    """What the persons' rows said when some registrations were cancelled, by registration."""
    if not records:
        return {}
    standing = Cancellation.registration.in_(list(records)) & Cancellation.undone_at.is_null()
    asked = Cancellation.select(Cancellation.registration, Cancellation.person_values).where(standing)
    return {row.registration_id: dict(row.person_values) for row in asked}
