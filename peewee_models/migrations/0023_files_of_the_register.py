"""What of the register was given away in files, and what came into it in files.

Going down is refused where something was given away: the law wants the record of it kept for three years.

Frozen: never edited after release.
"""

from __future__ import annotations

from typing import Any

from peewee import BooleanField, CharField, DateTimeField, ForeignKeyField, IntegerField, Model, TextField, UUIDField


class _User(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)

    class Meta:
        table_name = "station_user"


class _Provision(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)
    at = DateTimeField(index=True)
    user = ForeignKeyField(_User, backref="+")
    receiver = CharField(max_length=200)
    purpose = CharField(max_length=500)
    is_full = BooleanField()
    full_reason = CharField(max_length=500, default="")
    file_kind = CharField(max_length=4)
    criteria = TextField()
    columns = TextField()
    rows = IntegerField()
    size_bytes = IntegerField()
    sha256 = CharField(max_length=64)

    class Meta:
        table_name = "provision"


class _ImportRun(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)
    user = ForeignKeyField(_User, backref="+")
    begun_at = DateTimeField(index=True)
    ended_at = DateTimeField(null=True)
    state = CharField(max_length=12)
    error_code = CharField(max_length=40, default="")
    sha256 = CharField(max_length=64)
    encoding = CharField(max_length=20)
    settings = TextField()
    rows = IntegerField()
    last_row = IntegerField(default=0)
    made = IntegerField(default=0)
    equal = IntegerField(default=0)
    different = IntegerField(default=0)
    rejected = IntegerField(default=0)

    class Meta:
        table_name = "import_run"


_ALL = [_User, _Provision, _ImportRun]


def up(_migrator: Any, db: Any) -> None:
    """Make the tables."""
    with db.bind_ctx(_ALL, bind_refs=False, bind_backrefs=False):
        db.create_tables([_Provision, _ImportRun])


def down(_migrator: Any, db: Any) -> None:
    """Take the tables away.  Raises: ValueError where something was given away."""
    if db.execute_sql("SELECT 1 FROM provision LIMIT 1").fetchone():
        raise ValueError("data were given away in files: the record of that has to be kept")
    with db.bind_ctx(_ALL, bind_refs=False, bind_backrefs=False):
        db.drop_tables([_ImportRun, _Provision])
