"""A PDF/A-1b of a document's pages, made and handed on some pages at a time: it may be larger than memory.

Its pages hold the very bytes of the scans; in practice each is stamped as simulated.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, Final, TypeVar

import msgspec

from agent.documents.page_work import only
from agent.documents.papers import PageContent
from agent.documents.pictures import Pictures
from agent.errors import Actor, CodedError, Retry

FAILED: Final = "PDF-FAILED"
AT_ONCE_BYTES: Final = 16_000_000
HELD_BYTES: Final = 32_000_000
HEADER: Final = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"

Page = tuple[PageContent, int]


class _Typeset(msgspec.Struct, frozen=True):
    offsets: tuple[int, ...] = ()
    pages: tuple[int, ...] = ()


class _Nothing(msgspec.Struct, frozen=True):
    pass


_Shape = TypeVar("_Shape", _Typeset, _Nothing)


class PdfFile:
    """One file as it grows.

    Args:
        pictures: typesets.
    """

    def __init__(self, pictures: Pictures) -> None:
        self._pictures = pictures
        self._size = 0
        self._told = _Typeset()
        self._before = (0, self._told)

    def more(self, pages: Sequence[Page], *, is_stamped: bool = False) -> bytes:
        """Typeset pages and give what comes next in the file.

        Args:
            pages: each page's content, and by how many degrees it is turned clockwise.
            is_stamped: whether they are of made-up people, which a practice station knows without being told.

        Raises: CodedError PDF-FAILED; the file is as it was then.
        """
        head = b"" if self._size else HEADER
        start = self._size + len(head)
        facts = {
            "turns": [turned for _, turned in pages],
            "is_stamped": is_stamped or self._pictures.is_practice,
            "first": len(self._told.offsets) + 2,
            "start": start,
        }
        told, made = self._work("pdf-pages", facts, [page.content for page, _ in pages], _Typeset)
        self._before = (self._size, self._told)
        self._size = start + len(made)
        self._told = _Typeset(self._told.offsets + told.offsets, self._told.pages + told.pages)
        return head + made

    def take_back(self) -> None:
        """Be as before the last pages: they could not be written."""
        self._size, self._told = self._before

    def end(self) -> bytes:
        """Give what stands behind the last page.  Raises: CodedError PDF-FAILED."""
        facts = {"offsets": self._told.offsets, "pages": self._told.pages, "start": self._size}
        return self._work("pdf-end", facts, [], _Nothing)[1]

    def _work(
        self, operation: str, facts: dict[str, Any], pieces: Sequence[bytes], shape: type[_Shape]
    ) -> tuple[_Shape, bytes]:
        worked = self._pictures.work(operation, facts, pieces, FAILED)
        try:
            told = msgspec.convert(worked.facts, shape)
        except msgspec.ValidationError as error:
            raise CodedError(FAILED, Actor.TECHNICIAN, Retry.NOW) from error
        return told, only(worked.pieces, b"", FAILED)


def made_of(pictures: Pictures, pages: Iterable[Page]) -> Iterator[bytes]:
    """The bytes of a PDF, a few pages at a time.

    Args:
        pictures: typesets.
        pages: each page's content, and by how many degrees it is turned clockwise; taken one by one.

    Raises: CodedError PDF-FAILED in the iteration, and what `pages` raises.
    """
    file = PdfFile(pictures)
    waiting: list[Page] = []
    for page in pages:
        if waiting and sum(len(one.content) for one, _ in (*waiting, page)) > AT_ONCE_BYTES:
            yield file.more(waiting)
            waiting = []
        waiting.append(page)
    yield file.more(waiting)
    yield file.end()


def begun(pieces: Iterator[bytes]) -> Sequence[bytes] | Iterator[bytes]:
    """Hold a file whole where it is small, so that what goes wrong is told instead of it; else give its pieces.

    Returns: a sequence where nothing can go wrong any more; else an iterator.
    """
    held: list[bytes] = []
    for piece in pieces:
        held.append(piece)
        if sum(map(len, held)) > HELD_BYTES:
            return chain(held, pieces)
    return held
