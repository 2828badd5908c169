"""A simulated camera to break, under the real supervisor, worker and desk, and how each operation ends."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest

from agent.clock import SystemClock
from agent.devices import live_view
from agent.devices.camera_desk import CAPTURE_LIMIT_S, CameraDesk
from agent.devices.host import DeviceSettings
from agent.devices.state import DeviceState
from agent.devices.status import DeviceStatus
from agent.devices.supervisor import Supervisor
from agent.simulator_process import SimulatorProcess
from drivers.api import CodedError
from drivers.camera_api import SettingName
from drivers.camera_pictures import jpeg_size_px

OPERATIONS = ("open", "condition", "preview", "capture", "looked", "delete", "set")
WITH_LIVE_VIEW = {"preview", "looked"}
# The one command of the camera that each operation cannot do without: where a row says `command=@`.
OWN_COMMAND = {
    "open": "device-info",
    "condition": "storage",
    "preview": "preview",
    "capture": "capture",
    "looked": "capture",
    "delete": "delete",
    "set": "set-setting",
}
PATIENCE_S = 60.0
SIZE_PX = (1000, 750)
SPEED_FACTOR = 50
# So long nothing is asked for once a camera was asked how it is.
QUIET_S = 0.02
# So soon the live view ends here when nobody looks.
LINGER_S = 0.1
BATTERY_PERCENT = 80
BAD_STATES = {DeviceState.ABSENT, DeviceState.FAULTED, DeviceState.DISABLED}


@dataclass(frozen=True, slots=True)
class Ended:
    """How an operation ended: `outcome` in the words of the matrix, and how long it took."""

    outcome: str
    took_s: float


class Bench:
    """A simulated camera and a desk with it, ready between any two operations.

    Args:
        operation: what is done here; the live view is looked at all the time where it belongs to that.
        speed_factor: how many times faster than a real camera it is.
    """

    def __init__(self, operation: str = "looked", speed_factor: int = SPEED_FACTOR) -> None:
        self.operation = operation
        self.simulator = SimulatorProcess.start("camera", "--speed-factor", str(speed_factor))
        self.call("PUT", "/camera", size="{}x{}".format(*SIZE_PX))
        clock = SystemClock("Asia/Shanghai")
        desks: list[CameraDesk] = []
        self.supervisor = Supervisor(
            [DeviceSettings("camera", "camera_gphoto2", self.simulator.address, {})],
            clock, lambda _: None, lambda _, shown: [desk.put(shown) for desk in desks], lambda: None,
            refuses_simulated=False,
        )  # fmt: skip
        self.desk = CameraDesk(self.supervisor, clock)
        desks.append(self.desk)
        self.supervisor.start()
        self.seen_s = 0.0
        self._keys: list[str] = []
        self._is_over, self._looks = threading.Event(), threading.Event()
        self._looker = threading.Thread(target=self._look)
        if operation in WITH_LIVE_VIEW:
            self._looks.set()
            self._looker.start()

    def close(self) -> None:
        self._is_over.set()
        self._looks.set()
        if self._looker.is_alive():
            self._looker.join()
        self.supervisor.stop(10)
        self.simulator.stop()

    def _look(self) -> None:
        """Look at the live view as a page does."""
        number = 0
        while self._looks.wait() and not self._is_over.is_set():
            if (seen := self.desk.live.next(number, 0.2)) is not None:
                number, self.seen_s = seen.number, time.monotonic()
                assert jpeg_size_px(seen.content)

    def _look_away(self) -> None:
        """Look no longer, until the live view has ended."""
        self._looks.clear()

        def has_ended() -> bool:
            asked = [each for each in self.requests()[::-1] if each in {"preview", "end-preview"}]
            return asked[:1] != ["preview"]

        self.wait_for(has_ended, "ended its live view")

    def call(self, method: str, path: str, **body: object) -> Any:
        told = self.simulator.call(method, path, body or None)
        return json.loads(told) if told else None

    @property
    def status(self) -> DeviceStatus:
        return self.supervisor.statuses()["camera"]

    @property
    def is_ready(self) -> bool:
        return self.status.state is DeviceState.READY

    def about(self) -> dict[str, Any]:
        """What the simulator says of itself and of its faults."""
        told: dict[str, Any] = self.call("GET", "/")
        return told

    def requests(self) -> list[str]:
        """What the camera was asked for lately."""
        return [entry["command"] for entry in self.call("GET", "/log")]

    def card(self) -> list[str]:
        """The names of the files that it has."""
        return [picture["name"] for picture in self.call("GET", "/store")["pictures"]]

    def wait_for(self, condition: Callable[[], object], what: str, limit_s: float = PATIENCE_S) -> None:
        """Poll until the condition holds."""
        end_s = time.monotonic() + limit_s
        while not condition():
            assert time.monotonic() < end_s, f"never {what}; {self.status.state} {self.status.code}"
            time.sleep(0.005)

    def until_idle(self) -> None:
        """Wait until it is ready and, where nobody looks, nothing more is asked of it for a while."""
        self.wait_for(lambda: self.is_ready, "ready")
        if self.operation == "preview":
            self._look_away()
        if self.operation == "looked":
            self.until_seen()
        else:
            self._ask_how_it_is()

    def _ask_how_it_is(self) -> None:
        """Have the camera asked how it is, as behind each wish, and wait until that is over, or the camera lost."""
        since_s = time.monotonic()
        self.desk.wait_until_settled()
        self.wait_for(lambda: self._is_quiet(since_s) or not self.is_ready, "quiet")

    def _is_quiet(self, since_s: float) -> bool:
        log = self.call("GET", "/log")
        is_asked = any(entry["t_s"] > since_s and entry["command"] == "storage" for entry in log[-60:])
        return is_asked and time.monotonic() - log[-1]["end_s"] > QUIET_S

    def until_seen(self, limit_s: float = PATIENCE_S) -> None:
        """Wait for a frame that is newer than this call."""
        since_s = time.monotonic()
        self.wait_for(lambda: self.seen_s > since_s, "seen", limit_s)

    def run(self, fault: str, given: dict[str, object], limit_s: float = CAPTURE_LIMIT_S) -> Ended:
        """Do this bench's operation under a fault; the fault is still on afterwards."""
        self.until_idle()
        key = ""
        if self.operation == "delete":
            key = self.desk.capture().shot.key
            self._ask_how_it_is()
        own = {name: OWN_COMMAND[self.operation] if value == "@" else value for name, value in given.items()}
        self.call("PUT", f"/faults/{fault}", **own)
        began_s = time.monotonic()
        deeds: dict[str, Callable[[], str]] = {
            "open": self._opened,
            "condition": self._condition,
            "preview": self._previewed,
            "capture": lambda: self._captured(limit_s),
            "looked": lambda: self._captured(limit_s),
            "delete": lambda: self.word(lambda: self.desk.discard([key])),
            "set": lambda: self.word(self._set),
        }
        outcome = deeds[self.operation]()
        took_s = time.monotonic() - began_s
        return Ended(outcome + self._state(), took_s)

    def word(self, deed: Callable[[], object]) -> str:
        """`ok`, or the code of what went wrong."""
        try:
            deed()
        except CodedError as error:
            return error.code.removeprefix("CAMERA-")
        return "ok"

    def _state(self) -> str:
        """What stands behind the outcome: nothing when the camera is ready, else why it is not."""
        self.wait_for(lambda: self.is_ready or (self.status.state in BAD_STATES and self.status.code), "known")
        return "" if self.is_ready else f"/{str(self.status.code).removeprefix('CAMERA-')}"

    def _opened(self) -> str:
        """Have the camera closed and opened: `ok` when everything is offered, `fewer` when not."""
        before = self.desk.offers()
        self.supervisor.request("camera", "reset", {}, CAPTURE_LIMIT_S).result(PATIENCE_S)
        self.wait_for(lambda: self.desk.offers() is not before or not self.is_ready, "opened")
        self.wait_for(lambda: self.status.code or self.is_ready, "known")
        if not self.is_ready:
            return "lost"
        offers = self.desk.offers()
        return "ok" if offers.has_live_view and len(offers.settings) == len(SettingName) else "fewer"

    def _condition(self) -> str:
        """Have it asked how it is: `ok`, `other` where that is not as always, `none` when it does not answer."""
        self._ask_how_it_is()
        self.desk.wait_until_settled()  # what was said before that has been heard then
        condition = self.desk.condition()
        if condition is None:
            return "none"
        is_plain = condition.battery_percent == BATTERY_PERCENT and condition.has_card and condition.free_bytes
        return "ok" if is_plain else "other"

    def _previewed(self) -> str:
        """Begin to look: `ok` when frames come, or what is said instead of them."""
        since_s = time.monotonic()
        self._looks.set()
        self.wait_for(lambda: self.seen_s > since_s or self.desk.live.trouble or not self.is_ready, "known")
        trouble = self.desk.live.trouble
        if trouble is not None:
            return trouble.code.removeprefix("CAMERA-")
        return "ok" if self.is_ready else "none"

    def _captured(self, limit_s: float) -> str:
        """Take a picture: `ok` when one came that is whole, or the code."""

        def capture() -> None:
            taken = self.desk.capture(limit_s=limit_s)
            self._keys.append(taken.shot.key)
            assert jpeg_size_px(bytes(taken.content)) == SIZE_PX

        return self.word(capture)

    def take(self) -> None:
        """Take a picture and remove it from the camera."""
        self.desk.discard([self.desk.capture().shot.key])

    def _set(self) -> None:
        setting = self.desk.offers().settings[0]
        other = next(choice for choice in setting.choices if choice != setting.value)
        self.desk.set(setting.name, other)
        self.desk.set(setting.name, setting.value)

    def show_ready(self) -> str:
        """End the fault: the live view comes back by itself, and a picture comes at the second attempt at the latest.

        Returns: behind > how the first attempt ended, when it failed; * when the camera had to be opened anew; and
            behind + how many files stay on its card when all pictures that came were removed.
        """
        self.call("DELETE", "/faults")
        if self.operation in WITH_LIVE_VIEW:
            self.until_seen()
            self.wait_for(lambda: self.desk.live.trouble is None, "without trouble")
        found = self._until_taken()
        self.word(lambda: self.desk.discard(self._keys))
        self._keys.clear()
        left = len(self.card())
        if left:
            self.call("DELETE", "/store")
        return found + (f"+{left}" if left else "")

    def _until_taken(self) -> str:
        failed = []
        for _ in range(2):
            self.wait_for(lambda: self.is_ready, "ready")
            if (word := self._captured(CAPTURE_LIMIT_S)) == "ok":
                return "".join(failed)
            failed.append(f">{word}")
        self.anew()
        assert self._captured(CAPTURE_LIMIT_S) == "ok", f"does not work again: {failed}"
        return "*"

    def anew(self) -> None:
        """Have the worker started anew, which opens the camera."""
        before = self.status.since
        self.supervisor.restart("camera")
        self.wait_for(lambda: self.status.since != before, "restarted")
        self.wait_for(lambda: not self.status.is_coming, "opened")


def at_once(benches: dict[str, Bench], work: Callable[[Bench], object]) -> dict[str, Any]:
    """Run `work` for all operations at once: their benches share nothing, and what they do is mostly waiting."""
    with ThreadPoolExecutor(len(benches)) as pool:
        running = {operation: pool.submit(work, bench) for operation, bench in benches.items()}
        return {operation: future.result() for operation, future in running.items()}


@pytest.fixture(name="at_once")
def at_once_fixture() -> Callable[[dict[str, Bench], Callable[[Bench], object]], dict[str, Any]]:
    return at_once


@pytest.fixture(scope="module")
def benches() -> Iterator[dict[str, Bench]]:
    """A camera with its supervisor and desk for every operation."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(live_view, "LINGER_S", LINGER_S)
        made = {operation: Bench(operation) for operation in OPERATIONS}
        yield made
        for bench in made.values():
            bench.close()


@pytest.fixture(scope="session")
def make_bench(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Iterator[Bench]]:
    """Make a bench for a fixture, and end it behind that; nothing of its workers stays on the disk."""

    def make(operation: str) -> Iterator[Bench]:
        scratch = tmp_path_factory.mktemp("scratch")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("TMPDIR", str(scratch))
            made = Bench(operation)
            made.wait_for(lambda: made.is_ready, "ready")
            yield made
            made.close()
        assert [*scratch.iterdir()] == []

    return make
