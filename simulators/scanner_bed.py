"""What lies in a simulated scanner, what is in its way, and the one job that it works on."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

from simulators.fault_board import FaultBoard
from simulators.papers import Paper
from simulators.papers_drawn import BACK, FRONT
from simulators.scanner_escl_xml import Settings
from simulators.scanner_fault_table import OBSTACLES
from simulators.scanner_picture import Lying

JOB_IDLE_S = 10.0
SHORTEST_IDLE_S = 3.0
SIDE_NAMES = {FRONT: "front", BACK: "back"}


class JobRefused(Exception):
    """The scanner cannot begin a job or give its next page now; `is_busy` when it may later."""

    def __init__(self, why: str, *, is_busy: bool = False) -> None:
        super().__init__(why)
        self.is_busy = is_busy


class NoMorePages(Exception):
    """The job has ended."""


@dataclass(slots=True)
class Job:
    """One job.

    Attributes:
        pages: how many pages were asked for so far.
        is_sending: whether a page is under way.
    """

    number: int
    settings: Settings
    pages: int = 0
    state: str = "Processing"
    is_sending: bool = False
    touched_s: float = field(default_factory=time.monotonic)
    back_of: Paper | None = None


class Bed:
    """Feeder, glass, lid and job; every method may be called from any thread.

    Args:
        faults: what may be in the way.
        speed_factor: how many times earlier than a real scanner it gives up a job whose client is silent.
    """

    def __init__(self, faults: FaultBoard, speed_factor: float = 1.0) -> None:
        self._faults = faults
        self._idle_s = max(SHORTEST_IDLE_S, JOB_IDLE_S / speed_factor)
        self._lock = threading.RLock()
        self._feeder: list[Paper] = []
        self._platen: tuple[Paper, int] | None = None
        self._job: Job | None = None
        self._obstacle: str | None = None
        self._numbers = 0
        self.is_open = False

    def fill(self, sheets: list[Paper]) -> None:
        """Lay sheets into the feeder instead of those that lie there; what was jammed is taken out."""
        with self._lock:
            self._feeder = list(sheets)
            self._obstacle = None

    def lay(self, paper: Paper | None, side: int = FRONT) -> None:
        """Lay a paper on the glass, `side` down; None takes it away."""
        with self._lock:
            self._platen = None if paper is None else (paper, side)

    def open_lid(self, *, is_open: bool) -> None:
        """Open or close the cover: it is the feeder's, and the white behind the glass."""
        with self._lock:
            self.is_open = is_open
            if not is_open and self._obstacle == "cover-open":
                self._obstacle = None

    def clear(self, name: str) -> None:
        """End what lasts of a fault that is switched off."""
        with self._lock:
            if self._obstacle == name:
                self._obstacle = None

    def stop(self) -> None:
        """Lose the job, as at a power cut; the paper stays."""
        with self._lock:
            self._job = None

    def lying(self) -> dict[str, object]:
        """What lies where, for the control port."""
        with self._lock:
            platen = self._platen
            return {
                "feeder": [sheet.id for sheet in self._feeder],
                "platen": platen[0].id if platen else None,
                "platen_side": SIDE_NAMES[platen[1]] if platen else None,
                "lid_open": self.is_open,
            }

    def told(self) -> tuple[str, str, tuple[int, str, int] | None]:
        """What the status says: the scanner's state, the feeder's, and the last job."""
        with self._lock:
            job = self._job
            state = "Processing" if self._faults.is_on("busy") or self._is_working() else "Idle"
            if self._faults.is_on("stopped"):
                state = "Stopped"
            return state, self._adf_state(), (job.number, job.state, job.pages) if job else None

    def begin(self, settings: Settings) -> Job:
        """Begin a job.  Raises: JobRefused."""
        with self._lock:
            if self._faults.is_on("busy") or self._faults.is_on("stopped") or self._is_working():
                raise JobRefused("busy", is_busy=True)
            if settings.is_feeder and self._adf_state() != "ScannerAdfLoaded":
                raise JobRefused(self._adf_state())
            self._numbers += 1
            self._job = Job(self._numbers, settings)
            return self._job

    def next_page(self, number: int) -> tuple[Job, Lying]:
        """Draw in the next page of a job, which is then under way until `sent`.

        Raises:
            NoMorePages: there is none, or no such job.
            JobRefused: something is in the way.
        """
        with self._lock:
            job = self._find(number)
            job.touched_s = time.monotonic()
            if job.is_sending:
                raise JobRefused("a page is under way", is_busy=True)
            try:
                lying = self._from_feeder(job) if job.settings.is_feeder else self._from_glass(job)
            except (NoMorePages, JobRefused) as end:
                job.state = "Completed" if isinstance(end, NoMorePages) else "Aborted"
                raise
            job.pages += 1
            job.is_sending = True
            return job, lying

    def sent(self, job: Job) -> None:
        """Note that a page has passed; to be said before its last bytes leave, since the client is quick."""
        with self._lock:
            job.is_sending = False
            job.touched_s = time.monotonic()
            if job.state == "Processing" and not job.settings.is_feeder:
                job.state = "Completed"

    def left(self, job: Job, page: int) -> None:
        """Note that nothing more of page `page` is coming; a page that has not passed by then ends the job.

        The client may have asked for the next one by now.
        """
        with self._lock:
            if job.is_sending and job.pages == page:
                job.is_sending = False
                job.state = "Aborted" if job.state == "Processing" else job.state

    def cancel(self, number: int) -> None:
        """End a job.  Raises: NoMorePages when there is no such job."""
        with self._lock:
            job = self._find(number)
            job.state = "Canceled"

    def _find(self, number: int) -> Job:
        if self._job is None or self._job.number != number or not self._is_working():
            raise NoMorePages
        return self._job

    def _is_working(self) -> bool:
        job = self._job
        if job is None or job.state != "Processing":
            return False
        if not job.is_sending and time.monotonic() - job.touched_s > self._idle_s:
            job.state = "Aborted"
            return False
        return True

    def _adf_state(self) -> str:
        if self.is_open:
            return OBSTACLES["cover-open"]
        if self._obstacle is not None:
            return OBSTACLES[self._obstacle]
        return "ScannerAdfLoaded" if self._feeder and not self._faults.is_on("feeder-empty") else "ScannerAdfEmpty"

    def _from_glass(self, job: Job) -> Lying:
        if job.pages:
            raise NoMorePages
        paper, side = self._platen or (None, FRONT)
        return Lying(paper, side, is_dark=self.is_open)

    def _from_feeder(self, job: Job) -> Lying:
        for name in OBSTACLES:
            page = self._faults.active().get(name, {}).get("page")
            if page == job.pages + 1 and self._faults.take(name):
                self._obstacle = name
        if self.is_open or self._obstacle is not None:
            job.back_of = None
            raise JobRefused(self._adf_state())
        if job.back_of is not None:
            paper, job.back_of = job.back_of, None
            return Lying(paper, BACK, is_in_feeder=True)
        if self._adf_state() != "ScannerAdfLoaded" or self._faults.take("page-lost", "next-document"):
            raise NoMorePages
        paper = self._feeder.pop(0)
        job.back_of = paper if job.settings.is_duplex else None
        return Lying(paper, FRONT, is_in_feeder=True)
