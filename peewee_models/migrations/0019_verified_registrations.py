"""When a registration was last found to be as it is: at its registration, at the desk, or where its household lives.

Frozen: never edited after release.
"""

from __future__ import annotations

from typing import Any

from peewee import DateTimeField


def up(migrator: Any, db: Any) -> None:
    """Add the column; a registration that is there was last looked at when it was registered."""
    migrator.add_column("registration", "verified_at", DateTimeField(null=True)).run()
    db.execute_sql("UPDATE registration SET verified_at = registered_at")
    migrator.add_not_null("registration", "verified_at").run()


def down(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's call shape
    """Forget it."""
    migrator.drop_column("registration", "verified_at").run()
