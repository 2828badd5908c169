"""The address base: door plates, responsible blocks, and the number by which a registration names its plate.

Of a registration that is there nobody has looked its plate up yet.  Going down forgets the base: the list it came from
brings it again.

Frozen: never edited after release.
"""

from __future__ import annotations

from typing import Any

from peewee import CharField, DateTimeField, ForeignKeyField, IntegerField, Model, UUIDField


class _User(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)

    class Meta:
        table_name = "station_user"


class _AddressEdition(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)
    number = IntegerField(unique=True)
    source = CharField(max_length=200)
    encoding = CharField(max_length=20)
    sha256 = CharField(max_length=64)
    plates = IntegerField()
    new = IntegerField()
    changed = IntegerField()
    withdrawn = IntegerField()
    rejected = IntegerField()
    entered_by = ForeignKeyField(_User, backref="+")
    entered_at = DateTimeField()

    class Meta:
        table_name = "address_edition"


class _ResponsibleBlock(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)
    code = CharField(max_length=8, unique=True)
    committee = CharField(max_length=12)
    team = CharField(max_length=40)
    withdrawn_at = DateTimeField(null=True)

    class Meta:
        table_name = "responsible_block"


class _DoorPlate(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)
    addr_id = CharField(max_length=20, unique=True)
    town = CharField(max_length=9)
    committee = CharField(max_length=12)
    block = ForeignKeyField(_ResponsibleBlock, backref="+")
    road = CharField(max_length=40)
    lane = CharField(max_length=10, default="")
    sublane = CharField(max_length=10, default="")
    no = CharField(max_length=12, default="")
    alias_of = CharField(max_length=20, default="")
    door_key = CharField(max_length=100)
    road_place = IntegerField()
    edition = ForeignKeyField(_AddressEdition, backref="+")
    withdrawn_at = DateTimeField(null=True)

    class Meta:
        table_name = "door_plate"
        indexes = ((("road", "no", "lane", "sublane"), False),)


_ALL = [_User, _AddressEdition, _ResponsibleBlock, _DoorPlate]


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's call shape
    """Make the tables and room for the number: with a default in the column nothing that is there is written anew."""
    with db.bind_ctx(_ALL, bind_refs=False, bind_backrefs=False):
        db.create_tables(_ALL[1:])
    db.execute_sql("ALTER TABLE registration ADD COLUMN addr_id VARCHAR(20) NOT NULL DEFAULT ''")


def down(migrator: Any, db: Any) -> None:
    """Forget the base."""
    migrator.drop_column("registration", "addr_id").run()
    with db.bind_ctx(_ALL, bind_refs=False, bind_backrefs=False):
        db.drop_tables(_ALL[:0:-1])
