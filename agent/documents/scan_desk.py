"""The scan under way: one at a time, in a thread of its own between the scanner and the pages that are kept.

The supervisor never waits for the database, and a clerk's request never waits for the scanner: what the scanner shows
is put into a queue, and this thread stores it, ends the job, and tells the pages.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future

import msgspec

from agent.devices.scanner_watch import ScanEnd, progress_of
from agent.devices.wire import Page, Sign
from agent.documents.errors import refused
from agent.documents.glass import GlassUse
from agent.documents.job_state import JobHappening, JobState, after
from agent.documents.patience import silence_s
from agent.documents.scan_orders import Around, Errand, Scanner, UnderWay
from agent.documents.scanned_page import new_page
from agent.errors import Actor, CodedError, Retry
from agent.events.service import Event
from drivers.api import Clock
from drivers.scanner_api import Progress, ScannedPage, ScannerOffers, Source
from peewee_models.failures import DATABASE_ERRORS

log = logging.getLogger("renhu")

TELL_EVERY_S = 0.25
READY_WAIT_S = 45.0
LOOK_EVERY_S = 0.05
HOUSEKEEPING_S = 60.0
WRITE_AGAIN_S = 5.0
STILL_S = 0.5
STOPPING = "SCANNER-STOPPING"
SETTLED = frozenset({"SCAN-ENDED", "JOB-UNKNOWN"})


class ScanDesk:
    """Carry out one scan at a time.

    Args:
        scanner: the supervisor.
        clock: the time.
        publish: takes events; must not block.
        around: what goes on around the scans.

    Attributes:
        on_button: done when the scanner's own button was pressed, with the turn of the desk in which it was.
    """

    def __init__(
        self,
        scanner: Scanner,
        clock: Clock,
        publish: Callable[[Event], None],
        around: Around,
    ) -> None:
        self._scanner = scanner
        self._clock = clock
        self._publish = publish
        self._around = around
        self._lock = threading.Lock()
        self._under_way: UnderWay | None = None
        self._told_s = self._ended_s = float("-inf")
        self._offers = ScannerOffers((), has_button=False)
        self._happenings: queue.SimpleQueue[UnderWay | Sign | Page | Future[bytes] | None] = queue.SimpleQueue()
        self._lent: GlassUse | None = None
        self._unwritten: list[Callable[[], None]] = []
        self._is_stopping = False
        self._thread = threading.Thread(target=self._run, name="scan-desk")
        self.on_button: Callable[[int | None], None] = lambda _turn: None

    def start(self) -> None:
        """Begin to carry out scans."""
        self._thread.start()

    def stop(self) -> None:
        """Store what has come, then end."""
        self._is_stopping = True
        self._happenings.put(None)
        self._thread.join()

    def put(self, shown: Sign | Page) -> None:
        """Take what the scanner shows; never blocks."""
        if isinstance(shown, Page) or shown.name in {"progress", "button"}:
            self._happenings.put(shown)
        elif shown.name == "offers":
            try:
                self._offers = msgspec.json.decode(shown.data, type=ScannerOffers)
            except msgspec.MsgspecError as error:
                _log_nonsense(error)

    def offers(self) -> ScannerOffers:
        """What the scanner offered when it was last opened; nothing before."""
        return self._offers

    def under_way(self) -> UnderWay | None:
        """The scan under way; None when the scanner is free."""
        return self._under_way

    def is_at_work(self) -> bool:
        """Whether a scan is under way or has only just ended: often the next one follows."""
        return self._under_way is not None or self._clock.monotonic() - self._ended_s < STILL_S

    def lent(self) -> GlassUse | None:
        """The last scan from the glass that was no job; None where there was none since the agent came up."""
        return self._lent

    def begin(self, errand: Errand) -> str:
        """Have a wish written down and carried out; give the key by which it can be called off.

        The wish that is under way, sent once more, is that one.

        Raises: CodedError SCANNER-HELD, SCANNER-LENT while another scan is under way; SCAN-UNDER-WAY for one's own.
        """
        with self._lock:
            other = self._under_way
            if other is not None and errand.asked is not None and errand.asked == other.errand.asked:
                return other.key
            if other is not None:
                is_own = other.errand.user == errand.user
                raise refused("SCAN-UNDER-WAY") if is_own else refused(other.errand.held_code, name=other.errand.name)
            self._under_way = UnderWay(errand.begin(), errand)
            key = self._under_way.key
        self._happenings.put(self._under_way)
        return key

    def cancel(self, key: str) -> None:
        """Call a scan off; what of it is stored stays.  Raises: CodedError SCAN-ENDED when it is over."""
        with self._lock:
            one = self._under_way
            if one is None or one.key != key:
                raise refused("SCAN-ENDED")
            one.is_cancelled = True
            self._scanner.cancel("scanner")  # before another's scan can begin, or that would be called off

    def _run(self) -> None:
        while True:
            try:
                happening = self._happenings.get(timeout=WRITE_AGAIN_S if self._unwritten else HOUSEKEEPING_S)
            except queue.Empty:
                self._write_ends()
                self._attempt(self._around.keep_house)
                continue
            if happening is None:
                self._write_ends()
                self._around.leave()
                return
            self._take(happening)

    @property
    def is_alive(self) -> bool:
        """Whether scans are still carried out."""
        return self._thread.is_alive()

    def _attempt(self, deed: Callable[[], None]) -> CodedError | None:
        """Do one thing; what the disk can do wrong is logged, given back, and never ends the thread."""
        try:
            deed()
        except CodedError as error:
            log.warning("documents: %s", error.code)
            return error
        except DATABASE_ERRORS as error:
            log.warning("documents: %s", type(error).__name__)
            return CodedError("DATABASE-FAILED", Actor.TECHNICIAN, Retry.AFTER_ACTION)
        return None

    def _write_ends(self) -> None:
        """Write the ends down that the disk had no room for: till then their papers can be neither saved nor erased."""
        unwritten, self._unwritten = self._unwritten, []
        for write in unwritten:
            self._write_end(write)

    def _write_end(self, write: Callable[[], None]) -> None:
        error = self._attempt(write)
        if error is not None and error.code not in SETTLED:
            self._unwritten.append(write)

    def _take(self, happening: UnderWay | Sign | Page | Future[bytes]) -> None:
        if isinstance(happening, Sign) and happening.name == "button":
            turn = happening.turn
            self._attempt(lambda: self.on_button(turn))
            return
        one = self._under_way
        if one is None:
            return
        if isinstance(happening, UnderWay):
            self._ask(one)
        elif isinstance(happening, Future):
            self._end(one, happening)
        elif isinstance(happening, Page):
            self._store(one, happening)
        else:
            try:
                self._note_progress(one, progress_of(happening))
            except msgspec.MsgspecError as error:
                _log_nonsense(error)

    def _ask(self, one: UnderWay) -> None:
        """Have the scanner begin, unless the wish was withdrawn before.

        Behind an error or a cancel the scanner gets a fresh worker, which opens it anew: many need their time for that.
        Whoever said how long the scanner may show nothing waits no longer for that either.
        """
        self._write_ends()
        until_s = self._clock.monotonic() + min(READY_WAIT_S, one.errand.silence_s or READY_WAIT_S)
        while self._around.is_coming() and not (one.is_cancelled or self._clock.monotonic() >= until_s):
            if self._is_stopping:
                self._finish(one, JobHappening.RESTARTED)
                return
            self._clock.sleep(LOOK_EVERY_S)
        if one.is_cancelled:
            self._finish(one, JobHappening.CANCELLED)
            return
        error = self._attempt(lambda: one.errand.note(JobHappening.STARTED))
        if error is not None:
            self._finish(one, JobHappening.FAILED, error)
            return
        try:
            wanted = one.errand.request(self._offers)
        except CodedError as refusal:
            self._finish(one, JobHappening.FAILED, refusal)
            return
        one.source = wanted.source
        if not one.errand.is_job and wanted.source is Source.FLATBED:
            self._lent = GlassUse(one.key, one.errand.name, self._clock.now())
        usual_s = one.errand.silence_s or self._around.silence_s
        limit_s = one.errand.silence_s or silence_s(wanted, usual_s)
        answer = self._scanner.request("scanner", "scan", msgspec.to_builtins(wanted), limit_s, usual_s)
        answer.add_done_callback(self._happenings.put)
        if one.is_cancelled:
            self._scanner.cancel("scanner")
        self._tell(one)

    def _note_progress(self, one: UnderWay, progress: Progress) -> None:
        one.lines, one.lines_expected = progress.lines, progress.lines_expected
        one.errand.progress(progress.page, progress.lines, progress.lines_expected)
        now_s = self._clock.monotonic()
        if now_s - self._told_s >= TELL_EVERY_S:
            self._told_s = now_s
            self._tell(one)

    def _store(self, one: UnderWay, shown: Page) -> None:
        """Keep a page for good; one that cannot be kept ends the scan, and those before it stay."""
        if one.failure is not None:
            return
        try:
            page = new_page(msgspec.json.decode(shown.data, type=ScannedPage), shown.body, one.source)
        except msgspec.MsgspecError as error:
            _log_nonsense(error)
            one.failure = CodedError("SCANNER-IO", Actor.TECHNICIAN, Retry.NOW)
        else:
            one.failure = self._attempt(lambda: one.errand.keep(page))
        if one.failure is not None:
            self._scanner.cancel("scanner")
            return
        one.lines = one.lines_expected = 0
        self._tell(one)

    def _end(self, one: UnderWay, answer: Future[bytes]) -> None:
        error = answer.exception()
        if one.failure is not None:
            self._finish(one, JobHappening.FAILED, one.failure)
        elif isinstance(error, CodedError):
            if error.code == STOPPING:
                self._finish(one, JobHappening.RESTARTED)
            elif one.is_cancelled:
                self._finish(one, JobHappening.CANCELLED)
            else:
                self._finish(one, JobHappening.FAILED, error)
        else:
            try:
                end = msgspec.json.decode(answer.result(), type=ScanEnd)
            except msgspec.MsgspecError:
                self._finish(one, JobHappening.FAILED, CodedError("SCANNER-IO", Actor.TECHNICIAN, Retry.NOW))
            else:
                self._finish(one, JobHappening.CANCELLED if end.is_cancelled else JobHappening.FINISHED)

    def _finish(self, one: UnderWay, happening: JobHappening, error: CodedError | None = None) -> None:
        """Write the end down and free the scanner; an end that cannot be written is written as soon as it can be."""
        self._write_end(lambda: one.errand.note(happening, error))
        with self._lock:
            self._under_way = None
            self._ended_s = self._clock.monotonic()
        state = after(JobState.SCANNING, happening) or JobState.FAILED
        self._tell(one, job=one.key, ended=state.value)

    def _tell(self, one: UnderWay, **ended: str) -> None:
        """Let every page know: the clerk's own shows the progress, the others' who holds the scanner."""
        self._publish(Event("documents", None, {**one.errand.about, **ended}))


def _log_nonsense(error: msgspec.MsgspecError) -> None:
    log.warning("documents: the scanner's worker said something without sense: %s", type(error).__name__)
