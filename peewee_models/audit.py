"""The audit rows: who did what, when, to which record.  Never with personal data of the registered."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from peewee import CharField, IntegerField, UUIDField, fn

from peewee_models import bulk
from peewee_models.audit_chain import NOTHING_BEFORE, chained
from peewee_models.base import JsonField, Table, UtcDateTimeField


class AuditEntry(Table):
    """One act.  `seq` has no gaps: a missing number is a missing row; `chain_hash` hangs each row on the one before."""

    seq = IntegerField(primary_key=True)
    at = UtcDateTimeField(index=True)
    user_id = UUIDField(null=True)
    session_id = UUIDField(null=True)
    action = CharField(max_length=40)
    subject_kind = CharField(max_length=20)
    subject_id = UUIDField(null=True, index=True)
    facts = JsonField()
    chain_hash = CharField(max_length=64)


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
    last = AuditEntry.select(AuditEntry.seq, AuditEntry.chain_hash).order_by(AuditEntry.seq.desc()).limit(1).tuples()
    before, previous = next(iter(last), (0, NOTHING_BEFORE))
    number = int(before) + 1
    user_id, session_id = who or (None, None)
    content = (number, at.astimezone(UTC).replace(tzinfo=None), user_id, session_id, action, *subject)
    AuditEntry.insert(
        seq=number,
        at=at,
        user_id=user_id,
        session_id=session_id,
        action=action,
        subject_kind=subject[0],
        subject_id=subject[1],
        facts=facts,
        chain_hash=chained(previous, (*content, AuditEntry.facts.db_value(facts))),
    ).execute()
    return number


def append_many(
    at: datetime, who: tuple[uuid.UUID, uuid.UUID], action: str, subjects: Sequence[tuple[str, uuid.UUID]], facts: Any
) -> None:
    """Write one row for each of many subjects, all with the same facts, at once; as `append` writes each."""
    last = AuditEntry.select(AuditEntry.seq, AuditEntry.chain_hash).order_by(AuditEntry.seq.desc()).limit(1).tuples()
    number, previous = next(iter(last), (0, NOTHING_BEFORE))
    naive, told = at.astimezone(UTC).replace(tzinfo=None), AuditEntry.facts.db_value(facts)
    rows = []
    for subject in subjects:
        number = int(number) + 1
        previous = chained(previous, (number, naive, *who, action, *subject, told))
        rows.append((number, at, *who, action, *subject, facts, previous))
    keys = ("seq", "at", "user_id", "session_id", "action", "subject_kind", "subject_id", "facts", "chain_hash")
    bulk.insert(AuditEntry, keys, rows)


def latest(action: str, subjects: Iterable[uuid.UUID]) -> dict[uuid.UUID, datetime]:
    """Tell when `action` was last done to each of `subjects`; one to which it never was is left out."""
    rows = (
        AuditEntry.select(AuditEntry.subject_id, fn.MAX(AuditEntry.at).alias("last_at"))
        .where(AuditEntry.subject_id.in_(list(subjects)) & (AuditEntry.action == action))
        .group_by(AuditEntry.subject_id)
    )
    return {row.subject_id: row.last_at for row in rows}


def done_to(actions: Iterable[str], kind: str, since: datetime) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """Tell who did one of `actions` to which subjects of a kind since then; what nobody signed in did is left out."""
    done = (AuditEntry.at >= since) & AuditEntry.action.in_(list(actions)) & (AuditEntry.subject_kind == kind)
    both = AuditEntry.user_id.is_null(False) & AuditEntry.subject_id.is_null(False)
    return list(AuditEntry.select(AuditEntry.user_id, AuditEntry.subject_id).where(done & both).distinct().tuples())
