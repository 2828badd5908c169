"""The registrations that a request for an export is about, so that one of them can go and the others be given.

Who has asked before has none here, and asks once more; a request waits for three days.  Going down takes them away: an
earlier program compares what fits with the hash that stands with the request.

Frozen: never edited after release.
"""

from __future__ import annotations

from typing import Any

from peewee import BlobField, ForeignKeyField, Model, UUIDField


class _ExportRequest(Model):  # type: ignore[misc]
    id = UUIDField(primary_key=True)

    class Meta:
        table_name = "export_request"


class _AskedRegistrations(Model):  # type: ignore[misc]
    request = ForeignKeyField(_ExportRequest, primary_key=True, backref="+", on_delete="CASCADE")
    keys = BlobField()

    class Meta:
        table_name = "asked_registrations"


_ALL = [_ExportRequest, _AskedRegistrations]


def up(_migrator: Any, db: Any) -> None:
    """Make the table."""
    with db.bind_ctx(_ALL, bind_refs=False, bind_backrefs=False):
        db.create_tables([_AskedRegistrations])


def down(_migrator: Any, db: Any) -> None:
    """Take it away."""
    with db.bind_ctx(_ALL, bind_refs=False, bind_backrefs=False):
        db.drop_tables([_AskedRegistrations])
