"""A camera's watch over its wire, with a camera that fails as a test wishes."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from agent.clock import SystemClock
from agent.devices.camera_rhythm import CameraRhythm
from agent.devices.camera_watch import CameraWatch
from agent.devices.hearing import LibraryHung
from agent.devices.wire import Reply, Request, Wire, WireBroken
from drivers.api import Candidate, CodedError, Deadline
from drivers.camera_api import (
    Camera,
    CameraCondition,
    CameraIdentity,
    CameraOffers,
    Setting,
    SettingName,
    Shot,
)

FOR_EVER_S = 3600.0
LIMIT_S = 20.0
IDENTITY = CameraIdentity("gphoto2:usb:A1", "Maker", "Model", "A1")
QUIET = {"condition_s": FOR_EVER_S, "list_s": FOR_EVER_S, "list_open_s": FOR_EVER_S, "reopen_s": 0.01}


class FakeCamera(Camera):
    """A camera that notes what is asked of it, and fails as a test wishes: `fails[call]` are its next errors.

    While `hold` is cleared, it does not come back from the call that it `hangs_in`.
    """

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.fails: dict[str, list[CodedError]] = {}
        self.state = CameraCondition(battery_percent=80)
        self.has_live_view = True
        self.hold = threading.Event()
        self.hold.set()
        self.hangs_in = "capture"
        self.discarded: list[str] = []

    def _do(self, call: str) -> None:
        self.asked.append(call)
        if call == self.hangs_in:
            self.hold.wait(LIMIT_S)
        if self.fails.get(call):
            raise self.fails[call].pop(0)

    def open(self, _deadline: Deadline) -> CameraIdentity:
        self._do("open")
        return IDENTITY

    def close(self) -> None:
        self.asked.append("close")

    def offers(self) -> CameraOffers:
        return CameraOffers(self.has_live_view, (Setting(SettingName.ISO, "200", ("100", "200")),))

    def condition(self) -> CameraCondition:
        self._do("condition")
        return self.state

    def preview(self) -> bytes:
        self._do("preview")
        return b"\xff\xd8frame\xff\xd9"

    def end_preview(self) -> None:
        self._do("end_preview")

    def capture(self, _deadline: Deadline) -> tuple[Shot, bytes]:
        self._do("capture")
        return Shot("/store/DSC_1.JPG", "DSC_1.JPG"), b"picture"

    def settle(self, _deadline: Deadline) -> None:
        self._do("settle")

    def discard(self, keys: Sequence[str]) -> None:
        self._do("discard")
        self.discarded += keys

    def set(self, name: SettingName, value: str) -> Setting:
        self._do("set")
        return Setting(name, value, ("100", "200"))

    def reset(self) -> bool:
        self._do("reset")
        return True

    def candidates(self) -> tuple[Candidate, ...]:
        self.asked.append("candidates")
        return (Candidate("gphoto2:usb:A1", "Maker Model"),)


class Agent:
    """The agent's end of the wire."""

    def __init__(self, camera: FakeCamera, rhythm: CameraRhythm, renewals: int) -> None:
        ours, theirs = socket.socketpair()
        ours.settimeout(LIMIT_S)
        self.wire = Wire(ours, is_worker=False)
        clock = SystemClock("Asia/Shanghai")
        self._theirs = Wire(theirs, is_worker=True)
        self._watch = CameraWatch(camera, self._theirs, clock, rhythm, renewals)
        self.heard: list[Any] = []
        self._ended_by: type[Exception] | None = None
        self._waiting: list[Any] = []
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        with pytest.raises((WireBroken, LibraryHung)) as ended:
            self._watch.run()
        self._ended_by = ended.type

    @property
    def has_heard_cancel(self) -> bool:
        """Whether the worker knows that a request was called off."""
        return bool(self._watch._cancelled)

    def until(self, is_it: Callable[[Any], bool]) -> Any:
        """The next that is meant; all that came before it is in `heard`."""
        end_s = time.monotonic() + LIMIT_S
        while time.monotonic() < end_s:
            while self._waiting:
                message = self._waiting.pop(0)
                self.heard.append(message)
                if is_it(message):
                    return message
            self._waiting += self.wire.receive()
        raise AssertionError(f"never came; heard {self.heard}")

    def until_ended(self) -> type[Exception] | None:
        """Wait until the worker has ended by itself; gives by what."""
        self._thread.join(LIMIT_S)
        assert not self._thread.is_alive()
        return self._ended_by

    def next(self, kind: type) -> Any:
        return self.until(lambda message: isinstance(message, kind))

    def ask(self, number: int, operation: str, limit_s: float = LIMIT_S, **arguments: object) -> None:
        self.wire.send(Request(number, operation, arguments, time.monotonic() + limit_s, limit_s))

    def answer(self, number: int, operation: str, **arguments: object) -> Reply:
        self.ask(number, operation, **arguments)
        reply: Reply = self.until(lambda message: isinstance(message, Reply) and message.number == number)
        return reply

    def end(self) -> None:
        self.wire.close()
        self._thread.join()
        self._theirs.close()


Started = Callable[..., tuple[FakeCamera, Agent]]


@pytest.fixture
def started() -> Iterator[Started]:
    """Start a camera's watch; keyword arguments are its rhythm, and `fails` what its camera says no to."""
    held: list[tuple[FakeCamera, Agent]] = []

    def start(
        *, renewals: int = 0, fails: dict[str, list[CodedError]] | None = None, **rhythm: float
    ) -> tuple[FakeCamera, Agent]:
        camera = FakeCamera()
        camera.fails = fails or {}
        pace = CameraRhythm(**{"pulse_s": 0.05, **QUIET, **rhythm})  # type: ignore[arg-type]
        held.append((camera, Agent(camera, pace, renewals)))
        return held[-1]

    yield start
    for camera, agent in held:
        camera.hold.set()
        agent.end()
