"""Pairs of persons who may be the same, and the decisions that two are not; the decision that they are is a merge."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from peewee import JOIN, SQL, CharField, Check, ForeignKeyField, NodeList, TextField, fn

from peewee_models import bulk
from peewee_models.accounts import User
from peewee_models.base import KeyedTable, Table, UtcDateTimeField
from peewee_models.register import ACTIVE, Person, Registration


class DuplicatePair(KeyedTable):
    """Two persons who may be one.  Found when one of them is written; `first` has the lower key.

    `compared` is the digest of the values by which they are alike.
    """

    first = ForeignKeyField(Person, backref="+", on_delete="CASCADE")
    second = ForeignKeyField(Person, backref="+", on_delete="CASCADE")
    compared = CharField(max_length=64)
    found_at = UtcDateTimeField(index=True)

    class Meta:
        """Each two once."""

        indexes = ((("first", "second"), True),)
        constraints = (Check("first_id <> second_id"),)


class UncomparedPerson(Table):
    """A person for whom nobody has looked yet: just registered or changed, or registered before there were pairs."""

    person = ForeignKeyField(Person, primary_key=True, backref="+", on_delete="CASCADE")


class DistinctPersons(KeyedTable):
    """Somebody has decided that two persons are two.  It holds for the values that were compared, until undone."""

    first = ForeignKeyField(Person, backref="+", on_delete="CASCADE")
    second = ForeignKeyField(Person, backref="+", on_delete="CASCADE")
    compared = CharField(max_length=64)
    reason = TextField()
    decided_by = ForeignKeyField(User, backref="+")
    decided_at = UtcDateTimeField()
    undone_by = ForeignKeyField(User, null=True, backref="+")
    undone_at = UtcDateTimeField(null=True)
    undo_reason = TextField(default="")

    class Meta:
        """Two persons, and undone wholly or not at all."""

        constraints = (
            Check("first_id <> second_id"),
            Check("(undone_at IS NULL) = (undone_by_id IS NULL)"),
            Check("(undone_at IS NULL) = (undo_reason = '')"),
        )


DistinctPersons.add_index(
    DistinctPersons.index(
        DistinctPersons.first,
        DistinctPersons.second,
        DistinctPersons.compared,
        unique=True,
        where=DistinctPersons.undone_at.is_null(),
        name="distinct_standing",
    )
)


def ordered(one: uuid.UUID, other: uuid.UUID) -> tuple[uuid.UUID, uuid.UUID]:
    """Two keys, the lower one first."""
    return (one, other) if one.hex < other.hex else (other, one)


def with_numbers(numbers: Iterable[str], raw: str) -> list[Any]:
    """The persons who have one of these numbers, or whose number of 15 digits is `raw`, "" for none."""
    asked = tuple(sorted(numbers))
    # One node for all of them: to write hundreds of values one by one takes longer than to look them up.
    param = Person._meta.database.param  # noqa: SLF001 - the way to ask which mark stands for a value
    among = SQL(f"IN ({', '.join([param] * len(asked))})", asked)
    found = list(Person.select().where(NodeList((Person.id_no, among)) & _is_somebody())) if asked else []
    if raw:
        found.extend(Person.select().where((Person.id_no_raw != "") & (Person.id_no_raw == raw) & _is_somebody()))
    return found


def namesakes(name_key: str, birth_date: date | None, guardian_id: str) -> list[Any]:
    """The persons of a name with the same birth date or guardian; None and "" where these are not known."""
    same = Person.birth_date == birth_date if birth_date is not None else Person.guardian_id == guardian_id
    if birth_date is not None and guardian_id:
        same |= Person.guardian_id == guardian_id
    return list(Person.select().where((Person.name_key == name_key) & same & _is_somebody()))


def _is_somebody() -> Any:
    """Whether a person has registrations: one who has become another has none."""
    return fn.EXISTS(Registration.select(Registration.id).where(Registration.person == Person.id))


def pairs_of(person_id: uuid.UUID) -> dict[uuid.UUID, Any]:
    """The pairs of a person, by the key of the other."""
    rows = DuplicatePair.select().where((DuplicatePair.first == person_id) | (DuplicatePair.second == person_id))
    return {row.second_id if row.first_id == person_id else row.first_id: row for row in rows}


def put_pair(one: uuid.UUID, other: uuid.UUID, compared: str, at: datetime) -> None:
    """Write a pair that is not there yet."""
    first, second = ordered(one, other)
    DuplicatePair.create(first=first, second=second, compared=compared, found_at=at)


def open_pairs(page: int, size: int) -> list[Any]:
    """A page of the pairs that nobody has decided, of whom one at least is registered now; those found last first."""
    decided = DistinctPersons.undone_at.is_null() & (DistinctPersons.compared == DuplicatePair.compared)
    decided &= (DistinctPersons.first == DuplicatePair.first) & (DistinctPersons.second == DuplicatePair.second)
    is_of_pair = (Registration.person == DuplicatePair.first) | (Registration.person == DuplicatePair.second)
    is_here = fn.EXISTS(Registration.select(Registration.id).where(is_of_pair & (Registration.state == ACTIVE)))
    rows = DuplicatePair.select().join(DistinctPersons, JOIN.LEFT_OUTER, on=decided)
    rows = rows.where(DistinctPersons.id.is_null() & is_here)
    return list(rows.order_by(DuplicatePair.found_at.desc(), DuplicatePair.id).paginate(page, size))


def decision_on(one: uuid.UUID, other: uuid.UUID, compared: str) -> Any:
    """The standing decision that two persons with these values are two, or None."""
    first, second = ordered(one, other)
    ours = (DistinctPersons.first == first) & (DistinctPersons.second == second) & DistinctPersons.undone_at.is_null()
    return DistinctPersons.get_or_none(ours & (DistinctPersons.compared == compared))


def decisions(page: int, size: int) -> list[Any]:
    """A page of the standing decisions that two persons are two, the newest first."""
    rows = DistinctPersons.select(DistinctPersons, User).join(User, on=(DistinctPersons.decided_by == User.id))
    rows = rows.where(DistinctPersons.undone_at.is_null())
    return list(rows.order_by(DistinctPersons.decided_at.desc(), DistinctPersons.id).paginate(page, size))


def uncompared(most: int) -> list[Any]:
    """The next persons for whom nobody has looked yet."""
    return list(Person.select().join(UncomparedPerson, on=(UncomparedPerson.person == Person.id)).limit(most))


def note_uncompared(person_id: uuid.UUID) -> None:
    """Note that somebody has to look for a person, whose compared values have changed: soon, not while they wait."""
    UncomparedPerson.insert(person=person_id).on_conflict_ignore().execute()


def note_many_uncompared(person_ids: Sequence[uuid.UUID]) -> None:
    """Note that somebody has to look for these persons, who are new."""
    bulk.insert(UncomparedPerson, ("person_id",), [(key,) for key in person_ids])


def note_compared(person_id: uuid.UUID) -> None:
    """Note that somebody has looked for a person."""
    UncomparedPerson.delete().where(UncomparedPerson.person == person_id).execute()


def are_uncompared() -> bool:
    """Whether there is anybody for whom nobody has looked."""
    return bool(UncomparedPerson.select().exists())
