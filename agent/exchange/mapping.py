"""What the columns of a file are for, what holds for all of its rows, and of which editions its codes are.

Source: domain reference 2.5 (editions of code tables) and 4.1: a legacy import names its tables.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping as Table
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Final

from agent.exchange import columns
from agent.register import fields

CONSTANTS: Final = (
    *("id_type", "soldier", "notice_given", "verify_mode", "proof_type", "reason", "district", "town", "declarer"),
    *("place_type", "committee", "education", "ethnic"),
)
"""The fields of which a page offers one value for all rows, where no column says it."""

OLD_REGISTER: Final = "4"
"""采集方式 旧库核对: what a file brings was not collected at the door or the counter, unless it says so."""


@dataclass(frozen=True, slots=True)
class Mapping:
    """How a file is read.

    Attributes:
        head_line: which row is its head, from 1.
        heads: the texts of that row.
        keys: for each column the field, "" for one that is not taken.
        constants: what a row says that does not say otherwise, by field.
        legacy: the edition of which the codes of a field are, by field.
    """

    head_line: int
    heads: tuple[str, ...]
    keys: tuple[str, ...]
    constants: Table[str, str] = field(default_factory=dict)
    legacy: Table[str, str] = field(default_factory=dict)

    @property
    def places(self) -> tuple[tuple[int, str], ...]:
        """The columns that are taken: place and field."""
        return tuple((place, key) for place, key in enumerate(self.keys) if key)


@cache
def editions() -> dict[str, dict[str, dict[str, str]]]:
    """The editions of code tables that are known besides our own: field, edition, their code, ours."""
    table: dict[str, dict[str, dict[str, str]]] = {}
    lines = resources.files(__package__).joinpath("legacy.csv").read_text(encoding="utf-8").splitlines()
    for row in csv.DictReader(lines):
        table.setdefault(row["field"], {}).setdefault(row["edition"], {})[row["code"]] = row["to"]
    return table


def guessed(rows: Sequence[Sequence[str]], constants: Table[str, str]) -> Mapping:
    """How a file is read as far as its first rows tell.

    Args:
        rows: its first rows.
        constants: what holds for all rows where nothing else is said.
    """
    line = columns.head_line(rows)
    heads = tuple(rows[line - 1]) if len(rows) >= line else ()
    keys = columns.guess(heads)
    given = {key: text for key, text in constants.items() if key not in keys}
    return Mapping(line, heads, keys, given)


def chosen(before: Mapping, keys: Sequence[str], constants: Table[str, str], legacy: Table[str, str]) -> Mapping:
    """How a file is read as somebody has chosen; a field that two columns are for is of the first."""
    taken: list[str] = []
    for key in [*keys, *("" for _ in before.keys)][: len(before.keys)]:
        taken.append(key if key in columns.taken() and key not in taken else "")
    known = editions()
    return Mapping(
        before.head_line,
        before.heads,
        tuple(taken),
        {key: fields.reason(text)[:100] for key, text in constants.items() if key in CONSTANTS and text.strip()},
        {key: edition for key, edition in legacy.items() if edition in known.get(key, {})},
    )
