"""A record's paper says which dwelling it proves.  Frozen: never edited after release.

What was there before is of the dwelling that the record had when the paper came to it, as its history tells: a paper of
a form came when the form was saved, any other when it was scanned.  So a move that was saved later leaves it behind.
Whether such a change was a move or only mended the spelling is written nowhere; a proof that is asked for once too
often is said to count with one press, while one that is not asked for is never missed.  A document whose newest page
came after the move counts for the new dwelling, since the pages that prove it were put behind the old ones.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from peewee import CharField, DateTimeField, IntegerField, Model, TextField, UUIDField

_KINDS = ("D03", "D04", "D05", "D06", "D12")
_HOUSE = {"lane", "sublane", "no"}
_KEYS = ("district", "town", "road", "lane", "sublane", "no", "room")


class _Document(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)
    record_id = UUIDField(null=True)
    kind = CharField()
    created_at = DateTimeField()
    dwelling = TextField(null=True)

    class Meta:
        table_name = "document"


class _Page(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)
    document_id = UUIDField()
    original_id = UUIDField()
    removed_at = DateTimeField(null=True)

    class Meta:
        table_name = "page"


class _Media(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)
    subject_id = UUIDField()
    created_at = DateTimeField()

    class Meta:
        table_name = "media"


class _Registration(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)
    district = CharField()
    town = CharField()
    road = CharField()
    lane = CharField()
    sublane = CharField()
    no = CharField()
    room = CharField()

    class Meta:
        table_name = "registration"


class _Change(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)
    registration_id = UUIDField()
    version = IntegerField()
    at = DateTimeField()
    key = CharField()
    old = TextField()

    class Meta:
        table_name = "change"


class _Audit(Model):  # type: ignore[misc]
    seq = IntegerField(primary_key=True)
    at = DateTimeField()
    action = CharField()
    subject_id = UUIDField(null=True)

    class Meta:
        table_name = "audit_entry"


_TABLES = [_Document, _Page, _Media, _Registration, _Change, _Audit]


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's call shape
    """Add the mark and give it to the papers that are there."""
    db.execute_sql("ALTER TABLE document ADD COLUMN dwelling TEXT")
    with db.bind_ctx(_TABLES, bind_refs=False, bind_backrefs=False):
        of_records = _Document.record_id.is_null(is_null=False) & _Document.kind.in_(_KINDS)
        for row in list(_Document.select().where(of_records)):
            told = json.dumps(_proven(row), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            _Document.update(dwelling=told).where(_Document.id == row.id).execute()


def down(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's call shape
    """Forget what papers prove."""
    db.execute_sql("ALTER TABLE document DROP COLUMN dwelling")


def _proven(row: Any) -> dict[str, str]:
    """The record's dwelling when its paper came, with what was learnt of its address later."""
    record = _Registration.get_by_id(row.record_id)
    dwelling = {key: getattr(record, key) for key in _KEYS}
    later = (_Change.registration_id == row.record_id) & (_Change.at > _came_at(row)) & _Change.key.in_(_KEYS)
    for change in _Change.select().where(later).order_by(_Change.version.desc()):
        dwelling[change.key] = change.old if change.key in _HOUSE else change.old or dwelling[change.key]
    return dwelling


def _came_at(row: Any) -> datetime:
    """When the newest page of a document came to its record."""
    held = (_Page.document_id == row.id) & _Page.removed_at.is_null()
    media = _Media.select().join(_Page, on=(_Page.original_id == _Media.id)).where(held)
    newest = media.order_by(_Media.created_at.desc()).first()
    at: datetime = row.created_at if newest is None else newest.created_at
    if newest is None or newest.subject_id == row.record_id:
        return at
    moved = (_Audit.action == "document.moved") & (_Audit.subject_id == row.record_id) & (_Audit.at >= at)
    saved_at: datetime | None = _Audit.select(_Audit.at).where(moved).order_by(_Audit.seq).limit(1).scalar()
    return saved_at or at
