"""The address base (标准地址库): door plates, the blocks whose teams answer for them, and each taking-in of a list.

A plate that is on no newer list is withdrawn and never erased: registrations name it by its number.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from peewee import BooleanField, CharField, ForeignKeyField, IntegerField, fn

from peewee_models import bulk
from peewee_models.accounts import User
from peewee_models.base import KeyedTable, UtcDateTimeField

PLATE: Final = ("addr_id", "town", "committee", "block", "road", "lane", "sublane", "no", "alias_of")
"""What a list says of a plate; `block` by its code, `alias_of` by the number of the plate that it is an old name of."""
WALK: Final = ("road_place", "is_by_sides")
"""How the road of a plate is walked in its block."""
_FIELDS: Final = (*PLATE[1:], "door_key", *WALK)
_AT_ONCE: Final = 500


class AddressEdition(KeyedTable):
    """One taking-in of a list: from where, by whom, and what it changed.  `number` counts them.  Never changed."""

    number = IntegerField(unique=True)
    source = CharField(max_length=200)
    encoding = CharField(max_length=20)
    sha256 = CharField(max_length=64)
    plates = IntegerField()
    new = IntegerField()
    changed = IntegerField()
    withdrawn = IntegerField()
    rejected = IntegerField()
    entered_by = ForeignKeyField(User, backref="+")
    entered_at = UtcDateTimeField()


class ResponsibleBlock(KeyedTable):
    """责任块, for which exactly one team answers: a unit, no person."""

    code = CharField(max_length=8, unique=True)
    committee = CharField(max_length=12)
    team = CharField(max_length=40)
    withdrawn_at = UtcDateTimeField(null=True)


class DoorPlate(KeyedTable):
    """门楼牌 with its standard number (标准地址编号).

    Attributes:
        alias_of: the number of the plate whose old name this is, "" for a plate of its own.
        door_key: road, lane, sublane and number in the one way in which doors are compared.
        road_place: the place of its road in the walk of its block, from 0.
        is_by_sides: whether the block's team walks its road on the odd side and then on the even one.
        edition: the taking-in that changed it last.
    """

    addr_id = CharField(max_length=20, unique=True)
    town = CharField(max_length=9)
    committee = CharField(max_length=12)
    block = ForeignKeyField(ResponsibleBlock, backref="+")
    road = CharField(max_length=40)
    lane = CharField(max_length=10, default="")
    sublane = CharField(max_length=10, default="")
    no = CharField(max_length=12, default="")
    alias_of = CharField(max_length=20, default="")
    door_key = CharField(max_length=100)
    road_place = IntegerField()
    is_by_sides = BooleanField(default=False)
    edition = ForeignKeyField(AddressEdition, backref="+")
    withdrawn_at = UtcDateTimeField(null=True)

    class Meta:
        """By these a registration without a number finds its plate."""

        indexes = ((("road", "no", "lane", "sublane"), False),)


def editions(most: int) -> list[Any]:
    """The takings-in, with who entered them, the newest first."""
    rows = AddressEdition.select(AddressEdition, User).join(User).order_by(AddressEdition.number.desc())
    return list(rows.limit(most))


def last_number() -> int:
    """How many takings-in there were."""
    return AddressEdition.select(fn.MAX(AddressEdition.number)).scalar() or 0


def add_edition(columns: Mapping[str, Any]) -> Any:
    """Write down a taking-in inside the open transaction; give its row."""
    return AddressEdition.create(number=last_number() + 1, **columns)


def plates() -> Iterator[dict[str, Any]]:
    """All plates, in the order of their walks: `PLATE`, `door_key`, `WALK`, `is_withdrawn`."""
    own = [getattr(DoorPlate, key) for key in (*PLATE, "door_key", *WALK, "withdrawn_at") if key != "block"]
    rows = DoorPlate.select(*own, ResponsibleBlock.code.alias("block")).join(ResponsibleBlock)
    for row in rows.order_by(ResponsibleBlock.code, DoorPlate.road_place, DoorPlate.id).dicts().iterator():
        yield row | {"is_withdrawn": row.pop("withdrawn_at") is not None}


def blocks() -> list[Any]:
    """All blocks by their code, withdrawn ones too."""
    return list(ResponsibleBlock.select().order_by(ResponsibleBlock.code))


def put_blocks(wanted: Mapping[str, tuple[str, str]], at: datetime) -> dict[str, uuid.UUID]:
    """Let the blocks be these, inside the open transaction: committee and team by code; others are withdrawn.

    Returns: the keys of all blocks, by code.
    """
    keys = {}
    for row in blocks():
        keys[row.code] = row.id
        committee, team = wanted.get(row.code, (row.committee, row.team))
        withdrawn_at = None if row.code in wanted else row.withdrawn_at or at
        if (committee, team, withdrawn_at) != (row.committee, row.team, row.withdrawn_at):
            row.committee, row.team, row.withdrawn_at = committee, team, withdrawn_at
            row.save()
    for code in wanted.keys() - keys.keys():
        committee, team = wanted[code]
        keys[code] = ResponsibleBlock.create(code=code, committee=committee, team=team).id
    return keys


def add_plates(edition: uuid.UUID, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write new plates inside the open transaction; each with `addr_id` and the columns of the table, block by key."""
    keys = ("id", "addr_id", "edition_id", *(_column(key) for key in _FIELDS), "withdrawn_at")
    given = ((bulk.new_key(), row["addr_id"], edition, *(row[key] for key in _FIELDS), None) for row in rows)
    bulk.insert(DoorPlate, keys, given)


def change_plates(edition: uuid.UUID, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write plates that are there anew, in use again where they were withdrawn, inside the open transaction."""
    keys = (*(_column(key) for key in _FIELDS), "edition_id", "withdrawn_at")
    given = ((*(row[key] for key in _FIELDS), edition, None, row["addr_id"]) for row in rows)
    bulk.update(DoorPlate, ("addr_id",), keys, given)


def walk_roads(edition: uuid.UUID, roads: Iterable[tuple[uuid.UUID, str, int, bool]]) -> None:
    """Let roads be walked so, inside the open transaction, with every plate that they have, withdrawn ones too.

    Args:
        edition: the taking-in.
        roads: key of the block, road, its place in the walk, and whether it is walked by sides.
    """
    given = ((place, is_by_sides, edition, block, road) for block, road, place, is_by_sides in roads)
    bulk.update(DoorPlate, ("block_id", "road"), (*WALK, "edition_id"), given)


def withdraw_plates(edition: uuid.UUID, addr_ids: Sequence[str], at: datetime) -> None:
    """Withdraw plates inside the open transaction."""
    for start in range(0, len(addr_ids), _AT_ONCE):
        these = DoorPlate.addr_id.in_(addr_ids[start : start + _AT_ONCE])
        DoorPlate.update(withdrawn_at=at, edition=edition).where(these).execute()


def _column(key: str) -> str:
    return "block_id" if key == "block" else key
