"""A page's small picture is made of what the page shows, held in bounded memory, and for the page's owner alone."""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from agent.documents.media_files import MediaFiles
from agent.documents.media_key import MediaKey
from agent.documents.media_store import MediaStore
from agent.documents.papers import NewPage, Papers
from agent.documents.pictures import Pictures
from agent.documents.thumbnails import Thumbnails
from agent.errors import CodedError
from peewee_models.document_queries import Owner


@pytest.fixture
def pictures(clock: Any) -> Iterator[Pictures]:
    made = Pictures(clock)
    yield made
    made.end()


@pytest.fixture
def papers(office: Any, tmp_path: Path) -> Papers:
    media = MediaStore(
        office.store, MediaFiles(tmp_path / "media"), MediaKey.of(bytes(32), uuid.UUID(int=7)), office.clock
    )
    return Papers(office.store, office.clock, media)


@pytest.fixture
def owner(office: Any, clerk: Any) -> Owner:
    return Owner("draft", uuid.UUID(office.register.open_draft(clerk).id))


def page(mode: str) -> NewPage:
    """A page full of hairlines."""
    picture = Image.new("RGB", (1000, 1600), "white")
    for down in range(0, 1600, 8):
        ImageDraw.Draw(picture).line((0, down, 1000, down), fill="black")
    made = io.BytesIO()
    if mode == "1":
        picture.convert("1").save(made, "TIFF", compression="group4")
        return NewPage(made.getvalue(), "image/tiff")
    picture.convert(mode).save(made, "JPEG")
    return NewPage(made.getvalue(), "image/jpeg")


def test_the_small_picture_shows_hairlines_and_is_made_once(
    papers: Papers, pictures: Pictures, owner: Owner, clerk: Any
) -> None:
    thumbnails = Thumbnails(papers, pictures)
    kept = {mode: papers.store_page(owner, "D04", page(mode), clerk) for mode in ("RGB", "L", "1")}
    made = {mode: thumbnails.of(owner, one.id) for mode, one in kept.items()}
    for mode, small in made.items():
        shown = Image.open(io.BytesIO(small))
        assert (shown.format, shown.size) == ("JPEG", (200, 320))
        assert shown.mode == ("RGB" if mode == "RGB" else "L")
        assert 200 < Image.open(io.BytesIO(small)).convert("L").resize((1, 1)).getpixel((0, 0)) < 245
    pictures.end()
    assert {mode: thumbnails.of(owner, one.id) for mode, one in kept.items()} == made
    with pytest.raises(CodedError, match="PAGE-UNKNOWN"):
        thumbnails.of(Owner("draft", uuid.uuid4()), kept["L"].id)


def test_what_was_not_asked_for_the_longest_goes_first(
    papers: Papers, pictures: Pictures, owner: Owner, clerk: Any
) -> None:
    first, second, third = (papers.store_page(owner, "D04", page("L"), clerk).id for _ in range(3))
    size = len(Thumbnails(papers, pictures).of(owner, first))
    thumbnails = Thumbnails(papers, pictures, held_bytes=2 * size)
    for one in (first, second, first, third):
        thumbnails.of(owner, one)
    pictures.end()
    thumbnails.of(owner, first)
    thumbnails.of(owner, third)
    with pytest.raises(CodedError, match="PAGE-UNREADABLE"):
        thumbnails.of(owner, second)
