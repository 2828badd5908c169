"""What a new value, or a file of values, would make of the rule parameters, or why not; pure.

A value holds from a day on that is not before today: what was judged stays judged.  Planned values that begin on that
day or later are withdrawn by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from agent.errors import CodedError
from agent.register import fields, rules
from agent.register.form import as_date
from agent.register.rules import Parameters, Value
from agent.tables import csv_text
from agent.tables.csv_text import Row, refused
from agent.tables.views import Refusal, RuleStep

NEEDED: Final = ("key", "value", "valid_from", "valid_to", "basis", "article")
COLUMNS: Final = ("key", "zh", "unit", *NEEDED[1:])
MOST_ARTICLE: Final = 60
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class RulePlan:
    """What a file makes of the parameters: the new values and withdrawn days of each key that changes, and why not."""

    added: Mapping[str, tuple[Value, ...]]
    withdrawn: Mapping[str, tuple[date, ...]]
    steps: tuple[RuleStep, ...]
    refused: tuple[Refusal, ...]
    same: int


def written(parameters: Parameters) -> bytes:
    """Write all parameters as a file."""
    about = rules.about()
    cells = []
    for key in parameters.keys:
        for one in parameters.history(key):
            last = parameters.last_day(key, one)
            days = ("" if day is None else day.isoformat() for day in (one.valid_from, last))
            cells.append((key, about[key].title_zh, about[key].unit, str(one.value), *days, one.basis, one.article))
    return csv_text.written(COLUMNS, cells)


def new_value(typed: Mapping[str, str], bases: Iterable[str]) -> Value:
    """Read a new value as it was typed.

    Args:
        typed: `key`, `value`, `valid_from`, `basis`, `article`.
        bases: the codes that a basis can have.

    Raises: CodedError RULE-VALUE, RULE-DATE, RULE-BASIS.
    """
    about = rules.about()[typed["key"]]
    number = typed["value"].strip()
    if not (number.isascii() and number.isdigit()) or not about.least <= int(number[:9]) <= about.most:
        raise refused("RULE-VALUE", least=about.least, most=about.most)
    day = as_date(fields.understood("arrive_here_date", typed["valid_from"], is_practice=False))
    if day is None:
        raise refused("RULE-DATE")
    article = " ".join(typed["article"].split())
    if typed["basis"] not in set(bases) or len(article) > MOST_ARTICLE:
        raise refused("RULE-BASIS", most=MOST_ARTICLE)
    return Value(int(number), day, typed["basis"], article, is_shipped=False)


def checked(parameters: Parameters, key: str, new: Value, today: date) -> Parameters:
    """Put a new value among the others, the withdrawn ones gone.

    Raises: CodedError RULE-BEFORE, RULE-SAME, RULE-TOGETHER.
    """
    if new.begins < today:
        raise refused("RULE-BEFORE", date=today.isoformat())
    before = parameters.value(key, new.begins)
    if (before.value, before.basis, before.article) == (new.value, new.basis, new.article):
        raise refused("RULE-SAME")
    held = parameters.history(key)
    kept = [one for one in held if one.begins < new.begins or (one.is_shipped and one.begins > new.begins)]
    return _together(parameters, {key: (*kept, new)})


def without(parameters: Parameters, key: str, day: date) -> Parameters:
    """The parameters without a planned value, the one that begins on a day.  Raises: CodedError RULE-TOGETHER."""
    return _together(parameters, {key: tuple(one for one in parameters.history(key) if one.begins != day)})


def _together(parameters: Parameters, changed: Mapping[str, tuple[Value, ...]]) -> Parameters:
    """Put other values of some keys in place, where those of different keys go together on every day."""
    made = Parameters({key: changed.get(key) or parameters.history(key) for key in parameters.keys})
    for one in made.turns():
        ordered = ((one.least_visits, one.most_visits), (one.consent_under, one.guarded_under, one.adult_from))
        if any(list(ages) != sorted(ages) for ages in (*ordered, (one.league_from, one.league_until))):
            raise refused("RULE-TOGETHER")
    return made


def plan(parameters: Parameters, text: str, bases: Iterable[str], today: date) -> RulePlan:
    """Tell what a file of values would make of the parameters.

    Raises: CodedError TABLE-NOT-CSV, TABLE-HEAD, TABLE-LONG.
    """
    offered = frozenset(bases)
    by_key: dict[str, list[Row]] = {}
    wrong: list[Refusal] = []
    for row in csv_text.rows(text, NEEDED, COLUMNS):
        if not row.is_whole or row.cells["key"] not in parameters.keys:
            wrong.append(Refusal(row.number, "RULE-LINE-KEY" if row.is_whole else "TABLE-LINE-SHAPE"))
        else:
            by_key.setdefault(row.cells["key"], []).append(row)
    added: dict[str, tuple[Value, ...]] = {}
    gone: dict[str, tuple[date, ...]] = {}
    same = 0
    for key, rows in by_key.items():
        values, found = _values(rows, offered, parameters)
        wrong += found or _of_the_past(parameters, key, values, today)
        held = {one.begins: one for one in parameters.history(key)}
        new = [one for _, one in values if not _is_held(one, held.get(one.begins))]
        same += len(values) - len(new)
        begins = {one.begins for _, one in values}
        left = [day for day, one in held.items() if day not in begins and day > today and not one.is_shipped]
        if new:
            added[key] = tuple(new)
        if left:
            gone[key] = tuple(left)
    steps: list[RuleStep] = []
    if not wrong:
        wrong += _not_together(parameters, added, gone)
        steps = _steps(parameters, added, gone)
    return RulePlan(added, gone, tuple(steps), tuple(sorted(wrong, key=lambda one: one.number)), same)


def after(
    parameters: Parameters, added: Mapping[str, Iterable[Value]], gone: Mapping[str, Iterable[date]]
) -> Parameters:
    """The parameters with what a file adds and without what it withdraws.  Raises: CodedError RULE-TOGETHER."""
    changed = {}
    for key in {*added, *gone}:
        held = {one.begins: one for one in parameters.history(key) if one.begins not in gone.get(key, ())}
        changed[key] = tuple((held | {one.begins: one for one in added.get(key, ())}).values())
    return _together(parameters, changed)


def _is_held(one: Value, held: Value | None) -> bool:
    return held is not None and (one.value, one.basis, one.article) == (held.value, held.basis, held.article)


def _values(
    rows: list[Row], bases: frozenset[str], parameters: Parameters
) -> tuple[list[tuple[int, Value]], list[Refusal]]:
    """Read the values of one key, which must follow each other without a gap, and tell what is wrong with them."""
    read: list[tuple[int, Value]] = []
    lasts: dict[date, date | None] = {}
    for row in rows:
        known = bases | {one.basis for one in parameters.history(row.cells["key"])}
        is_first = row.cells["valid_from"] == ""
        try:
            typed = dict(row.cells) | ({"valid_from": "0001-01-01"} if is_first else {})
            value = new_value(typed, known)
            last = _last(row.cells["valid_to"])
        except CodedError as error:
            return [], [Refusal(row.number, error.code, dict(error.facts))]
        begins = None if is_first else value.valid_from
        read.append((row.number, Value(value.value, begins, value.basis, value.article, is_shipped=False)))
        lasts[begins or date.min] = last
    read.sort(key=lambda one: one[1].begins)
    begins_of = [one.begins for _, one in read]
    for place, (number, one) in enumerate(read):
        following = begins_of[place + 1] if place + 1 < len(begins_of) else None
        if following == one.begins or (place == 0 and one.begins != date.min):
            return read, [Refusal(number, "RULE-LINE-OVERLAP" if following == one.begins else "RULE-LINE-GAP")]
        last = lasts[one.begins]
        if last != (None if following is None else following - _DAY):
            is_gap = last is not None and (following is None or last < following - _DAY)
            return read, [Refusal(number, "RULE-LINE-GAP" if is_gap else "RULE-LINE-OVERLAP")]
    return read, []


def _last(text: str) -> date | None:
    day = as_date(fields.understood("arrive_here_date", text, is_practice=False)) if text else None
    if text and day is None:
        raise refused("RULE-DATE")
    return day


def _of_the_past(parameters: Parameters, key: str, values: list[tuple[int, Value]], today: date) -> list[Refusal]:
    """What a file says otherwise of days that are over, or of the value that holds today."""
    held = {one.begins: one for one in parameters.history(key)}
    begins = {one.begins for _, one in values}
    found = [
        Refusal(number, "RULE-LINE-PAST")
        for number, one in values
        if one.begins < today and not _is_held(one, held.get(one.begins))
    ]
    if any(day not in begins and (day <= today or one.is_shipped) for day, one in held.items()):
        found.append(Refusal(values[0][0], "RULE-LINE-PAST"))
    return found


def _not_together(
    parameters: Parameters, added: Mapping[str, Iterable[Value]], gone: Mapping[str, Iterable[date]]
) -> list[Refusal]:
    try:
        after(parameters, added, gone)
    except CodedError as error:
        return [Refusal(0, error.code)]
    return []


def _steps(
    parameters: Parameters, added: Mapping[str, Iterable[Value]], gone: Mapping[str, Iterable[date]]
) -> list[RuleStep]:
    about = rules.about()
    steps = [
        RuleStep(about[key], parameters.value(key, one.begins).value, one.value, one.begins)
        for key, values in added.items()
        for one in values
    ]
    steps += [
        RuleStep(about[key], parameters.value(key, day).value, None, day) for key, days in gone.items() for day in days
    ]
    return steps
