"""A one-time code may belong to a user.  The table is made anew: a code lives for hours, and a new one is soon given.

Frozen: never edited after release.
"""

from __future__ import annotations

from typing import Any

from peewee import BooleanField, CharField, DateTimeField, ForeignKeyField, IntegerField, Model, UUIDField


class _User(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)
    name = CharField(unique=True, max_length=50)
    role = CharField(max_length=20)
    password_hash = CharField(max_length=200)
    language = CharField(max_length=5)
    is_active = BooleanField(default=True)
    created_at = DateTimeField()

    class Meta:
        table_name = "station_user"


class _OldCode(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)
    code_hash = CharField(unique=True, max_length=64)
    expires_at = DateTimeField()
    failures = IntegerField(default=0)

    class Meta:
        table_name = "enrolment_code"


class _NewCode(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)
    code_hash = CharField(max_length=64)
    user = ForeignKeyField(_User, backref="+", null=True, unique=True, on_delete="CASCADE")
    expires_at = DateTimeField()
    failures = IntegerField(default=0)

    class Meta:
        table_name = "enrolment_code"


def _exchange(db: Any, old: type[Model], new: type[Model]) -> None:
    tables = [_User, old, new]
    with db.bind_ctx(tables, bind_refs=False, bind_backrefs=False):
        db.drop_tables([old])
        db.create_tables([new])


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's call shape
    """Let a code name its user."""
    _exchange(db, _OldCode, _NewCode)


def down(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's call shape
    """Go back to the code of the first user alone."""
    _exchange(db, _NewCode, _OldCode)
