"""Merges of two persons who are one: what became of whose registrations, and what is needed to take it back."""

from __future__ import annotations

import uuid
from typing import Any

from peewee import CharField, Check, ForeignKeyField, IntegerField, TextField

from peewee_models.accounts import User
from peewee_models.base import JsonField, KeyedTable, UtcDateTimeField
from peewee_models.register import Person, Registration


class PersonMerge(KeyedTable):
    """Two persons were found to be one: all registrations of `other` are of `survivor` since; undone they are not.

    `record` is the survivor's registration, in the version that the merge has made.  `number` is the ID number that
    `other` had, whose row is kept without it; `reading` and `origins` are what stood around the values of `record` that
    were taken from the other.
    """

    survivor = ForeignKeyField(Person, backref="+")
    other = ForeignKeyField(Person, backref="+")
    record = ForeignKeyField(Registration, backref="+", on_delete="CASCADE")
    version = IntegerField()
    number = CharField(max_length=18, null=True)
    reading = CharField(max_length=10, default="")
    origins = JsonField()
    evidence = JsonField()
    reason = TextField()
    entered_by = ForeignKeyField(User, backref="+")
    entered_at = UtcDateTimeField()
    approved_by = ForeignKeyField(User, backref="+")
    undone_version = IntegerField(null=True)
    undone_by = ForeignKeyField(User, null=True, backref="+")
    undone_approved_by = ForeignKeyField(User, null=True, backref="+")
    undone_at = UtcDateTimeField(null=True)
    undo_reason = TextField(default="")

    class Meta:
        """Two persons, four eyes both ways, and undone wholly or not at all."""

        constraints = (
            Check("survivor_id <> other_id"),
            Check("entered_by_id <> approved_by_id"),
            Check("undone_by_id IS NULL OR undone_by_id <> undone_approved_by_id"),
            Check("(undone_at IS NULL) = (undone_by_id IS NULL)"),
            Check("(undone_at IS NULL) = (undone_approved_by_id IS NULL)"),
            Check("(undone_at IS NULL) = (undone_version IS NULL)"),
            Check("(undone_at IS NULL) = (undo_reason = '')"),
        )


class MergedRegistration(KeyedTable):
    """A registration that a merge has made another person's, in its version since.

    `person_values` is what it said of the person, where no cancellation has kept that.
    """

    merge = ForeignKeyField(PersonMerge, backref="parts", on_delete="CASCADE")
    registration = ForeignKeyField(Registration, backref="+", on_delete="CASCADE")
    version = IntegerField()
    person_values = JsonField()

    class Meta:
        """Each once in a merge."""

        indexes = ((("merge", "registration"), True),)


def parts_of(merge_id: uuid.UUID) -> list[Any]:
    """The registrations that a merge has moved, with their rows, in the order of their numbers."""
    rows = MergedRegistration.select(MergedRegistration, Registration).join(Registration)
    return list(rows.where(MergedRegistration.merge == merge_id).order_by(Registration.form_no))


def moved() -> Any:
    """The keys of all registrations that a standing merge has moved, to be asked for within another question."""
    rows = MergedRegistration.select(MergedRegistration.registration).join(PersonMerge)
    return rows.where(PersonMerge.undone_at.is_null())


def that_moved(record_id: uuid.UUID) -> Any:
    """The last standing merge that has moved a registration, or None."""
    part = _last_part(record_id)
    return None if part is None else part.merge


def person_then(record_id: uuid.UUID) -> dict[str, str] | None:
    """What a moved registration said of its person, where no cancellation has kept that; else None."""
    part = _last_part(record_id)
    return dict(part.person_values) or None if part is not None else None


def of_record(record_id: uuid.UUID) -> list[Any]:
    """All merges by which a registration was moved or has survived, undone ones too, the newest first."""
    is_part = PersonMerge.id.in_(
        MergedRegistration.select(MergedRegistration.merge).where(MergedRegistration.registration == record_id)
    )
    rows = PersonMerge.select().where(is_part | (PersonMerge.record == record_id))
    return list(rows.order_by(PersonMerge.entered_at.desc(), PersonMerge.id))


def _last_part(record_id: uuid.UUID) -> Any:
    rows = MergedRegistration.select(MergedRegistration, PersonMerge).join(PersonMerge)
    standing = (MergedRegistration.registration == record_id) & PersonMerge.undone_at.is_null()
    return rows.where(standing).order_by(MergedRegistration.version.desc()).first()
