"""One row of a file as the form that a clerk would have typed: understood, derived from, and judged by the same rules.

Nothing here asks the database.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from agent.exchange import cells, columns
from agent.exchange.cells import Number
from agent.exchange.mapping import Mapping, editions
from agent.register import (
    address_parts,
    asked,
    codes,
    evaluate,
    fields,
    further,
    id_number,
    names,
    revision,
    separation,
)
from agent.register.derive import derive
from agent.register.form import Entry, Form, value
from agent.register.views import Problem

HAN: Final = "01"
_EPOCH: Final = date(1899, 12, 30)
"""The day before the first one as workbooks count them, for they count a 29 February 1900."""
_DAYS: Final = range(1, 80_000)
_DATES: Final = frozenset({"date", "month", "validity"})
_NUMBERS: Final = frozenset({"id", "mobile", "owner"})
_MOST_KNOWN: Final = 20_000
_MASKED: Final = "****"


@dataclass(frozen=True, slots=True)
class Taken:
    """A row, read.

    Attributes:
        line: which row of the file, from 1.
        given: what its columns say, as it is stored, by field.
        values: what a registration made of it holds.
        problems: why it cannot be a registration; empty where it can.
        flaws: why it cannot be read at all: then nothing of it is compared with the register.
        dwelling: where the person lives, for households; None where house and room are not both known.
        same: who is meant: the number, or where there is none name, birth and guardian's number.
    """

    line: int
    given: dict[str, str]
    values: dict[str, str]
    problems: tuple[Problem, ...]
    flaws: tuple[Problem, ...]
    dwelling: tuple[str, ...] | None
    same: tuple[str, ...]


class RowReader:
    """Reads the rows of one file.

    Args:
        mapping: what its columns are for.
        setting: what forms are judged against today.
        now: when the rows are taken in.
    """

    def __init__(self, mapping: Mapping, setting: evaluate.Setting, now: datetime) -> None:
        self._mapping = mapping
        self._setting = dataclasses.replace(setting, is_draft=False)
        self._now = now
        self._known: dict[tuple[str, str], str] = {}
        self._editions = {key: editions()[key][name] for key, name in mapping.legacy.items()}
        self._constants = {key: self._understood(key, text) for key, text in mapping.constants.items()}

    def is_empty(self, row: Sequence[str]) -> bool:
        """Whether none of the columns that are taken says anything."""
        return not any(row[place].strip() for place, _ in self._mapping.places if place < len(row))

    def read(self, line: int, row: Sequence[str]) -> Taken:
        """Read one row."""
        given: dict[str, str] = {}
        flaws: list[Problem] = []
        raw = ""
        for place, key in self._mapping.places:
            text = row[place] if place < len(row) else ""
            if not text or text.isspace():
                continue
            code = self._flaw(key, text)
            if code:
                flaws.append(Problem(code, key))
            elif key == columns.ADDRESS:
                given = address_parts.parts_of(text) | given
            else:
                given[key] = self._understood(key, text)
                raw = id_number.clean(text) if key == "id_no" else raw
        form = {key: Entry(text, "import", self._now) for key, text in (self._constants | given).items() if text}
        if raw and raw != given["id_no"] and id_number.upgraded(raw) == given["id_no"]:
            form["id_no_raw"] = Entry(raw, "import", self._now)
        form = self._without_what_no_form_wants(derive(form, self._now, self._setting))
        judgement = evaluate.judge(form, self._setting)
        problems = [*judgement.problems, *(Problem("FIELD-MISSING", key) for key in judgement.missing)]
        if judgement.scope.reason is not None:
            problems = [judgement.scope.reason]
        values = revision.values(form, {})
        return Taken(line, given, values, tuple(problems), tuple(flaws), _dwelling(values), _same(values))

    def _without_what_no_form_wants(self, form: Form) -> dict[str, Entry]:
        """A row as its form has it: without what the district leaves out, and answers that another one rules out."""
        kind, holding = value(form, separation.FORM) or separation.RG, self._setting.rules
        gone = {key for key in form if asked.is_left_out(key, kind, holding)}
        gone |= {*further.not_applying(form, self._setting.when)}
        return {key: entry for key, entry in form.items() if key not in gone}

    def _flaw(self, key: str, text: str) -> str:
        code = cells.flaw(text)
        kind = "text" if key == columns.ADDRESS else fields.RULES[key].kind
        if not code and kind in _NUMBERS and cells.has_lost_digits(text):
            return "IMPORT-LOST-DIGITS"
        if not code and _MASKED in text and (kind in _NUMBERS or key == "birth_date"):
            return "IMPORT-MASKED"
        return code

    def _understood(self, key: str, text: str) -> str:
        kind = fields.RULES[key].kind
        if kind == "code":
            known = self._known.get((key, text))
            if known is None:
                if len(self._known) >= _MOST_KNOWN:
                    self._known.clear()
                known = self._known[key, text] = self._code(key, text)
            return known
        if kind in _DATES:
            text = _day(text)
        return fields.understood(key, text, is_practice=self._setting.is_practice)

    def _code(self, key: str, text: str) -> str:
        """A code from a code, a name, or both, `01 汉族`; one of another edition is put into ours."""
        bare = text.strip()
        legacy = self._editions.get(key)
        if legacy is not None:
            bare = legacy.get(bare, legacy.get(bare.lstrip("0"), bare))
        table = fields.RULES[key].table
        if bare.isdigit() and codes.choice(table, bare) is None:
            # Spreadsheets take the noughts of 01 away.
            padded = bare.zfill(fields.RULES[key].most)
            return padded if codes.choice(table, padded) is not None else bare
        head, _, name = bare.partition(" ")
        line = codes.choice(table, head) if name else None
        if line is not None and name in {line.text_zh, line.text_en}:
            return head
        return fields.understood(key, bare, is_practice=self._setting.is_practice)


def _day(text: str) -> str:
    """A day as workbooks hold it, the count of days, as people write it; without the time of an exported moment."""
    if isinstance(text, Number):
        whole = text.partition(".")[0]
        if whole.isdigit() and len(whole) <= 5 and int(whole) in _DAYS:
            return (_EPOCH + timedelta(days=int(whole))).isoformat()
    head, _, rest = text.strip().partition(" ")
    return head if ":" in rest and any(mark in head for mark in "-/.年") else text


def _dwelling(values: dict[str, str]) -> tuple[str, ...] | None:
    is_told = values["road"] and values["no"] and values["room"] and values["form"] != "HZ"
    return tuple(values[key] for key in columns.OF_DWELLING if key != "committee") if is_told else None


def _same(values: dict[str, str]) -> tuple[str, ...]:
    if values["id_no"]:
        return (values["id_no"],)
    return (names.search_key(values["name"]), values["birth_date"], values["guardian_id"])


def is_of_han(taken: Taken) -> bool | None:
    """Whether a row says 汉; None where it says no group."""
    group = taken.given.get("ethnic", "")
    return None if not group else group == HAN
