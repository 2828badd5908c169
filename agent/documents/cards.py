"""Cards with both sides on one A4 page: the front is kept first, the back is awaited, then both are put together.

What is awaited stands in the database, so it survives reload, restart and cancel.  Both originals are kept.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, Literal

import msgspec

from agent.accounts import audit
from agent.accounts.audit import Act
from agent.accounts.service import SignedIn
from agent.accounts.storage import Store, reading, writing
from agent.documents import card_sides, sheets
from agent.documents.arrivals import MOST_PAGES
from agent.documents.card_sides import FAILED, SIDES, UNKNOWN, Composed, Side
from agent.documents.errors import refused, unknown_page
from agent.documents.glass import GlassUse, used_since
from agent.documents.media_envelope import Binding
from agent.documents.media_store import MediaStore, Stored
from agent.documents.page_work import only
from agent.documents.papers import FINISHED, ORIGINAL, NewPage, Papers, count_page, require
from agent.documents.pictures import Pictures
from agent.documents.refs import changing, key_of
from agent.documents.views import CardWaiting, OwnerRef
from agent.errors import Actor, CodedError, Retry
from drivers.api import Clock
from peewee_models import card_queries, document_queries
from peewee_models.document_queries import Owner

STARTS: Final = {"image/jpeg": b"\xff\xd8\xff", "image/tiff": b"II*\0"}
CardAct = Literal["compose", "turn-front", "turn-back", "swap", "split"]


class Cards:
    """The cards of this station's drafts and records.

    Args:
        store: the database.
        clock: the time.
        papers: the pages.
        media: their files.
        pictures: put the sides together.
    """

    def __init__(self, store: Store, clock: Clock, papers: Papers, media: MediaStore, pictures: Pictures) -> None:
        self._store = store
        self._clock = clock
        self._papers = papers
        self._media = media
        self._pictures = pictures

    def front(self, owner: Owner, kind: str, page: NewPage, by: SignedIn, job_id: uuid.UUID) -> uuid.UUID:
        """Keep the front as a page that waits for its back; gives the page.  Raises: as of `Papers.store_page`."""
        return self._papers.store_page(owner, kind, page, by, job_id, beside=card_queries.insert).id

    def keep_side(
        self, owner: Owner, page_id: uuid.UUID, side: Side, page: NewPage, by: SignedIn, job_id: uuid.UUID
    ) -> None:
        """Keep a side of a card whose front is here; one that was there before stays as a page taken out.

        Raises: CodedError PAGE-UNKNOWN where the front has gone, and as of `Papers.store_page`.
        """
        stored = self._media.put(page.content, page.content_type, Binding(owner.id, ORIGINAL))
        with self._abandoning(stored), writing(self._store):
            require(owner, by)
            row, card = _card_of(owner, page_id)
            count_page(job_id, owner)
            if side == "front" and card.back_id is None:
                old, of_old, row.doubts = row.original_id, row.doubts, [dict(doubt) for doubt in page.doubts]
            else:
                told = row.doubts if card.back_id is not None else card_sides.of_side(row.doubts, "front")
                old, of_old = row.original_id if side == "front" else card.back_id, card_sides.of_page(told, side)
                others = card_sides.only(told, card_sides.OTHER[side])
                row.doubts = [*others, *card_sides.of_side(page.doubts, side)]
            card.sides = card_sides.with_unknown(card.sides, side)
            if side == "front":
                row.original = self._media.keep(stored)
            else:
                card.back = self._media.keep(stored)
            card.save()
            gone = self._exchange(row, None)
            if old is not None:
                self._set_aside(row, old, side, of_old)
            self._note(by, row, Act.PAGE_STORED, side=side)
        self._media.unlink(gone)
        self._papers.on_stored(page_id)

    def waiting(self, owner: Owner, lent: GlassUse | None) -> CardWaiting | None:
        """The card whose back is awaited, inside the caller's transaction; None where there is none.

        Args:
            owner: whose.
            lent: the last use of the glass that is no job.
        """
        documents = [row.id for row in document_queries.documents_of(owner)]
        card = card_queries.waiting(documents)
        if card is None:
            return None
        kind = card.page.document.kind
        use = used_since(owner, kind, lent)
        return CardWaiting(str(card.page_id), kind, use.key if use else "", use.name if use else "")

    def check_glass(self, owner: Owner, page_id: uuid.UUID, seen: str, lent: GlassUse | None) -> None:
        """Make sure that nobody has scanned anything else from the glass since, inside the caller's transaction.

        Args:
            owner: whose card it is.
            page_id: its page.
            seen: the last use of the glass that the clerk was told of.
            lent: the last use of it that is no job.

        Raises: CodedError SCANNER-USED-BETWEEN.
        """
        waiting = self.waiting(owner, lent)
        if waiting is not None and waiting.page_id == str(page_id) and waiting.seen not in {"", seen}:
            raise refused("SCANNER-USED-BETWEEN", name=waiting.used_by)

    def kind_of(self, owner: Owner, page_id: uuid.UUID) -> str:
        """The kind of a card's document, inside the caller's transaction.  Raises: CodedError PAGE-UNKNOWN."""
        kind: str = _card_of(owner, page_id)[0].document.kind
        return kind

    def compose(self, owner: Owner, page_id: uuid.UUID) -> bool:
        """Put both sides together, unless that is done or one is missing; says whether it was done now.

        Raises: CodedError CARD-NOT-COMPOSED, which then stands beside the page too; PAGE-UNKNOWN and those of the
            media store.
        """
        try:
            return self._compose(owner, page_id)
        except CodedError as error:
            if error.code == FAILED and not self._pictures.is_over:
                self._tell_failed(page_id)
            raise

    def _compose(self, owner: Owner, page_id: uuid.UUID) -> bool:
        with reading(self._store):
            row = sheets.page_of(owner, page_id)
            card = card_queries.of_page(page_id)
            if card is None or card.back_id is None or row.finished_id is not None:
                return False
            keys, wished, kind = (row.original_id, card.back_id), card.sides, row.original.content_type
        sides = [self._media.get(key, owner.id, ORIGINAL) for key in keys]
        worked = self._pictures.work("card", {"sides": wished or [UNKNOWN] * 2}, sides, FAILED)
        try:
            made = msgspec.convert(worked.facts, Composed, strict=False)
        except msgspec.ValidationError as error:
            raise CodedError(FAILED, Actor.TECHNICIAN, Retry.NOW) from error
        kind = kind if kind in STARTS else "image/jpeg"
        stored = self._media.put(only(worked.pieces, STARTS[kind], FAILED), kind, Binding(owner.id, FINISHED))
        with self._abandoning(stored), writing(self._store):
            row, card = _card_of(owner, page_id)
            if (row.original_id, card.back_id, row.finished_id) != (*keys, None):
                raise refused("DOCUMENT-CHANGED")
            card.sides = msgspec.to_builtins(made.sides)
            card.save()
            row.doubts = card_sides.composed(row.doubts, wished, made)
            self._exchange(row, self._media.keep(stored))
            self._note(None, row, Act.PAGE_CHANGED, what="card")
        return True

    def _tell_failed(self, page_id: uuid.UUID) -> None:
        """Leave beside the page that its sides are not together; the next time that they are takes it away."""
        with writing(self._store):
            row = document_queries.page(page_id)
            if row is not None and row.finished_id is None:
                row.doubts = card_sides.not_composed(row.doubts)
                row.save()

    def change(self, ref: OwnerRef, page_id: str, version: int, act: CardAct, by: SignedIn) -> None:
        """Turn a side by half, put the sides the other way, make two pages of them, or put them together once more.

        Raises: CodedError PAGE-UNKNOWN, DOCUMENT-CHANGED, DOCUMENT-FULL, CARD-NOT-COMPOSED; RightsDenied.
        """
        owner, key = changing(ref, by), key_of(page_id)
        if act == "compose":
            with reading(self._store):
                require(owner, by)
                sheets.check_version(_card_of(owner, key)[0], version)
        else:
            with writing(self._store):
                require(owner, by)
                row, card = _card_of(owner, key)
                sheets.check_version(row, version)
                plain = self._deeds()[act](row, card)
                gone = self._exchange(row, None)
                self._note(by, row, Act.PAGE_CHANGED, what=act)
            self._media.unlink(gone)
            for page in plain:
                self._papers.on_stored(page)
        self.compose(owner, key)

    def _deeds(self) -> dict[str, Callable[[Any, Any], list[uuid.UUID]]]:
        """What can be done to a card; each gives the pages that are pages like others from now on."""
        return {
            "turn-front": lambda _row, card: _turn(card, "front"),
            "turn-back": lambda _row, card: _turn(card, "back"),
            "swap": _swap,
            "split": self._split,
        }

    def _split(self, row: Any, card: Any) -> list[uuid.UUID]:
        """Make two pages of a card, or a plain page of a front without a back."""
        back = card.back_id
        end = document_queries.last_position(row.document_id) + 1
        if back is not None and end > MOST_PAGES:
            raise refused("DOCUMENT-FULL", most=MOST_PAGES)
        card_queries.delete(row.id)
        if back is None:
            return [row.id]
        of_front, of_back = (card_sides.of_page(row.doubts, side) for side in SIDES)
        row.doubts = of_front
        row.save()
        other = document_queries.insert_page(row.document_id, end, back, side="back", doubts=of_back)
        sheets.move(other, row.position + 1)
        return [row.id, other.id]

    def _set_aside(self, row: Any, media_id: uuid.UUID, side: Side, doubts: list[dict[str, Any]]) -> None:
        """Keep a side that was scanned anew as a page that was taken out."""
        end = document_queries.last_position(row.document_id) + 1
        page = document_queries.insert_page(row.document_id, end, media_id, side=side, doubts=doubts)
        page.removed_at = self._clock.now()
        page.save()

    def _exchange(self, row: Any, finished: uuid.UUID | None) -> list[str]:
        """Let the page show something else; gives the files of what it showed before, whose keys are destroyed."""
        old = row.finished_id
        row.finished = finished
        row.save()
        document_queries.next_version(row.document_id)
        return self._media.forget([old] if old is not None else [])

    @contextmanager
    def _abandoning(self, stored: Stored) -> Iterator[None]:
        """Give the room of a file back when it is refused; behind a failure of the database the sweep decides."""
        try:
            yield
        except CodedError as error:
            if error.actor is Actor.CLERK:
                self._media.abandon(stored)
            raise

    def _note(self, by: SignedIn | None, row: Any, act: Act, **facts: str | int) -> None:
        audit.write(self._clock, None if by is None else by.audit_ids, act, ("page", row.id), **facts)


def _card_of(owner: Owner, page_id: uuid.UUID) -> tuple[Any, Any]:
    """A card's page and the card, inside the caller's transaction.  Raises: CodedError PAGE-UNKNOWN."""
    row = sheets.page_of(owner, page_id)
    card = card_queries.of_page(page_id)
    if card is None or row.removed_at is not None:
        raise unknown_page()
    return row, card


def _turn(card: Any, side: Side) -> list[uuid.UUID]:
    card.sides = card_sides.turned(card.sides, side)
    card.save()
    return []


def _swap(row: Any, card: Any) -> list[uuid.UUID]:
    """Exchange front and back; by way of no back, since no file may ever stand at two places."""
    if card.back_id is None:
        raise unknown_page()
    front, back = row.original_id, card.back_id
    card.back, card.sides = None, card.sides[::-1]
    card.save()
    row.original, row.doubts = back, card_sides.exchanged(row.doubts)
    row.save()
    card.back = front
    card.save()
    return []
