"""A clerk's scan is called off in the running agent: nothing of it is stored, its job says so, and the next one works.

Within a page on SANE's own backends, which tell of lines; around pages over eSCL, which tells of whole pages only.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from agent.accounts.service import SignedIn
from agent.accounts.storage import reading
from agent.assembly import assemble
from agent.clock import SystemClock
from agent.config import parse
from agent.devices.state import DeviceState
from agent.documents.media_key import KeySources
from agent.documents.opening import open_documents
from agent.documents.page_sizes import WHOLE
from agent.documents.scan_orders import UnderWay
from agent.documents.service import OwnerRef, Region, ScanWish
from agent.folder import DataFolder, FolderKind
from agent.notify import Notifier
from agent.simulator_process import SimulatorProcess
from agent.station import Station
from agent.store import open_store
from peewee_models.documents import Document, Media, Page, ScanJob

if TYPE_CHECKING:
    from conftest import Backend

LIMIT_S = 60.0
SLOW = {"read_limit": "true", "read_limit_size": 2048, "read_delay": "true", "read_delay_duration": 5000}
# A piece of 32 KiB is 20 lines of a fine page: the last twentieth of it is several, so that it outlasts what a busy
# machine takes to call the scan off.
SLOWER = {**SLOW, "read_delay_duration": 30_000}
SHEETS = 3
SOON_MS, NEVER_MS = 3000, 60_000
MOMENTS = {"before": 0, "in the first": 0, "behind the first": 1, "behind the second": 2}
# So soon behind the scanner's answer; so soon its process is ended without one; what a busy machine may add to that.
ANSWER_S = 0.05
KILLED_S = 2.5
BUSY_S = 0.5


@dataclass(frozen=True, slots=True)
class Turn:
    """How long a cancel took, and how long after the scanner's last word its job was written down as cancelled."""

    took_s: float
    behind_s: float


class Agent:
    """An agent with its scanner, database and files, and a clerk in it."""

    def __init__(self, station: Station, store: Any, folder: Path, by: SignedIn) -> None:
        self.station, self.store, self.folder, self.by = station, store, folder, by
        self.scans = station.documents.scans
        self.answered_s = 0.0
        asked = station.supervisor.request

        def request(*arguments: Any, **more: Any) -> Future[bytes]:
            answer = asked(*arguments, **more)
            answer.add_done_callback(lambda _: setattr(self, "answered_s", time.monotonic()))
            return answer

        station.supervisor.request = request  # type: ignore[method-assign]

    def until(self, condition: Callable[[], Any], what: str) -> None:
        end_s = time.monotonic() + LIMIT_S
        while not condition():
            assert time.monotonic() < end_s, f"never {what}"
            time.sleep(0.002)

    def until_ready(self) -> None:
        self.until(lambda: self.station.supervisor.statuses()["scanner"].state is DeviceState.READY, "ready")

    def draft(self) -> OwnerRef:
        return OwnerRef("draft", self.station.register.open_draft(self.by).id)

    def job(self, key: str) -> tuple[str, int]:
        with reading(self.store):
            row = ScanJob.get(ScanJob.id == key)
            return str(row.state), int(row.page_count)

    def stored(self) -> tuple[int, int, int, int, list[str]]:
        """Documents, pages, rows of files, files, and what is only half there."""
        with reading(self.store):
            rows = Document.select().count(), Page.select().count(), Media.select().count()
        media = self.folder / "media"
        files = [path for path in media.rglob("*") if path.is_file()]
        half = [path.name for path in files if path.parent.name == "incoming"]
        return (*rows, len(files) - len(half), half)

    def call_off(self, wish: ScanWish, is_moment: Callable[[UnderWay], bool], pages: int = 0) -> Turn:
        """Begin a scan, call it off at a moment, and look up in the store what is left of it: `pages` and no more."""
        self.until_ready()
        before = self.stored()
        key = self.scans.scan(self.draft(), "D04", wish, self.by)
        self.until(lambda: self._is_at(is_moment), "the moment")
        began_s = time.monotonic()
        self.scans.cancel(key, self.by)
        self.until(lambda: self.job(key)[0] not in {"queued", "scanning"}, "ended")
        ended_s = time.monotonic()
        assert self.job(key) == ("cancelled", pages)
        documents = before[0] + min(pages, 1)
        assert self.stored() == (documents, *(count + pages for count in before[1:4]), [])
        return Turn(ended_s - began_s, ended_s - max(began_s, self.answered_s))

    def _is_at(self, is_moment: Callable[[UnderWay], bool]) -> bool:
        one = self.station.scan_desk.under_way()
        assert one is not None, "the scan ended before"
        return is_moment(one)

    def show_it_works(self, wish: ScanWish) -> None:
        """Scan a page and find it in the store."""
        self.until_ready()
        before, ref = self.stored(), self.draft()
        key = self.scans.scan(ref, "D04", wish, self.by)
        self.until(lambda: self.job(key)[0] not in {"queued", "scanning"}, "ended")
        assert self.job(key) == ("done", 1)
        assert self.stored() == (*(count + 1 for count in before[:4]), [])


@contextmanager
def running(folder: Path, address: str, options: dict[str, object]) -> Iterator[Agent]:
    """An agent without pages; all else of it runs."""
    scanner = {"driver": "scanner_sane", "address": address, **options}
    config = parse({"data": {"folder": str(folder)}, "devices": {"scanner": scanner}}, "test")
    taken = DataFolder.take(config.folder, FolderKind.PRACTICE)
    store = open_store(taken, config.key)
    papers = open_documents(KeySources(config.media_key, config.key), taken, store, SystemClock(config.time_zone))
    station = assemble(config, FolderKind.PRACTICE, store, papers, Notifier({}))
    station.start()
    clerk = next(who for who in station.accounts.create_demo_users() if who["role"] == "clerk")
    try:
        yield Agent(station, store, folder, station.accounts.sign_in(clerk["name"], clerk["password"]))
    finally:
        station.stop()
        store.close()
        taken.release()


def at_twentieth(number: int) -> Callable[[UnderWay], bool]:
    def is_there(one: UnderWay) -> bool:
        return one.lines_expected > 0 and one.lines * 20 >= one.lines_expected * number

    return is_there


def assert_in_time(turns: list[Turn]) -> None:
    """Each ended in time, and was written down at once behind the scanner's answer or behind the end of its process."""
    usual = len(turns) * 3 // 4
    for limit_s, took_s in ((KILLED_S, [one.took_s for one in turns]), (ANSWER_S, [one.behind_s for one in turns])):
        ordered_s = sorted(took_s)
        assert ordered_s[-1] < limit_s + BUSY_S
        assert ordered_s[usual] < limit_s, "what is later is the work of something else on this machine"


PAGE = ScanWish("adf", "grey", 100, WHOLE)
FINE_PAGE = ScanWish("adf", "grey", 200, WHOLE)
STRIP = ScanWish("flatbed", "grey", 75, region=Region(0, 0, 100, 20))


def call_off_in_pages(agent: Agent, page: ScanWish, twentieths: range) -> list[Turn]:
    turns = []
    for number in twentieths:
        turns.append(agent.call_off(page, at_twentieth(number)))
        agent.show_it_works(STRIP)
    return turns


def test_a_scan_is_called_off_within_a_page(backend: Backend, tmp_path: Path) -> None:
    with running(tmp_path / "data", *backend(**SLOW)) as agent:
        call_off_in_pages(agent, PAGE, range(0, 14, 6))


@pytest.mark.drill
@pytest.mark.timeout(1800)
def test_scans_are_called_off_at_every_twentieth_of_a_page(backend: Backend, tmp_path: Path) -> None:
    with running(tmp_path / "data", *backend(**SLOWER)) as agent:
        turns = [turn for _ in range(5) for turn in call_off_in_pages(agent, FINE_PAGE, range(20))]
    assert_in_time(turns)


FEEDER = ScanWish("adf", "grey", 75)
GLASS = ScanWish("flatbed", "grey", 75)


@contextmanager
def networked(folder: Path) -> Iterator[tuple[Agent, SimulatorProcess]]:
    """An agent with a network scanner whose page takes half a second; twice as fast as a real one, its faults too."""
    simulator = SimulatorProcess.start("scanner", "--speed-factor", "2")
    try:
        with running(folder, simulator.address, {}) as agent:
            yield agent, simulator
    finally:
        simulator.stop()


def call_off_around_pages(agent: Agent, simulator: SimulatorProcess, moment: str, delay_ms: int) -> Turn:
    """Call a scan of the feeder off; the pages that had come before are kept, and no other.

    The page under way takes so long: it comes soon behind the cancel, or the process has to be ended.
    """
    simulator.call("PUT", "/lid", {"open": False})
    simulator.call("PUT", "/feeder", {"papers": ["lease"] * SHEETS})
    simulator.call("PUT", "/platen", {"paper": "lease"})
    pages, known = MOMENTS[moment], len(commands(simulator))
    simulator.call("PUT", "/faults/late-page", {"delay_ms": delay_ms, "skip": pages})

    def is_there(one: UnderWay) -> bool:
        if moment == "in the first":
            return "create-job" in commands(simulator)[known:]
        return agent.job(one.key)[1] >= pages

    turn = agent.call_off(FEEDER, is_there, pages)
    simulator.call("DELETE", "/faults")
    agent.show_it_works(GLASS)
    return turn


def commands(simulator: SimulatorProcess) -> list[str]:
    return [entry["command"] for entry in json.loads(simulator.call("GET", "/log"))]


def test_a_scan_is_called_off_around_pages(tmp_path: Path) -> None:
    with networked(tmp_path / "data") as (agent, simulator):
        for moment in MOMENTS:
            call_off_around_pages(agent, simulator, moment, SOON_MS)
        call_off_around_pages(agent, simulator, "behind the first", NEVER_MS)


@pytest.mark.drill
@pytest.mark.timeout(1800)
def test_scans_are_called_off_two_hundred_times_around_pages(tmp_path: Path) -> None:
    with networked(tmp_path / "data") as (agent, simulator):
        turns = [
            call_off_around_pages(agent, simulator, moment, delay_ms)
            for _ in range(25)
            for delay_ms in (SOON_MS, NEVER_MS)
            for moment in MOMENTS
        ]
    assert_in_time(turns)
