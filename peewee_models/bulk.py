"""Many rows by one statement, on either engine: to build it anew for each would take longer than to write."""

from __future__ import annotations

import secrets
import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from typing import Any

_FRACTIONS = 4096


def new_key() -> uuid.UUID:
    """A key that comes after those made before it: rows that come together lie together, in every index of theirs.

    Random keys of a hundred thousand rows touch each page of an index again and again.
    Source: RFC 9562, version 7, with twelve bits of the millisecond's fraction and 62 random ones.
    """
    at_ms, rest_ns = divmod(time.time_ns(), 1_000_000)
    head = (at_ms << 16) | (7 << 12) | (rest_ns * _FRACTIONS // 1_000_000)
    return uuid.UUID(int=(head << 64) | (0b10 << 62) | secrets.randbits(62))


def insert(table: Any, keys: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows inside the open transaction.

    Args:
        table: the model.
        keys: names of columns; all that have no default in the database must be there.
        rows: their values, of the types of the model's fields.
    """
    meta = table._meta  # noqa: SLF001 - the library's name for what a model knows of its table
    by_column = {field.column_name: field for field in meta.sorted_fields}
    adapts = [_remembering(by_column[key].db_value) for key in keys]
    marks = ", ".join([meta.database.param] * len(keys))
    names = ", ".join(f'"{key}"' for key in keys)
    into = f'INSERT INTO "{meta.table_name}" ({names}) VALUES ({marks})'  # noqa: S608 - names of our own columns
    given = [[adapt(value) for adapt, value in zip(adapts, row, strict=True)] for row in rows]
    if given:
        meta.database.connection().cursor().executemany(into, given)


def update(table: Any, by: Sequence[str], keys: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Change rows inside the open transaction.

    Args:
        table: the model.
        by: names of the columns that say which rows.
        keys: names of the columns that change.
        rows: values of both, those of `by` last, of the types of the model's fields.
    """
    meta = table._meta  # noqa: SLF001 - as above
    by_column = {field.column_name: field for field in meta.sorted_fields}
    adapts = [_remembering(by_column[key].db_value) for key in (*keys, *by)]
    mark = meta.database.param
    told, which = ((f'"{key}" = {mark}' for key in those) for those in (keys, by))
    change = f'UPDATE "{meta.table_name}" SET {", ".join(told)} WHERE {" AND ".join(which)}'  # noqa: S608 - own columns
    given = [[adapt(value) for adapt, value in zip(adapts, row, strict=True)] for row in rows]
    if given:
        meta.database.connection().cursor().executemany(change, given)


def _remembering(adapt: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Put a value into the shape of its column; the very same one as in the row before is not worked out again."""
    last: list[Any] = [None, adapt(None)]

    def adapted(value: Any) -> Any:
        if value is not last[0]:
            last[:] = value, adapt(value)
        return last[1]

    return adapted
