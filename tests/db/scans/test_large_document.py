"""A document becomes a PDF however large it is: its pages go by a few at a time, and memory does not grow with them."""

from __future__ import annotations

import hashlib
import io
import random
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pikepdf
import psutil
import pytest
from PIL import Image

from agent.commands.scan_file import ScanFile
from agent.disk import growing
from agent.documents import pdf_file
from agent.documents.papers import NewPage
from agent.documents.refs import owner_of
from agent.errors import CodedError
from peewee_models.documents import Document, Page

MEGABYTE = 1_000_000
LARGE_MB, PAGES = 400, 46
MOST_OF_OURS_MB, MOST_OF_ITS_MB = 150, 400


def jpeg(size: tuple[int, int], number: int) -> bytes:
    """A page of noise, unlike any other."""
    made = io.BytesIO()
    noise = random.Random(number).randbytes(size[0] * size[1])
    Image.frombytes("L", size, noise).convert("RGB").save(made, "JPEG", quality=80, dpi=(300, 300))
    return made.getvalue()


def images(file: Path) -> list[str]:
    with pikepdf.open(file) as made:
        assert made.check_pdf_syntax() == []
        found = [next(iter(sheet.get_images().values())) for sheet in made.pages]
        return [hashlib.sha256(image.read_raw_bytes()).hexdigest() for image in found]


def stored(room: Any, pages: Iterable[bytes]) -> tuple[str, list[str]]:
    """Keep pages of one document; give its key, and what the pages are known by."""
    sums = []
    for content in pages:
        room.papers.store_page(owner_of(room.ref), "D04", NewPage(content, "image/jpeg"), room.by)
        sums.append(hashlib.sha256(content).hexdigest())
    return str(Document.get().id), sums


def test_a_large_document_is_given_in_pieces_unless_a_file_of_it_is_lost(
    room: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(pdf_file, "AT_ONCE_BYTES", 1)
    monkeypatch.setattr(pdf_file, "HELD_BYTES", 1)
    key, sums = stored(room, (jpeg((60, 80), number) for number in range(3)))
    made = room.service.pdf(room.ref, key, room.by)
    assert isinstance(made, Iterator)
    tmp_path.joinpath("made.pdf").write_bytes(b"".join(made))
    assert images(tmp_path / "made.pdf") == sums
    last = Page.get(Page.position == 3).original
    [file] = tmp_path.glob(f"media/*/{last.address}")
    file.unlink()
    with pytest.raises(CodedError, match="MEDIA-MISSING"):
        room.service.pdf(room.ref, key, room.by)


@contextmanager
def watched() -> Iterator[list[int]]:
    """The most memory that this process and those below it have, together with the start of ours."""
    own, over = psutil.Process(), threading.Event()
    most = [own.memory_info().rss, 0, 0]

    def watch() -> None:
        while not over.wait(0.005):
            most[1] = max(most[1], own.memory_info().rss)
            for child in own.children(recursive=True):
                try:
                    most[2] = max(most[2], child.memory_info().rss)
                except psutil.Error:
                    continue

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield most
    finally:
        over.set()
        thread.join()


def assert_bounded(most: list[int]) -> None:
    start, ours, its = most
    assert ours - start < MOST_OF_OURS_MB * MEGABYTE, ours - start
    assert 0 < its < MOST_OF_ITS_MB * MEGABYTE, its


@pytest.mark.drill
def test_a_document_of_400_mb_is_made_with_the_memory_of_a_few_pages(room: Any, tmp_path: Path) -> None:
    pages = (jpeg((3400, 4400), number) for number in range(PAGES))
    key, sums = stored(room, pages)
    with watched() as most, (tmp_path / "made.pdf").open("wb") as file:
        for piece in room.service.pdf(room.ref, key, room.by):
            file.write(piece)
    assert tmp_path.joinpath("made.pdf").stat().st_size > LARGE_MB * MEGABYTE
    assert images(tmp_path / "made.pdf") == sums
    assert_bounded(most)


@pytest.mark.drill
def test_a_scan_of_400_mb_is_written_with_the_memory_of_one_page(room: Any, tmp_path: Path) -> None:
    output, sums = tmp_path / "made.pdf", []
    pages = [NewPage(jpeg((3400, 4400), number), "image/jpeg") for number in range(3)]
    with watched() as most, growing(output) as part:
        file = ScanFile(part.fileno(), room.pictures)
        for number in range(PAGES):
            file.add(pages[number % 3], is_practice=False)
            sums.append(hashlib.sha256(pages[number % 3].content).hexdigest())
        file.finish(output)
    assert output.stat().st_size > LARGE_MB * MEGABYTE
    assert images(output) == sums
    assert_bounded(most)
