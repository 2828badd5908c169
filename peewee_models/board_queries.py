"""How complete and how fresh the register is, counted place by place, and which registrations are behind a figure.

A registration stands where `places` says.  Who moved inside the area stands where they live, and is listed where the
household is, too, as `MOVED`: with committee and block of the plate that the household's address has.  Nothing is
counted of who registered it: places are told apart, never people.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any, Final

from peewee import SQL, Case, fn

from peewee_models.addresses import DoorPlate, ResponsibleBlock
from peewee_models.finding_index import serves
from peewee_models.finding_queries import joined
from peewee_models.photos import Photo
from peewee_models.places import place, team, typed, with_plates
from peewee_models.register import ACTIVE, Person, Registration

GAPS: Final = ("committee", "no", "place_type", "mobile", "education", "photo")
"""What the forms' tables want of everybody, and a registration of before, or without a photo yet, may lack; of HZ the
first two."""


MOVED: Final = "moved"
"""Who lives in the area away from a household that is in it, too: listed where the household is."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A part of the area, as its names are written; None for any, "" for those of whom it is not written.

    Attributes:
        committee: 居委.
        road, lane: of one lane of it; both or neither.
        block: code of one of its blocks; "" for doors that the address base has not.
    """

    committee: str | None = None
    road: str | None = None
    lane: str | None = None
    block: str | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """From when on something is late, and which area it is.

    Attributes:
        area: nine digits of the town; "" for none.
        expired_before: who was looked at last before this time has to be registered anew.
        expiring_before: who was looked at last before this time has to be soon.
        schooled_before: who was born later has no education yet.
        late_days: so many days between collecting and entering are late.
    """

    area: str
    expired_before: datetime
    expiring_before: datetime
    schooled_before: date
    late_days: float


def by_committee(store: Any, limits: Limits) -> list[dict[str, Any]]:
    """The figures of every committee, "" for those of whom it is not written; HZ in rows of its own."""
    return _counted(store, limits, {}, ("committee",))


def by_block(store: Any, limits: Limits, committee: str) -> list[dict[str, Any]]:
    """The figures of one committee, block by block, with the block's `team`; "" for doors that the base has not."""
    return _counted(store, limits, {"committee": committee}, ("committee", "block"))


def by_lane(store: Any, limits: Limits, committee: str) -> list[dict[str, Any]]:
    """The figures of one committee, road by road and lane by lane."""
    return _counted(store, limits, {"committee": committee}, ("committee", "road", "lane"))


def moved_inside(limits: Limits, keys: Sequence[str], committee: str | None = None) -> list[dict[str, Any]]:
    """How many moved inside the area, by where the household is.

    Args:
        limits: which area it is.
        keys: what tells places apart: `committee`, and `road` and `lane` or `block` within it.
        committee: the one of which they are; None for any.

    Returns: rows with the keys and `moved`, of blocks with `team`.
    """
    where = (Registration.state == ACTIVE) & _moved(limits)
    if committee is not None:
        where &= place("committee", _household) == committee
    columns = [place(key, _household).alias(key) for key in keys]
    teams = [fn.MAX(team()).alias("team")] if "block" in keys else []
    rows = Registration.select(*columns, fn.COUNT(Registration.id).alias(MOVED), *teams)
    return list(with_plates(rows, _household).where(where).group_by(*_first(len(keys))).dicts())


def lines(store: Any, limits: Limits, what: str, spot: Spot, page: int, size: int) -> list[Any]:
    """A page of the registrations behind a figure, in the order of a walk: by block, road, lane, house and room.

    A block's roads come as its list has them, where it says so with their odd side first.  Each row has `block` and
    `team`, "" for none.  Of `MOVED` it is the walk past the households.

    Args:
        store: the open database.
        limits: from when on something is late.
        what: `RG`, `RZ`, `HZ`, `moved`, `gaps`, `expiring`, `expired` or `late`.
        spot: where.
        page: from 1.
        size: of a page.
    """
    part = _household if what == MOVED else typed
    where = (Registration.state == ACTIVE) & (_whats(store, limits) | {MOVED: _moved(limits)})[what]
    for key in ("committee", "road", "lane", "block"):
        text = getattr(spot, key)
        if text is not None:
            where &= place(key, part) == text
    order: list[Any] = [ResponsibleBlock.code.is_null(), ResponsibleBlock.code, DoorPlate.road_place, part("road")]
    order.append(_side(store, part))
    for key in ("lane", "sublane", "no", "room"):
        order += [_number(store, part(key)), part(key)]
    of_block = place("block").alias("block"), team().alias("team")
    found = with_plates(joined(), part).select_extend(*of_block).where(where)
    return list(found.order_by(*order, Person.name_pinyin, Registration.id).paginate(page, size))


def _counted(store: Any, limits: Limits, within: Mapping[str, str], keys: tuple[str, ...]) -> list[dict[str, Any]]:
    columns = [place(key).alias(key) for key in keys]
    whats = {name: _times(clause).alias(name) for name, clause in _whats(store, limits).items()}
    gaps = {f"gap_{name}": _times(clause).alias(f"gap_{name}") for name, clause in _gaps(limits).items()}
    lag = fn.AVG(_lag_days(store)).alias("lag_days")
    teams = [fn.MAX(team()).alias("team")] if "block" in keys else []
    rows = with_plates(Registration.select(*columns, *whats.values(), *gaps.values(), lag, *teams).join(Person))
    where = Registration.state == ACTIVE
    for key, text in within.items():
        where &= place(key) == text
    return list(rows.where(where).group_by(*_first(len(keys))).dicts())


def _first(many: int) -> list[Any]:
    """The first columns of a query, by their places."""
    return [SQL(str(number)) for number in range(1, many + 1)]


def _household(key: str) -> Any:
    """A part of the household's address."""
    return getattr(Registration, f"h_{key}")


def _moved(limits: Limits) -> Any:
    return (Registration.form == "RZ") & (Registration.h_town == limits.area) & (Registration.h_town != "")


def _number(store: Any, column: Any) -> Any:
    """The number with which a part of an address begins, 0 where it begins with none: 9 before 10, 26 before 26甲."""
    if serves(store):
        return column.cast("INTEGER")
    return fn.COALESCE(fn.SUBSTRING(column, "^[0-9]{1,9}").cast("INTEGER"), 0)


def _side(store: Any, part: Callable[[str], Any]) -> Any:
    """0 for the odd side of a road that is walked by sides, 1 for its even one: by the lane's number, or the door's."""
    number = _number(store, Case(None, [(part("lane") == "", part("no"))], part("lane")))
    return Case(None, [(DoorPlate.is_by_sides, 1 - number.bin_and(1))], 0)


def _whats(store: Any, limits: Limits) -> dict[str, Any]:
    """What is counted, and behind which figure a registration stands."""
    old, soon = Registration.verified_at < limits.expired_before, Registration.verified_at < limits.expiring_before
    return {
        "RG": Registration.form == "RG",
        "RZ": Registration.form == "RZ",
        "HZ": Registration.form == "HZ",
        "gaps": reduce(or_, _gaps(limits).values()),
        "expiring": soon & ~old,
        "expired": old,
        "late": _lag_days(store) > limits.late_days,
    }


def _gaps(limits: Limits) -> dict[str, Any]:
    lives_here = Registration.form != "HZ"
    is_schooled = Person.birth_date.is_null() | (Person.birth_date <= limits.schooled_before)
    has_photo = Photo.select(Photo.id).where((Photo.record == Registration.id) & Photo.used_at.is_null(False))
    made: dict[str, Callable[[], Any]] = {
        "committee": lambda: place("committee") == "",
        "no": lambda: (place("no") == "") & ~_is_without_number(),
        "place_type": lambda: lives_here & (Registration.place_type == ""),
        "mobile": lambda: lives_here & (Person.mobile == "") & (Person.guardian_mobile == ""),
        "education": lambda: lives_here & is_schooled & (Person.education == ""),
        "photo": lambda: lives_here & ~fn.EXISTS(has_photo),
    }
    return {name: made[name]() for name in GAPS}


def _is_without_number() -> Any:
    """Whether the base has a plate of road and lane alone for the door."""
    return fn.COALESCE(DoorPlate.no + DoorPlate.alias_of, "-") == ""


def _times(clause: Any) -> Any:
    return fn.SUM(Case(None, [(clause, 1)], 0))


def _lag_days(store: Any) -> Any:
    """From collecting to entering, in days."""
    if serves(store):
        return fn.julianday(Registration.registered_at) - fn.julianday(Registration.collected_at)
    return fn.date_part("epoch", Registration.registered_at - Registration.collected_at) / 86400.0
