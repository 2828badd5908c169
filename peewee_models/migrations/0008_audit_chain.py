"""Audit rows hang on each other: each that is there gets its hash, in order.  Frozen: never edited after release."""

from __future__ import annotations

import hashlib
import json
import uuid
from typing import Any

from peewee import CharField, DateTimeField, IntegerField, Model, TextField, UUIDField

_PART = 10_000


class _AuditEntry(Model):  # type: ignore[misc]
    seq = IntegerField(primary_key=True)
    at = DateTimeField()
    user_id = UUIDField(null=True)
    session_id = UUIDField(null=True)
    action = CharField(max_length=40)
    subject_kind = CharField(max_length=20)
    subject_id = UUIDField(null=True)
    facts = TextField()
    chain_hash = CharField(max_length=64, null=True)

    class Meta:
        table_name = "audit_entry"


_CONTENT = (
    *(_AuditEntry.seq, _AuditEntry.at, _AuditEntry.user_id, _AuditEntry.session_id),
    *(_AuditEntry.action, _AuditEntry.subject_kind, _AuditEntry.subject_id, _AuditEntry.facts),
)


def _chained(previous: str, content: Any) -> str:
    plain = [value.hex if isinstance(value, uuid.UUID) else value for value in content]
    plain[1] = str(content[1])
    coded = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256((previous + coded).encode()).hexdigest()


def up(migrator: Any, db: Any) -> None:
    """Give each row its hash."""
    migrator.migrate(migrator.add_column("audit_entry", "chain_hash", CharField(max_length=64, null=True)))
    last, previous = 0, "0" * 64
    with db.bind_ctx([_AuditEntry], bind_refs=False, bind_backrefs=False):
        while True:
            part = _AuditEntry.select(*_CONTENT).where(_AuditEntry.seq > last).order_by(_AuditEntry.seq).limit(_PART)
            rows = list(part.tuples())
            for row in rows:
                previous = _chained(previous, row)
                _AuditEntry.update(chain_hash=previous).where(_AuditEntry.seq == row[0]).execute()
            if len(rows) < _PART:
                break
            last = rows[-1][0]
    migrator.migrate(migrator.add_not_null("audit_entry", "chain_hash"))


def down(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's call shape
    """Let the rows stand for themselves again."""
    migrator.migrate(migrator.drop_column("audit_entry", "chain_hash"))
