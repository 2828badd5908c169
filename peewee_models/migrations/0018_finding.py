"""Finding at the scale of a million people, and what was looked at in full.  Frozen: never edited after release.

At the station the words of every registration stand in a table of FTS5; the program writes them when it opens the
database, for a first step that is long is better seen by it.  On PostgreSQL the trigrams of the searched columns are
indexed by the server's own extension `pg_trgm`.
"""

from __future__ import annotations

from typing import Any

from peewee import CharField, DateTimeField, ForeignKeyField, Model, PostgresqlDatabase, UUIDField

from peewee_models.failures import ExtensionMissing

_WORDS = "number, number_long, phone, phone_long, name, name_long, spelled, road, road_long, place"
_STATION = (
    "CREATE TABLE finding_row (seq INTEGER PRIMARY KEY, registration_id TEXT NOT NULL UNIQUE)",
    "CREATE TABLE finding_stale (id INTEGER PRIMARY KEY, registration_id TEXT NOT NULL UNIQUE)",
    f"CREATE VIRTUAL TABLE finding USING fts5({_WORDS}, tokenize = \"ascii tokenchars '_'\")",
    "INSERT INTO finding (finding, rank) VALUES ('secure-delete', 1)",
)
_TRIGRAMS = (
    *(("person", column) for column in ("id_no", "mobile", "guardian_mobile", "name_key")),
    *(("person", column) for column in ("name_pinyin", "name_initials")),
    ("registration", "road"),
)


class _User(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)

    class Meta:
        table_name = "station_user"


class _Registration(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)

    class Meta:
        table_name = "registration"


class _FullView(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)
    registration = ForeignKeyField(_Registration, backref="+", on_delete="CASCADE")
    user = ForeignKeyField(_User, backref="+")
    at = DateTimeField()
    reason = CharField(max_length=20)
    words = CharField(max_length=200, default="")

    class Meta:
        table_name = "full_view"


_ALL = [_User, _Registration, _FullView]


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's call shape
    """Make the tables and indexes.  Raises: ExtensionMissing where PostgreSQL has no `pg_trgm`."""
    with db.bind_ctx(_ALL, bind_refs=False, bind_backrefs=False):
        db.create_tables([_FullView])
    if isinstance(db, PostgresqlDatabase):
        if not db.execute_sql("SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'").fetchone():
            raise ExtensionMissing("pg_trgm")
        db.execute_sql("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        for table, column in _TRIGRAMS:
            made = f"CREATE INDEX finding_{table}_{column} ON {table} USING gin ({column} gin_trgm_ops)"
            db.execute_sql(made)
        return
    for statement in _STATION:
        db.execute_sql(statement)


def down(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's call shape
    """Remove them; nothing that was registered is lost.  The extension stays: others may use it."""
    if isinstance(db, PostgresqlDatabase):
        for table, column in _TRIGRAMS:
            db.execute_sql(f"DROP INDEX finding_{table}_{column}")
    else:
        named = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'finding\\_%' ESCAPE '\\'"
        for (name,) in db.execute_sql(named).fetchall():
            db.execute_sql(f"DROP TRIGGER {name}")
        for table in ("finding", "finding_row", "finding_stale"):
            db.execute_sql(f"DROP TABLE {table}")
    with db.bind_ctx(_ALL, bind_refs=False, bind_backrefs=False):
        db.drop_tables([_FullView])
