"""Photos of registrants.  Frozen: never edited after release."""

from __future__ import annotations

from typing import Any

from peewee import CharField, Check, DateTimeField, ForeignKeyField, IntegerField, Model, TextField, UUIDField


class _User(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)

    class Meta:
        table_name = "station_user"


class _Registration(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)

    class Meta:
        table_name = "registration"


class _Draft(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)

    class Meta:
        table_name = "draft"


class _Media(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)

    class Meta:
        table_name = "media"


class _Photo(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)
    draft = ForeignKeyField(_Draft, null=True, backref="+")
    record = ForeignKeyField(_Registration, null=True, backref="+")
    picture = ForeignKeyField(_Media, null=True, unique=True, backref="+")
    still = ForeignKeyField(_Media, null=True, unique=True, backref="+")
    seen = TextField(null=True)
    frame = TextField(null=True)
    flaws = TextField()
    taken_by = ForeignKeyField(_User, backref="+")
    taken_at = DateTimeField()
    used_by = ForeignKeyField(_User, null=True, backref="+")
    used_at = DateTimeField(null=True)
    reason = CharField(max_length=200, default="")
    version = IntegerField(default=1)

    class Meta:
        table_name = "photo"
        constraints = (
            Check("(draft_id IS NULL) <> (record_id IS NULL)"),
            Check("picture_id IS NOT NULL OR still_id IS NOT NULL"),
            Check("(used_at IS NULL) = (used_by_id IS NULL)"),
            Check("used_at IS NULL OR picture_id IS NOT NULL"),
            Check("reason = '' OR used_at IS NOT NULL"),
            Check("version >= 1"),
        )


_ALL = [_User, _Registration, _Draft, _Media, _Photo]


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's call shape
    """Make the table."""
    with db.bind_ctx(_ALL, bind_refs=False, bind_backrefs=False):
        db.create_tables([_Photo])


def down(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's call shape
    """Remove the table; the photos' files are set aside as belonging to nobody."""
    with db.bind_ctx(_ALL, bind_refs=False, bind_backrefs=False):
        db.drop_tables([_Photo])
