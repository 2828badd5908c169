"""What waits for delivery to the district: each version of a registration, and each change of the station's rules."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from peewee import CharField, IntegerField, UUIDField, fn

from peewee_models import bulk
from peewee_models.base import JsonField, Table, UtcDateTimeField


class OutboxRow(Table):
    """One fact of the register, whole, in the order in which it became true."""

    seq = IntegerField(primary_key=True)
    at = UtcDateTimeField()
    kind = CharField(max_length=40)
    subject_id = UUIDField(index=True)
    version = IntegerField()
    body = JsonField()
    delivered_at = UtcDateTimeField(null=True)


def append(at: datetime, kind: str, subject_id: uuid.UUID, version: int, body: Any) -> int:
    """Write the next row inside the caller's transaction, which holds the write lock; give its number."""
    number: int = (OutboxRow.select(fn.MAX(OutboxRow.seq)).scalar() or 0) + 1
    OutboxRow.insert(seq=number, at=at, kind=kind, subject_id=subject_id, version=version, body=body).execute()
    return number


def append_many(at: datetime, kind: str, facts: Sequence[tuple[uuid.UUID, int, Any]]) -> None:
    """Write many rows of one kind at once: subject, version and body of each."""
    first = (OutboxRow.select(fn.MAX(OutboxRow.seq)).scalar() or 0) + 1
    keys = ("seq", "at", "kind", "subject_id", "version", "body", "delivered_at")
    rows = [(first + place, at, kind, *fact, None) for place, fact in enumerate(facts)]
    bulk.insert(OutboxRow, keys, rows)
