"""A line of a record's history says where the new value came from; of older lines that is not known.

Frozen: never edited after release.
"""

from __future__ import annotations

from typing import Any

from peewee import BooleanField, CharField


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's call shape
    """Make room for it."""
    migrator.add_column("change", "source", CharField(max_length=10, default="")).run()
    migrator.add_column("change", "is_verified", BooleanField(default=False)).run()


def down(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's call shape
    """Forget it."""
    migrator.drop_column("change", "is_verified").run()
    migrator.drop_column("change", "source").run()
