"""Since when files of records wait for their end, counted in days of work.  Frozen: never edited after release."""

from __future__ import annotations

from typing import Any

from peewee import CharField, IntegerField, Model, UUIDField


class _RetentionWait(Model):  # type: ignore[misc]
    page_id = UUIDField(primary_key=True)
    state = CharField(max_length=80)
    since_day = IntegerField()

    class Meta:
        table_name = "retention_wait"


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's call shape
    """Make the table; what waits already begins to wait anew."""
    with db.bind_ctx([_RetentionWait], bind_refs=False, bind_backrefs=False):
        db.create_tables([_RetentionWait])


def down(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's call shape
    """Remove the table."""
    with db.bind_ctx([_RetentionWait], bind_refs=False, bind_backrefs=False):
        db.drop_tables([_RetentionWait])
