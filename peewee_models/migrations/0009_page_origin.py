"""A page says whether it was scanned here or came as a file.  Frozen: never edited after release."""

from __future__ import annotations

from typing import Any

_ORIGIN = "VARCHAR(8) NOT NULL DEFAULT 'scanned' CHECK (origin IN ('scanned', 'uploaded'))"


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's call shape
    """All pages so far were scanned."""
    db.execute_sql(f"ALTER TABLE page ADD COLUMN origin {_ORIGIN}")


def down(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's call shape
    """Forget where pages came from."""
    db.execute_sql("ALTER TABLE page DROP COLUMN origin")
