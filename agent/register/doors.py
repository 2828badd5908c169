"""The address base as forms work with it: which door plate an address means, and what follows from that; pure.

It is one value that is replaced as a whole when a list is taken in, as code tables are, and is kept in memory: a door
is looked for with every key that is typed, and a hundred thousand times by an import.

Rooms are not in the base.  An old name leads to the plate that has a new one (新旧门牌).  Source: domain reference,
2.3 A and 4.6.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from agent.register import address_parts

ADDR_ID: Final = "addr_id"
"""The key of a plate's number: it follows from the address, and no clerk types it."""

DOOR_KEYS: Final = ("road", "lane", "sublane", "no")
MOST_CHOICES: Final = 20
_MOST_ROADS: Final = 8
_LETTERS: Final = re.compile("[A-Z]+")


@dataclass(frozen=True, slots=True)
class Door:
    """One door plate of the base.

    Attributes:
        addr_id: its standard number (标准地址编号).
        block: code of the block that it belongs to.
        alias_of: number of the plate of which this is an old name; "" for a plate of its own.
        road_place: the place of its road in the walk of its block.
        is_by_sides: whether its road is walked there on the odd side and then on the even one.
        door_key: its key, where it is known already.
    """

    addr_id: str
    town: str
    committee: str
    block: str
    road: str
    lane: str = ""
    sublane: str = ""
    no: str = ""
    alias_of: str = ""
    road_place: int = 0
    is_by_sides: bool = False
    is_withdrawn: bool = False
    door_key: str = field(default="", compare=False)

    @property
    def key(self) -> str:
        """The door in the one way in which doors are compared."""
        return self.door_key or address_parts.door_key(self.road, self.lane, self.sublane, self.no)

    @property
    def name(self) -> str:
        """The door as people write it."""
        units = ((self.lane, "弄"), (self.sublane, "支弄"), (self.no, "号"))
        return self.road + "".join(part + unit for part, unit in units if part)


@dataclass(frozen=True, slots=True)
class Choice:
    """A door, or a road, that may be meant by what is typed; `old` is its old name, where that is what was typed."""

    name: str
    old: str = ""


class Directory:
    """All plates of a base, which never change; a changed base is another one.

    Args:
        doors: the plates, in the order of their walks.
        teams: the team of each block, by its code.
        number: of the taking-in behind it; 0 for no base.
    """

    def __init__(self, doors: Iterable[Door] = (), teams: Mapping[str, str] | None = None, number: int = 0) -> None:
        self.number = number
        self.teams = dict(teams or {})
        self.by_number: dict[str, Door] = {}
        self._by_key: dict[str, Door] = {}
        for door in doors:
            self.by_number[door.addr_id] = door
            at = f"{door.town} {door.key}"
            standing = self._by_key.get(at)
            if standing is None or standing.is_withdrawn:
                self._by_key[at] = door
        self.towns = tuple(dict.fromkeys(door.town for door in self.by_number.values()))

    def __eq__(self, other: object) -> bool:
        """Whether it is the same base: every taking-in has a number of its own."""
        return isinstance(other, Directory) and other.number == self.number

    def __hash__(self) -> int:
        """By the taking-in."""
        return hash(self.number)

    def __len__(self) -> int:
        """How many plates there are, withdrawn ones too."""
        return len(self.by_number)

    def at(self, town: str, road: str, lane: str = "", sublane: str = "", no: str = "") -> Door | None:
        """The plate that an address has, an old name and a withdrawn one too; None where the base knows none.

        Without a town any will do, where only one has such a door.
        """
        if not (road and self.by_number):
            return None
        key = address_parts.door_key(road, lane, sublane, no)
        found = (self._by_key.get(f"{each} {key}") for each in ((town,) if town else self.towns))
        known = [door for door in found if door is not None]
        return known[0] if len(known) == 1 else None

    def current(self, door: Door) -> Door:
        """The plate that a door has now: where it is an old name, the one with the new name."""
        return self.by_number.get(door.alias_of, door) if door.alias_of else door

    def choices(self, typed: str, most: int = MOST_CHOICES) -> list[Choice]:
        """What may be meant by the beginning, or a part, of a road or a door: roads first, then doors in walking order.

        Letters are the initials of a road's spelling.
        """
        wanted = address_parts.plain(typed)
        if not wanted:
            return [Choice(road) for road in self._roads[:most]]
        if _LETTERS.fullmatch(wanted):
            return [Choice(road) for road, spelled in self._initials.items() if f" {wanted}" in spelled][:most]
        roads = sorted((road for road in self._roads if wanted in road), key=lambda road: not road.startswith(wanted))
        found = [Choice(road) for road in roads[:_MOST_ROADS] if road != wanted]
        return [*found, *self._doors_with(wanted, most - len(found))]

    def _doors_with(self, wanted: str, most: int) -> Iterator[Choice]:
        """Doors in whose names a text stands; those first that begin with it."""
        text, starts, doors = self._searched
        given: set[int] = set()
        for sought in (f"\n{wanted}", wanted):
            at = text.find(sought)
            while at >= 0 and len(given) < most:
                place = bisect_right(starts, at + (sought[0] == "\n")) - 1
                if place not in given:
                    given.add(place)
                    door = self.by_number[doors[place]]
                    new = self.current(door)
                    yield Choice(new.name, "" if new is door else door.name)
                at = text.find(sought, starts[place + 1] - 1 if place + 1 < len(starts) else len(text))

    def make_ready(self) -> None:
        """Make ready what the first who types would wait for."""
        self.choices("1")

    @cached_property
    def _searched(self) -> tuple[str, array[int], list[str]]:
        """All doors that are in use as one text, line by line, where each line begins, and whose it is."""
        used = [door for door in self.by_number.values() if not self.current(door).is_withdrawn]
        lines = [door.key for door in used]
        starts = array("L")
        place = 1
        for line in lines:
            starts.append(place)
            place += len(line) + 1
        return "\n" + "\n".join(lines), starts, [door.addr_id for door in used]

    @cached_property
    def _roads(self) -> tuple[str, ...]:
        used = (door for door in self.by_number.values() if not (door.is_withdrawn or door.alias_of))
        return tuple(dict.fromkeys(address_parts.plain(door.road) for door in used))

    @cached_property
    def _initials(self) -> dict[str, str]:
        from agent.register import spelling  # noqa: PLC0415 - its dictionary takes a twelfth of the start

        return {road: f" {spelling.pinyin_keys(road)[1].upper()}" for road in self._roads}


@dataclass(slots=True)
class Doors:
    """The base that a station works with by now."""

    now: Directory = field(default_factory=Directory)
