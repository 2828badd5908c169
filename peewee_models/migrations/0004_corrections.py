"""Corrections that are typed and not saved yet, and which registration a draft has become.

Frozen: never edited after release.
"""

from __future__ import annotations

from typing import Any

from peewee import CharField, DateTimeField, ForeignKeyField, IntegerField, Model, TextField, UUIDField


class _User(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)

    class Meta:
        table_name = "station_user"


class _Registration(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)

    class Meta:
        table_name = "registration"


class _Correction(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)
    user = ForeignKeyField(_User, backref="+")
    registration = ForeignKeyField(_Registration, backref="+", on_delete="CASCADE")
    version = IntegerField()
    typed = TextField()
    reason = CharField(max_length=500)
    at = DateTimeField()

    class Meta:
        table_name = "correction"
        indexes = ((("user", "registration"), True),)


class _SavedDraft(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)
    user = ForeignKeyField(_User, backref="+")
    registration = ForeignKeyField(_Registration, backref="+", on_delete="CASCADE")
    at = DateTimeField(index=True)

    class Meta:
        table_name = "saved_draft"


_NEW = [_Correction, _SavedDraft]
_ALL = [_User, _Registration, *_NEW]


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's call shape
    """Make the tables."""
    with db.bind_ctx(_ALL, bind_refs=False, bind_backrefs=False):
        db.create_tables(_NEW)


def down(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's call shape
    """Remove the tables; what was typed and not saved goes with them."""
    with db.bind_ctx(_ALL, bind_refs=False, bind_backrefs=False):
        db.drop_tables(_NEW)
