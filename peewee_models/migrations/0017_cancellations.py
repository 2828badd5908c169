"""Cancellations, and persons with more than one registration, of which at most one is active.

Going down forgets why, since when and by whom a registration was cancelled; cancelled it stays, for an older program
looks for active ones only.

Frozen: never edited after release.
"""

from __future__ import annotations

from typing import Any

from peewee import (
    CharField,
    Check,
    DateTimeField,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
    UUIDField,
)


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


class _Cancellation(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)
    registration = ForeignKeyField(_Registration, backref="+", on_delete="CASCADE")
    version = IntegerField()
    kind = CharField(max_length=2)
    leave_date = CharField(max_length=10, default="")
    leave_to = CharField(max_length=200, default="")
    evidence = TextField()
    visits = TextField()
    remark = CharField(max_length=500, default="")
    targets = TextField()
    person_values = TextField()
    entered_by = ForeignKeyField(_User, backref="+")
    entered_at = DateTimeField()
    approved_by = ForeignKeyField(_User, backref="+")
    approved_at = DateTimeField()
    undone_version = IntegerField(null=True)
    undone_by = ForeignKeyField(_User, null=True, backref="+")
    undone_approved_by = ForeignKeyField(_User, null=True, backref="+")
    undone_at = DateTimeField(null=True)
    undo_reason = TextField(default="")

    class Meta:
        table_name = "cancellation"
        constraints = (
            Check("entered_by_id <> approved_by_id"),
            Check("undone_by_id IS NULL OR undone_by_id <> undone_approved_by_id"),
            Check("(undone_at IS NULL) = (undone_by_id IS NULL)"),
            Check("(undone_at IS NULL) = (undone_approved_by_id IS NULL)"),
            Check("(undone_at IS NULL) = (undone_version IS NULL)"),
            Check("(undone_at IS NULL) = (undo_reason = '')"),
        )


_Cancellation.add_index(
    _Cancellation.index(
        _Cancellation.registration,
        unique=True,
        where=_Cancellation.undone_at.is_null(),
        name="cancellation_standing",
    )
)


class _CancellationForm(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)
    user = ForeignKeyField(_User, backref="+")
    registration = ForeignKeyField(_Registration, backref="+", on_delete="CASCADE")
    version = IntegerField()
    typed = TextField()
    at = DateTimeField()

    class Meta:
        table_name = "cancellation_form"
        indexes = ((("user", "registration"), True),)


_ALL = [_User, _Person, _Registration, _Cancellation, _CancellationForm]
_ACTIVE = "registration_active_person"


def up(migrator: Any, db: Any) -> None:
    """Make the tables, tie drafts to who comes back, and let the database keep one active registration a person."""
    with db.bind_ctx(_ALL, bind_refs=False, bind_backrefs=False):
        db.create_tables([_Cancellation, _CancellationForm])
    person = ForeignKeyField(_Person, field=_Person.id, null=True, backref="+")
    migrator.add_column("draft", "person_id", person).run()
    db.execute_sql(f"CREATE UNIQUE INDEX {_ACTIVE} ON registration (person_id) WHERE state = 'active'")


def down(migrator: Any, db: Any) -> None:
    """Forget the cancellations, and who comes back."""
    db.execute_sql(f"DROP INDEX {_ACTIVE}")
    db.execute_sql("DROP INDEX draft_person_id")
    migrator.drop_column("draft", "person_id").run()
    with db.bind_ctx(_ALL, bind_refs=False, bind_backrefs=False):
        db.drop_tables([_CancellationForm, _Cancellation])
