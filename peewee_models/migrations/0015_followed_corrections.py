"""Proofs follow the address of a correction while it is typed, and know what they proved before.

Frozen: never edited after release.
"""

from __future__ import annotations

from typing import Any

from peewee import TextField, UUIDField


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's call shape
    """Add both; no paper that is there follows anything, and nobody has counted it otherwise."""
    migrator.add_column("document", "correction", UUIDField(null=True)).run()
    migrator.add_column("document", "brought_for", TextField(null=True)).run()


def down(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's call shape
    """Forget both."""
    migrator.drop_column("document", "brought_for").run()
    migrator.drop_column("document", "correction").run()
