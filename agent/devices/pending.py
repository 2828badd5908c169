"""A request to a device that is under way: how long it may show nothing before the device counts as hung."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Final

from agent.devices.scan_steps import is_amid_page
from agent.devices.wire import Page, Sign

AS_LONG_AS_PAGES: Final = 4


@dataclass(slots=True)
class Pending:
    """A request whose answer we wait for; every sign of life on the way gives it its time again.

    Attributes:
        number: of the request.
        answer: for whoever waits.
        limit_s: so long it may show nothing at first.
        moving_s: so long while the work is seen going on step by step; never less.
        since_s: when it was asked, then when its last page came.
        is_cancelled: whether it was called off.
        deadline_s: till then it must show something.
    """

    number: int
    answer: Future[bytes]
    limit_s: float
    moving_s: float
    since_s: float
    is_cancelled: bool = False
    deadline_s: float = field(init=False)
    _slowest_s: float | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        """The first page has all the time."""
        self.deadline_s = self.since_s + self.limit_s

    def went_on(self, shown: Sign | Page, now_s: float) -> None:
        """Note that it makes progress: lines of a page are soon followed by the next ones, pages by pages like them.

        Over the network a page shows nothing before it is whole, so the time between two is that of a page; the ones
        that have come say how long that is.
        """
        if isinstance(shown, Page):
            self._slowest_s = max(self._slowest_s or 0.0, now_s - self.since_s)
            self.since_s = now_s
        self.deadline_s = now_s + (self.moving_s if is_amid_page(shown) else self._page_s())

    def _page_s(self) -> float:
        """The time for a page; the slowest counts, for of a sheet's two sides the second often comes at once."""
        if self._slowest_s is None:
            return self.limit_s
        return min(self.limit_s, max(self.moving_s, AS_LONG_AS_PAGES * self._slowest_s))
