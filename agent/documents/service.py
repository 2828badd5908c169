"""The documents of drafts and records, in the words of those who work with them: scan, look, put in order, hand out.

A draft's documents belong to its clerk.  A record's may be changed by any clerk and looked at by a supervisor.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from agent.accounts import audit
from agent.accounts.audit import Act
from agent.accounts.service import SignedIn
from agent.accounts.storage import Store, reading, writing
from agent.devices.status import DeviceStatus
from agent.documents import kinds, sheets
from agent.documents.errors import refused, unknown_page
from agent.documents.job_state import JobState
from agent.documents.page_work import for_browser, make_pdf
from agent.documents.papers import MOST_PAGES, PageContent, Papers, require
from agent.documents.pictures import Pictures
from agent.documents.presets import preset
from agent.documents.scan_desk import ScanDesk
from agent.documents.scan_orders import Order, UnderWay
from agent.documents.views import (
    Board,
    DocumentView,
    Doubt,
    JobView,
    OwnerRef,
    PageView,
    ScannerView,
    ScanWish,
    SourceView,
)
from agent.errors import RightsDenied
from drivers.api import Clock
from peewee_models import document_queries
from peewee_models.document_queries import Owner
from peewee_models.station import remember_scan_choice

__all__ = ["Board", "DocumentsService", "OwnerRef", "ScanWish"]

CLERK: Final = "clerk"
NOT_CONFIGURED: Final = "SCANNER-NOT-CONFIGURED"


class DocumentsService:
    """The documents of this station.

    Args:
        store: the database.
        clock: the time.
        papers: the pages.
        pictures: works on their pixels.
        desk: carries scans out.
        scanner: how the scanner is; None where none is configured.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        papers: Papers,
        pictures: Pictures,
        desk: ScanDesk,
        scanner: Callable[[], DeviceStatus | None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._papers = papers
        self._pictures = pictures
        self._desk = desk
        self._scanner = scanner

    def board(self, ref: OwnerRef, values: Mapping[str, str], by: SignedIn) -> Board:
        """Everything about the documents of a draft or record.

        Args:
            ref: whose.
            values: the form's values, which say what is needed.
            by: who looks.

        Raises: CodedError DRAFT-UNKNOWN, RECORD-UNKNOWN.
        """
        owner = _owner(ref)
        with reading(self._store):
            require(owner, by)
            documents = [self._document(row) for row in document_queries.documents_of(owner)]
            lines = kinds.checklist(values, document_queries.pages_by_kind(owner))
            job = self._job(document_queries.last_job(owner))
            chosen = {kind.code: preset(kind, self._desk.offers()) for kind in kinds.kinds()}
        return Board(
            owner=ref,
            lines=lines,
            verdict=kinds.verdict(lines, by.language),
            documents=[document for document in documents if document.pages or document.removed],
            job=job,
            scanner=self._scanner_view(by),
            presets=chosen,
            may_change=by.role == CLERK,
        )

    def scan(self, ref: OwnerRef, kind: str, wish: ScanWish, by: SignedIn, replaces: str = "") -> str:
        """Begin a scan; give the job's key.  How it was scanned is remembered for this kind.

        Args:
            ref: for which draft or record.
            kind: D01 to D13.
            wish: how.
            by: the clerk.
            replaces: the page that is scanned anew; its kind counts then.

        Raises: CodedError DRAFT-UNKNOWN, RECORD-UNKNOWN, PAGE-UNKNOWN, KIND-UNKNOWN, SCANNER-NOT-CONFIGURED,
            SCANNER-HELD, SCAN-UNDER-WAY; RightsDenied.
        """
        owner = self._may_change(ref, by)
        status = self._scanner()
        if status is None:
            raise refused(NOT_CONFIGURED)
        old = _key(replaces) if replaces else None
        with writing(self._store):
            require(owner, by)
            if old is not None:
                kind = sheets.page_of(owner, old).document.kind
            if kinds.kind(kind) is None:
                raise refused("KIND-UNKNOWN")
            if old is None:
                remember_scan_choice(kind, msgspec.json.encode([wish.source, wish.colour, wish.dpi]).decode())
        return str(self._desk.begin(Order(owner, kind, wish, by, by.name, old)))

    def cancel(self, job_id: str, by: SignedIn) -> None:
        """Call one's own scan off.  Raises: CodedError SCAN-ENDED."""
        one = self._desk.under_way()
        if one is None or str(one.job_id) != job_id or one.order.by.user_id != by.user_id:
            raise refused("SCAN-ENDED")
        self._desk.cancel(one.job_id)

    def rotate(self, ref: OwnerRef, page_id: str, version: int, by: SignedIn) -> None:
        """Turn a page clockwise by a quarter."""
        self._change(ref, page_id, version, by, "turn", lambda row: sheets.turn(row, 1))

    def move(self, ref: OwnerRef, page_id: str, version: int, position: int, by: SignedIn) -> None:
        """Put a page at another place, from 1."""
        self._change(ref, page_id, version, by, "move", lambda row: sheets.move(row, position))

    def remove(self, ref: OwnerRef, page_id: str, version: int, by: SignedIn) -> None:
        """Take a page out; it can be taken back."""
        self._change(ref, page_id, version, by, "remove", lambda row: sheets.remove(row, self._clock.now()))

    def restore(self, ref: OwnerRef, page_id: str, version: int, by: SignedIn) -> None:
        """Take a page back.  Raises: CodedError DOCUMENT-FULL."""
        self._change(ref, page_id, version, by, "restore", lambda row: sheets.restore(row, MOST_PAGES))

    def remove_blanks(self, ref: OwnerRef, document_id: str, version: int, by: SignedIn) -> int:
        """Take out all pages whose removal is proposed, which the clerk has seen; says how many there were.

        Raises: CodedError PAGE-UNKNOWN, DOCUMENT-CHANGED.
        """
        owner = self._may_change(ref, by)
        with writing(self._store):
            require(owner, by)
            document = self._own_document(owner, document_id)
            if document.version != version:
                raise refused("DOCUMENT-CHANGED")
            blank = [page.id for page in self._document(document).blanks]
            for page_id in blank:
                sheets.remove(sheets.page_of(owner, _key(page_id)), self._clock.now())
            self._note(by, Act.PAGE_CHANGED, ("document", document.id), what="remove-blanks", pages=len(blank))
        return len(blank)

    def page(self, ref: OwnerRef, page_id: str, by: SignedIn) -> PageContent:
        """What a page shows, as it was scanned and as a browser can show it.

        Raises: CodedError PAGE-UNKNOWN, PAGE-UNREADABLE and those of the media store.
        """
        owner = _owner(ref)
        with reading(self._store):
            require(owner, by)
        return for_browser(self._pictures, self._papers.page_content(owner, _key(page_id)))

    def pdf(self, ref: OwnerRef, document_id: str, by: SignedIn) -> bytes:
        """A document as PDF/A, its pages as scanned and turned; the look is audited.

        Raises: CodedError PAGE-UNKNOWN, DOCUMENT-EMPTY, PDF-FAILED and those of the media store.
        """
        owner = _owner(ref)
        with writing(self._store):
            require(owner, by)
            document = self._own_document(owner, document_id)
            held = [(row.id, row.rotation_deg) for row in document_queries.held_pages(document.id)]
            self._note(by, Act.DOCUMENT_VIEWED, ("document", document.id), pages=len(held))
        if not held:
            raise refused("DOCUMENT-EMPTY")
        pages = [(self._papers.page_content(owner, page_id), turned) for page_id, turned in held]
        return make_pdf(self._pictures, pages)

    def _may_change(self, ref: OwnerRef, by: SignedIn) -> Owner:
        if by.role != CLERK:
            raise RightsDenied
        return _owner(ref)

    def _change(
        self, ref: OwnerRef, page_id: str, version: int, by: SignedIn, what: str, deed: Callable[[Any], None]
    ) -> None:
        """Do one thing to a page as the clerk saw it, with its audit row."""
        owner = self._may_change(ref, by)
        with writing(self._store):
            require(owner, by)
            row = sheets.page_of(owner, _key(page_id))
            sheets.check_version(row, version)
            deed(row)
            self._note(by, Act.PAGE_CHANGED, ("page", row.id), what=what)

    def _own_document(self, owner: Owner, document_id: str) -> Any:
        row = document_queries.document(_key(document_id))
        if row is None or getattr(row, f"{owner.column}_id") != owner.id:
            raise unknown_page()
        return row

    def _document(self, row: Any) -> DocumentView:
        held, removed = document_queries.held_pages(row.id), document_queries.removed_pages(row.id)
        kind = kinds.kind(row.kind)
        if kind is None:
            raise AssertionError(row.kind)
        return DocumentView(
            id=str(row.id),
            kind=kind,
            version=row.version,
            pages=[_page(page) for page in held],
            removed=[_page(page) for page in removed],
        )

    def _job(self, row: Any) -> JobView | None:
        """A job as it is written down, with the progress of the page under way."""
        kind = None if row is None else kinds.kind(row.kind)
        if row is None or kind is None:
            return None
        one = self._desk.under_way()
        is_this = one is not None and one.job_id == row.id
        return JobView(
            id=str(row.id),
            kind=kind,
            state=JobState(row.state),
            pages=row.page_count,
            lines=one.lines if one is not None and is_this else 0,
            lines_expected=one.lines_expected if one is not None and is_this else 0,
            error_code=row.error_code,
            facts=row.facts,
        )

    def _scanner_view(self, by: SignedIn) -> ScannerView:
        status = self._scanner()
        offers = {
            str(offer.source): SourceView([str(mode) for mode in offer.modes], offer.resolutions_dpi)
            for offer in self._desk.offers().sources
        }
        if status is None:
            return ScannerView("none", NOT_CONFIGURED, {}, "", {})
        holder = _holder(self._desk.under_way(), by)
        return ScannerView(status.state.value, status.code or "", status.facts, holder, offers)

    def _note(self, by: SignedIn, act: Act, subject: tuple[str, uuid.UUID], **facts: str | int) -> None:
        audit.write(self._clock, by.audit_ids, act, subject, **facts)


def _holder(one: UnderWay | None, by: SignedIn) -> str:
    return one.order.by_name if one is not None and one.order.by.user_id != by.user_id else ""


def _owner(ref: OwnerRef) -> Owner:
    try:
        return Owner(ref.kind, uuid.UUID(ref.id))
    except ValueError as error:
        raise refused("DRAFT-UNKNOWN" if ref.kind == "draft" else "RECORD-UNKNOWN") from error


def _key(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise unknown_page() from error


def _page(row: Any) -> PageView:
    return PageView(
        id=str(row.id),
        position=0 if row.removed_at is not None else row.position,
        side=row.side,
        rotation_deg=row.rotation_deg,
        doubts=[Doubt(str(one["code"]), {key: one[key] for key in one if key != "code"}) for one in row.doubts],
    )
