"""A second person's word names the field, and may be given over a correction too.

Words over drafts that are not saved yet named no field: they are to be given once more.  Of what was let pass in a
registration before, the field is not known.  Frozen: never edited after release.
"""

from __future__ import annotations

from typing import Any

from peewee import CharField, DateTimeField, ForeignKeyField, Model, TextField, UUIDField


class _User(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)

    class Meta:
        table_name = "station_user"


class _Draft(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)

    class Meta:
        table_name = "draft"


class _Correction(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)

    class Meta:
        table_name = "correction"


class _Before(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)
    draft = ForeignKeyField(_Draft, backref="+", on_delete="CASCADE")
    code = CharField(max_length=40)
    value_hash = CharField(max_length=64)
    reason = TextField()
    second_user = ForeignKeyField(_User, backref="+")
    at = DateTimeField()

    class Meta:
        table_name = "approval"
        indexes = ((("draft", "code"), True),)


class _Approval(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)
    draft = ForeignKeyField(_Draft, backref="+", null=True, on_delete="CASCADE")
    correction = ForeignKeyField(_Correction, backref="+", null=True, on_delete="CASCADE")
    field = CharField(max_length=30)
    code = CharField(max_length=40)
    value_hash = CharField(max_length=64)
    reason = TextField()
    second_user = ForeignKeyField(_User, backref="+")
    at = DateTimeField()

    class Meta:
        table_name = "approval"
        indexes = ((("draft", "field", "code"), True), (("correction", "field", "code"), True))


_AROUND = [_User, _Draft, _Correction]


def up(migrator: Any, db: Any) -> None:
    """Make the table of words anew, and room for the field of what was let pass."""
    _replace(db, _Before, _Approval)
    migrator.add_column("accepted_problem", "field", CharField(max_length=30, default="")).run()


def down(migrator: Any, db: Any) -> None:
    """Forget the fields, and the words that are not used yet."""
    migrator.drop_column("accepted_problem", "field").run()
    _replace(db, _Approval, _Before)


def _replace(db: Any, old: type[Model], new: type[Model]) -> None:
    with db.bind_ctx([*_AROUND, old, new], bind_refs=False, bind_backrefs=False):
        db.drop_tables([old])
        db.create_tables([new])
