"""The table of photos refuses what must not be, on both engines."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from peewee import IntegrityError

from peewee_models.documents import Media
from peewee_models.photos import Photo

NOBODY = uuid.UUID(int=9)
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def media(kind: str) -> Any:
    return Media.create(
        address=uuid.uuid4().hex * 2, size_bytes=99, content_type="image/jpeg", wrapped_key=bytes(60),
        subject_id=uuid.uuid4(), kind=kind, revision=1, created_at=NOW,
    )  # fmt: skip


@pytest.fixture
def columns(gallery: Any) -> dict[str, Any]:
    """Of a photo with flaws that is used for a reason."""
    by = uuid.UUID(gallery.by.user_id)
    return {
        "draft": uuid.UUID(gallery.ref.id), "still": media("photo-still"), "picture": media("photo"), "seen": {},
        "frame": {}, "flaws": [{}], "taken_by": by, "taken_at": NOW, "used_by": by, "used_at": NOW, "reason": "因为",
    }  # fmt: skip


def refused(gallery: Any, columns: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), gallery.store.write():
        Photo.create(**columns)


@pytest.mark.parametrize(
    "wrong",
    [
        {"draft": None}, {"draft": NOBODY}, {"record": NOBODY}, {"still": None, "picture": None},
        {"picture": None}, {"used_by": None}, {"used_at": None}, {"used_at": None, "used_by": None}, {"version": 0},
        {"taken_by": None}, {"taken_by": NOBODY}, {"still": NOBODY}, {"picture": NOBODY},
    ],
    ids=str,
)  # fmt: skip
def test_a_photo_is_somebodys_and_whole(gallery: Any, columns: dict[str, Any], wrong: dict[str, Any]) -> None:
    refused(gallery, columns | wrong)
    Photo.create(**columns)


@pytest.mark.parametrize("file", ["still", "picture"])
def test_a_file_is_of_one_photo(gallery: Any, columns: dict[str, Any], file: str) -> None:
    Photo.create(**columns)
    other = {"still": media("photo-still"), "picture": media("photo")}
    refused(gallery, columns | other | {file: columns[file]})
    Photo.create(**columns | other)


def test_a_file_does_not_go_before_its_photo_nor_a_draft_with_photos(gallery: Any, columns: dict[str, Any]) -> None:
    Photo.create(**columns)
    for row in (columns["picture"], columns["still"]):
        with pytest.raises(IntegrityError), gallery.store.write():
            Media.delete().where(Media.id == row.id).execute()
    assert Photo.select().count() == 1
