"""Of each door plate, whether its road is walked on one side after the other; of no list before was it said.

Frozen: never edited after release.
"""

from __future__ import annotations

from typing import Any

from peewee import BooleanField


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's call shape
    """Make room: no road is walked so yet."""
    migrator.add_column("door_plate", "is_by_sides", BooleanField(default=False)).run()


def down(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's call shape
    """Forget it."""
    migrator.drop_column("door_plate", "is_by_sides").run()
