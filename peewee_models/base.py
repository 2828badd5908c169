"""What all tables share: keys made at the station, UTC times, JSON in text columns."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime
from typing import Any

from peewee import DateTimeField, Model, TextField, UUIDField


class UtcDateTimeField(DateTimeField):  # type: ignore[misc]
    """An aware UTC time.  Stored naive in UTC on both engines, because PostgreSQL would give it back naive anyway."""

    def db_value(self, value: datetime | None) -> Any:
        """Refuse naive times: nobody could tell later which zone they meant."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = "a time without a zone cannot be stored"
            raise ValueError(msg)
        return super().db_value(value.astimezone(UTC).replace(tzinfo=None))

    def python_value(self, value: Any) -> datetime | None:
        """Give the stored time its zone back."""
        plain = super().python_value(value)
        return None if plain is None else plain.replace(tzinfo=UTC)


class JsonField(TextField):  # type: ignore[misc]
    """A small JSON value in a text column, the same on both engines: keys sorted, so equal values are equal text."""

    def db_value(self, value: Any) -> str | None:
        """Write the value as text."""
        return None if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    def python_value(self, value: Any) -> Any:
        """Read the value back."""
        return None if value is None else json.loads(value)


class Table(Model):  # type: ignore[misc]
    """A table without a database; `database.use` binds all tables to the one that was opened."""

    class Meta:
        """Plain table names: the class name in snake case."""

        legacy_table_names = False


class KeyedTable(Table):
    """A table whose random key is made at the station, so that records of many stations never collide."""

    id = UUIDField(primary_key=True, default=uuid.uuid4)
