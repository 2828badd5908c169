"""The PDF of `renhu scan` as it grows: each page is typeset as it comes, so that no more than one has to be held.

Where that fails nothing is lost: what comes from there on is put behind the rest as it is, and at the end every page
becomes a file of its own.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final

from agent.disk import put_file, sync_folder
from agent.documents.papers import NewPage, PageContent
from agent.documents.pdf_file import PdfFile
from agent.documents.pictures import Pictures
from agent.errors import Actor, CodedError, Retry

SUFFIXES: Final = {"image/jpeg": "jpg", "image/png": "png", "image/tiff": "tif"}


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a page is: in the file, or held where it does not stand in there byte for byte (line art, which is small).

    Attributes:
        start: where what was written for it begins.
        at: where its own bytes begin.
        size: how many they are.
        suffix: of a file of its own.
        held: its bytes.
    """

    start: int
    at: int
    size: int
    suffix: str
    held: bytes | None


class ScanFile:
    """One file on its way.

    Args:
        descriptor: of the empty file, which nobody else writes.
        pictures: typesets.
    """

    def __init__(self, descriptor: int, pictures: Pictures) -> None:
        self._file = descriptor
        self._pdf = PdfFile(pictures)
        self._size = 0
        self._places: list[_Place] = []
        self._is_pdf = True

    @property
    def pages(self) -> int:
        """How many pages are kept."""
        return len(self._places)

    def add(self, page: NewPage, *, is_practice: bool) -> None:
        """Keep a page.  Raises: OSError; those before it are kept then."""
        content = piece = bytes(page.content)
        if self._is_pdf:
            try:
                piece = self._pdf.more([(PageContent(content, page.content_type), 0)], is_stamped=is_practice)
            except CodedError:
                self._is_pdf = False
        inside = piece.find(content)
        place = _Place(
            self._size, self._size + inside, len(content), SUFFIXES[page.content_type], content if inside < 0 else None
        )
        try:
            self._append(piece)
        except OSError:
            if self._is_pdf:
                self._pdf.take_back()
            raise
        self._places.append(place)

    def finish(self, output: Path) -> int:
        """Write the end; says how long the PDF is.

        Args:
            output: where the PDF is going to be; files of their own come into a folder beside it.

        Raises: CodedError SCAN-PAGES-KEPT where the pages are files now; OSError.
        """
        end = None
        if self._is_pdf:
            try:
                end = self._pdf.end()
            except CodedError:
                self._is_pdf = False
        if end is None:
            pages = self.pages
            folder = self._as_files(output)
            raise CodedError("SCAN-PAGES-KEPT", Actor.TECHNICIAN, Retry.AFTER_ACTION, pages=pages, path=str(folder))
        self._append(end)
        return self._size

    def _append(self, piece: bytes) -> None:
        """Write behind what is there.  Raises: OSError; what was there before is all there is then."""
        rest, at = memoryview(piece), self._size
        try:
            while rest:
                written = os.pwrite(self._file, rest, at)
                rest, at = rest[written:], at + written
        except OSError:
            os.ftruncate(self._file, self._size)
            raise
        self._size = at

    def _as_files(self, output: Path) -> Path:
        """Make a file of each page in a new folder; the last one first, since each gives its room back."""
        folder = _new_folder(output)
        for number in range(self.pages, 0, -1):
            place = self._places.pop()
            content = self._read(place) if place.held is None else place.held
            put_file(folder / f"{number:02}.{place.suffix}", content)
            os.ftruncate(self._file, place.start)
        return folder

    def _read(self, place: _Place) -> bytes:
        taken, at = bytearray(), place.at
        while len(taken) < place.size:
            piece = os.pread(self._file, place.size - len(taken), at)
            if not piece:
                break
            taken += piece
            at += len(piece)
        return bytes(taken)


def _new_folder(output: Path) -> Path:
    """Make a folder beside a file, named after it, and never one that is there already.  Raises: OSError."""
    for number in count(1):
        folder = output.with_name(f"{output.stem}-pages" if number == 1 else f"{output.stem}-pages-{number}")
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            continue
        break
    sync_folder(folder.parent)
    return folder
