"""What is in force as the database has it: the shipped tables and parameters, and the station's own in their place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from agent.register import code_tables, rules
from agent.register.code_tables import CodeTable, Line
from agent.register.rules import Parameters, Value
from peewee_models import code_tables as rows


def tables() -> Mapping[str, CodeTable]:
    """All tables, inside an open transaction.  A code that the rules name is there though an older edition lacks it."""
    shipped = code_tables.shipped()
    own = {row.name: row for row in rows.newest_editions() if row.name in shipped}
    return MappingProxyType({name: _own(table, own[name]) if name in own else table for name, table in shipped.items()})


def _own(shipped: CodeTable, edition: Any) -> CodeTable:
    lines = [line(row) for row in rows.lines_of(edition.id)]
    codes = {one.code for one in lines}
    lines += [one for one in shipped.lines if one.code in shipped.about.fixed - codes]
    return CodeTable(replace(shipped.about, edition=edition.edition, source=edition.source), lines)


def line(row: Any) -> Line:
    """A line of a table, of its row."""
    return Line(
        code=row.code,
        text_zh=row.text_zh,
        text_en=row.text_en,
        pinyin_initials=row.initials,
        parent=row.parent,
        is_offered=bool(row.is_offered),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )


def columns(one: Line) -> dict[str, Any]:
    """A line as the columns of its row."""
    return {
        "code": one.code,
        "text_zh": one.text_zh,
        "text_en": one.text_en,
        "initials": one.pinyin_initials,
        "parent": one.parent,
        "is_offered": one.is_offered,
        "valid_from": one.valid_from,
        "valid_to": one.valid_to,
    }


def parameters() -> Parameters:
    """All parameters, inside an open transaction."""
    return rules.shipped().with_values(_values(rows.standing_values()))


def _values(found: Iterable[Any]) -> Mapping[str, list[Value]]:
    own: dict[str, list[Value]] = {}
    for row in found:
        own.setdefault(row.key, []).append(Value(row.value, row.valid_from, row.basis, row.article, is_shipped=False))
    return own
