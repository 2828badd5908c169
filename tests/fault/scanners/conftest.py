"""A simulated network scanner to break, under the real supervisor and worker, and how each operation ends."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest

from agent.clock import SystemClock
from agent.devices.host import DeviceSettings
from agent.devices.scanner_watch import ScanEnd
from agent.devices.state import DeviceState
from agent.devices.supervisor import Supervisor
from agent.devices.wire import Page, Sign
from agent.simulator_process import SimulatorProcess
from drivers.api import CodedError
from drivers.scanner_api import ColourMode, ScannedPage, ScannerOffers, Source

OPERATIONS = ("open", "list", "flatbed", "feeder", "cancel")
SHEETS = ["lease", "employer-letter", "property-certificate"]
PATIENCE_S = 90.0
SMALL = {"resolution_dpi": 75}
CALLED_OFF = {"SCAN-CALLED-OFF", "SCANNER-CANCELLED"}
BAD_STATES = {DeviceState.ABSENT, DeviceState.FAULTED, DeviceState.DISABLED}


@dataclass(frozen=True, slots=True)
class Ended:
    """How an operation ended: `outcome` in the words of the matrix, and how long it took."""

    outcome: str
    took_s: float


class Bench:
    """A simulated scanner and a supervisor with it, ready between any two operations.

    Args:
        folder: for the configuration of the network backend.
        is_listed: whether the scanner is found by SANE's list, as `sane:auto` would; otherwise its address says where.
        speed_factor: how many times faster than a real scanner it is.
    """

    FEEDER = Source.FEEDER
    scratch: Path

    def __init__(self, folder: Path, *, is_listed: bool = False, speed_factor: int = 100) -> None:
        self.simulator = SimulatorProcess.start("scanner", "--speed-factor", str(speed_factor))
        address, options = self.simulator.address, {}
        if is_listed:
            url = address.partition(":escl:")[2].partition(":")[2]
            folder.joinpath("airscan.conf").write_text(
                f'[devices]\n"Desk" = {url}, eSCL\n[options]\ndiscovery = disable\n', "utf-8"
            )
            address, options = "sane:airscan:*Desk", {"configuration": str(folder)}
        self._lock = threading.Lock()
        self._pages: list[Page] = []
        self.offers: ScannerOffers | None = None
        self.progressed = threading.Event()
        self.supervisor = Supervisor(
            [DeviceSettings("scanner", "scanner_sane", address, dict(options))],
            SystemClock("Asia/Shanghai"), lambda _: None, self._shown, lambda: None, refuses_simulated=False,
        )  # fmt: skip
        self.supervisor.start()

    def close(self) -> None:
        self.supervisor.stop(10)
        self.simulator.stop()

    def _shown(self, _role: str, shown: Sign | Page) -> None:
        with self._lock:
            if isinstance(shown, Page):
                self._pages.append(shown)
            elif shown.name == "offers":
                self.offers = msgspec.json.decode(shown.data, type=ScannerOffers)
            elif shown.name == "progress":
                self.progressed.set()

    @property
    def status(self) -> Any:
        return self.supervisor.statuses()["scanner"]

    def pages(self) -> list[ScannedPage]:
        """The sides that came since the last operation began; each with the bytes that it announces."""
        with self._lock:
            shown = list(self._pages)
        assert all(page.body[:2] == b"\xff\xd8" and page.body[-2:] == b"\xff\xd9" for page in shown)
        return [msgspec.json.decode(page.data, type=ScannedPage) for page in shown]

    def about(self) -> dict[str, Any]:
        """What the simulator says of itself and of its faults."""
        told: dict[str, Any] = json.loads(self.simulator.call("GET", "/"))
        return told

    def _struck(self) -> dict[str, Any]:
        """The faults that are on, with the blows that each has left."""
        return {fault["name"]: fault["values"] for fault in self.about()["faults"] if fault["active"]}

    def requests(self) -> list[str]:
        """What the scanner was asked for lately."""
        return [entry["command"] for entry in json.loads(self.simulator.call("GET", "/log"))]

    def wait_for(self, condition: Callable[[], object], what: str, limit_s: float = PATIENCE_S) -> None:
        """Poll until the condition holds."""
        end_s = time.monotonic() + limit_s
        while not condition():
            assert time.monotonic() < end_s, f"never {what}; {self.status.state} {self.status.code}"
            time.sleep(0.005)

    def until_ready(self) -> None:
        self.wait_for(lambda: self.status.state is DeviceState.READY, "ready")

    def load(self, sheets: int = len(SHEETS)) -> None:
        """Paper everywhere."""
        self.simulator.call("PUT", "/lid", {"open": False})
        self.simulator.call("PUT", "/feeder", {"papers": SHEETS[:sheets]})
        self.simulator.call("PUT", "/platen", {"paper": SHEETS[0]})
        with self._lock:
            self._pages.clear()

    def begin(self, source: Source, limit_s: float, **wanted: object) -> Future[bytes]:
        """Ask for a scan."""
        self.progressed.clear()
        arguments: dict[str, object] = {"source": source.value} | SMALL | wanted
        return self.supervisor.request("scanner", "scan", arguments, limit_s)

    def run(self, operation: str, fault: str, given: dict[str, object], limit_s: float) -> Ended:
        """Do an operation under a fault; the fault is still on afterwards."""
        self.until_ready()
        self.load()
        self.simulator.call("PUT", f"/faults/{fault}", given)
        began_s = time.monotonic()
        outcome = {"open": self._open, "list": self._open, "cancel": self._cancel}.get(operation, self._scan)(
            operation, limit_s
        )
        return Ended(outcome, time.monotonic() - began_s)

    def _open(self, _operation: str, limit_s: float) -> str:
        """Have the worker started anew: `ok` when everything is offered, `fewer` when not, or the code."""
        self.offers = None
        before = self.status.since
        self.supervisor.restart("scanner")

        def is_known() -> bool:
            status = self.status
            if status.since == before:
                return False
            return status.state is DeviceState.READY or (status.state in BAD_STATES and status.code is not None)

        try:
            self.wait_for(is_known, "opened", limit_s + PATIENCE_S)
        except AssertionError:
            return f"never: {self.status.state.value}"
        if self.status.state is not DeviceState.READY:
            return str(self.status.code).removeprefix("SCANNER-")
        offers = self.offers
        assert offers is not None
        assert not offers.has_button
        whole = {offer.source for offer in offers.sources} == set(Source) and all(
            offer.modes == tuple(ColourMode) and {75, 300} <= set(offer.resolutions_dpi)
            and 200 < offer.width_mm < 230 and 290 < offer.height_mm < 400
            for offer in offers.sources
        )  # fmt: skip
        return "ok" if whole else "fewer"

    def _scan(self, operation: str, limit_s: float) -> str:
        source = Source.FLATBED if operation == "flatbed" else Source.FEEDER
        return self.end_of(self.begin(source, limit_s), 1 if source is Source.FLATBED else len(SHEETS))

    def _cancel(self, _operation: str, limit_s: float) -> str:
        """Call a scan of the feeder off as soon as the fault has struck, or the scanner has taken the job."""
        before, active = self.requests(), self._struck()
        answer = self.begin(Source.FEEDER, limit_s)
        self.wait_for(
            lambda: answer.done() or self._struck() != active or "create-job" in self.requests()[len(before) :], "met"
        )
        self.supervisor.cancel("scanner")
        return self.end_of(answer, len(SHEETS))

    def end_of(self, answer: Future[bytes], whole: int) -> str:
        """`ok`, `grey` (a flat lower edge), `cancelled`, or the code; behind a + the pages that came before that."""
        try:
            end = msgspec.json.decode(answer.result(PATIENCE_S), type=ScanEnd)
        except CodedError as error:
            word = "cancelled" if error.code in CALLED_OFF else error.code.removeprefix("SCANNER-")
            end = None
        else:
            word = "cancelled" if end.is_cancelled else "ok"
        pages = self.pages()
        assert [page.number for page in pages] == list(range(1, len(pages) + 1))
        assert end is None or end.pages == len(pages) or end.is_cancelled
        if word == "ok" and any(page.flat_edge_px for page in pages):
            word = "grey"
        return word if len(pages) == (whole if word in {"ok", "grey"} else 0) else f"{word}+{len(pages)}"

    def show_ready(self, operation: str) -> list[str]:
        """End the fault, and scan what lies there: every page must come, at the second attempt at the latest.

        Returns: how the first attempt ended, when it was not the whole.
        """
        self.simulator.call("DELETE", "/faults")
        source = Source.FLATBED if operation in {"flatbed", "open", "list"} else Source.FEEDER
        failed: list[str] = []
        for _ in range(2):
            self.until_ready()
            self.load(sheets=1)
            outcome = self.end_of(self.begin(source, PATIENCE_S), 1)
            if outcome == "ok":
                return failed
            failed.append(outcome)
        raise AssertionError(f"does not work again: {failed}")

    def held(self) -> tuple[int, int]:
        """How many descriptors and threads this process has."""
        return len([*Path("/proc/self/fd").iterdir()]), threading.active_count()


def speed(operation: str) -> int:
    """A cancel needs a page that takes a while."""
    return 4 if operation == "cancel" else 100


Benches = dict[str, Bench]


def at_once(benches: Benches, work: Callable[[str, Bench], object]) -> dict[str, object]:
    """Run `work` for all operations at once: their benches share nothing, and what they do is mostly waiting."""
    with ThreadPoolExecutor(len(benches)) as pool:
        running = {operation: pool.submit(work, operation, bench) for operation, bench in benches.items()}
        return {operation: future.result() for operation, future in running.items()}


@pytest.fixture(name="at_once")
def at_once_fixture() -> Callable[[Benches, Callable[[str, Bench], object]], dict[str, object]]:
    return at_once


@pytest.fixture(scope="module")
def benches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Benches]:
    """A scanner with its supervisor for every operation."""
    made = {
        operation: Bench(tmp_path_factory.mktemp("sane"), is_listed=operation == "list", speed_factor=speed(operation))
        for operation in OPERATIONS
    }
    yield made
    for bench in made.values():
        bench.close()


@pytest.fixture(scope="module")
def make_bench(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Iterator[Bench]]:
    """Make a bench for a fixture, and end it behind that."""

    def make(**options: Any) -> Iterator[Bench]:
        scratch = tmp_path_factory.mktemp("scratch")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("TMPDIR", str(scratch))
            made = Bench(tmp_path_factory.mktemp("sane"), **options)
            made.scratch = scratch
            yield made
            made.close()
        assert [*scratch.iterdir()] == []

    return make


@pytest.fixture(scope="module")
def bench(make_bench: Callable[..., Iterator[Bench]]) -> Iterator[Bench]:
    """One scanner with its supervisor."""
    yield from make_bench()
