"""What a code table is: its lines with the days on which they hold, where it comes from, and the tables as shipped.

`codes.csv` has the lines (the columns behind `initials` may be left out), `code_tables.toml` says of each table which
standard, edition and source it comes from, and `code_maps.csv` leads from numberings of old data to these tables.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Final

from agent.register.views import Choice

ALL: Final = "*"
UNKNOWN_WIDTH: Final = 20
_FAR: Final = date(9999, 1, 1)


@dataclass(frozen=True, slots=True)
class Line(Choice):
    """One line of a code table, as it holds from one day to another.

    Attributes:
        parent: the code of the group that the line belongs to; "" for none.
        is_offered: whether it can be chosen; a group of finer codes often cannot.
        valid_from: the first day, None for ever before.
        valid_to: the last day, None for ever after.
    """

    parent: str = ""
    is_offered: bool = True
    valid_from: date | None = None
    valid_to: date | None = None

    def holds_on(self, day: date | None) -> bool:
        """Whether the line holds on a day; without a day, whether it has no end."""
        if day is None:
            return self.valid_to is None
        return (self.valid_from or date.min) <= day <= (self.valid_to or date.max)


@dataclass(frozen=True, slots=True)
class About:
    """What a code table is and where it comes from.

    Attributes:
        name: by which fields name it.
        title_zh: what people call it; so `title_en`.
        standard: the standard or form; `edition` its year, `source` where its lines were seen.
        width: characters of the longest code that is stored.
        fixed: codes that rules of the program name, which are never closed.
        unconfirmed: codes that were not confirmed in the standard; `*` for all.
        local: codes of no standard; `*` for all.
        note_zh: what else is to be known; so `note_en`.
    """

    name: str
    title_zh: str
    title_en: str
    standard: str = ""
    edition: str = ""
    source: str = ""
    width: int = UNKNOWN_WIDTH
    fixed: frozenset[str] = frozenset()
    unconfirmed: frozenset[str] = frozenset()
    local: frozenset[str] = frozenset()
    note_zh: str = ""
    note_en: str = ""


class CodeTable:
    """The lines of one table, which never change; a changed table is another one."""

    def __init__(self, about: About, lines: Iterable[Line]) -> None:
        self.about = about
        self.lines = tuple(lines)
        found: dict[str, list[Line]] = {}
        for line in self.lines:
            found.setdefault(line.code, []).append(line)
        self._by_code = {code: tuple(sorted(same, key=_beginning)) for code, same in found.items()}
        self._offered: tuple[date | None, tuple[Line, ...]] = (_FAR, ())

    def offered(self, day: date | None) -> tuple[Line, ...]:
        """What can be chosen on a day, in the table's order; without a day, what has no end."""
        known_day, known = self._offered
        if known_day != day:
            known = tuple(line for line in self.lines if line.is_offered and line.holds_on(day))
            self._offered = (day, known)
        return known

    def line(self, code: str, day: date | None) -> Line | None:
        """The line of a code on a day, offered or not.

        Where it held on another day only: the nearest before that day, else the first.  None for an unknown code.
        """
        same = self._by_code.get(code)
        if same is None:
            return None
        holding = [line for line in same if line.holds_on(day)]
        if holding:
            return holding[-1]
        before = [line for line in same if (line.valid_from or date.min) <= (day or date.max)]
        return (before or same[:1])[-1]

    def is_taken(self, code: str, day: date | None) -> bool:
        """Whether a field takes this code on a day."""
        return any(line.is_offered and line.holds_on(day) for line in self._by_code.get(code, ()))


@dataclass(frozen=True, slots=True)
class CodeMap:
    """How a numbering of old data leads to a code table.

    Attributes:
        to: the table.
        codes: each old code with the code of the table; "" where somebody has to look.
        notes: of a code, in Chinese and English.
        words: of each old code, as its own table had them.
    """

    name: str
    title_zh: str
    title_en: str
    to: str
    source: str
    codes: Mapping[str, str]
    words: Mapping[str, str]
    notes: Mapping[str, tuple[str, str]]


def _beginning(line: Line) -> date:
    return line.valid_from or date.min


def rows_of(name: str) -> list[dict[str, str]]:
    """The lines of a shipped CSV file; a column that a line leaves out is empty."""
    text = resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
    return [{key: value or "" for key, value in row.items()} for row in csv.DictReader(text.splitlines(), restval="")]


def about_of(name: str) -> dict[str, Any]:
    """A shipped TOML file."""
    return tomllib.loads(resources.files(__package__).joinpath(name).read_text(encoding="utf-8"))


def day_or_none(text: str) -> date | None:
    """A day as it is written in the files, ISO; None for none."""
    return date.fromisoformat(text) if text else None


@cache
def shipped() -> Mapping[str, CodeTable]:
    """The code tables as they are shipped, by name."""
    lines: dict[str, list[Line]] = {}
    for row in rows_of("codes.csv"):
        line = Line(
            code=row["code"],
            text_zh=row["zh"],
            text_en=row["en"],
            pinyin_initials=row["initials"],
            parent=row["parent"],
            is_offered=row["is_offered"] != "0",
            valid_from=day_or_none(row["valid_from"]),
            valid_to=day_or_none(row["valid_to"]),
        )
        lines.setdefault(row["table"], []).append(line)
    told = about_of("code_tables.toml")
    return MappingProxyType({name: CodeTable(_about(name, told.get(name, {})), own) for name, own in lines.items()})


def _about(name: str, told: Mapping[str, Any]) -> About:
    return About(
        name=name,
        title_zh=told.get("zh", name),
        title_en=told.get("en", name),
        width=told.get("width", UNKNOWN_WIDTH),
        standard=told.get("standard", ""),
        edition=told.get("edition", ""),
        source=told.get("source", ""),
        fixed=frozenset(told.get("fixed", ())),
        unconfirmed=frozenset(told.get("unconfirmed", ())),
        local=frozenset(told.get("local", ())),
        note_zh=told.get("note_zh", ""),
        note_en=told.get("note_en", ""),
    )


@cache
def maps() -> Mapping[str, CodeMap]:
    """The mapping tables for old data, by name."""
    rows = rows_of("code_maps.csv")
    return MappingProxyType(
        {
            name: CodeMap(
                name=name,
                title_zh=told["zh"],
                title_en=told["en"],
                to=told["to"],
                source=told["source"],
                codes={row["code"]: row["to"] for row in rows if row["map"] == name},
                words={row["code"]: row["zh"] for row in rows if row["map"] == name},
                notes={row["code"]: (row["note_zh"], row["note_en"]) for row in rows if row["map"] == name},
            )
            for name, told in about_of("code_maps.toml").items()
        }
    )
