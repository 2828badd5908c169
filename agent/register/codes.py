"""The code tables in force, and how a clerk's typing finds a line in them.

What is stored is codes alone.  Where a field offers or takes a code, the lines of that day count; where a stored one is
shown, its words are those of the day on which it was given.

Source: the national standards, forms and police tables that `code_tables.toml` names for each table.
"""

from __future__ import annotations

from datetime import date, datetime

from agent.register import in_force
from agent.register.code_tables import Line
from agent.register.views import Choice


def table(name: str) -> tuple[Choice, ...]:
    """What can be chosen today, in the order in which it is offered.  Raises: KeyError for an unknown table."""
    held = in_force.now()
    return held.tables[name].offered(held.day_of(None))


def every(name: str) -> tuple[Line, ...]:
    """All lines of a table, those that ended and those that are not offered too."""
    return in_force.now().tables[name].lines


def tables() -> tuple[str, ...]:
    """The names of all tables."""
    return tuple(in_force.now().tables)


def choice(name: str, code: str, at: datetime | None = None) -> Choice | None:
    """The line with this code as it was at some time, or is now: also one that ended, or None."""
    held = in_force.now()
    return held.tables[name].line(code, held.day_of(at))


def is_taken(name: str, code: str, on: date | None = None) -> bool:
    """Whether a field takes this code on a day, or today."""
    held = in_force.now()
    return held.tables[name].is_taken(code, on or held.day_of(None))


def shown(name: str, code: str, at: datetime | None = None) -> str:
    """The Chinese text of a code as it was at some time; the code itself where the table does not know it."""
    line = choice(name, code, at)
    return code if line is None else line.text_zh


def resolve(name: str, typed: str) -> str | None:
    """Find the one code that a clerk means: by code, by the first letters of the pinyin, or by a part of the name.

    Returns: the code; None when nothing or more than one line fits.
    """
    wanted = typed.strip()
    lines = table(name)
    if any(line.code == wanted for line in lines):
        return wanted
    folded = wanted.lower()
    exact = [line for line in lines if folded in {line.pinyin_initials, line.text_zh, line.text_en.lower()}]
    if len(exact) == 1:
        return exact[0].code
    near = [
        line
        for line in lines
        if folded
        and (line.pinyin_initials.startswith(folded) or wanted in line.text_zh or folded in line.text_en.lower())
    ]
    return near[0].code if len(near) == 1 else None
