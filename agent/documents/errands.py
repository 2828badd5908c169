"""What clerks have scanned: pages for a paper of a draft or record, and the quick look at the glass before that.

Both are jobs that are written down before the scanner hears of them.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any, Final

from agent.accounts.service import SignedIn
from agent.documents import presets
from agent.documents.arrivals import MOST_PAGES
from agent.documents.card_sides import Side
from agent.documents.cards import Cards
from agent.documents.job_state import JobHappening
from agent.documents.jobs import Jobs
from agent.documents.page_sizes import WHOLE, Region, placed
from agent.documents.papers import NewPage, Papers
from agent.documents.preview import Preview, PreviewShelf
from agent.documents.scan_orders import Errand
from agent.documents.views import ScanWish
from agent.errors import CodedError
from drivers.scanner_api import ColourMode, ScannerOffers, ScanRequest, Source
from peewee_models.document_queries import Owner

PREVIEW_DPI: Final = 75


@dataclass(frozen=True, slots=True)
class Order:
    """One wish: for whom, of what kind, whose."""

    owner: Owner
    kind: str
    by: SignedIn


@dataclass(frozen=True, slots=True)
class OldPage:
    """A page that is scanned anew, and which side of its sheet it is."""

    id: uuid.UUID
    side: str


class JobErrand(Errand):
    """A scan that is written down as a job of its owner.

    Args:
        jobs: keep the jobs.
        order: for whom.
        wish: how, as it is written down.
        page_id: the page that is there already, which the scan is for.
    """

    def __init__(self, jobs: Jobs, order: Order, wish: dict[str, Any], page_id: uuid.UUID | None = None) -> None:
        self.order = order
        self.user = order.by.user_id
        self.name = order.by.name
        self.what = order.kind
        self.asked = (order.owner, order.kind, order.by.user_id, wish, page_id)
        self.about = {order.owner.column: str(order.owner.id)}
        self._jobs = jobs
        self._wish = wish
        self._job_id = uuid.UUID(int=0)

    def begin(self) -> str:
        """Write the job down, and for what it was wished: a draft's become the record's."""
        told = {**self._wish, "for": self.order.owner.column}
        self._job_id = self._jobs.queue(self.order.owner, self.order.kind, told, self.order.by)
        return str(self._job_id)

    def note(self, happening: JobHappening, error: CodedError | None = None) -> None:
        """Write down in the job's row what happened."""
        if error is None:
            self._jobs.note(self._job_id, happening)
        else:
            self._jobs.note(self._job_id, happening, error.code, **error.facts)

    def progress(self, page: int, lines: int, lines_expected: int) -> None:
        """The pages ask the scan desk."""


class PaperErrand(JobErrand):
    """Pages for a paper.

    Args:
        papers: keep the pages.
        jobs: keep the jobs.
        order: for whom.
        wish: how.
        room: at most so many pages are taken from a feeder.
        old: the page that the new one stands in for.
    """

    def __init__(
        self, papers: Papers, jobs: Jobs, order: Order, wish: ScanWish, room: int, old: OldPage | None = None
    ) -> None:
        told: dict[str, Any] = {"source": wish.source, "colour": wish.colour, "dpi": wish.dpi, "size": wish.size}
        if wish.region is not None:
            region = wish.region
            told["region_mm"] = [region.left_mm, region.top_mm, region.width_mm, region.height_mm]
        super().__init__(jobs, order, told, None if old is None else old.id)
        self._papers = papers
        self._scan = wish
        self._room = room
        self._old = old
        self._count = 0

    def request(self, offers: ScannerOffers) -> ScanRequest:
        """The region that was picked, else the size that was chosen."""
        wish = self._scan
        source = Source(wish.source)
        region = wish.region or placed(wish.size, offers.of(source))
        most = self._room
        if self._old is not None or source is Source.FLATBED:
            most = 2 if self._is_back_of(source) else 1
        return _request(source, ColourMode(wish.colour), wish.dpi, region, most)

    def _is_back_of(self, source: Source) -> bool:
        """Whether a sheet passes only for its back."""
        return self._old is not None and self._old.side == "back" and source is Source.DUPLEX_FEEDER

    def keep(self, page: NewPage) -> None:
        """Store a page for good, in its place; the front that comes before a back that was asked for is dropped."""
        if page.side == "front" and self._is_back_of(Source(self._scan.source)):
            return
        order, old = self.order, None if self._old is None else self._old.id
        self._papers.store_page(order.owner, order.kind, page, order.by, self._job_id, old, self._remember)
        self._count += 1

    def _remember(self, _page_id: uuid.UUID) -> None:
        """Scan this kind so the next time: it has brought a page.  What was picked for one paper is of that alone."""
        if self._count == 0 and self._old is None and self._scan.region is None:
            presets.remember(self.order.kind, self._scan)

    def note(self, happening: JobHappening, error: CodedError | None = None) -> None:
        """Write down too that a scan ended because its document is full: sheets may still lie in the feeder."""
        is_full = happening is JobHappening.FINISHED and self._old is None and self._count == self._room
        if is_full and self._scan.source != "flatbed":
            self._jobs.note(self._job_id, happening, limit=MOST_PAGES)
        else:
            super().note(happening, error)


class CardErrand(JobErrand):
    """The sides of a card for one page: one of them from the glass, or both from a feeder.

    Args:
        cards: keep the sides.
        jobs: keep the jobs.
        order: for whom.
        wish: how.
        page_id: the page of the front that is here already; None for the front, or both.
        side: which side is scanned for that page.
    """

    def __init__(
        self,
        cards: Cards,
        jobs: Jobs,
        order: Order,
        wish: ScanWish,
        page_id: uuid.UUID | None = None,
        side: Side = "back",
    ) -> None:
        of = "new" if page_id is None else side
        told = {"source": wish.source, "colour": wish.colour, "dpi": wish.dpi, "size": wish.size, "card": of}
        super().__init__(jobs, order, told, page_id)
        self._side: Side = side
        self._cards = cards
        self._scan = wish
        self._page_id = page_id

    def request(self, offers: ScannerOffers) -> ScanRequest:
        """Both sides where a duplex feeder is to give them, else one."""
        wish = self._scan
        source = Source(wish.source)
        region = placed(wish.size, offers.of(source))
        has_both = source is Source.DUPLEX_FEEDER and self._page_id is None
        return _request(source, ColourMode(wish.colour), wish.dpi, region, 2 if has_both else 1)

    def keep(self, page: NewPage) -> None:
        """Store a side for good."""
        order = self.order
        if self._page_id is None:
            self._page_id = self._cards.front(order.owner, order.kind, page, order.by, self._job_id)
        else:
            self._cards.keep_side(order.owner, self._page_id, self._side, page, order.by, self._job_id)


class PreviewErrand(JobErrand):
    """A quick look at the whole glass; its picture is held in memory for the session that asked for it."""

    def __init__(self, shelf: PreviewShelf, jobs: Jobs, order: Order) -> None:
        super().__init__(jobs, order, {"preview": True, "source": str(Source.FLATBED)})
        self._shelf = shelf
        self._bed = Region(0.0, 0.0, 0.0, 0.0)

    def request(self, offers: ScannerOffers) -> ScanRequest:
        """The whole glass, at 75 dpi or the next that it has, in colour where there is colour."""
        offer = offers.of(Source.FLATBED)
        self._bed = placed(WHOLE, offer)
        known = offer.resolutions_dpi if offer else ()
        dpi = min((one for one in known if one >= PREVIEW_DPI), default=max(known, default=PREVIEW_DPI))
        mode = ColourMode.GREY if offer and ColourMode.COLOUR not in offer.modes else ColourMode.COLOUR
        return _request(Source.FLATBED, mode, dpi, self._bed, 1)

    def keep(self, page: NewPage) -> None:
        """Hold the picture."""
        order = self.order
        seen = Preview(str(self._job_id), order.kind, bytes(page.content), self._bed.width_mm, self._bed.height_mm)
        self._shelf.put(order.owner, order.by, seen)


def _request(source: Source, mode: ColourMode, dpi: int, region: Region, page_limit: int) -> ScanRequest:
    return ScanRequest(source, mode, dpi, region.left_mm, region.top_mm, region.width_mm, region.height_mm, page_limit)
