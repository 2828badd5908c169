"""The columns of the register's files: what they are called, which are given away, and which a file's heads mean."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Final

from agent.register import asked, fields, in_force
from peewee_models import register_queries

ADDRESS: Final = "address"
"""A dwelling in one text; taken apart where it comes in."""

USUAL: Final = (
    *("form_no", "form", "name", "sex", "ethnic", "id_no", "birth_date", "hukou_address", "arrive_here_date", "reason"),
    *("committee", ADDRESS, "mobile", "registered_at"),
)
"""The columns that are ticked where nobody has chosen."""

OF_DWELLING: Final = ("district", "town", "committee", "road", "lane", "sublane", "no", "room")
_ASIDE: Final = re.compile(r"[\s_\-·:：*＊]+|[（(\[【][^）)\]】]*[）)\]】]")
_LOOKED_AT: Final = 10


@dataclass(frozen=True, slots=True)
class Named:
    """What a column is called.  `is_ours`: it says something of our own keeping, and is never taken in.

    `values` are the names of codes that no table has, by language.
    """

    key: str
    zh: str
    en: str
    also: tuple[str, ...]
    is_ours: bool
    values: dict[str, dict[str, str]]

    def head(self, language: str) -> str:
        """Its name in a language."""
        return self.zh if language == "zh" else self.en

    def value(self, code: str, language: str) -> str:
        """What one of its own codes is called."""
        return self.values.get(code, {}).get(language, code)


@cache
def names() -> dict[str, Named]:
    """All columns by their keys, in the order in which they are given away."""
    table = tomllib.loads(resources.files(__package__).joinpath("columns.toml").read_text(encoding="utf-8"))
    return {
        key: Named(
            key, line["zh"], line["en"], tuple(line.get("also", ())), bool(line.get("is_ours")), line.get("values", {})
        )
        for key, line in table.items()
    }


def given() -> tuple[str, ...]:
    """The keys that can be given away."""
    return tuple(names())


def taken() -> tuple[str, ...]:
    """The keys that can be taken in: what the forms have, as the district wants them today."""
    held = in_force.now()
    holding = held.parameters.on(held.day_of(None) or date.max)
    left_out = {key for key in _names_taken() if all(asked.is_left_out(key, kind, holding) for kind in asked.ASKED)}
    return tuple(key for key in _names_taken() if key not in left_out)


def _names_taken() -> tuple[str, ...]:
    return tuple(key for key, named in names().items() if not named.is_ours)


def bare(head: str) -> str:
    """A column's head without blanks, marks and what stands in brackets, in small letters."""
    return _ASIDE.sub("", unicodedata.normalize("NFKC", head)).lower()


@cache
def _known() -> dict[str, str]:
    known: dict[str, str] = {}
    for key in _names_taken():
        named = names()[key]
        for head in (key, named.zh, named.en, *named.also):
            known.setdefault(bare(head), key)
    return known


def guess(heads: Sequence[str]) -> tuple[str, ...]:
    """The field that each head means, "" for one that means none; of two that mean one the first has it."""
    guessed: list[str] = []
    offered = {"", *taken()}
    for head in heads:
        key = _known().get(bare(head), "")
        guessed.append("" if key in guessed or key not in offered else key)
    return tuple(guessed)


def head_line(rows: Sequence[Sequence[str]]) -> int:
    """Which of the first rows is the head, from 1: the one with the most heads that are known; a title stands above."""
    counted = [sum(bool(key) for key in guess(row)) for row in rows[:_LOOKED_AT]]
    most = max(counted, default=0)
    return counted.index(most) + 1 if most else 1


def is_stored(key: str) -> bool:
    """Whether a key is a column of the register's tables, and not put together."""
    return key in register_queries.PERSON_KEYS or key in register_queries.REGISTRATION_KEYS


def is_code(key: str) -> bool:
    """Whether a field holds a code of a table."""
    return key in fields.RULES and fields.RULES[key].kind == "code"
