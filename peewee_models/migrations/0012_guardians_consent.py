"""A registration says whether a guardian has agreed, under 14; of older ones that is not known.

Frozen: never edited after release.
"""

from __future__ import annotations

from typing import Any

from peewee import CharField


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's call shape
    """Make room for it."""
    migrator.add_column("registration", "guardian_consent", CharField(max_length=1, default="")).run()


def down(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's call shape
    """Forget it."""
    migrator.drop_column("registration", "guardian_consent").run()
