"""A scan for a command beside the agent: its pages are handed over and never kept here."""

from __future__ import annotations

import queue
import uuid
from typing import Final

from agent.documents.job_state import JobHappening
from agent.documents.papers import NewPage
from agent.documents.scan_orders import Errand
from agent.documents.size_asked import sized
from agent.errors import Actor, CodedError, Retry
from drivers.scanner_api import Progress, ScannerOffers, ScanRequest

_ENDS: Final = {
    JobHappening.CANCELLED: ("SCAN-CALLED-OFF", Actor.CLERK),
    JobHappening.RESTARTED: ("SCANNER-STOPPING", Actor.TECHNICIAN),
}


class LoanEnd:
    """The end of a loan; `error` is None where the scanner simply had no more."""

    def __init__(self, error: CodedError | None) -> None:
        self.error = error


class Loan(Errand):
    """The scanner, lent for one scan.

    Args:
        borrower: who, as others are told who find the scanner held.
        wanted: what to scan.
        size: how large the paper is, as `size_asked` understands it; "" for A4.
        silence_s: so long the scanner may show nothing; None for as long as what is wanted may need.
    """

    what = "renhu scan"
    is_job = False
    held_code = "SCANNER-LENT"

    def __init__(self, borrower: str, wanted: ScanRequest, size: str = "", silence_s: float | None = None) -> None:
        self.user = self.name = borrower
        self.about = {}
        self.silence_s = silence_s
        self.shown: queue.SimpleQueue[NewPage | Progress | LoanEnd] = queue.SimpleQueue()
        self._wanted = wanted
        self._size = size

    def begin(self) -> str:
        """Nothing is written down: the use itself is audited by whoever lends."""
        return str(uuid.uuid4())

    def request(self, offers: ScannerOffers) -> ScanRequest:
        """What the command asked for."""
        return sized(self._wanted, self._size, offers)

    def keep(self, page: NewPage) -> None:
        """Hand a page over."""
        self.shown.put(page)

    def progress(self, page: int, lines: int, lines_expected: int) -> None:
        """Tell the command how far the page is."""
        self.shown.put(Progress(page, lines, lines_expected))

    def note(self, happening: JobHappening, error: CodedError | None = None) -> None:
        """Tell the command of the end."""
        if happening in {JobHappening.STARTED, JobHappening.PAGE}:
            return
        if error is None and happening in _ENDS:
            code, actor = _ENDS[happening]
            error = CodedError(code, actor, Retry.NOW)
        self.shown.put(LoanEnd(error))
