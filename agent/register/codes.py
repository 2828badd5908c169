"""The code tables of the form, from `codes.csv`, and how a clerk's typing finds a line in them.

Source: national standards named in the forms' field list: GB/T 2261.1 (`sex`), GB/T 3304 (`ethnic`), GB/T 4658
(`education`, the Shanghai form's short list; `education-national` whole), GB/T 4761 (`relation`), MCA town codes
(`town`); the Shanghai form (`reason`, `proof_type`); police tables (`place_type`, `id_type`, `plan_stay` with a code 0
of our own for a stay under three days); GA/T 2000.25 (`cancel_kind`: 1 to 3, as far as its public preview shows; the
finer codes, H1, D1 to D4 and 99 are local).
"""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources

from agent.register.views import Choice


@cache
def _tables() -> dict[str, dict[str, Choice]]:
    tables: dict[str, dict[str, Choice]] = {}
    lines = resources.files(__package__).joinpath("codes.csv").read_text(encoding="utf-8").splitlines()
    for row in csv.DictReader(lines):
        choice = Choice(row["code"], row["zh"], row["en"], row["initials"])
        tables.setdefault(row["table"], {})[choice.code] = choice
    return tables


def table(name: str) -> tuple[Choice, ...]:
    """All lines of a table in the order in which they are offered.  Raises: KeyError for an unknown table."""
    return tuple(_tables()[name].values())


def tables() -> tuple[str, ...]:
    """The names of all tables."""
    return tuple(_tables())


def choice(name: str, code: str) -> Choice | None:
    """The line with this code, or None."""
    return _tables()[name].get(code)


def shown(name: str, code: str) -> str:
    """The Chinese text of a code; the code itself where the table does not know it."""
    line = choice(name, code)
    return code if line is None else line.text_zh


def resolve(name: str, typed: str) -> str | None:
    """Find the one code that a clerk means: by code, by the first letters of the pinyin, or by a part of the name.

    Returns: the code; None when nothing or more than one line fits.
    """
    wanted = typed.strip()
    lines = _tables()[name]
    if wanted in lines:
        return wanted
    folded = wanted.lower()
    exact = [line for line in lines.values() if folded in {line.pinyin_initials, line.text_zh, line.text_en.lower()}]
    if len(exact) == 1:
        return exact[0].code
    near = [
        line
        for line in lines.values()
        if folded
        and (line.pinyin_initials.startswith(folded) or wanted in line.text_zh or folded in line.text_en.lower())
    ]
    return near[0].code if len(near) == 1 else None
