"""When a scanner's worker looks for scanners, which takes seconds: at once while it has none, else when left alone."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from agent.clock import SystemClock
from agent.devices.scanner_rhythm import ScannerRhythm
from agent.devices.scanner_watch import ScannerWatch
from agent.devices.wire import Ports, Pulse, Reply, Request, State, Wire, WireBroken
from drivers import scanner_errors
from drivers.api import Candidate, Deadline
from drivers.scanner_api import DocumentScanner, Progress, ScannedPage, ScannerIdentity, ScannerOffers, ScanRequest

FOR_EVER_S = 3600.0
LIMIT_S = 20.0


class BareScanner(DocumentScanner):
    """A scanner without paper, which is there or not."""

    def __init__(self, *, is_there: bool) -> None:
        self.is_there = is_there
        self.lists = 0

    def open(self, _deadline: Deadline) -> ScannerIdentity:
        if not self.is_there:
            raise scanner_errors.absent("sane:bare")
        return ScannerIdentity("sane:bare", "", "")

    def close(self) -> None:
        pass

    def offers(self) -> ScannerOffers:
        return ScannerOffers((), has_button=False)

    def scan(self, _request: ScanRequest, _report: Callable[[Progress], None]) -> Iterator[tuple[ScannedPage, bytes]]:
        return iter(())

    def cancel(self) -> None:
        pass

    def is_button_pressed(self) -> bool:
        return False

    def forget_button(self) -> None:
        pass

    def candidates(self) -> tuple[Candidate, ...]:
        self.lists += 1
        return (Candidate(f"sane:other-{self.lists}", ""),)


class Agent:
    """The agent's end of the wire."""

    def __init__(self, scanner: BareScanner, rhythm: ScannerRhythm) -> None:
        ours, theirs = socket.socketpair()
        ours.settimeout(LIMIT_S)
        self.wire = Wire(ours, is_worker=False)
        self._watch = ScannerWatch(scanner, Wire(theirs, is_worker=True), SystemClock("Asia/Shanghai"), rhythm)
        self._heard: list[object] = []
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        with pytest.raises(WireBroken):
            self._watch.run()

    def until(self, kind: type) -> list[object]:
        """What is heard up to the first of this kind."""
        end_s, heard = time.monotonic() + LIMIT_S, []
        while time.monotonic() < end_s:
            while self._heard:
                heard.append(self._heard.pop(0))
                if isinstance(heard[-1], kind):
                    return heard
            self._heard += self.wire.receive()
        raise AssertionError(f"no {kind.__name__} among {heard}")

    def scan(self, number: int) -> list[object]:
        self.wire.send(Request(number, "scan", {}, 0.0, 0.0))
        return self.until(Reply)

    def end(self) -> None:
        self.wire.close()
        self._thread.join()


Started = Callable[..., tuple[BareScanner, Agent]]


@pytest.fixture
def started() -> Iterator[Started]:
    held: list[Agent] = []

    def start(*, is_there: bool, **rhythm: float) -> tuple[BareScanner, Agent]:
        scanner = BareScanner(is_there=is_there)
        held.append(Agent(scanner, ScannerRhythm(pulse_s=0.05, **rhythm)))
        return scanner, held[-1]

    yield start
    for agent in held:
        agent.end()


def test_while_there_is_none_it_is_looked_for_at_once(started: Started) -> None:
    _, agent = started(is_there=False, list_s=FOR_EVER_S)
    agent.until(Ports)


def test_a_scan_behind_the_opening_waits_for_no_list(started: Started) -> None:
    scanner, agent = started(is_there=True, list_s=FOR_EVER_S)
    agent.until(State)
    agent.scan(1)
    agent.until(Pulse)
    assert scanner.lists == 0


def test_a_scanner_that_is_left_alone_is_listed_seldom(started: Started) -> None:
    scanner, agent = started(is_there=True, list_s=0.01, list_open_s=FOR_EVER_S)
    agent.until(Ports)
    agent.scan(1)
    agent.until(Pulse)
    assert scanner.lists == 1
