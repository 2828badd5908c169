"""A list of door plates as it came in a file: which column is what, and each row taken or left out with its reason.

Every plate belongs to one block, and every block has one team.  A row that cannot be so is left out, and what the base
holds of its plate stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from agent.errors import Actor, CodedError, Retry
from agent.exchange import cells, columns
from agent.exchange.tables_read import Sheet
from agent.register import codes
from agent.register.doors import Door
from agent.tables.views import Refusal

HEADS: Final[dict[str, tuple[str, ...]]] = {
    "addr_id": ("标准地址编号", "Standard address number", "地址编号", "门牌编号", "addr_id"),
    "town": ("街道、镇", "Town", "街道镇", "街镇", "街道"),
    "committee": ("居委会", "Committee", "居委", "居民委员会"),
    "block": ("责任块", "Block", "块", "块号", "责任块编号"),
    "team": ("队伍", "Team", "责任队伍", "责任单位", "班组"),
    "road": ("路名", "Road", "路"),
    "lane": ("弄", "Lane"),
    "sublane": ("支弄", "Sublane"),
    "no": ("号", "Number", "门牌号", "门牌"),
    "alias_of": ("新门牌编号", "Number of the new plate", "现门牌编号", "alias_of"),
    "sides": ("单双号分走", "Odd side first", "分单双号", "单双号", "sides"),
}
"""The columns of a list: what they are called in Chinese and English, and otherwise."""

BY_SIDES: Final = "1"
_SIDES: Final = {"": False, "0": False, "否": False, "no": False, BY_SIDES: True, "是": True, "yes": True}
"""Whether a block's team walks a road on the odd side and then on the even one; one plate of the road says it of all.

Source: domain reference, 4.7.
"""
NEEDED: Final = ("addr_id", "committee", "block", "team", "road", "no")
_MOST: Final = {"committee": 12, "block": 8, "team": 40, "road": 40, "lane": 10, "sublane": 10, "no": 12}
_NUMBER: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,19}")
_LOOKED_AT: Final = 10


@dataclass(slots=True)
class PlateList:
    """A list, read.

    Attributes:
        doors: the plates that are taken, by their numbers, in the order of the list; their roads in walking order.
        blocks: committee and team of each block, by its code.
        refused: the rows that are left out.
        left_alone: numbers in these rows: what the base holds of them stays.
        head: of the file; `head_line` is its row, from 1.
    """

    head_line: int
    head: tuple[str, ...]
    doors: dict[str, Door] = field(default_factory=dict)
    blocks: dict[str, tuple[str, str]] = field(default_factory=dict)
    refused: list[Refusal] = field(default_factory=list)
    left_alone: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    said: dict[str, str]
    flaw: str

    def __getitem__(self, key: str) -> str:
        return self.said.get(key, "")


def read(sheet: Sheet, area: str) -> PlateList:
    """Read a list.

    Args:
        sheet: the file.
        area: the town of plates of which no column says it; "" where the station has none.

    Raises: CodedError PLATES-HEAD, IMPORT-NO-ROWS, and as `Sheet.rows` refuses a file.
    """
    rows = list(sheet.rows())
    line = _head_line(rows)
    keys = _keys(rows[line - 1]) if rows else ()
    missing = [key for key in NEEDED if key not in keys]
    if missing:
        names = "、".join(HEADS[key][0] for key in missing)
        raise CodedError("PLATES-HEAD", Actor.SUPERVISOR, Retry.AFTER_ACTION, columns=names)
    said = [
        row for number, cells_ in enumerate(rows[line:], line + 1) if (row := _said(number, keys, cells_)) is not None
    ]
    if not said:
        raise CodedError("IMPORT-NO-ROWS", Actor.SUPERVISOR, Retry.AFTER_ACTION)
    return _Reading(PlateList(line, tuple(rows[line - 1])), area).of(said)


def _head_line(rows: Sequence[Sequence[str]]) -> int:
    """Which of the first rows is the head, from 1: the one with the most heads that are known."""
    counted = [sum(map(bool, _keys(row))) for row in rows[:_LOOKED_AT]]
    return counted.index(max(counted)) + 1 if counted else 1


def _keys(head: Sequence[str]) -> tuple[str, ...]:
    known = {columns.bare(name): key for key, names in HEADS.items() for name in names}
    found: list[str] = []
    for name in head:
        key = known.get(columns.bare(name), "")
        found.append("" if key in found else key)
    return tuple(found)


def _said(line: int, keys: Sequence[str], row: Sequence[str]) -> _Row | None:
    """What a row says; None where it says nothing."""
    given = {key: text for key, text in zip(keys, row, strict=False) if key and text.strip()}
    if not given:
        return None
    flaw = next((code for text in given.values() if (code := cells.flaw(text))), "")
    if not flaw and any(_has_lost_digits(given.get(key, "")) for key in ("addr_id", "alias_of")):
        flaw = "IMPORT-LOST-DIGITS"
    return _Row(line, {key: " ".join(str(text).split()) for key, text in given.items()}, flaw)


def _has_lost_digits(number: str) -> bool:
    """Whether a number went through a spreadsheet's arithmetic; one that is all digits in a text may end in noughts."""
    return cells.has_lost_digits(number) and not (type(number) is str and number.strip().isdigit())


class _Reading:
    """Puts the rows together: what one row says of a block or a number holds against the others."""

    def __init__(self, made: PlateList, area: str) -> None:
        self._made = made
        self._area = area
        self._lines: dict[str, int] = {}
        self._blocks: dict[str, str] = {}
        self._at: dict[str, int] = {}
        self._by_sides: set[tuple[str, str]] = set()
        self._said_blocks: dict[str, tuple[int, str, str]] = {}

    def of(self, rows: Sequence[_Row]) -> PlateList:
        """Take every row that can be."""
        for row in rows:
            code, block = row["block"], self._said_blocks.get(row["block"])
            if code and not row.flaw and not row["alias_of"] and (block is None or not block[2]):
                first, committee = (row.line, row["committee"]) if block is None else block[:2]
                self._said_blocks[code] = (first, committee, row["team"])
        for row in rows:
            if not row["alias_of"]:
                self._take(row)
        for row in rows:
            if row["alias_of"]:
                self._take(row)
        self._made.refused.sort(key=lambda one: one.number)
        self._put_in_walking_order()
        return self._made

    def _take(self, row: _Row) -> None:
        refusal = self._against(row)
        if refusal is not None:
            self._made.refused.append(refusal)
            self._made.left_alone.add(row["addr_id"])
            return
        target = self._made.doors.get(row["alias_of"])
        block = row["block"] if target is None else target.block
        committee = row["committee"] if target is None else target.committee
        parts = (row["road"], row["lane"], row["sublane"], row["no"])
        door = Door(row["addr_id"], self._town(row), committee, block, *parts, alias_of=row["alias_of"])
        at = f"{door.town} {door.key}"
        if at in self._at:
            self._made.refused.append(Refusal(row.line, "PLATE-DOOR-TWICE", {"line": self._at[at]}))
            self._made.left_alone.add(door.addr_id)
            return
        self._at[at] = row.line
        self._made.doors[door.addr_id] = door
        if _SIDES[row["sides"].casefold()]:
            self._by_sides.add((door.block, door.road))
        if target is None:
            self._made.blocks[block] = (committee, self._said_blocks[block][2])

    def _town(self, row: _Row) -> str:
        return (codes.resolve("town", row["town"]) or "") if row["town"] else self._area

    def _against(self, row: _Row) -> Refusal | None:
        """What speaks against a row; None where nothing does."""
        if row.flaw:
            return Refusal(row.line, row.flaw)
        number = row["addr_id"]
        if not _NUMBER.fullmatch(number):
            return Refusal(row.line, "PLATE-NUMBER")
        before = self._lines.setdefault(number, row.line)
        if before != row.line:
            is_in_two = bool(row["block"]) and self._blocks.get(number, "") not in {"", row["block"]}
            return Refusal(row.line, "PLATE-TWO-BLOCKS" if is_in_two else "PLATE-TWICE", {"line": before})
        self._blocks[number] = row["block"]
        facts: dict[str, str | int | float] = {}
        if row["alias_of"]:
            target = self._made.doors.get(row["alias_of"])
            code = "PLATE-ALIAS" if target is None or target.alias_of else ""
        else:
            code, facts = self._against_block(row)
        code = self._against_door(row) or code
        return Refusal(row.line, code, facts) if code else None

    def _against_door(self, row: _Row) -> str:
        wrong = {
            "PLATE-LONG": any(len(row[key]) > most for key, most in _MOST.items()),
            "PLATE-ROAD": not row["road"],
            "PLATE-DOOR": not (row["lane"] or row["no"]),
            "PLATE-SIDES": row["sides"].casefold() not in _SIDES,
            "PLATE-TOWN": not codes.is_taken("town", self._town(row), None),
        }
        return next((code for code, is_so in wrong.items() if is_so), "")

    def _against_block(self, row: _Row) -> tuple[str, dict[str, str | int | float]]:
        if not (row["committee"] and row["block"]):
            return "PLATE-BLOCK-MISSING" if row["committee"] else "PLATE-COMMITTEE-MISSING", {}
        line, committee, team = self._said_blocks[row["block"]]
        wrong = {
            "PLATE-TEAM-MISSING": not team,
            "PLATE-TWO-TEAMS": row["team"] not in {"", team},
            "PLATE-BLOCK-COMMITTEE": row["committee"] != committee,
        }
        return next((code for code, is_so in wrong.items() if is_so), ""), {"line": line}

    def _put_in_walking_order(self) -> None:
        """A road's place in the walk of its block is that of its first plate in the list."""
        places: dict[str, dict[str, int]] = {}
        for door in self._made.doors.values():
            roads = places.setdefault(door.block, {})
            roads.setdefault(door.road, len(roads))
        for number, door in self._made.doors.items():
            place, is_by_sides = places[door.block][door.road], (door.block, door.road) in self._by_sides
            if place or is_by_sides:
                self._made.doors[number] = replace(door, road_place=place, is_by_sides=is_by_sides)
