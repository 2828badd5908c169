"""Where a registration stands: which committee, block and part of the address it is counted, listed and exported by.

That is where the person lives, on the form HZ where the household is registered.  Committee and block are those of its
door plate as the address base has it now, by its number or else by its address; without a plate it is the committee as
typed, and no block.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import and_
from typing import Any

from peewee import JOIN, Case, fn

from peewee_models.addresses import DoorPlate, ResponsibleBlock
from peewee_models.register import Registration

Part = Callable[[str], Any]
"""Gives a part of an address as a column."""


def with_plates(rows: Any, part: Part | None = None) -> Any:
    """Put beside each registration its door plate and the block of that, where the address base has them.

    Args:
        rows: the query.
        part: of the address whose plate it is; a registration's own number is of `typed`, as by default.
    """
    of = part or typed
    other = DoorPlate.alias()
    keys = ("road", "no", "lane", "sublane", "town")
    is_there = reduce(and_, (getattr(other, key) == of(key) for key in keys))
    number = other.select(other.addr_id).where(is_there & other.withdrawn_at.is_null()).limit(1)
    if of is typed:
        number = Case(None, [(Registration.addr_id != "", Registration.addr_id)], number)
    rows = rows.switch(Registration).join(DoorPlate, JOIN.LEFT_OUTER, on=(DoorPlate.addr_id == number))
    return rows.join(ResponsibleBlock, JOIN.LEFT_OUTER, on=(DoorPlate.block == ResponsibleBlock.id))


def team() -> Any:
    """The team of the block that it stands in, "" for none; of rows that have their plates beside them."""
    return fn.COALESCE(ResponsibleBlock.team, "")


def place(key: str, part: Part | None = None) -> Any:
    """A part of the address by which a registration stands in the area, or by `part`; or the block of its plate.

    Committee and block are of rows that have their plates beside them.
    """
    if key == "block":
        return fn.COALESCE(ResponsibleBlock.code, "")
    of_address = (part or typed)(key)
    return fn.COALESCE(DoorPlate.committee, of_address) if key == "committee" else of_address


def typed(key: str) -> Any:
    """A part of the address by which a registration stands in the area, as it was typed."""
    present, household = getattr(Registration, key), getattr(Registration, f"h_{key}")
    return Case(None, [(Registration.form == "HZ", household)], present)
