"""Code tables and parameters as the pages show them."""

from __future__ import annotations

from collections.abc import Container
from datetime import date
from typing import Any

from agent.register import codes, rules
from agent.register.code_tables import ALL, About, CodeTable
from agent.register.in_force import InForce
from agent.register.rules import Value
from agent.tables.views import (
    EditionLine,
    LineMark,
    RuleLine,
    RuleValueLine,
    RuleView,
    TableLine,
    TableView,
    ValueState,
)
from peewee_models import code_tables as rows


def mark(about: About, code: str) -> LineMark:
    """How sure a code is: of no standard, not confirmed in its standard, or confirmed."""
    if about.local & {ALL, code}:
        return "local"
    return "unconfirmed" if about.unconfirmed & {ALL, code} else "confirmed"


def table_line(table: CodeTable, own: Container[str], waiting: Container[str]) -> TableLine:
    """A table in the list; `own` are those with an edition of the station, `waiting` those for which a file waits."""
    about = table.about
    marks = {mark(about, line.code) for line in table.lines}
    least: LineMark = "unconfirmed" if "unconfirmed" in marks else "confirmed" if "confirmed" in marks else "local"
    return TableLine(about, len(table.lines), about.name not in own, about.name in waiting, least)


def table_view(table: CodeTable, today: date) -> TableView:
    """One table, inside an open transaction."""
    about = table.about
    editions = (
        EditionLine(
            row.number, row.edition, row.source, row.holds_from, row.entered_by.name, row.entered_at, row.sha256
        )
        for row in rows.editions(about.name)
    )
    lines = ((line, mark(about, line.code), line.is_offered and line.holds_on(today)) for line in table.lines)
    return TableView(about, tuple(lines), tuple(editions), rows.upload_of(about.name) is not None)


def rule_lines(held: InForce, today: date) -> tuple[RuleLine, ...]:
    """All parameters as they hold today."""
    found = []
    for key in held.parameters.keys:
        now = held.parameters.value(key, today)
        later = next((one for one in held.parameters.history(key) if one.begins > today), None)
        planned = None if later is None else (later.value, later.begins)
        found.append(RuleLine(rules.about()[key], now.value, now.valid_from, *basis(now, held), planned))
    return tuple(found)


def rule_view(key: str, held: InForce, today: date) -> RuleView:
    """One parameter, inside an open transaction."""
    entered = rows.all_values(key)
    standing = {row.valid_from: row for row in entered if row.withdrawn_at is None}
    lines = []
    for one in reversed(held.parameters.history(key)):
        last = held.parameters.last_day(key, one)
        state: ValueState = "planned" if one.begins > today else "past" if (last or today) < today else "now"
        row = None if one.is_shipped else standing.get(one.valid_from)
        lines.append(_value_line(one, last, held, state, row))
    for row in entered:
        if row.withdrawn_at is not None:
            one = Value(row.value, row.valid_from, row.basis, row.article, is_shipped=False)
            lines.append(_value_line(one, None, held, "withdrawn", row))
    return RuleView(rules.about()[key], tuple(lines), codes.table("legal_basis"))


def _value_line(one: Value, last: date | None, held: InForce, state: ValueState, row: Any) -> RuleValueLine:
    told: dict[str, Any] = {}
    if row is not None:
        told = {
            "id": str(row.id),
            "reason": row.reason,
            "entered_by": row.entered_by.name,
            "entered_at": row.entered_at,
        }
    return RuleValueLine(one.value, one.valid_from, last, *basis(one, held), state, **told)


def basis(one: Value, held: InForce) -> tuple[str, str]:
    """The law or rule behind a value, in Chinese and English, as it was called when the value began."""
    line = held.tables["legal_basis"].line(one.basis, one.valid_from)
    zh, en = (one.basis, one.basis) if line is None else (line.text_zh, line.text_en)
    if not one.article:
        return zh, en
    return f"{zh} 第 {one.article} 条", f"{en}, article {one.article}"
