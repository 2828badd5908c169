"""Questions to the photos of drafts and records, and the writing of them; always inside the caller's transaction."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from peewee_models.document_queries import Owner
from peewee_models.photos import Photo


def insert(owner: Owner, still_id: uuid.UUID, user_id: uuid.UUID, at: datetime) -> Any:
    """Write down a release of which there is the camera's picture."""
    return Photo.create(**{owner.column: owner.id}, still=still_id, flaws=[], taken_by=user_id, taken_at=at)


def photo(photo_id: uuid.UUID) -> Any:
    """The row of a photo, or None."""
    return Photo.get_or_none(Photo.id == photo_id)


def photos_of(owner: Owner) -> list[Any]:
    """All photos of a draft or record, the newest release first."""
    return list(Photo.select().where(_is_of(owner)).order_by(Photo.taken_at.desc(), Photo.id))


def current(owner: Owner) -> Any:
    """The photo that counts: of those that are used the one that was last taken for good; None without one."""
    used = Photo.select().where(_is_of(owner) & Photo.used_at.is_null(is_null=False))
    return used.order_by(Photo.used_at.desc(), Photo.id).first()


def stills_of_records(before: datetime, most: int) -> list[Any]:
    """Photos of records whose camera's picture is there yet, of releases before a moment."""
    kept = Photo.record.is_null(is_null=False) & Photo.still.is_null(is_null=False) & (Photo.taken_at < before)
    return list(Photo.select().where(kept).order_by(Photo.taken_at).limit(most))


def move(old: Owner, new: Owner) -> int:
    """Give all photos of one to another; says how many there were."""
    change = {old.column: None, new.column: new.id}
    moved: int = Photo.update(**change, version=Photo.version + 1).where(_is_of(old)).execute()
    return moved


def files_of(row: Any) -> list[uuid.UUID]:
    """The keys of a photo's files."""
    return [key for key in (row.picture_id, row.still_id) if key is not None]


def delete(row: Any) -> None:
    """Delete a photo; its files are the caller's."""
    Photo.delete().where(Photo.id == row.id).execute()


def _is_of(owner: Owner) -> Any:
    return getattr(Photo, owner.column) == owner.id
