"""Cards whose two sides are put together on one page.  Frozen: never edited after release."""

from __future__ import annotations

from typing import Any

from peewee import ForeignKeyField, Model, TextField, UUIDField


class _Media(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)

    class Meta:
        table_name = "media"


class _Page(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)

    class Meta:
        table_name = "page"


class _CardPage(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)
    page = ForeignKeyField(_Page, unique=True, backref="+")
    back = ForeignKeyField(_Media, null=True, unique=True, backref="+")
    sides = TextField()

    class Meta:
        table_name = "card_page"


_ALL = [_Media, _Page, _CardPage]


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's call shape
    """Make the table."""
    with db.bind_ctx(_ALL, bind_refs=False, bind_backrefs=False):
        db.create_tables([_CardPage])


def down(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's call shape
    """Remove the table; a page keeps its front, and the files of backs are set aside as belonging to nobody."""
    with db.bind_ctx(_ALL, bind_refs=False, bind_backrefs=False):
        db.drop_tables([_CardPage])
