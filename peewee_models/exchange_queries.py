"""Many registrations at once: read for a file that is given away."""

from __future__ import annotations

import uuid
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from peewee_models.cancellations import Cancellation
from peewee_models.places import place, with_plates
from peewee_models.register import CANCELLED, Person, Registration

AT_ONCE: Final = 1000
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which registrations: of these forms and states, of a committee ("" for any), registered from and before.

    The committee is the one that the board counts a registration at: `places`.
    """

    forms: Sequence[str]
    states: Sequence[str]
    committee: str = ""
    since: datetime | None = None
    before: datetime | None = None


def _where(chosen: Chosen) -> Any:
    where = Registration.form.in_(list(chosen.forms)) & Registration.state.in_(list(chosen.states))
    if chosen.committee:
        where &= place("committee") == chosen.committee
    if chosen.since is not None:
        where &= Registration.registered_at >= chosen.since
    if chosen.before is not None:
        where &= Registration.registered_at < chosen.before
    return where


def _of(rows: Any, chosen: Chosen) -> Any:
    """The chosen ones of some rows."""
    return (with_plates(rows) if chosen.committee else rows).where(_where(chosen))


def count(chosen: Chosen) -> int:
    """How many registrations are chosen."""
    return int(_of(Registration.select(Registration.id), chosen).count())


def keys(chosen: Chosen) -> list[uuid.UUID]:
    """The keys of the chosen registrations."""
    return [key for (key,) in _of(Registration.select(Registration.id), chosen).tuples().iterator()]


def rows(
    chosen: Chosen, person_keys: Sequence[str], own_keys: Sequence[str], among: Container[uuid.UUID] | None = None
) -> Iterator[Row]:
    """The chosen registrations, the one registered first comes first, inside an open transaction.

    Of one that is cancelled the person's values are those of then.

    Args:
        chosen: which.
        person_keys: columns of the person.
        own_keys: columns of the registration.
        among: the keys of those that may be given; None for all.

    Returns: values by key, with `id`.
    """
    columns = [getattr(Person, key) for key in person_keys] + [getattr(Registration, key) for key in own_keys]
    keys = (*person_keys, *own_keys, "state", "registered_at", "id")
    wanted = Registration.select(*columns, Registration.state, Registration.registered_at, Registration.id)
    wanted, last = _of(wanted.join(Person), chosen), None
    while True:
        here = wanted
        if last is not None:
            at, key = last
            same = (Registration.registered_at == at) & (Registration.id > key)
            here = here.where((Registration.registered_at > at) | same)
        asked = here.order_by(Registration.registered_at, Registration.id).limit(AT_ONCE)
        found = [dict(zip(keys, row, strict=True)) for row in asked.tuples()]
        given = [row for row in found if among is None or row["id"] in among]
        then = _persons_then([row["id"] for row in given if row["state"] == CANCELLED])
        for row in given:
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
