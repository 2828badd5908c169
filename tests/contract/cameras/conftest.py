"""A camera in its real worker process, spoken to over the real wire, at each camera of the contract.

`vusb` is libgphoto2's own make-believe camera, written by others; `ptpip` is our simulator on the network.
"""

from __future__ import annotations

import io
import json
import select
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PIL import Image

from agent.devices.wire import VERSION, Frame, Look, Page, Reply, Request, Sign, Start, State, Wire
from agent.simulator_process import SimulatorProcess
from drivers.camera_api import CameraOffers, Shot

WITNESSES = ("vusb", "ptpip")
LIMIT_S = 30.0


@dataclass
class Taken:
    """How a release ended: what came, and the answer."""

    pages: list[tuple[Shot, bytes]] = field(default_factory=list)
    reply: Reply | None = None

    @property
    def code(self) -> str | None:
        assert self.reply is not None
        return self.reply.code

    @property
    def shot(self) -> Shot:
        assert self.code is None, self.reply
        return self.pages[0][0]

    @property
    def content(self) -> bytes:
        return self.pages[0][1]


class CameraWorker:
    """A worker process with the camera's driver in it; put in place anew when it asks for that."""

    def __init__(self, address: str, settings: dict[str, object], scratch: Path) -> None:
        self._address, self._settings, self._scratch = address, settings, scratch
        self.states: list[State] = []
        self.signs: list[Sign] = []
        self.renewals = 0
        self._number = self._asked_for = 0
        self._spawn()

    def _spawn(self) -> None:
        self.scratch = self._scratch / f"worker-{self.renewals}"
        self.scratch.mkdir()
        ours, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "agent.devices.worker", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TMPDIR": str(self.scratch)},
                cwd="/",
            )
        self.wire = Wire(ours, is_worker=False)
        self._heard: list[Any] = []
        self.wire.send(Start(VERSION, "camera", "camera_gphoto2", self._address, self._settings, self._asked_for))

    def end(self) -> None:
        self.wire.close()
        try:
            self.process.wait(10)
        finally:
            self.process.kill()
            self.process.wait()

    def _renew(self) -> None:
        self.process.kill()
        self.end()
        self.renewals += 1
        self._spawn()

    def until(self, is_it: Callable[[Any], bool], limit_s: float = LIMIT_S) -> Any:
        """The next message that is meant."""
        end_s = time.monotonic() + limit_s
        while time.monotonic() < end_s:
            while self._heard:
                message = self._heard.pop(0)
                self._note(message)
                if is_it(message):
                    return message
            if select.select([self.wire], [], [], 0.1)[0]:
                self._heard += self.wire.receive()
        raise AssertionError(f"nothing of the kind within {limit_s} s; states {self.states}")

    def until_state(self, state: str | None = None) -> State:
        """The next word of how the camera can be used, or the next such."""
        told: State = self.until(lambda each: isinstance(each, State) and state in {None, each.state})
        return told

    def until_sign(self, name: str) -> Sign:
        """The last sign of this name, or the first one that comes."""
        known = next((sign for sign in reversed(self.signs) if sign.name == name), None)
        return known or self.until(lambda each: isinstance(each, Sign) and each.name == name)

    def offers(self) -> CameraOffers:
        """What the camera has told of itself last."""
        return msgspec.json.decode(self.until_sign("offers").data, type=CameraOffers)

    def _note(self, message: Any) -> None:
        if isinstance(message, State):
            self.states.append(message)
            self._asked_for = 0 if message.state == "ready" else self._asked_for + message.is_last
        elif isinstance(message, Sign):
            self.signs.append(message)
        if isinstance(message, State | Reply) and message.is_last:
            self._renew()

    def ask(self, operation: str, limit_s: float = LIMIT_S, **arguments: object) -> Reply:
        """Have something done; gives the answer."""
        return self.asked(operation, lambda _: None, limit_s, arguments)

    def capture(self, limit_s: float = LIMIT_S, **arguments: object) -> Taken:
        """Release the shutter."""
        taken = Taken()

        def note(message: object) -> None:
            if isinstance(message, Page):
                taken.pages.append((msgspec.json.decode(message.data, type=Shot), bytes(message.body)))

        taken.reply = self.asked("capture", note, limit_s, arguments)
        return taken

    def asked(
        self,
        operation: str,
        note: Callable[[Any], None],
        limit_s: float = LIMIT_S,
        arguments: dict[str, object] | None = None,
    ) -> Reply:
        """Have something done, and all messages noted until it is answered."""
        self._number += 1
        number = self._number
        self.wire.send(Request(number, operation, arguments or {}, time.monotonic() + limit_s, limit_s))

        def is_it(message: object) -> bool:
            note(message)
            return isinstance(message, Reply) and message.number == number

        reply: Reply = self.until(is_it, limit_s + LIMIT_S)
        return reply

    def look(self, frames_per_s: int) -> None:
        """Look at the live view."""
        self.wire.send(Look(frames_per_s))

    def frame(self, limit_s: float = LIMIT_S) -> bytes:
        """The next frame of the live view."""
        shown: Frame = self.until(lambda each: isinstance(each, Frame), limit_s)
        return bytes(shown.body)

    def loaded(self) -> set[str]:
        """The names of the libraries in the worker's memory."""
        lines = Path(f"/proc/{self.process.pid}/maps").read_text("utf-8").splitlines()
        return {Path(line.split()[-1]).name for line in lines if ".so" in line}


Started = Callable[..., CameraWorker]


@pytest.fixture
def worker_at(tmp_path: Path) -> Iterator[Started]:
    """A camera at an address; keyword arguments are the driver's settings."""
    held: list[CameraWorker] = []

    def start(address: str, **settings: object) -> CameraWorker:
        scratch = tmp_path / f"scratch-{len(held)}"
        scratch.mkdir()
        held.append(CameraWorker(address, settings, scratch))
        return held[-1]

    yield start
    for each in held:
        each.end()


@pytest.fixture
def make_believe(worker_at: Started, tmp_path: Path) -> Callable[..., CameraWorker]:
    """libgphoto2's own camera, which has one picture to give."""

    def start(content: bytes) -> CameraWorker:
        folder = tmp_path / "vusb"
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "DCIM").mkdir(parents=True)
        (folder / "DCIM" / "a.jpg").write_bytes(content)
        return worker_at("gphoto2:vusb", folder=str(folder))

    return start


def jpeg() -> bytes:
    """A picture of nothing in particular."""
    written = io.BytesIO()
    Image.effect_noise((1200, 900), 60).convert("RGB").save(written, "JPEG")
    return written.getvalue()


class Simulated:
    """The simulated camera, a process of its own, with its control port."""

    def __init__(self) -> None:
        self._process = SimulatorProcess.start("camera", "--speed-factor", "50")
        self.address = self._process.address

    def control(self, method: str, path: str, **body: object) -> Any:
        told = self._process.call(method, path, body or None)
        return json.loads(told) if told else None

    def fault(self, name: str, **parameters: object) -> None:
        """Switch a fault on."""
        self._process.call("PUT", f"/faults/{name}", parameters)

    def heal(self) -> None:
        """Switch all faults off."""
        self._process.call("DELETE", "/faults")

    def settle(self) -> None:
        """No faults, nothing on its card, set as at first."""
        self.heal()
        self.set(quality="jpeg", battery=100)
        self._process.call("DELETE", "/store")

    def set(self, **settings: object) -> None:
        """Set what a photographer sets on the camera itself."""
        self.control("PUT", "/camera", **settings)

    def card(self) -> list[str]:
        """The names of the files on its card."""
        return [picture["name"] for picture in self.control("GET", "/store")["pictures"]]

    def until(self, condition: Callable[[], object]) -> None:
        """Poll until the condition holds."""
        end_s = time.monotonic() + LIMIT_S
        while not condition():
            assert time.monotonic() < end_s, self.card()
            time.sleep(0.01)

    def asked(self) -> list[str]:
        """What it was asked for lately."""
        return [entry["command"] for entry in self.control("GET", "/log")]

    def end(self) -> None:
        self._process.stop()


@pytest.fixture(scope="session")
def simulator() -> Iterator[Simulated]:
    """One simulated camera for all tests."""
    camera = Simulated()
    yield camera
    camera.end()


@pytest.fixture
def simulated(simulator: Simulated) -> Iterator[Simulated]:
    """The simulated camera, settled."""
    simulator.settle()
    yield simulator
    simulator.settle()


@pytest.fixture(params=WITNESSES)
def camera(request: pytest.FixtureRequest) -> CameraWorker:
    """A camera of the contract, ready."""
    if request.param == "vusb":
        worker: CameraWorker = request.getfixturevalue("make_believe")(jpeg())
    else:
        worker = request.getfixturevalue("worker_at")(request.getfixturevalue("simulated").address)
    worker.until_state("ready")
    return worker


@pytest.fixture
def network(simulated: Simulated, worker_at: Started) -> CameraWorker:
    """A worker at the simulated camera, ready."""
    worker = worker_at(simulated.address)
    worker.until_state("ready")
    return worker
