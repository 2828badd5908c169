"""The scans of drafts and records, in the words of the clerk: look, scan, call off; and how the scanner is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from agent.accounts import audit
from agent.accounts.audit import Act
from agent.accounts.service import SignedIn
from agent.accounts.storage import Store, reading, writing
from agent.devices.status import DeviceStatus
from agent.documents import kinds, presets, sheets, wish_check
from agent.documents.arrivals import room_for
from agent.documents.card_sides import Side
from agent.documents.cards import Cards
from agent.documents.errands import CardErrand, OldPage, Order, PaperErrand, PreviewErrand
from agent.documents.errors import refused
from agent.documents.job_state import JobState
from agent.documents.jobs import Jobs, is_told
from agent.documents.kinds import Preset
from agent.documents.notices import Notices
from agent.documents.page_sizes import WHOLE, fitting, placed
from agent.documents.papers import PageContent, Papers, require
from agent.documents.preview import PreviewShelf
from agent.documents.refs import changing, key_of, owner_of
from agent.documents.scan_desk import ScanDesk
from agent.documents.scan_orders import UnderWay
from agent.documents.scan_views import CardSource, JobView, PreviewView, ScannerView, SourceView
from agent.documents.views import CardWaiting, OwnerRef, ScanWish
from agent.events.service import Event
from drivers.api import Clock
from drivers.scanner_api import Source
from peewee_models import document_queries
from peewee_models.document_queries import Owner

NOT_CONFIGURED: Final = "SCANNER-NOT-CONFIGURED"
COMING: Final = "SCANNER-COMING"
ELSEWHERE: Final = "SCAN-ELSEWHERE"


@dataclass(frozen=True, slots=True)
class Kept:
    """Where scans go: pages for good, wishes as jobs, a look at the glass into memory."""

    papers: Papers
    jobs: Jobs
    shelf: PreviewShelf
    cards: Cards


class Scans:
    """The scans of this station.

    Args:
        store: the database.
        clock: the time.
        kept: where scans go.
        desk: carries them out.
        status: how the scanner is; None where none is configured.
        publish: takes events; must not block.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        kept: Kept,
        desk: ScanDesk,
        status: Callable[[], DeviceStatus | None],
        publish: Callable[[Event], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._kept = kept
        self._desk = desk
        self._status = status
        self._publish = publish
        self.cards = kept.cards
        self.notices = Notices(clock, publish)

    def scan(self, ref: OwnerRef, kind: str, wish: ScanWish, by: SignedIn, replaces: str = "") -> str:
        """Begin a scan; give the job's key.  Once a page has come it is remembered how this kind was scanned.

        Args:
            ref: for which draft or record.
            kind: D01 to D13.
            wish: how.
            by: the clerk.
            replaces: the page that is scanned anew; its kind counts then.

        Raises: CodedError DRAFT-UNKNOWN, RECORD-UNKNOWN, PAGE-UNKNOWN, KIND-UNKNOWN, SCANNER-NOT-CONFIGURED,
            SCAN-REGION, those of `wish_check`, SCANNER-HELD, SCANNER-LENT, SCAN-UNDER-WAY; RightsDenied.
        """
        owner = self._may_scan(ref, by)
        self._check_region(wish)
        wish_check.check(wish, self._desk.offers())
        old, room = None, 1
        with reading(self._store):
            require(owner, by)
            if replaces:
                row = sheets.page_of(owner, key_of(replaces))
                old, kind = OldPage(row.id, row.side), row.document.kind
            _check_kind(kind)
            if old is None:
                room = room_for(owner, kind, by, wish.source)
        self.notices.clear()
        order = Order(owner, kind, by)
        return self._desk.begin(PaperErrand(self._kept.papers, self._kept.jobs, order, wish, room, old))

    def scan_card(self, ref: OwnerRef, kind: str, source: CardSource, by: SignedIn) -> str:
        """Begin a card that is to have both its sides on one page: its front alone, or both from a duplex feeder.

        Raises: as `scan`; CARD-UNDER-WAY while another card waits for its back.
        """
        owner = self._may_scan(ref, by)
        with writing(self._store):
            require(owner, by)
            _check_kind(kind)
            if self.card_waiting(owner) is not None:
                raise refused("CARD-UNDER-WAY")
            wish = presets.card(kind, source, self._desk.offers())
        self.notices.clear()
        return self._desk.begin(CardErrand(self._kept.cards, self._kept.jobs, Order(owner, kind, by), wish))

    def scan_card_back(self, ref: OwnerRef, page_id: str, seen: str, by: SignedIn) -> str:
        """Scan the back of a card, for the first time or anew.

        Args:
            ref: whose.
            page_id: the page with its front.
            seen: the last use of the glass that the clerk was told of, "" for none.
            by: the clerk.

        Raises: as `scan`; SCANNER-USED-BETWEEN where another paper may lie on the glass and the clerk does not know.
        """
        return self._scan_side(ref, page_id, "back", seen, by)

    def scan_card_front(self, ref: OwnerRef, page_id: str, by: SignedIn) -> str:
        """Scan the front of a card anew by itself; its back stays, or is awaited as before.  Raises: as `scan`."""
        return self._scan_side(ref, page_id, "front", None, by)

    def _scan_side(self, ref: OwnerRef, page_id: str, side: Side, seen: str | None, by: SignedIn) -> str:
        owner, key, offers = self._may_scan(ref, by), key_of(page_id), self._desk.offers()
        source = presets.back_source(offers)
        with writing(self._store):
            require(owner, by)
            kind = self._kept.cards.kind_of(owner, key)
            if source == "flatbed" and seen is not None:
                self._kept.cards.check_glass(owner, key, seen, self._desk.lent())
            wish = presets.card(kind, source, offers)
        order = Order(owner, kind, by)
        self.notices.clear()
        return self._desk.begin(CardErrand(self._kept.cards, self._kept.jobs, order, wish, key, side))

    def card_waiting(self, owner: Owner) -> CardWaiting | None:
        """The card whose back is awaited, inside the caller's transaction; None where there is none."""
        return self._kept.cards.waiting(owner, self._desk.lent())

    def preview(self, ref: OwnerRef, kind: str, by: SignedIn) -> str:
        """Look at the glass, quickly and without keeping anything; give the job's key.  The look is audited.

        Raises: as `scan`.
        """
        owner = self._may_scan(ref, by)
        with writing(self._store):
            require(owner, by)
            _check_kind(kind)
            audit.write(self._clock, by.audit_ids, Act.GLASS_VIEWED, (owner.column, owner.id), kind=kind)
        self._kept.shelf.drop()
        self.notices.clear()
        return self._desk.begin(PreviewErrand(self._kept.shelf, self._kept.jobs, Order(owner, kind, by)))

    def preview_picture(self, ref: OwnerRef, by: SignedIn) -> PageContent | None:
        """What lay on the glass when this session looked; None when it has not, or too long ago."""
        owner = owner_of(ref)
        with reading(self._store):
            require(owner, by)
        held = self._kept.shelf.look(owner, by)
        return None if held is None else PageContent(held.content, "image/jpeg")

    def drop_preview(self, ref: OwnerRef, by: SignedIn) -> None:
        """Forget what this session has seen on the glass."""
        if self._kept.shelf.look(owner_of(ref), by) is not None:
            self._kept.shelf.drop()

    def cancel(self, job_id: str, by: SignedIn) -> None:
        """Call one's own scan off.  Raises: CodedError SCAN-ENDED."""
        one = self._desk.under_way()
        if one is None or one.key != job_id or one.errand.user != by.user_id:
            raise refused("SCAN-ENDED")
        self._desk.cancel(one.key)

    def last_job(self, owner: Owner) -> JobView | None:
        """The last job of a draft or record, as long as it is told, inside the caller's transaction."""
        row = document_queries.last_job(owner)
        if row is None:
            return None
        page_at, removed_at = document_queries.newest_page_at(owner), document_queries.last_removal_at(owner, row.kind)
        return self.job(row) if is_told(row, self._clock.now(), page_at, removed_at) else None

    def job(self, row: Any) -> JobView | None:
        """A job as it is written down, with the progress of the page under way."""
        kind = None if row is None else kinds.kind(row.kind)
        if row is None or kind is None:
            return None
        one = self._desk.under_way()
        is_this = one is not None and one.key == str(row.id)
        return JobView(
            id=str(row.id),
            kind=kind,
            state=JobState(row.state),
            pages=row.page_count,
            lines=one.lines if one is not None and is_this else 0,
            lines_expected=one.lines_expected if one is not None and is_this else 0,
            error_code=row.error_code,
            facts=row.facts,
            is_preview=bool(row.request.get("preview")),
            source=row.request.get("source", ""),
        )

    def presets(self) -> Mapping[str, Preset]:
        """How each kind would be scanned now, inside the caller's transaction."""
        return presets.all_presets(self._desk.offers())

    def scanner(self, by: SignedIn, owner: Owner | None = None) -> ScannerView:
        """The scanner as this person sees it; beside an owner's papers, where one's own scan is for other ones too."""
        status = self._status()
        if status is None:
            return ScannerView("none", NOT_CONFIGURED, {}, "", {})
        told = self._desk.offers()
        offers = {
            str(offer.source): SourceView(
                [str(mode) for mode in offer.modes],
                offer.resolutions_dpi,
                fitting(offer),
                offer.width_mm,
                offer.height_mm,
            )
            for offer in told.sources
        }
        one = self._desk.under_way()
        code, facts = (COMING, {}) if status.is_coming else (status.code or "", status.facts)
        code = ELSEWHERE if owner is not None and _is_own_elsewhere(one, owner, by) else code
        places = presets.card_sources(told), presets.back_source(told)
        holder, held_code = _holder(one, by), "" if one is None else one.errand.held_code
        return ScannerView(status.state.value, code, facts, holder, offers, told.has_button, *places, held_code)

    def preview_of(self, owner: Owner, by: SignedIn) -> PreviewView | None:
        """What this session has seen on the glass for this owner."""
        held = self._kept.shelf.look(owner, by)
        return None if held is None else PreviewView(held.key, held.kind, held.width_mm, held.height_mm)

    def _may_scan(self, ref: OwnerRef, by: SignedIn) -> Owner:
        owner = changing(ref, by)
        if self._status() is None:
            raise refused(NOT_CONFIGURED)
        return owner

    def _check_region(self, wish: ScanWish) -> None:
        """Refuse a region that does not lie on the bed.  Raises: CodedError SCAN-REGION."""
        offer = self._desk.offers().of(Source(wish.source))
        if wish.region is None or (offer is not None and wish.region.is_within(offer)):
            return
        bed = placed(WHOLE, offer)
        raise refused("SCAN-REGION", width_mm=round(bed.width_mm), height_mm=round(bed.height_mm))


def _check_kind(kind: str) -> None:
    if kinds.kind(kind) is None:
        raise refused("KIND-UNKNOWN")


def _is_own_elsewhere(one: UnderWay | None, owner: Owner, by: SignedIn) -> bool:
    """Whether this person's own scan for somebody else's papers is under way."""
    return one is not None and one.errand.user == by.user_id and one.errand.about != {owner.column: str(owner.id)}


def _holder(one: UnderWay | None, by: SignedIn) -> str:
    return one.errand.name if one is not None and one.errand.user != by.user_id else ""
