"""A scanner under the real supervisor: pages as they come, a cancel, errors one after the other, a killed worker.

SANE's own pattern scanner stands for the device.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from agent.clock import SystemClock
from agent.devices.host import DeviceSettings
from agent.devices.scanner_watch import ScanEnd
from agent.devices.state import DeviceState
from agent.devices.supervisor import Supervisor
from agent.devices.wire import Page, Sign
from drivers.api import CodedError
from drivers.scanner_api import ScannedPage

LIMIT_S = 60.0
ANSWER_S = 20.0


class Station:
    """A supervisor with one scanner, and what it showed."""

    def __init__(self, folder: Path, address: str = "sane:test:0", **lines: object) -> None:
        folder.joinpath("test.conf").write_text(
            "number_of_devices 1\n" + "".join(f"{name.replace('_', '-')} {value}\n" for name, value in lines.items())
        )
        self.pages: list[ScannedPage] = []
        self.progress = threading.Event()
        clock = SystemClock("Asia/Shanghai")
        settings = DeviceSettings("scanner", "scanner_sane", address, {"configuration": str(folder)})
        self.supervisor = Supervisor(
            [settings], clock, lambda _: None, self._shown, lambda: None, refuses_simulated=False
        )
        self.supervisor.start()

    def _shown(self, role: str, shown: Sign | Page) -> None:
        assert role == "scanner"
        if isinstance(shown, Page):
            self.pages.append(msgspec.json.decode(shown.data, type=ScannedPage))
        elif shown.name == "progress":
            self.progress.set()

    def until_ready(self) -> None:
        end_s = time.monotonic() + LIMIT_S
        while self.supervisor.statuses()["scanner"].state is not DeviceState.READY:
            assert time.monotonic() < end_s, self.supervisor.statuses()
            time.sleep(0.01)

    def scan(self, during: Callable[[], None] | None = None, limit_s: float = ANSWER_S, **wanted: object) -> ScanEnd:
        """Scan, and do something as soon as the first page is under way."""
        self.until_ready()
        self.progress.clear()
        answer = self.supervisor.request("scanner", "scan", wanted, limit_s)
        if during is not None:
            assert self.progress.wait(LIMIT_S)
            during()
        return msgspec.json.decode(answer.result(LIMIT_S), type=ScanEnd)

    def scan_or_code(self, during: Callable[[], None], **wanted: object) -> ScanEnd | str:
        try:
            return self.scan(during, **wanted)
        except CodedError as error:
            return error.code


Started = Callable[..., Station]


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Started]:
    stations: list[Station] = []

    def start(**lines: object) -> Station:
        stations.append(Station(tmp_path, **lines))
        return stations[-1]

    yield start
    for station in stations:
        station.supervisor.stop(10)


def slow() -> dict[str, object]:
    return {"read_limit": "true", "read_limit_size": 2048, "read_delay": "true", "read_delay_duration": 1000}


def workers() -> list[int]:
    """The worker processes that this process has started."""
    children = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    pids = [int(pid) for file in children for pid in file.read_text().split()]
    return [pid for pid in pids if b"agent.devices.worker" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def test_pages_come_one_by_one_and_the_end_says_how_many(started: Started) -> None:
    station = started()
    assert station.scan(source="adf", resolution_dpi=75) == ScanEnd(10, is_cancelled=False)
    assert [page.number for page in station.pages] == list(range(1, 11))


def test_a_scan_is_called_off_and_the_next_one_works(started: Started) -> None:
    station = started(**slow())

    def call_off() -> None:
        station.supervisor.cancel("scanner")

    ended = station.scan_or_code(call_off, resolution_dpi=100)
    # The code stands for a library that did not come back, whose process was ended for it.
    assert ended in {ScanEnd(0, is_cancelled=True), "SCAN-CALLED-OFF"}
    assert station.pages == []
    assert station.scan(resolution_dpi=75, height_mm=20) == ScanEnd(1, is_cancelled=False)


def test_a_restart_by_a_technician_amid_a_scan_is_told_as_what_it_is(started: Started) -> None:
    station = started(**slow())
    ended = station.scan_or_code(lambda: station.supervisor.restart("scanner"), resolution_dpi=100)
    assert ended == "SCANNER-RESTARTED"


def test_errors_one_after_the_other_never_switch_the_scanner_off(started: Started) -> None:
    station = started(read_status_code="SANE_STATUS_JAMMED")
    for _ in range(8):
        with pytest.raises(CodedError, match="SCANNER-JAM"):
            station.scan(resolution_dpi=75)
    station.until_ready()
    assert station.supervisor.statuses()["scanner"].code is None


def test_a_worker_that_dies_while_it_scans_ends_the_scan_and_comes_back(started: Started) -> None:
    station = started(**slow())

    def kill() -> None:
        [pid] = workers()
        os.kill(pid, signal.SIGKILL)

    with pytest.raises(CodedError, match="SCANNER-WORKER-DIED"):
        station.scan(kill, resolution_dpi=100)
    assert station.scan(resolution_dpi=75, height_mm=20) == ScanEnd(1, is_cancelled=False)


def test_a_worker_that_hangs_is_ended_and_comes_back(started: Started) -> None:
    station = started(**slow())

    def stop() -> None:
        [pid] = workers()
        os.kill(pid, signal.SIGSTOP)

    with pytest.raises(CodedError, match="SCANNER-HUNG"):
        station.scan(stop, limit_s=3.0, resolution_dpi=100)
    assert station.scan(resolution_dpi=75, height_mm=20) == ScanEnd(1, is_cancelled=False)


def test_behind_a_cancel_the_scanner_that_was_meant_is_taken_again_and_looked_for_when_a_technician_says_so(
    started: Started, tmp_path: Path
) -> None:
    station = started(address="sane:test:*", **slow())
    station.until_ready()
    with (tmp_path / "test.conf").open("a") as settings:
        settings.write("number_of_devices 2\n")
    station.scan_or_code(lambda: station.supervisor.cancel("scanner"), resolution_dpi=100)
    station.until_ready()
    assert station.supervisor.statuses()["scanner"].identity["address"] == "sane:test:0"
    station.supervisor.restart("scanner")
    end_s = time.monotonic() + LIMIT_S
    while station.supervisor.statuses()["scanner"].code != "SCANNER-SEVERAL":
        assert time.monotonic() < end_s, station.supervisor.statuses()
        time.sleep(0.01)
