"""Files that a clerk adds to a document: taken apart in the pictures process, and kept as pages, all of a file or none.

A file is in memory only, and what is kept of it are pixels in our own coding.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import Literal, TypeVar

import msgspec

from agent.accounts.service import SignedIn
from agent.documents import kinds
from agent.documents.errors import refused
from agent.documents.page_work import only
from agent.documents.papers import NewPage, Papers
from agent.documents.pictures import Pictures
from agent.documents.refs import changing
from agent.documents.scanned_page import BLANK_SHARE
from agent.documents.views import MOST_FILE_MEGABYTES, ClerksFile, FileRefused, FilesTaken, OwnerRef
from agent.errors import Actor, CodedError, Retry
from agent.events.service import Event
from agent.once import Once
from peewee_models.document_queries import Owner

FAILED = "UPLOAD-UNREADABLE"
STARTS = {"image/jpeg": b"\xff\xd8\xff", "image/tiff": b"II*\0"}


class _Pages(msgspec.Struct, frozen=True):
    numbers: list[int]


class _Page(msgspec.Struct, frozen=True):
    content_type: Literal["image/jpeg", "image/tiff"]
    white_share: float


_Shape = TypeVar("_Shape", _Pages, _Page)


class Uploads:
    """Takes files in.

    Args:
        papers: keep the pages.
        pictures: take the files apart.
        publish: takes events; must not block.
    """

    def __init__(self, papers: Papers, pictures: Pictures, publish: Callable[[Event], None]) -> None:
        self._papers = papers
        self._pictures = pictures
        self._publish = publish
        self._once: Once[FilesTaken] = Once()

    def add(self, ref: OwnerRef, kind: str, files: Sequence[ClerksFile], by: SignedIn, once: str = "") -> FilesTaken:
        """Keep the pages of each file at the end of the open document of this kind; tell what was kept and refused.

        Args:
            ref: for which draft or record.
            kind: D01 to D13.
            files: what the clerk chose; of a refused one nothing is kept.
            by: the clerk.
            once: the word of the form: the same files sent twice with it are kept once.  "" for none.

        Raises: CodedError UPLOAD-NONE, KIND-UNKNOWN, DRAFT-UNKNOWN, RECORD-UNKNOWN; RightsDenied.
        """
        owner = changing(ref, by)
        if kinds.kind(kind) is None:
            raise refused("KIND-UNKNOWN")
        if not files:
            raise refused("UPLOAD-NONE")
        if not once:
            return self._add(owner, kind, files, by)
        contents = hashlib.sha256(b"".join(hashlib.sha256(file.content).digest() for file in files)).digest()
        asked = (by.session_id, once, owner, kind, contents)
        return self._once.do(asked, lambda: self._add(owner, kind, files, by))

    def _add(self, owner: Owner, kind: str, files: Sequence[ClerksFile], by: SignedIn) -> FilesTaken:
        answers = [self._taken(file, owner, kind, by) for file in files]
        self._publish(Event("documents", None, {owner.column: str(owner.id)}))
        refusals = [answer for answer in answers if isinstance(answer, FileRefused)]
        return FilesTaken(sum(answer for answer in answers if isinstance(answer, int)), refusals)

    def _taken(self, file: ClerksFile, owner: Owner, kind: str, by: SignedIn) -> int | FileRefused:
        """Take one file: how many pages were kept, or why none was."""
        try:
            return self._keep(file.content, owner, kind, by)
        except CodedError as error:
            if error.code in {"DRAFT-UNKNOWN", "RECORD-UNKNOWN"}:
                raise
            return FileRefused(file.name, error.code, error.facts)

    def _keep(self, content: bytes, owner: Owner, kind: str, by: SignedIn) -> int:
        """Keep all pages of a file and say how many, or raise CodedError and keep none."""
        if not content:
            raise refused("UPLOAD-EMPTY")
        if len(content) > MOST_FILE_MEGABYTES * 1_000_000:
            raise refused("UPLOAD-TOO-LARGE", megabytes=MOST_FILE_MEGABYTES)
        return len(self._papers.store_file(owner, kind, self._pages(content), by))

    def _pages(self, file: bytes) -> Iterator[NewPage]:
        """The pages of a file, one after another, so that others are served in between."""
        facts = self._pictures.work("file-pages", {}, [file], FAILED).facts
        for number in _as(_Pages, facts).numbers:
            worked = self._pictures.work("file-page", {"number": number}, [file], FAILED)
            page = _as(_Page, worked.facts)
            content = only(worked.pieces, STARTS[page.content_type], FAILED)
            doubts = [{"code": "PAGE-BLANK"}] if page.white_share >= BLANK_SHARE else []
            yield NewPage(content, page.content_type, doubts=doubts, origin="uploaded")


def _as(shape: type[_Shape], facts: object) -> _Shape:
    try:
        return msgspec.convert(facts, type=shape)
    except msgspec.MsgspecError as error:
        raise CodedError(FAILED, Actor.TECHNICIAN, Retry.NOW) from error
