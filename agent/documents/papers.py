"""The documents of drafts and records: pages come in, change hands when a draft is saved, and are shredded with it.

A page is acknowledged when its file is on the disk for good and its rows are committed, and not before.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

from agent.accounts import audit
from agent.accounts.audit import Act, SignedInIds
from agent.accounts.storage import Store, reading, writing
from agent.documents import dwellings, sheets
from agent.documents.arrivals import MOST_PAGES, Arrivals
from agent.documents.errors import refused
from agent.documents.job_state import RUNNING, JobHappening, JobState, after
from agent.documents.jobs import running_job
from agent.documents.media_envelope import Binding
from agent.documents.media_store import MediaStore, Stored
from agent.documents.people import Person
from agent.errors import CodedError
from agent.memory import Buffer
from drivers.api import Clock
from peewee_models import document_queries, draft_queries, register_queries
from peewee_models.document_queries import Owner

ORIGINAL, FINISHED = "original", "finished"
Typed = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class NewPage:
    """A page as it came from the scanner or from a file.

    Attributes:
        content: its bytes, checked and encoded anew in a worker.
        content_type: of those bytes; ours, never what a device said.
        side: `front` or `back` of a sheet, "" where nobody can know.
        doubts: what the clerk should look at: codes with facts.
        origin: `scanned` here, or `uploaded` as a file.
    """

    content: Buffer
    content_type: Literal["image/jpeg", "image/png", "image/tiff"]
    side: Literal["", "front", "back"] = ""
    doubts: Sequence[Mapping[str, str | int]] = ()
    origin: Literal["scanned", "uploaded"] = "scanned"


@dataclass(frozen=True, slots=True)
class StoredPage:
    """A page that is kept for good: its key, its document's, and its place in it from 1."""

    id: uuid.UUID
    document_id: uuid.UUID
    position: int


@dataclass(frozen=True, slots=True)
class PageContent:
    """What a page shows."""

    content: bytes
    content_type: str


class Papers:
    """The documents of this station's drafts and records."""

    def __init__(self, store: Store, clock: Clock, media: MediaStore) -> None:
        self._store = store
        self._clock = clock
        self.media = media
        self._arrivals = Arrivals(clock)
        self.on_stored: Callable[[uuid.UUID], None] = lambda _page_id: None

    def store_page(
        self,
        owner: Owner,
        kind: str,
        page: NewPage,
        by: Person,
        job_id: uuid.UUID | None = None,
        in_place_of: uuid.UUID | None = None,
        beside: Callable[[uuid.UUID], object] = lambda _page_id: None,
    ) -> StoredPage:
        """Keep a page at the end of the owner's document of this kind that has room for its sheet.

        Args:
            owner: a draft of this person, or a record.
            kind: D01 to D13.
            page: the page.
            by: whose.
            job_id: the scan job that brought it; counted there.
            in_place_of: a page that is taken out, in whose place and as whose side the new one stands.
            beside: writes what stands beside the page, in the same transaction.

        Raises: CodedError DRAFT-UNKNOWN, RECORD-UNKNOWN, DOCUMENT-FULL, JOB-UNKNOWN, SCAN-ENDED (a page that came
            after its job's end is not kept), DATABASE-FULL, DATABASE-FAILED; nothing is kept then.
        """
        stored = self.media.put(page.content, page.content_type, Binding(owner.id, ORIGINAL))
        with writing(self._store):
            old = None if in_place_of is None else self._taken_out(owner, in_place_of)
            sides = 2 if page.side == "front" else 1
            document, position = self._place_for(stored, owner, kind, by, job_id, old, sides)
            self._note(by, Act.PAGE_STORED, ("document", document.id), kind=kind, position=position)
            kept = self._insert(page if old is None else replace(page, side=old.side), stored, document.id, position)
            beside(kept.id)
            if old is not None:
                moved = sheets.page_of(owner, kept.id)
                sheets.move(moved, old.position)
                kept = replace(kept, position=moved.position)
                self._note(by, Act.PAGE_CHANGED, ("page", kept.id), what="in-place")
        self.on_stored(kept.id)
        return kept

    def store_file(self, owner: Owner, kind: str, pages: Iterable[NewPage], by: Person) -> list[StoredPage]:
        """Keep all pages of a clerk's file at the end of one document of this kind that has room, or none of them.

        Args:
            owner: a draft of this person, or a record.
            kind: D01 to D13.
            pages: taken one by one, each brought to the disk before the next; what they raise ends it all.
            by: whose.

        Raises: CodedError DRAFT-UNKNOWN, RECORD-UNKNOWN, DOCUMENT-FULL, DATABASE-FULL, DATABASE-FAILED.
        """
        with reading(self._store):
            require(owner, by)
        brought: list[tuple[NewPage, Stored]] = []
        with self._abandoning(brought):
            for page in pages:
                stored = self.media.put(page.content, page.content_type, Binding(owner.id, ORIGINAL))
                brought.append((replace(page, content=b""), stored))
        with writing(self._store):
            with self._abandoning(brought):
                require(owner, by)
                document = self._arrivals.document_for(owner, kind, len(brought), by)
                held = document_queries.last_position(document.id)
            facts: dict[str, str | int] = {"kind": kind, "position": held + 1, "pages": len(brought)}
            self._note(by, Act.PAGES_UPLOADED, ("document", document.id), **facts)
            kept = [self._insert(*one, document.id, position) for position, one in enumerate(brought, held + 1)]
        for one in kept:
            self.on_stored(one.id)
        return kept

    @contextmanager
    def _abandoning(self, brought: Sequence[tuple[NewPage, Stored]]) -> Iterator[None]:
        """Remove files that have no row for sure, when a file of the clerk's is refused."""
        try:
            yield
        except CodedError:
            for _, stored in brought:
                self.media.abandon(stored)
            raise

    def _insert(self, page: NewPage, stored: Stored, document_id: uuid.UUID, position: int) -> StoredPage:
        row = document_queries.insert_page(
            document_id,
            position,
            self.media.keep(stored),
            side=page.side,
            doubts=[dict(doubt) for doubt in page.doubts],
            origin=page.origin,
        )
        return StoredPage(row.id, document_id, position)

    def _place_for(
        self, stored: Stored, owner: Owner, kind: str, by: Person, job_id: uuid.UUID | None, old: Any, sides: int
    ) -> tuple[Any, int]:
        """Find where a page goes: to a document with room for its sheet, or to that of the page whose place it takes.

        What is refused here has no row for sure, so its file goes at once; after a failure of the database that is not
        sure, and the sweep decides.
        """
        try:
            require(owner, by)
            if job_id is not None:
                count_page(job_id, owner)
            document = self._arrivals.document_for(owner, kind, sides, by, job_id) if old is None else old.document
            position = document_queries.last_position(document.id) + 1
            if position > MOST_PAGES:
                raise refused("DOCUMENT-FULL", most=MOST_PAGES)
        except CodedError:
            self.media.abandon(stored)
            raise
        return document, position

    def _taken_out(self, owner: Owner, page_id: uuid.UUID) -> Any:
        """Take the page out that another one stands in for, before that one needs its room; None where it has gone."""
        try:
            row = sheets.page_of(owner, page_id)
        except CodedError:
            return None
        sheets.remove(row, self._clock.now())
        return row

    def page_content(self, owner: Owner, page_id: uuid.UUID) -> PageContent:
        """The original of a page of this owner, as it was scanned.

        Raises: CodedError PAGE-UNKNOWN, and MEDIA-MISSING, MEDIA-DAMAGED, MEDIA-FOREIGN for the supervisor.
        """
        with reading(self._store):
            row = sheets.page_of(owner, page_id)
            content_type = row.original.content_type
        return PageContent(self.media.get(row.original_id, owner.id, ORIGINAL), content_type)

    def shown_content(self, owner: Owner, page_id: uuid.UUID) -> PageContent:
        """A page as it is shown and handed out: put right by the clerk, or else the original.  Raises: the same."""
        with reading(self._store):
            row = sheets.page_of(owner, page_id)
            content_type = "" if row.finished is None else row.finished.content_type
        if not content_type:
            return self.page_content(owner, page_id)
        return PageContent(self.media.get(row.finished_id, owner.id, FINISHED), content_type)

    def shown_file(self, owner: Owner, page_id: uuid.UUID) -> uuid.UUID:
        """Key of the file that `shown_content` gives; another one whenever the page looks different."""
        with reading(self._store):
            row = sheets.page_of(owner, page_id)
            key: uuid.UUID = row.finished_id or row.original_id
            return key

    def draft_saved(self, draft_id: uuid.UUID, record_id: uuid.UUID, by: Person) -> tuple[int, Callable[[], None]]:
        """Hand the documents of a draft to its saved record, in the caller's transaction and before the draft goes.

        Returns: how many there were; after the transaction nothing is left to do.
        Raises: CodedError SCAN-RUNNING while a scan for the draft has not ended; MEDIA-FOREIGN.
        """
        old, new = Owner("draft", draft_id), Owner("record", record_id)
        _refuse_running(old)
        media_ids = document_queries.media_of(old)
        self.media.rebind(media_ids, draft_id, record_id)
        dwellings.mark_saved(old, record_id)
        moved = document_queries.move(old, new)
        if moved:
            self._note(by, Act.DOCUMENTS_MOVED, ("record", record_id), documents=moved, files=len(media_ids))
        return moved, lambda: None

    def address_typed(self, record_id: uuid.UUID, correction_id: uuid.UUID, before: Typed, now: Typed) -> None:
        """Let what came under a correction follow what is typed there, inside the transaction that keeps that."""
        dwellings.follow(record_id, correction_id, before, now)

    def correction_ended(self, record_id: uuid.UUID, correction_id: uuid.UUID) -> None:
        """Let what came under a correction follow it no more, inside the transaction that ends it."""
        document_queries.release(record_id, correction_id)

    def record_corrected(self, record_id: uuid.UUID) -> None:
        """Let the papers learn what a record's address says now, inside the caller's transaction."""
        dwellings.complete(record_id)

    def draft_discarded(self, draft_id: uuid.UUID, by: Person) -> Callable[[], None]:
        """Shred the documents of a draft, inside the caller's transaction and before the draft goes.

        Returns: what gives their room back, to be called once the transaction is kept; they are unreadable already.
        Raises: CodedError SCAN-RUNNING while a scan for the draft has not ended.
        """
        owner = Owner("draft", draft_id)
        _refuse_running(owner)
        media_ids = document_queries.media_of(owner)
        deleted = document_queries.delete_documents(owner)
        addresses = self.media.forget(media_ids)
        if deleted:
            self._note(by, Act.DOCUMENTS_SHREDDED, ("draft", None), documents=deleted, files=len(addresses))
        return partial(self.media.unlink, addresses)

    def _note(self, by: Person, act: Act, subject: tuple[str, uuid.UUID | None], **facts: str | int) -> None:
        audit.write(self._clock, SignedInIds(by.user_id, by.session_id), act, subject, **facts)


def require(owner: Owner, by: Person) -> None:
    """Make sure that there is such a draft of this person, or such a record.

    Raises: CodedError DRAFT-UNKNOWN, RECORD-UNKNOWN.
    """
    if owner.column == "draft" and draft_queries.of_user(owner.id, uuid.UUID(by.user_id)) is None:
        raise refused("DRAFT-UNKNOWN")
    if owner.column == "record" and register_queries.by_key(owner.id) is None:
        raise refused("RECORD-UNKNOWN")


def count_page(job_id: uuid.UUID, owner: Owner) -> None:
    """Count a page in its job, inside the caller's transaction.  Raises: CodedError JOB-UNKNOWN, SCAN-ENDED."""
    row = running_job(job_id)
    if getattr(row, f"{owner.column}_id") != owner.id:
        raise refused("JOB-UNKNOWN")
    if after(JobState(row.state), JobHappening.PAGE) is None:
        raise refused("SCAN-ENDED")
    row.page_count += 1
    row.save()


def _refuse_running(owner: Owner) -> None:
    if document_queries.has_job_in(owner, RUNNING):
        raise refused("SCAN-RUNNING")
