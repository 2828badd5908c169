"""Questions to documents, their pages and files, and the writing of them; always inside the caller's transaction."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from peewee_models.documents import Media


def insert_media(at: datetime, **columns: Any) -> Any:
    """Write the row of a file that is on the disk."""
    return Media.create(created_at=at, **columns)


def media(media_id: uuid.UUID) -> Any:
    """The row of a file, or None."""
    return Media.get_or_none(Media.id == media_id)


def media_by_address() -> dict[str, uuid.UUID]:
    """The key of every row by its file's name."""
    return dict(Media.select(Media.address, Media.id).tuples())


def has_media() -> bool:
    """Whether there is any row of a file."""
    return bool(Media.select().exists())


def set_wrapped_key(media_id: uuid.UUID, wrapped_key: bytes) -> None:
    """Put a newly wrapped key in place of the old one."""
    Media.update(wrapped_key=wrapped_key).where(Media.id == media_id).execute()


def delete_media(media_ids: list[uuid.UUID]) -> list[str]:
    """Destroy the wrapped keys of files; give the files' names."""
    rows = list(Media.select(Media.address).where(Media.id.in_(media_ids)))
    Media.delete().where(Media.id.in_(media_ids)).execute()
    return [row.address for row in rows]
