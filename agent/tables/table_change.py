"""What a file would make of a code table: new, changed and closed lines, or why not; pure.

No code that was ever in force goes: one that the file does not have is closed on the day before the file holds, and new
words of a code hold from that day on, beside its old ones.  What is past is not changed.
"""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from agent.register import fields
from agent.register.code_tables import CodeTable, Line
from agent.register.form import as_date
from agent.tables import csv_text, table_checks
from agent.tables.csv_text import Row
from agent.tables.views import Refusal, Step, StepKind

NEEDED: Final = ("code", "zh", "en")
COLUMNS: Final = (*NEEDED, "initials", "parent", "is_offered", "valid_from", "valid_to")
_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
_HAN: Final = re.compile(r"[\u3400-\u9fff]")
_YES_NO: Final = {"": True, "1": True, "0": False, "是": True, "否": False, "true": True, "false": False}
_MOST: Final = {"zh": 100, "en": 200, "initials": 60, "parent": 20}
_DAY: Final = timedelta(days=1)
_KINDS: Final = ("new", "changed", "closed", "dropped")


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file makes of a table.

    Attributes:
        lines: the table as it would be.
        steps: what is new in it, line by line.
        refused: why it cannot be; then it is not put in force.
        same: how many lines stay as they are.
    """

    lines: tuple[Line, ...]
    steps: tuple[Step, ...]
    refused: tuple[Refusal, ...]
    same: int

    def count(self, kind: str) -> int:
        """How many lines are new, changed, closed or dropped."""
        return sum(step.kind == kind for step in self.steps)


def written(table: CodeTable) -> bytes:
    """Write a table as a file."""
    return csv_text.written(COLUMNS, map(_cells, table.lines))


def _cells(line: Line) -> tuple[str, ...]:
    return (
        *(line.code, line.text_zh, line.text_en, line.pinyin_initials, line.parent),
        "1" if line.is_offered else "0",
        *("" if day is None else day.isoformat() for day in (line.valid_from, line.valid_to)),
    )


def plan(table: CodeTable, text: str, holds_from: date, today: date) -> Plan:
    """Tell what a file would make of a table.

    Args:
        table: as it is.
        text: of the file.
        holds_from: the day from which what is new in it holds; not before today.
        today: the station's day.

    Raises: CodedError TABLE-NOT-CSV, TABLE-HEAD, TABLE-LONG.
    """
    read: list[tuple[int, Line]] = []
    refused: list[Refusal] = []
    unread: set[str] = set()
    for row in csv_text.rows(text, NEEDED, COLUMNS):
        try:
            read.append((row.number, _line(row, table, today)))
        except _Wrong as wrong:
            refused.append(Refusal(row.number, *wrong.args))
            unread.add(row.cells.get("code", ""))
    merge = _Merge(table, holds_from, today)
    for number, line in read:
        merge.take(number, line)
    merge.close_the_rest(unread)
    refused += merge.refused
    if not refused:
        refused += table_checks.refusals(table.about, merge.lines)
    refused.sort(key=lambda one: one.number)
    lines = tuple(line for _, line in merge.lines)
    return Plan(lines, tuple(sorted(merge.steps, key=_order)), tuple(refused), merge.same)


def _order(step: Step) -> int:
    return _KINDS.index(step.kind)


class _Wrong(ValueError):
    """A line that cannot be taken: its code and facts."""


def _line(row: Row, table: CodeTable, today: date) -> Line:
    """Read a line; what its file has no column for stays as it is today.  Raises: _Wrong."""
    width = table.about.width
    if not row.is_whole:
        raise _Wrong("TABLE-LINE-SHAPE")
    code = row.cells["code"]
    held = table.line(code, today)
    kept = {} if held is None else dict(zip(COLUMNS, _cells(held), strict=True))
    if _is_over(held, today):
        kept["valid_to"] = ""
    cells = dict.fromkeys(COLUMNS, "") | kept | {"valid_from": ""} | dict(row.cells)
    if not _CODE.fullmatch(code) or len(code) > width:
        raise _Wrong("TABLE-LINE-CODE", {"most": width})
    known = {line.code for line in table.lines}
    if code not in known and any(code.zfill(length) in known for length in range(len(code) + 1, width + 1)):
        raise _Wrong("TABLE-LINE-ZERO")
    is_long = any(len(cells[key]) > most for key, most in _MOST.items())
    if is_long or not cells["zh"] or not cells["en"] or _HAN.search(cells["en"]):
        raise _Wrong("TABLE-LINE-WORDS")
    offered = _YES_NO.get(cells["is_offered"].lower())
    if offered is None:
        raise _Wrong("TABLE-LINE-OFFERED")
    first, last = (_read_day(cells[key]) for key in ("valid_from", "valid_to"))
    if first and last and last < first:
        raise _Wrong("TABLE-LINE-DATE")
    words = (cells["zh"], cells["en"], cells["initials"].lower(), cells["parent"])
    return Line(code, *words, is_offered=offered, valid_from=first, valid_to=last)


def _read_day(text: str) -> date | None:
    day = as_date(fields.understood("arrive_here_date", text, is_practice=False)) if text else None
    if text and day is None:
        raise _Wrong("TABLE-LINE-DATE")
    return day


class _Merge:
    """A table and a file, put together line by line."""

    def __init__(self, table: CodeTable, holds_from: date, today: date) -> None:
        self._holds_from = holds_from
        self._today = today
        self._left = {(line.code, line.valid_from): line for line in table.lines}
        self._known = {line.code for line in table.lines}
        self.lines: list[tuple[int, Line]] = []
        self.steps: list[Step] = []
        self.refused: list[Refusal] = []
        self.same = 0

    def take(self, number: int, line: Line) -> None:
        """Take a line of the file.  Where it does not say since when, it is the code's line that holds now."""
        held = self._held_for(line)
        if held is None:
            self._take_new(number, line)
            return
        del self._left[held.code, held.valid_from]
        line = replace(line, valid_from=held.valid_from)
        if line == held:
            self.same += 1
            self.lines.append((number, held))
        elif _is_over(held, self._today) or _is_over(line, self._today - _DAY):
            self.refused.append(Refusal(number, "TABLE-LINE-PAST"))
        else:
            self._take_changed(number, line, held)

    def _held_for(self, line: Line) -> Line | None:
        exact = self._left.get((line.code, line.valid_from))
        if line.valid_from is not None:
            return exact
        if exact is not None and (exact.valid_to in {None, line.valid_to} or _is_over(line, self._today)):
            return exact
        going_on = [
            held
            for held in self._left.values()
            if held.code == line.code and (held.valid_to or date.max) >= self._today
        ]
        return max(going_on, key=lambda held: held.valid_from or date.min, default=None)

    def _take_new(self, number: int, line: Line) -> None:
        new = replace(line, valid_from=line.valid_from or self._holds_from)
        begins = new.valid_from or date.min
        if new.valid_to is not None and new.valid_to < begins:
            self.refused.append(Refusal(number, "TABLE-LINE-DATE"))
            return
        if line.code in self._known and begins < self._today:
            self.refused.append(Refusal(number, "TABLE-LINE-PAST"))
            return
        self.lines.append((number, new))
        self.steps.append(Step("new", new, None))

    def _take_changed(self, number: int, line: Line, held: Line) -> None:
        """Let new words hold beside the old ones, which keep their days; an end alone is written into the line."""
        if replace(line, valid_to=held.valid_to) == held:
            kind: StepKind = "closed" if line.valid_to is not None else "changed"
            self.steps.append(Step(kind, line, held))
            self.lines.append((number, line))
        elif (held.valid_from or date.min) >= self._holds_from:
            self.steps.append(Step("changed", line, held))
            self.lines.append((number, line))
        elif line.valid_to is not None and line.valid_to < self._holds_from:
            self.refused.append(Refusal(number, "TABLE-LINE-PAST"))
        else:
            new = replace(line, valid_from=self._holds_from)
            self.steps.append(Step("changed", new, held))
            self.lines += [(number, replace(held, valid_to=self._holds_from - _DAY)), (number, new)]

    def close_the_rest(self, unread: Container[str]) -> None:
        """Close what the file does not have: what is over stays as it was, and what has not begun goes.

        Args:
            unread: codes of lines that could not be read, of which nothing is known.
        """
        for held in self._left.values():
            if held.code in unread:
                continue
            if held.valid_to is not None and held.valid_to < self._holds_from:
                self.lines.append((0, held))
            elif held.valid_from is not None and held.valid_from > self._today:
                self.steps.append(Step("dropped", held, held))
            else:
                last = max(self._holds_from - _DAY, held.valid_from or date.min)
                closed = replace(held, valid_to=last)
                self.lines.append((0, closed))
                self.steps.append(Step("closed", closed, held))


def _is_over(line: Line | None, day: date) -> bool:
    """Whether a line has ended before a day."""
    return line is not None and line.valid_to is not None and line.valid_to < day
