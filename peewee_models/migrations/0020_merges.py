"""Persons who may be the same, decisions that they are two, and merges of those who are one.

Everybody who is registered already waits to be compared: the program does that little by little.  Going down forgets
the pairs and the decisions; what was merged stays merged, and its registrations stay ended.

Frozen: never edited after release.
"""

from __future__ import annotations

from typing import Any

from peewee import CharField, Check, DateTimeField, ForeignKeyField, IntegerField, Model, TextField, UUIDField


class _User(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)

    class Meta:
        table_name = "station_user"


class _Person(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)

    class Meta:
        table_name = "person"


class _Registration(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)

    class Meta:
        table_name = "registration"


class _DuplicatePair(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)
    first = ForeignKeyField(_Person, backref="+", on_delete="CASCADE")
    second = ForeignKeyField(_Person, backref="+", on_delete="CASCADE")
    compared = CharField(max_length=64)
    found_at = DateTimeField(index=True)

    class Meta:
        table_name = "duplicate_pair"
        indexes = ((("first", "second"), True),)
        constraints = (Check("first_id <> second_id"),)


class _UncomparedPerson(Model):  # type: ignore[misc]
    person = ForeignKeyField(_Person, primary_key=True, backref="+", on_delete="CASCADE")

    class Meta:
        table_name = "uncompared_person"


class _DistinctPersons(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)
    first = ForeignKeyField(_Person, backref="+", on_delete="CASCADE")
    second = ForeignKeyField(_Person, backref="+", on_delete="CASCADE")
    compared = CharField(max_length=64)
    reason = TextField()
    decided_by = ForeignKeyField(_User, backref="+")
    decided_at = DateTimeField()
    undone_by = ForeignKeyField(_User, null=True, backref="+")
    undone_at = DateTimeField(null=True)
    undo_reason = TextField(default="")

    class Meta:
        table_name = "distinct_persons"
        constraints = (
            Check("first_id <> second_id"),
            Check("(undone_at IS NULL) = (undone_by_id IS NULL)"),
            Check("(undone_at IS NULL) = (undo_reason = '')"),
        )


_DistinctPersons.add_index(
    _DistinctPersons.index(
        _DistinctPersons.first,
        _DistinctPersons.second,
        _DistinctPersons.compared,
        unique=True,
        where=_DistinctPersons.undone_at.is_null(),
        name="distinct_standing",
    )
)


class _PersonMerge(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)
    survivor = ForeignKeyField(_Person, backref="+")
    other = ForeignKeyField(_Person, backref="+")
    record = ForeignKeyField(_Registration, backref="+", on_delete="CASCADE")
    version = IntegerField()
    number = CharField(max_length=18, null=True)
    reading = CharField(max_length=10, default="")
    origins = TextField()
    evidence = TextField()
    reason = TextField()
    entered_by = ForeignKeyField(_User, backref="+")
    entered_at = DateTimeField()
    approved_by = ForeignKeyField(_User, backref="+")
    undone_version = IntegerField(null=True)
    undone_by = ForeignKeyField(_User, null=True, backref="+")
    undone_approved_by = ForeignKeyField(_User, null=True, backref="+")
    undone_at = DateTimeField(null=True)
    undo_reason = TextField(default="")

    class Meta:
        table_name = "person_merge"
        constraints = (
            Check("survivor_id <> other_id"),
            Check("entered_by_id <> approved_by_id"),
            Check("undone_by_id IS NULL OR undone_by_id <> undone_approved_by_id"),
            Check("(undone_at IS NULL) = (undone_by_id IS NULL)"),
            Check("(undone_at IS NULL) = (undone_approved_by_id IS NULL)"),
            Check("(undone_at IS NULL) = (undone_version IS NULL)"),
            Check("(undone_at IS NULL) = (undo_reason = '')"),
        )


class _MergedRegistration(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)
    merge = ForeignKeyField(_PersonMerge, backref="parts", on_delete="CASCADE")
    registration = ForeignKeyField(_Registration, backref="+", on_delete="CASCADE")
    version = IntegerField()
    person_values = TextField()

    class Meta:
        table_name = "merged_registration"
        indexes = ((("merge", "registration"), True),)


_OURS = [_DuplicatePair, _UncomparedPerson, _DistinctPersons, _PersonMerge, _MergedRegistration]
_ALL = [_User, _Person, _Registration, *_OURS]


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's call shape
    """Make the tables, find a person by their old number, and note everybody as not compared yet."""
    with db.bind_ctx(_ALL, bind_refs=False, bind_backrefs=False):
        db.create_tables(_OURS)
    db.execute_sql("CREATE INDEX person_raw_number ON person (id_no_raw) WHERE id_no_raw <> ''")
    db.execute_sql("INSERT INTO uncompared_person (person_id) SELECT id FROM person")


def down(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's call shape
    """Remove them.  An older program knows no merged state: to it such a registration is cancelled, as it is told."""
    db.execute_sql("UPDATE registration SET state = 'cancelled' WHERE state = 'merged'")
    db.execute_sql("DROP INDEX person_raw_number")
    with db.bind_ctx(_ALL, bind_refs=False, bind_backrefs=False):
        db.drop_tables(list(reversed(_OURS)))
