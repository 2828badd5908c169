"""Bring a database to the newest schema, and recognise one that is newer than this program.

The runner is peewee's own.  It notes what it applied in the table `schema_migration`, one transaction a step, and
switches SQLite's foreign keys off meanwhile; so they are checked once more at the end.
"""

from __future__ import annotations

from pathlib import Path

from playhouse.migrations import Runner

from peewee_models import finding_index
from peewee_models.database import SqlCipherStore, Store
from peewee_models.failures import Damaged, NewerSchema

MIGRATIONS = Path(__file__).parent / "migrations"


def runner(store: Store) -> Runner:
    """Make the migration runner for this database."""
    return Runner(store, directory=str(MIGRATIONS))


def refuse_newer(store: Store) -> None:
    """Raises: NewerSchema when a migration was applied that this program does not have."""
    if any(step.path is None for step in runner(store).status()):
        raise NewerSchema


def upgrade(store: Store) -> list[str]:
    """Apply what is missing, and bring the finding index up to date; give the names of what was applied.

    Raises: NewerSchema when a migration was applied that this program does not have; Damaged when rows point nowhere.
    """
    with store.translating(), store.write_lock:
        refuse_newer(store)
        applied: list[str] = runner(store).up()
        if applied:
            check_references(store)
        if isinstance(store, SqlCipherStore):
            finding_index.ensure(store)
    return applied


def downgrade(store: Store, target: str) -> list[str]:
    """Take back every migration down to and including `target`."""
    with store.translating(), store.write_lock:
        reverted: list[str] = runner(store).down(target)
        check_references(store)
    return reverted


def check_references(store: Store) -> None:
    """Make sure that no row points to a row that is not there; PostgreSQL keeps that by itself.  Raises: Damaged."""
    if isinstance(store, SqlCipherStore) and store.execute_sql("PRAGMA foreign_key_check").fetchall():
        raise Damaged
