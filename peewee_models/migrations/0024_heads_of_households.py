"""Who a person is to the head of their household, and what kind of household it is.

Of a registration that is there nobody has said it yet.

Frozen: never edited after release.
"""

from __future__ import annotations

from typing import Any

from peewee import PostgresqlDatabase

_COLUMNS = {"household_kind": 1, "relation_to_head": 2}


_ROAD = "finding_registration_h_road"


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's call shape
    """Make room: with a default in the column nothing that is there is written anew.

    On PostgreSQL the roads of households whose persons live elsewhere are indexed as all others are.
    """
    if isinstance(db, PostgresqlDatabase):
        db.execute_sql(f"CREATE INDEX {_ROAD} ON registration USING gin (h_road gin_trgm_ops) WHERE form = 'HZ'")
    for name, length in _COLUMNS.items():
        db.execute_sql(f"ALTER TABLE registration ADD COLUMN {name} VARCHAR({length}) NOT NULL DEFAULT ''")


def down(migrator: Any, db: Any) -> None:
    """Forget it."""
    if isinstance(db, PostgresqlDatabase):
        db.execute_sql(f"DROP INDEX {_ROAD}")
    for name in _COLUMNS:
        migrator.drop_column("registration", name).run()
