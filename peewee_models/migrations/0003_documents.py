"""Scanned documents: encrypted files, documents with their pages, scan jobs.  Frozen: never edited after release."""

from __future__ import annotations

from typing import Any

from peewee import (
    BlobField,
    CharField,
    Check,
    DateTimeField,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
    UUIDField,
)

_ONE_OWNER = "(draft_id IS NULL) <> (record_id IS NULL)"
_KIND = "kind IN ('D01','D02','D03','D04','D05','D06','D07','D08','D09','D10','D11','D12','D13')"


class _User(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)

    class Meta:
        table_name = "station_user"


class _Registration(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)

    class Meta:
        table_name = "registration"


class _Draft(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)

    class Meta:
        table_name = "draft"


class _Media(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)
    address = CharField(max_length=64, unique=True)
    size_bytes = IntegerField()
    content_type = CharField(max_length=40)
    wrapped_key = BlobField()
    subject_id = UUIDField(index=True)
    kind = CharField(max_length=20)
    revision = IntegerField()
    created_at = DateTimeField()

    class Meta:
        table_name = "media"
        constraints = (
            Check("length(address) = 64"),
            Check("size_bytes > 0"),
            Check("length(wrapped_key) = 60"),
            Check("revision >= 1"),
        )


class _Document(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)
    draft = ForeignKeyField(_Draft, null=True, backref="+")
    record = ForeignKeyField(_Registration, null=True, backref="+")
    kind = CharField(max_length=3)
    state = CharField(max_length=10, default="open")
    title = CharField(max_length=100, default="")
    created_by = ForeignKeyField(_User, backref="+")
    created_at = DateTimeField()
    version = IntegerField(default=1)

    class Meta:
        table_name = "document"
        constraints = (Check(_ONE_OWNER), Check(_KIND), Check("state IN ('open', 'closed')"), Check("version >= 1"))


class _Page(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)
    document = ForeignKeyField(_Document, backref="+")
    position = IntegerField()
    side = CharField(max_length=5, default="")
    original = ForeignKeyField(_Media, unique=True, backref="+")
    rotation_deg = IntegerField(default=0)
    crop = TextField(null=True)
    finished = ForeignKeyField(_Media, null=True, unique=True, backref="+")
    removed_at = DateTimeField(null=True)
    doubts = TextField()

    class Meta:
        table_name = "page"
        constraints = (
            Check("position >= 1"),
            Check("side IN ('', 'front', 'back')"),
            Check("rotation_deg IN (0, 90, 180, 270)"),
        )


_Page.add_index(
    _Page.index(
        _Page.document, _Page.position, unique=True, where=_Page.removed_at.is_null(), name="page_position_in_document"
    )
)


class _ScanJob(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)
    draft = ForeignKeyField(_Draft, null=True, backref="+")
    record = ForeignKeyField(_Registration, null=True, backref="+")
    kind = CharField(max_length=3)
    user = ForeignKeyField(_User, backref="+")
    session_id = UUIDField()
    state = CharField(max_length=11, index=True)
    request = TextField()
    page_count = IntegerField(default=0)
    error_code = CharField(max_length=40, default="")
    facts = TextField()
    queued_at = DateTimeField()
    started_at = DateTimeField(null=True)
    ended_at = DateTimeField(null=True)

    class Meta:
        table_name = "scan_job"
        constraints = (
            Check(_ONE_OWNER),
            Check(_KIND),
            Check("state IN ('queued', 'scanning', 'done', 'cancelled', 'failed', 'interrupted')"),
            Check("page_count >= 0"),
            Check("(ended_at IS NULL) = (state IN ('queued', 'scanning'))"),
            Check("(state = 'failed') = (error_code <> '')"),
        )


_NEW = [_Media, _Document, _Page, _ScanJob]
_ALL = [_User, _Registration, _Draft, *_NEW]


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's call shape
    """Make the tables."""
    with db.bind_ctx(_ALL, bind_refs=False, bind_backrefs=False):
        db.create_tables(_NEW)


def down(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's call shape
    """Remove the tables and what is in them; the files are swept at the next start as belonging to nobody."""
    with db.bind_ctx(_ALL, bind_refs=False, bind_backrefs=False):
        db.drop_tables(_NEW)
