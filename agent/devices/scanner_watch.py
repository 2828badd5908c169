"""A scanner's life in its worker: open, tell what it offers, scan when asked, look again for scanners while idle.

One thread makes every call into the library, which may block for seconds; the caller's thread keeps hearing the wire.

A library that was interrupted, by an error or by a cancel, is never called again: the worker asks for a fresh process
in its place.  Measured on Debian 12: behind a read error the `net` backend breaks the heap at the next option that is
set, and the `test` backend waits for ever in the next start, for a lock that its cancelled thread held.
"""

from __future__ import annotations

import queue
from collections.abc import Iterable

import msgspec

from agent.devices.device_news import DeviceNews
from agent.devices.hearing import Hearing
from agent.devices.reopening import Reopening
from agent.devices.scanner_rhythm import RHYTHM, ScannerRhythm
from agent.devices.wire import Cancel, Page, Reply, Request, Sign, State, Watch, Wire, WireBroken, raw
from drivers.api import Clock, CodedError, Deadline, DeviceAbsent
from drivers.scanner_api import DocumentScanner, Progress, ScanRequest


class ScanEnd(msgspec.Struct, frozen=True):
    """How a scan ended: how many pages came, and whether it was called off."""

    pages: int
    is_cancelled: bool


def progress_of(sign: Sign) -> Progress:
    """Read what a sign `progress` tells.  Raises: msgspec.ValidationError when it tells something else."""
    return msgspec.convert(sign.facts, Progress)


class ScannerWatch:
    """Run one scanner."""

    def __init__(self, scanner: DocumentScanner, wire: Wire, clock: Clock, rhythm: ScannerRhythm | None = None) -> None:
        self._scanner = scanner
        self._clock = clock
        self._rhythm = rhythm or RHYTHM
        self._hearing = Hearing(wire, clock, self._rhythm.pulse_s, self._rhythm.open_limit_s)
        self._send = self._hearing.send
        self._requests: queue.SimpleQueue[Request | None] = queue.SimpleQueue()
        self._cancelled: set[int] = set()
        self._under_way: int | None = None
        self._watch = Watch(is_reading=False, poll_ms=0)
        self._is_open = False
        self._is_spoilt = False
        self._news = DeviceNews(self._send)
        self._reopening = Reopening(clock, self._rhythm.reopen_s)
        self._next_list_s = clock.monotonic()

    def run(self, waiting: Iterable[object] = ()) -> None:
        """Obey what is waiting, then go on until the wire breaks.

        Raises: WireBroken when the agent has gone, or the thread that calls the library; LibraryHung.
        """
        self._hearing.run("scanner", self._work, self._obey, waiting)

    def _obey(self, message: object) -> None:
        if isinstance(message, Request):
            self._requests.put(message)
        elif isinstance(message, Watch):
            self._watch = message
            self._requests.put(None)
        elif isinstance(message, Cancel):
            self._cancelled.add(message.number)
            if self._under_way == message.number:
                self._scanner.cancel()

    def _work(self) -> None:
        """Make the library's calls, one after the other, until the agent has gone."""
        try:
            while True:
                try:
                    request = self._requests.get(timeout=self._pause_s())
                except queue.Empty:
                    self._look()
                    continue
                if request is None:
                    self._scanner.forget_button()
                else:
                    self._answer(request)
        except WireBroken:
            self._scanner.close()

    def _pause_s(self) -> float:
        now_s = self._clock.monotonic()
        due_s = self._next_list_s
        if not self._is_open:
            due_s = min(due_s, self._reopening.next_s)
        elif self._has_watched_button():
            due_s = min(due_s, now_s + self._rhythm.button_s)
        return max(0.0, due_s - now_s)

    def _has_watched_button(self) -> bool:
        """Whether there is a button, and a desk on which a press of it means something."""
        return self._watch.is_reading and self._scanner.offers().has_button

    def _look(self) -> None:
        """What is due while nobody asks for anything: open, the button, the list of scanners."""
        with self._hearing.unasked():
            try:
                if not self._is_open:
                    self._open_when_due()
                elif self._has_watched_button():
                    self._look_at_button()
            except CodedError as error:
                self._lose(error)
        if self._clock.monotonic() >= self._next_list_s:
            with self._hearing.unasked():
                self._list()

    def _look_at_button(self) -> None:
        turn = self._watch.turn
        if self._scanner.is_button_pressed():
            self._send(Sign("button", turn=turn))

    def _open_when_due(self) -> None:
        if self._reopening.is_due:
            self._open()

    def _open(self) -> None:
        identity = self._scanner.open(Deadline.after(self._clock, self._rhythm.open_limit_s))
        self._is_open = True
        self._reopening.succeeded()
        self._leave_alone()
        told = {key: str(value) for key, value in msgspec.structs.asdict(identity).items() if value}
        self._send(Sign("offers", raw(self._scanner.offers())))
        self._news.state(State("ready", identity=told))

    def _lose(self, error: CodedError) -> None:
        """Say why the scanner cannot be used now, and try again later."""
        self._scanner.close()
        self._is_open = False
        self._reopening.failed(self._rhythm.reopen_slowest_s)
        self._next_list_s = min(self._next_list_s, self._clock.monotonic() + self._rhythm.list_s)
        self._news.state(State("absent" if isinstance(error, DeviceAbsent) else "faulted", error.code, error.facts))

    def _leave_alone(self) -> None:
        """Do not list soon: somebody may want to scan."""
        self._next_list_s = max(self._next_list_s, self._clock.monotonic() + self._rhythm.list_s)

    def _list(self) -> None:
        """List the scanners again; only a list that has changed is told."""
        pause_s = self._rhythm.list_open_s if self._is_open else self._rhythm.list_s
        self._next_list_s = self._clock.monotonic() + pause_s
        try:
            found = self._scanner.candidates()
        except CodedError:
            return
        self._news.ports(found)

    def _answer(self, request: Request) -> None:
        if request.operation != "scan":
            self._send(
                Reply(
                    request.number, code="SCANNER-SETTING", facts={"setting": "operation", "wanted": request.operation}
                )
            )
            return
        self._under_way = request.number
        try:
            reply = self._scan(request)
            self._send(msgspec.structs.replace(reply, is_last=self._is_spoilt))
        finally:
            self._under_way = None
            self._cancelled.discard(request.number)
            self._leave_alone()
        if self._is_spoilt:
            self._wait_for_the_end()
        if reply.code == "SCANNER-SETTING":
            self._learn_anew()

    def _learn_anew(self) -> None:
        """Behind a setting that was not offered: the scanner may have told wrong things when it was opened."""
        with self._hearing.unasked():
            try:
                self._open()
            except CodedError as error:
                self._lose(error)

    def _scan(self, request: Request) -> Reply:
        """Scan; a request that was called off ends well, whatever the library says of it."""
        number = request.number
        sent: list[int] = []
        try:
            self._send_pages(number, msgspec.convert(request.arguments, ScanRequest), sent)
        except msgspec.ValidationError:
            return Reply(number, code="SCANNER-SETTING", facts={"setting": "request", "wanted": ""})
        except CodedError as error:
            self._is_spoilt = error.code not in REFUSED_BY_US
            if number not in self._cancelled:
                end = ScanEnd(len(sent), is_cancelled=False)
                return Reply(number, raw(end), error.code, error.facts, error.actor, error.retry)
        self._is_spoilt |= number in self._cancelled
        return Reply(number, raw(ScanEnd(len(sent), is_cancelled=number in self._cancelled)))

    def _send_pages(self, number: int, wanted: ScanRequest, sent: list[int]) -> None:
        """Send every page as it comes and note its number; one that comes behind a cancel is dropped."""

        def report(progress: Progress) -> None:
            if number in self._cancelled:
                self._scanner.cancel()
            facts = {"page": progress.page, "lines": progress.lines, "lines_expected": progress.lines_expected}
            self._send(Sign("progress", raw({"number": number}), facts=dict(facts)))

        if not self._is_open:
            self._open()
        if number in self._cancelled:
            return
        for page, body in self._scanner.scan(wanted, report):
            if number in self._cancelled:
                self._scanner.cancel()
                return
            self._send(Page(number, raw(page), len(body)), body)
            sent.append(page.number)

    def _wait_for_the_end(self) -> None:
        """Make no further call; the agent ends this process."""
        while True:
            self._requests.get()


REFUSED_BY_US = frozenset({"SCANNER-SETTING", "SCANNER-TOO-LARGE"})
