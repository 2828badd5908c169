"""Exports that a second person has to agree to, who agreed to what was given away, and since when both are kept.

And on PostgreSQL the roads of households whose persons live elsewhere in the area are indexed as all others are.

Going down is refused where somebody has asked: who let what leave has to stay known.

Frozen: never edited after release.
"""

from __future__ import annotations

from typing import Any

from peewee import (
    BooleanField,
    CharField,
    DateTimeField,
    ForeignKeyField,
    IntegerField,
    Model,
    PostgresqlDatabase,
    TextField,
    UUIDField,
)


class _User(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)

    class Meta:
        table_name = "station_user"


class _Provision(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)

    class Meta:
        table_name = "provision"


class _ExportRequest(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)
    asked_at = DateTimeField(index=True)
    user = ForeignKeyField(_User, backref="+")
    session_id = UUIDField()
    receiver = CharField(max_length=200)
    purpose = CharField(max_length=500)
    is_full = BooleanField()
    full_reason = CharField(max_length=500, default="")
    file_kind = CharField(max_length=4)
    criteria = TextField()
    columns = TextField()
    rows = IntegerField()
    bound = CharField(max_length=64)
    state = CharField(max_length=10, default="waiting", index=True)
    decided_at = DateTimeField(null=True)
    decided_by = ForeignKeyField(_User, null=True, backref="+")
    decided_session_id = UUIDField(null=True)
    reason = CharField(max_length=500, default="")
    provision = ForeignKeyField(_Provision, null=True, backref="+", on_delete="CASCADE")
    since_day = IntegerField(null=True)

    class Meta:
        table_name = "export_request"


_ALL = [_User, _Provision, _ExportRequest]
_ROAD = "finding_registration_h_road_moved"


def up(migrator: Any, db: Any) -> None:
    """Make the table, and the places for who agreed and for the day of work since which a row is kept."""
    if isinstance(db, PostgresqlDatabase):
        db.execute_sql(f"CREATE INDEX {_ROAD} ON registration USING gin (h_road gin_trgm_ops) WHERE form = 'RZ'")
    with db.bind_ctx(_ALL, bind_refs=False, bind_backrefs=False):
        db.create_tables([_ExportRequest])
    second = ForeignKeyField(_User, field=_User.id, null=True, backref="+")
    migrator.add_column("provision", "second_user_id", second).run()
    migrator.add_column("provision", "since_day", IntegerField(null=True)).run()


def down(migrator: Any, db: Any) -> None:
    """Take them away.  Raises: ValueError where somebody has asked."""
    if db.execute_sql("SELECT 1 FROM export_request LIMIT 1").fetchone():
        raise ValueError("a second person was asked about exports: the record of that has to be kept")
    if isinstance(db, PostgresqlDatabase):
        db.execute_sql(f"DROP INDEX {_ROAD}")
    db.execute_sql("DROP INDEX provision_second_user_id")
    migrator.drop_column("provision", "second_user_id").run()
    migrator.drop_column("provision", "since_day").run()
    with db.bind_ctx(_ALL, bind_refs=False, bind_backrefs=False):
        db.drop_tables([_ExportRequest])
