"""The audit rows: who did what, when, to which record.  Never with personal data of the registered."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from peewee import CharField, IntegerField, UUIDField, fn

from peewee_models.base import JsonField, Table, UtcDateTimeField


class AuditEntry(Table):
    """One act.  `seq` has no gaps: a missing number is a missing row."""

    seq = IntegerField(primary_key=True)
    at = UtcDateTimeField(index=True)
    user_id = UUIDField(null=True)
    session_id = UUIDField(null=True)
    action = CharField(max_length=40)
    subject_kind = CharField(max_length=20)
    subject_id = UUIDField(null=True, index=True)
    facts = JsonField()


def append(
    at: datetime,
    who: tuple[uuid.UUID, uuid.UUID] | None,
    action: str,
    subject: tuple[str, uuid.UUID | None],
    facts: Any,
) -> int:
    """Write the next audit row inside the caller's transaction, which holds the write lock.

    Args:
        at: when.
        who: user and session, or None when nobody is signed in.
        action: what was done, as `area.act`.
        subject: kind and key of what it was done to.
        facts: codes, counts and surrogate keys only.

    Returns: the row's number.
    """
    number: int = (AuditEntry.select(fn.MAX(AuditEntry.seq)).scalar() or 0) + 1
    user_id, session_id = who or (None, None)
    AuditEntry.insert(
        seq=number,
        at=at,
        user_id=user_id,
        session_id=session_id,
        action=action,
        subject_kind=subject[0],
        subject_id=subject[1],
        facts=facts,
    ).execute()
    return number


def latest(action: str, subjects: Iterable[uuid.UUID]) -> dict[uuid.UUID, datetime]:
    """Tell when `action` was last done to each of `subjects`; one to which it never was is left out."""
    rows = (
        AuditEntry.select(AuditEntry.subject_id, fn.MAX(AuditEntry.at).alias("last_at"))
        .where(AuditEntry.subject_id.in_(list(subjects)) & (AuditEntry.action == action))
        .group_by(AuditEntry.subject_id)
    )
    return {row.subject_id: row.last_at for row in rows}


def find_gap() -> int | None:
    """Give the first missing number, or None when the rows are whole."""
    expected = 1
    for (number,) in AuditEntry.select(AuditEntry.seq).order_by(AuditEntry.seq).tuples().iterator():
        if number != expected:
            return expected
        expected += 1
    return None
