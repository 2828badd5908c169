"""Where a registration stands: which committee, block and part of the address it is counted, listed and exported by.

That is where the person lives, on the form HZ where the household is registered.  Committee and block are those of its
door plate as the address base has it now, by its number or else by its address; without a plate it is the committee as
typed, and no block.
"""

from __future__ import annotations

from functools import reduce
from operator import and_
from typing import Any

from peewee import JOIN, Case, fn

from peewee_models.addresses import DoorPlate, ResponsibleBlock
from peewee_models.register import Registration


def with_plates(rows: Any) -> Any:
    """Put beside each registration its door plate and the block of that, where the address base has them."""
    other = DoorPlate.alias()
    keys = ("road", "no", "lane", "sublane", "town")
    is_there = reduce(and_, (getattr(other, key) == place(key) for key in keys))
    by_address = other.select(other.addr_id).where(is_there & other.withdrawn_at.is_null()).limit(1)
    number = Case(None, [(Registration.addr_id != "", Registration.addr_id)], by_address)
    rows = rows.switch(Registration).join(DoorPlate, JOIN.LEFT_OUTER, on=(DoorPlate.addr_id == number))
    return rows.join(ResponsibleBlock, JOIN.LEFT_OUTER, on=(DoorPlate.block == ResponsibleBlock.id))


def team() -> Any:
    """The team of the block that it stands in, "" for none; of rows that have their plates beside them."""
    return fn.COALESCE(ResponsibleBlock.team, "")


def place(key: str) -> Any:
    """A part of the address by which a registration stands in the area, or the block that it stands in.

    Committee and block are of rows that have their plates beside them.
    """
    if key == "block":
        return fn.COALESCE(ResponsibleBlock.code, "")
    if key == "committee":
        return fn.COALESCE(DoorPlate.committee, _typed(key))
    return _typed(key)


def _typed(key: str) -> Any:
    present, household = getattr(Registration, key), getattr(Registration, f"h_{key}")
    return Case(None, [(Registration.form == "HZ", household)], present)
