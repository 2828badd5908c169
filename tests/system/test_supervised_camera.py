"""A camera under the real supervisor: killed and hanging workers, restarts, errors one after the other."""

from __future__ import annotations

import json
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import psutil
import pytest

from agent.clock import SystemClock
from agent.devices.camera_desk import CameraDesk
from agent.devices.host import DeviceSettings
from agent.devices.state import DeviceState
from agent.devices.status import DeviceStatus
from agent.devices.supervisor import Supervisor
from agent.devices.wire import Shown
from agent.simulator_process import SimulatorProcess
from drivers.api import CodedError

LIMIT_S = 60.0


class Station:
    """A supervisor with a simulated camera, and the desk that uses it."""

    def __init__(self, *, refuses_simulated: bool = False) -> None:
        self.simulator = SimulatorProcess.start("camera", "--speed-factor", "50")
        self._desks: list[CameraDesk] = []
        clock = SystemClock("Asia/Shanghai")
        settings = DeviceSettings("camera", "camera_gphoto2", self.simulator.address, {})
        self.supervisor = Supervisor(
            [settings], clock, lambda _: None, self._shown, lambda: None, refuses_simulated=refuses_simulated
        )
        self.desk = CameraDesk(self.supervisor, clock)
        self._desks.append(self.desk)
        self.supervisor.start()

    def _shown(self, _role: str, shown: Shown) -> None:
        for desk in self._desks:
            desk.put(shown)

    @property
    def status(self) -> DeviceStatus:
        return self.supervisor.statuses()["camera"]

    def until(self, condition: Callable[[], object]) -> None:
        end_s = time.monotonic() + LIMIT_S
        while not condition():
            assert time.monotonic() < end_s, self.status
            time.sleep(0.005)

    def until_ready(self) -> None:
        self.until(lambda: self.status.state is DeviceState.READY)

    def capture(self) -> str:
        """Take a picture, remove it from the camera, and give its name; or the code of what went wrong."""
        try:
            taken = self.desk.capture()
        except CodedError as error:
            return error.code
        self.desk.discard([taken.shot.key])
        return taken.shot.name

    def until_taken(self) -> None:
        """Take pictures until one succeeds: a fresh worker is not there at once."""
        self.until(lambda: self.capture().endswith(".JPG"))

    def fault(self, name: str, **given: object) -> None:
        self.simulator.call("PUT", f"/faults/{name}", given)

    def is_on(self, name: str) -> bool:
        """Whether a fault has yet to strike."""
        faults = json.loads(self.simulator.call("GET", "/"))["faults"]
        return any(fault["active"] for fault in faults if fault["name"] == name)

    def heal(self) -> None:
        self.simulator.call("DELETE", "/faults")

    def frame(self) -> bytes:
        """A frame of the live view that is newer than this call."""
        seen = self.desk.live.next(0, 0.0)
        newer = self.desk.live.next(seen.number if seen else 0, LIMIT_S)
        assert newer is not None, self.status
        return newer.content

    def worker(self) -> psutil.Process:
        """The worker process, as soon as there is one."""
        found: list[psutil.Process] = []

        def look() -> bool:
            for child in psutil.Process().children():
                with suppress(psutil.Error):  # it has just ended
                    if "agent.devices.worker" in " ".join(child.cmdline()):
                        found.append(child)
            return bool(found)

        self.until(look)
        return found[-1]

    def close(self) -> None:
        self.supervisor.stop(10)
        self.simulator.stop()


@pytest.fixture
def station() -> Iterator[Station]:
    station = Station()
    station.until_ready()
    yield station
    station.close()


def during_a_release(station: Station, deed: Callable[[], object]) -> str:
    """Do something while the camera is kept from ending its release; gives how that ended."""
    station.fault("lost-event", which="both")
    ended: list[str] = []
    release = threading.Thread(target=lambda: ended.append(station.capture()))
    release.start()
    station.until(lambda: station.status.state is DeviceState.BUSY)
    deed()
    release.join(LIMIT_S)
    assert not release.is_alive()
    station.heal()
    return ended[0]


def test_a_worker_that_dies_amid_a_release_says_so_and_comes_back(station: Station) -> None:
    ended = during_a_release(station, lambda: station.worker().kill())
    assert ended == "CAMERA-WORKER-DIED"
    station.until_taken()


def test_a_worker_that_hangs_is_ended_and_comes_back(station: Station) -> None:
    worker = station.worker()
    worker.send_signal(signal.SIGSTOP)
    with pytest.raises(CodedError, match="CAMERA-HUNG"):
        station.desk.capture(limit_s=1.0)
    station.until_taken()
    assert station.worker().pid != worker.pid


def test_a_release_that_is_called_off_ends_soon_and_the_next_one_works(station: Station) -> None:
    ended = during_a_release(station, lambda: station.supervisor.cancel("camera"))
    assert ended == "CAMERA-CALLED-OFF"
    assert station.capture().endswith(".JPG")


def test_a_restart_by_a_technician_amid_a_release_is_told_as_what_it_is(station: Station) -> None:
    assert during_a_release(station, lambda: station.supervisor.restart("camera")) == "CAMERA-RESTARTED"
    assert station.capture().endswith(".JPG")


def test_errors_one_after_the_other_never_switch_the_camera_off(station: Station) -> None:
    station.fault("hang-in-data", count=1)
    for _ in range(6):
        station.fault("cut-in-data")
        assert station.capture() == "CAMERA-CUT"
    station.heal()
    assert station.capture().endswith(".JPG")
    assert station.status.code is None


def test_what_is_wrong_stays_told_while_fresh_processes_try(station: Station) -> None:
    """A camera that does not answer on its line is asked by two processes; the second keeps trying until it does."""
    first = station.worker().pid
    station.fault("asleep")
    station.until(lambda: station.status.code == "CAMERA-ASLEEP" and station.worker().pid != first)
    seen = set()
    end_s = time.monotonic() + 8.0
    while time.monotonic() < end_s:
        seen.add(station.status.code)
        time.sleep(0.02)
    assert seen == {"CAMERA-ASLEEP"}
    station.heal()
    station.until_ready()
    assert station.capture().endswith(".JPG")


def test_who_asks_while_a_worker_waits_in_vain_hears_what_is_wrong(station: Station) -> None:
    station.fault("hang-in-storage")
    station.until(lambda: not station.is_on("hang-in-storage"))  # it has struck
    assert station.capture() == "CAMERA-ASLEEP"
    station.heal()
    station.until_taken()


def test_a_live_view_that_never_answers_is_begun_anew_less_and_less_often(station: Station) -> None:
    budget = station.supervisor._hosts["camera"].budget
    station.fault("hang-in-preview", count=None)
    station.until(lambda: station.desk.live.next(0, 0.05) or len(budget.renewals_s) == 2)
    assert station.status.code == "CAMERA-ASLEEP"
    station.heal()
    station.until_taken()
    assert budget.renewals_s == []


def test_a_register_refuses_a_simulated_camera() -> None:
    station = Station(refuses_simulated=True)
    try:
        station.until(lambda: station.status.code == "CAMERA-SIMULATED")
        assert station.status.state is DeviceState.DISABLED
    finally:
        station.close()
