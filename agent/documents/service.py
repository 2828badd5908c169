"""The documents of drafts and records, in the words of those who work with them: scan, look, put in order, hand out.

A draft's documents belong to its clerk.  A record's may be changed by any clerk and looked at by a supervisor.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from agent.accounts import audit
from agent.accounts.audit import Act
from agent.accounts.service import SignedIn
from agent.accounts.storage import Store, reading, writing
from agent.config import KEEP_DAYS
from agent.documents import dwellings, kinds, sheets
from agent.documents.arrivals import MOST_PAGES
from agent.documents.crops import Box
from agent.documents.errors import refused
from agent.documents.looks import Looks
from agent.documents.page_sizes import SIZES_MM, Region
from agent.documents.page_views import document_view
from agent.documents.page_work import for_browser
from agent.documents.papers import PageContent, Papers, require
from agent.documents.pdf_file import Page, begun, made_of
from agent.documents.pictures import Pictures
from agent.documents.proofs import Proofs
from agent.documents.refs import CLERK, changing, key_of, owner_of
from agent.documents.scan_views import JobView, SourceView
from agent.documents.scans import Scans
from agent.documents.straightening import Straightening
from agent.documents.thumbnails import Thumbnails
from agent.documents.uploads import Uploads
from agent.documents.views import Board, OwnerRef, ScanWish
from drivers.api import Clock
from peewee_models import document_queries
from peewee_models.document_queries import Owner

__all__ = [
    "MOST_PAGES",
    "SIZES_MM",
    "Board",
    "Box",
    "DocumentsService",
    "OwnerRef",
    "PageContent",
    "Region",
    "ScanWish",
    "SourceView",
    "Uploads",
]


class DocumentsService:
    """The documents of this station.

    Args:
        store: the database.
        clock: the time.
        papers: the pages.
        pictures: works on their pixels.
        straightening: puts them right.
        scans: the scans.

    Attributes:
        keep_days: so many days a page of a record can be taken back, as the pages say.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        papers: Papers,
        pictures: Pictures,
        straightening: Straightening,
        scans: Scans,
    ) -> None:
        self._store = store
        self._clock = clock
        self._papers = papers
        self._pictures = pictures
        self._thumbnails = Thumbnails(papers, pictures)
        self.straightening = straightening
        self._looks = Looks()
        self.scans = scans
        self.cards = scans.cards
        self.proofs = Proofs(store, clock)
        self.keep_days = KEEP_DAYS

    def lost_files(self) -> int:
        """How many scanned files are known to be gone."""
        return self._papers.media.lost()

    def look_for_lost_files(self) -> int:
        """Look for the file of every page now; how many are gone."""
        return len(self._papers.media.look())

    def board(self, ref: OwnerRef, values: Mapping[str, str], by: SignedIn, record_id: str = "") -> Board:
        """Everything about the documents of a draft or record.

        Args:
            ref: whose.
            values: the form's values, which say what is needed.
            by: who looks.
            record_id: of the record that a draft is to change, "" for none; its papers need not be brought again.

        Raises: CodedError DRAFT-UNKNOWN, RECORD-UNKNOWN.
        """
        owner = owner_of(ref)
        with reading(self._store):
            require(owner, by)
            typed = dwellings.own_correction(owner, by)
            documents = [document_view(row, values, typed) for row in document_queries.documents_of(owner)]
            held_by = owner_of(OwnerRef("record", record_id)) if record_id else None
            lines = dwellings.checklist(values, owner, held_by)
            job = self.scans.last_job(owner)
            chosen = self.scans.presets()
            card = self.scans.card_waiting(owner)
        return Board(
            owner=ref,
            lines=lines,
            verdict=kinds.verdict(lines, by.language),
            documents=[document for document in documents if document.pages or document.removed],
            job=job,
            scanner=self.scans.scanner(by, owner),
            presets=chosen,
            may_change=by.role == CLERK,
            preview=self.scans.preview_of(owner, by),
            notice=self.scans.notices.of(by, ref),
            card=card,
            keep_days=self.keep_days,
            undecided=kinds.undecided(values, lines),
            dwelling=dwellings.mark(values),
        )

    def scan_of_session(self, job_id: str, by: SignedIn) -> tuple[OwnerRef, JobView] | None:
        """A scan that this session has wished for, and for whom; None for any other and for a look at the glass.

        Raises: CodedError PAGE-UNKNOWN for what is no key.
        """
        key = key_of(job_id)
        with reading(self._store):
            row = document_queries.job_of_session(key, uuid.UUID(by.session_id))
            job = self.scans.job(row)
        if job is None or job.is_preview:
            return None
        owner = document_queries.owner_of(row)
        return OwnerRef(owner.column, str(owner.id)), job

    def rotate(self, ref: OwnerRef, page_id: str, version: int, by: SignedIn) -> None:
        """Turn a page clockwise by a quarter."""
        self._change(ref, page_id, version, by, "turn", lambda row: sheets.turn(row, 1))

    def move(self, ref: OwnerRef, page_id: str, version: int, position: int, by: SignedIn) -> None:
        """Put a page at another place, from 1."""
        self._change(ref, page_id, version, by, "move", lambda row: sheets.move(row, position))

    def remove(self, ref: OwnerRef, page_id: str, version: int, by: SignedIn) -> None:
        """Take a page out; it can be taken back."""
        self._change(ref, page_id, version, by, "remove", lambda row: sheets.remove(row, self._clock.now()))

    def settle(
        self, ref: OwnerRef, page_id: str, version: int, by: SignedIn, doubt: tuple[str, str] = ("", "")
    ) -> None:
        """Leave a page as it is, though there was something to look at: all of it, or one doubt's code and side."""
        self._change(ref, page_id, version, by, "settle", lambda row: sheets.settle(row, *doubt))

    def restore(self, ref: OwnerRef, page_id: str, version: int, by: SignedIn) -> None:
        """Take a page back.  Raises: CodedError DOCUMENT-FULL."""
        self._change(ref, page_id, version, by, "restore", lambda row: sheets.restore(row, MOST_PAGES))

    def keep_blanks(self, ref: OwnerRef, document_id: str, version: int, by: SignedIn) -> int:
        """Propose no longer to take the pages out that were shown as blank; says how many there were.

        Raises: CodedError PAGE-UNKNOWN, DOCUMENT-CHANGED.
        """
        return self._do_with_blanks(ref, document_id, version, by, ("keep-blanks", sheets.keep))

    def remove_blanks(self, ref: OwnerRef, document_id: str, version: int, by: SignedIn) -> int:
        """Take out all pages whose removal is proposed, which the clerk has seen; says how many there were.

        Raises: CodedError PAGE-UNKNOWN, DOCUMENT-CHANGED.
        """
        act = ("remove-blanks", lambda row: sheets.remove(row, self._clock.now()))
        return self._do_with_blanks(ref, document_id, version, by, act)

    def _do_with_blanks(
        self, ref: OwnerRef, document_id: str, version: int, by: SignedIn, act: tuple[str, Callable[[Any], None]]
    ) -> int:
        """Do one thing to all blank pages of a document as the clerk saw it, with its audit row."""
        what, deed = act
        owner = changing(ref, by)
        with writing(self._store):
            require(owner, by)
            document = sheets.document_of(owner, key_of(document_id))
            sheets.check_document(document, version)
            blank = [page.id for page in document_view(document, {}).blanks]
            for page_id in blank:
                deed(sheets.page_of(owner, key_of(page_id)))
            self._note(by, Act.PAGE_CHANGED, ("document", document.id), what=what, pages=len(blank))
        return len(blank)

    def page(self, ref: OwnerRef, page_id: str, by: SignedIn) -> PageContent:
        """What a page shows, as it was scanned or put right, and as a browser can show it; the look is audited.

        Raises: CodedError PAGE-UNKNOWN, PAGE-UNREADABLE and those of the media store.
        """
        owner = owner_of(ref)
        self._note_look(owner, page_id, by)
        return for_browser(self._pictures, self._papers.shown_content(owner, key_of(page_id)))

    def thumbnail(self, ref: OwnerRef, page_id: str, by: SignedIn) -> PageContent:
        """The small picture of what a page shows.  Raises: as of `page`."""
        owner = owner_of(ref)
        self._note_look(owner, page_id, by)
        return PageContent(self._thumbnails.of(owner, key_of(page_id)), "image/jpeg")

    def original(self, ref: OwnerRef, page_id: str, by: SignedIn) -> PageContent:
        """A page as it came, whatever has been made of it.  Raises: as of `page`."""
        owner = owner_of(ref)
        self._note_look(owner, page_id, by)
        return for_browser(self._pictures, self._papers.page_content(owner, key_of(page_id)))

    def pdf(self, ref: OwnerRef, document_id: str, by: SignedIn) -> Iterable[bytes]:
        """A document as PDF/A, its pages as scanned or put right, and turned; the look is audited.

        Returns: the file in pieces; those of a large one are made as they are taken.
        Raises: CodedError PAGE-UNKNOWN, DOCUMENT-EMPTY, PDF-FAILED and those of the media store; PDF-FAILED in the
            iteration too.
        """
        owner = owner_of(ref)
        with writing(self._store):
            require(owner, by)
            document = sheets.document_of(owner, key_of(document_id))
            held = [(row.id, row.rotation_deg) for row in document_queries.held_pages(document.id)]
            self._note(by, Act.DOCUMENT_VIEWED, ("document", document.id), pages=len(held))
        if not held:
            raise refused("DOCUMENT-EMPTY")
        made = begun(made_of(self._pictures, self._shown(owner, held)))
        if isinstance(made, Iterator):
            for page_id, _ in held:  # a file that is lost is told now, instead of a PDF that ends in its middle
                self._papers.shown_content(owner, page_id)
        return made

    def _shown(self, owner: Owner, held: Iterable[tuple[uuid.UUID, int]]) -> Iterator[Page]:
        """What pages show, one after another, and how each is turned."""
        return ((self._papers.shown_content(owner, page_id), turned) for page_id, turned in held)

    def _note_look(self, owner: Owner, page_id: str, by: SignedIn) -> None:
        """Note that a document's pictures are looked at: once a session, though each picture is asked for by itself."""
        with reading(self._store):
            require(owner, by)
            document_id = sheets.page_of(owner, key_of(page_id)).document_id
        if self._looks.has_seen(by.session_id, document_id):
            return
        with writing(self._store):
            self._note(by, Act.DOCUMENT_VIEWED, ("document", document_id), what="pictures")
        self._looks.saw(by.session_id, document_id)

    def _change(
        self, ref: OwnerRef, page_id: str, version: int, by: SignedIn, what: str, deed: Callable[[Any], None]
    ) -> None:
        """Do one thing to a page as the clerk saw it, with its audit row."""
        owner = changing(ref, by)
        with writing(self._store):
            require(owner, by)
            row = sheets.page_of(owner, key_of(page_id))
            sheets.check_version(row, version)
            deed(row)
            self._note(by, Act.PAGE_CHANGED, ("page", row.id), what=what)

    def _note(self, by: SignedIn, act: Act, subject: tuple[str, uuid.UUID], **facts: str | int) -> None:
        audit.write(self._clock, by.audit_ids, act, subject, **facts)
