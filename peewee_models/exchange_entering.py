"""Many registrations at once, as an import makes them: who is there already, which households, and the rows."""

from __future__ import annotations

import uuid
from collections.abc import Container, Iterator, Sequence
from typing import Any, Final

from peewee_models import bulk, register_queries
from peewee_models.finding_queries import DWELLING_KEYS
from peewee_models.register import ACTIVE, FieldOrigin, Household, Person, Registration

SERIES: Final = "D"
_DIGITS: Final = 7
_SEARCHED: Final = ("name_key", "name_pinyin", "name_initials")
_PERSON: Final = ("id", *register_queries.PERSON_KEYS, *_SEARCHED)
_OWN: Final = (
    *("id", "form_no", "person_id", "household_id", "version", "state", *register_queries.REGISTRATION_KEYS),
    *("reading", "collected_by_id", "collected_at", "registered_at", "verified_at"),
)


def active_with(numbers: Sequence[str]) -> dict[str, Any]:
    """The active registrations of the persons with these ID numbers, with their persons, by number."""
    asked = Registration.select(Registration, Person).join(Person)
    found = asked.where(Person.id_no.in_(list(numbers)) & (Registration.state == ACTIVE)) if numbers else []
    return {row.person.id_no: row for row in found}


def known(numbers: Sequence[str]) -> set[str]:
    """Which of these ID numbers a person has who is registered, or once was."""
    if not numbers:
        return set()
    return {row[0] for row in Person.select(Person.id_no).where(Person.id_no.in_(list(numbers))).tuples()}


def without_number(name_keys: Sequence[str]) -> list[Any]:
    """The active registrations of persons without an ID number who have one of these names, with their persons."""
    if not name_keys:
        return []
    asked = Registration.select(Registration, Person).join(Person)
    named = Person.name_key.in_(list(name_keys)) & Person.id_no.is_null()
    return list(asked.where(named & (Registration.state == ACTIVE)))


def households_at(wanted: Container[tuple[str, ...]]) -> dict[tuple[str, ...], uuid.UUID]:
    """The household of each wanted dwelling where exactly one lives there now; reads all active registrations."""
    found: dict[tuple[str, ...], set[uuid.UUID]] = {}
    for dwelling, household in _dwellings():
        if dwelling in wanted:
            found.setdefault(dwelling, set()).add(household)
    return {dwelling: next(iter(there)) for dwelling, there in found.items() if len(there) == 1}


def _dwellings() -> Iterator[tuple[tuple[str, ...], uuid.UUID]]:
    columns = [getattr(Registration, key) for key in DWELLING_KEYS]
    here = (Registration.state == ACTIVE) & (Registration.form != "HZ") & Registration.household.is_null(False)
    told = here & (Registration.no != "") & (Registration.room != "")
    for row in Registration.select(*columns, Registration.household).where(told).tuples().iterator():
        yield tuple(row[:-1]), row[-1]


def next_form_number(prefix: str) -> int:
    """The next number of the series of imports that begins so; all are of one length, so text orders them."""
    first, last = f"{prefix}{SERIES}{'0' * _DIGITS}", f"{prefix}{SERIES}{'9' * _DIGITS}"
    highest = Registration.select(Registration.form_no).where(Registration.form_no.between(first, last))
    row = highest.order_by(Registration.form_no.desc()).limit(1).tuples().first()
    return 1 if row is None else int(row[0][-_DIGITS:]) + 1


def form_number(prefix: str, number: int) -> str:
    """A form number of the series of imports."""
    return f"{prefix}{SERIES}{number:0{_DIGITS}d}"


def insert_households(keys: Sequence[uuid.UUID], at: Any) -> None:
    """Make households."""
    bulk.insert(Household, ("id", "created_at"), [(key, at) for key in keys])


def insert_people(rows: Sequence[dict[str, Any]]) -> None:
    """Make persons: columns by name, with `id` and what they are found by."""
    bulk.insert(Person, _PERSON, [[row[key] for key in _PERSON] for row in rows])


def insert_registrations(rows: Sequence[dict[str, Any]]) -> None:
    """Make registrations: columns by name."""
    bulk.insert(Registration, _OWN, [[row[key] for key in _OWN] for row in rows])


def insert_origins(rows: Sequence[tuple[uuid.UUID, str, str, Any]]) -> None:
    """Note where values came from: registration, key, source, when."""
    keys = ("id", "registration_id", "key", "source", "is_verified", "at")
    bulk.insert(FieldOrigin, keys, [(bulk.new_key(), row[0], row[1], row[2], False, row[3]) for row in rows])
