"""Pages put right by the clerk's consent: a rectangle is proposed, seen, changed, taken or left; the original stays.

Nothing is applied by itself.  What was taken is made anew from the original each time, kept as an encrypted file of
the same owner, and shredded when the clerk goes back to the original.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from agent.accounts import audit
from agent.accounts.audit import Act
from agent.accounts.service import SignedIn
from agent.accounts.storage import Store, reading, writing
from agent.documents import sheets
from agent.documents.crop_state import Crop, crop_of, looked
from agent.documents.crops import Box, seen
from agent.documents.errors import unknown_page
from agent.documents.media_envelope import Binding
from agent.documents.media_store import MediaStore, Stored
from agent.documents.page_views import crop_view
from agent.documents.page_work import only
from agent.documents.papers import FINISHED, Papers, require
from agent.documents.pictures import Pictures
from agent.documents.refs import changing, key_of
from agent.documents.views import CropView, OwnerRef
from agent.errors import Actor, CodedError, Retry
from drivers.api import Clock
from peewee_models import card_queries, document_queries
from peewee_models.document_queries import Owner

FAILED: Final = "PAGE-NOT-STRAIGHTENED"
UNREADABLE: Final = "PAGE-UNREADABLE"
NOT_TO_BE_CUT: Final = frozenset({"PAGE-BLANK", "PAGE-FLAT-EDGE"})
STARTS: Final = {"image/jpeg": b"\xff\xd8\xff", "image/tiff": b"II*\0"}


@dataclass(frozen=True, slots=True)
class _At:
    """A page as a clerk sees it: whose, which, in which version of its document."""

    owner: Owner
    page_id: uuid.UUID
    version: int


class Straightening:
    """Propose and put right.

    Args:
        store: the database.
        clock: the time.
        papers: the pages.
        media: their files.
        pictures: works on their pixels.
    """

    def __init__(self, store: Store, clock: Clock, papers: Papers, media: MediaStore, pictures: Pictures) -> None:
        self._store = store
        self._clock = clock
        self._papers = papers
        self._media = media
        self._pictures = pictures

    def look(self, owner: Owner, page_id: uuid.UUID) -> Crop:
        """See how a page could be put right, unless that is known, and keep it beside the page.

        Raises: CodedError PAGE-UNKNOWN, PAGE-UNREADABLE and those of the media store.
        """
        with reading(self._store):
            row = sheets.page_of(owner, page_id)
            known, doubts = crop_of(row), row.doubts
        if known is not None:
            return known
        worked = self._pictures.work("look", {}, [self._papers.page_content(owner, page_id).content], UNREADABLE)
        try:
            crop = looked(worked.facts)
        except (msgspec.ValidationError, CodedError) as error:
            raise CodedError(UNREADABLE, Actor.TECHNICIAN, Retry.NOW) from error
        if any(doubt["code"] in NOT_TO_BE_CUT for doubt in doubts):
            crop = Crop("none", crop.size, found=crop.found)
        with writing(self._store):
            row = sheets.page_of(owner, page_id)
            if row.crop is None:
                row.crop = crop.as_row()
                row.save()
        return crop

    def proposes(self, owner: Owner, page_id: uuid.UUID) -> bool:
        """Look at a page; says whether there is something for the clerk to decide.  Raises: as of `look`."""
        return self.look(owner, page_id).state == "proposed"

    def view(self, ref: OwnerRef, page_id: str, by: SignedIn) -> CropView:
        """A page with its rectangle, as the clerk has turned it.

        Raises: CodedError DRAFT-UNKNOWN, RECORD-UNKNOWN, PAGE-UNKNOWN, PAGE-UNREADABLE; RightsDenied.
        """
        owner, key = changing(ref, by), key_of(page_id)
        with reading(self._store):
            require(owner, by)
            _plain_page(owner, key)
        crop = self.look(owner, key)
        with reading(self._store):
            row = sheets.page_of(owner, key)
            return crop_view(row, row.document, crop_of(row) or crop)

    def draw(self, ref: OwnerRef, page_id: str, version: int, box: Box, by: SignedIn) -> None:
        """Keep the rectangle that the clerk has drawn, without applying it.

        Args:
            ref: whose.
            page_id: which page.
            version: of the document, as the clerk saw it.
            box: on the page as the clerk sees it.
            by: the clerk.

        Raises: CodedError CROP-IMPOSSIBLE, DOCUMENT-CHANGED, PAGE-UNKNOWN; RightsDenied.
        """
        at = _At(changing(ref, by), key_of(page_id), version)
        with writing(self._store):
            row, crop = self._looked_at(at, by)
            row.crop = crop.drawing(_unseen(row, crop, box)).as_row()
            row.save()
            document_queries.next_version(row.document_id)
            self._note(by, row, "draw")

    def leave(self, ref: OwnerRef, page_id: str, version: int, by: SignedIn) -> None:
        """Leave the original as it is, or go back to it; what was made of it is shredded.  Raises: as of `draw`."""
        at = _At(changing(ref, by), key_of(page_id), version)
        with writing(self._store):
            row, crop = self._looked_at(at, by)
            gone = self._exchange(row, crop.rejecting(), None)
            self._note(by, row, "original")
        self._media.unlink(gone)

    def accept(self, ref: OwnerRef, page_id: str, version: int, box: Box | None, by: SignedIn) -> None:
        """Put a page right.  Arguments and errors as of `draw`; without a box as proposed.

        Raises: CodedError PAGE-NOT-STRAIGHTENED, DATABASE-FULL besides.
        """
        at = _At(changing(ref, by), key_of(page_id), version)
        with reading(self._store):
            row, crop = self._looked_at(at, by)
            wished = crop.shown() if box is None else _unseen(row, crop, box)
        if wished is None:
            raise unknown_page()
        self._apply([(at, crop.accepting(wished))], by)

    def accept_all(self, ref: OwnerRef, document_id: str, version: int, by: SignedIn) -> int:
        """Put all pages of a document right as proposed; says how many there were.

        Raises: CodedError DOCUMENT-CHANGED, PAGE-UNKNOWN and as of `accept`; either all are put right or none.
        """
        owner = changing(ref, by)
        with reading(self._store):
            require(owner, by)
            held = document_queries.held_pages(key_of(document_id))
            wishes = [
                (_At(owner, row.id, version), crop.accepting(box))
                for row in held
                if (crop := crop_of(row)) is not None and crop.state == "proposed" and (box := crop.shown()) is not None
            ]
            for at, _ in wishes:
                self._row(at, by)
        self._apply(wishes, by)
        return len(wishes)

    def _apply(self, wishes: Sequence[tuple[_At, Crop]], by: SignedIn) -> None:
        """Make the finished pages, then let all of them show at once."""
        stored: list[Stored] = []
        gone: list[str] = []
        with self._abandoning(stored):
            for at, crop in wishes:
                stored.append(self._made(at.owner, at.page_id, crop))
            with writing(self._store):
                rows = [self._row(at, by) for at, _ in wishes]
                for row, (_, crop), made in zip(rows, wishes, stored, strict=True):
                    gone += self._exchange(row, crop, self._media.keep(made))
                    self._note(by, row, "straighten")
        self._media.unlink(gone)

    def _made(self, owner: Owner, page_id: uuid.UUID, crop: Crop) -> Stored:
        original = self._papers.page_content(owner, page_id)
        worked = self._pictures.work("straighten", {"box": list(crop.box or ())}, [original.content], FAILED)
        kind = original.content_type if original.content_type in STARTS else "image/jpeg"
        content = only(worked.pieces, STARTS[kind], FAILED)
        return self._media.put(content, kind, Binding(owner.id, FINISHED, crop.revision))

    @contextmanager
    def _abandoning(self, stored: list[Stored]) -> Iterator[None]:
        """Give the room of files back when they are refused; behind a failure of the database the sweep decides."""
        try:
            yield
        except CodedError as error:
            if error.actor is Actor.CLERK:
                for one in stored:
                    self._media.abandon(one)
            raise

    def _looked_at(self, at: _At, by: SignedIn) -> tuple[Any, Crop]:
        """The page as the clerk saw it, and its rectangle: no page of ours shows a form without one."""
        row = self._row(at, by)
        crop = crop_of(row)
        if crop is None:
            raise unknown_page()
        return row, crop

    def _row(self, at: _At, by: SignedIn) -> Any:
        """The page as the clerk saw it, inside the caller's transaction."""
        require(at.owner, by)
        row = _plain_page(at.owner, at.page_id)
        sheets.check_version(row, at.version)
        if row.removed_at is not None:
            raise unknown_page()
        return row

    def _exchange(self, row: Any, crop: Crop, finished: uuid.UUID | None) -> list[str]:
        """Let a page show something else; gives the files of what it showed before, whose keys are destroyed."""
        old = row.finished_id
        row.crop, row.finished = crop.as_row(), finished
        row.save()
        document_queries.next_version(row.document_id)
        return self._media.forget([old] if old is not None else [])

    def _note(self, by: SignedIn, row: Any, what: str) -> None:
        audit.write(self._clock, by.audit_ids, Act.PAGE_CHANGED, ("page", row.id), what=what)


def _plain_page(owner: Owner, page_id: uuid.UUID) -> Any:
    """A page that is no card: a card's two sides are put right each by itself.  Raises: CodedError PAGE-UNKNOWN."""
    row = sheets.page_of(owner, page_id)
    if card_queries.of_page(page_id) is not None:
        raise unknown_page()
    return row


def _unseen(row: Any, crop: Crop, box: Box) -> Box:
    """A rectangle on the page as the clerk has turned it, on the original."""
    width, height = crop.size
    quarters = row.rotation_deg // sheets.QUARTER_DEG
    turned = (height, width) if quarters % 2 == 0 else (width, height)
    return seen(box, *turned, -quarters)
