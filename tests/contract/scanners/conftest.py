"""A scanner in its real worker process, spoken to over the real wire, on each SANE backend of the contract.

`test` is SANE's own pattern scanner; `saned` is the same one behind SANE's network server on loopback.
"""

from __future__ import annotations

import http.client
import json
import select
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest

from agent.devices.wire import VERSION, Cancel, Page, Reply, Request, Sign, Start, State, Wire
from drivers.scanner_api import ScannedPage, ScannerOffers

WITNESSES = ("test", "saned")
LIMIT_S = 60.0
CANCEL_LIMIT_S = 2.5
SANED_PORT = 6566


def see_end(process: subprocess.Popen[Any]) -> None:
    """Wait for a process that was told to end; one that does not is ended all the same, and told."""
    try:
        process.wait(10)
    finally:
        process.kill()
        process.communicate()


@pytest.fixture(scope="session", autouse=True)
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What the workers' drivers make for a while lies among the tests' own folders, which go in their time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(tmp_path_factory.getbasetemp()))
        yield


@dataclass
class Scan:
    """What a scan gave: its pages with their bytes, its progress, and how it ended."""

    pages: list[tuple[ScannedPage, bytes]] = field(default_factory=list)
    progress: list[dict[str, object]] = field(default_factory=list)
    reply: Reply | None = None
    was_called_off: bool = False
    was_killed: bool = False

    @property
    def code(self) -> str | None:
        if self.was_killed:
            return None
        assert self.reply is not None
        return self.reply.code

    @property
    def is_cancelled(self) -> bool:
        """Called off: the worker said so, or it was ended because its library did not come back."""
        if self.was_killed:
            return True
        assert self.reply is not None
        return bool(msgspec.json.decode(self.reply.data)["is_cancelled"])


class ScannerWorker:
    """A worker process with the SANE driver in it; put in place anew when it asks for that, as the supervisor does."""

    def __init__(self, address: str, settings: dict[str, object]) -> None:
        self._start = Start(VERSION, "scanner", "scanner_sane", address, settings)
        self.states: list[State] = []
        self.offers: ScannerOffers | None = None
        self.renewals = 0
        self._number = 0
        self._spawn()

    def _spawn(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "agent.devices.worker", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                cwd="/",
            )
        self.wire = Wire(ours, is_worker=False)
        self._heard: list[object] = []
        self.wire.send(self._start)

    def end(self) -> None:
        self.wire.close()
        see_end(self.process)

    def until_state(self) -> State:
        """Hear until the scanner says how it is."""
        return self._until(lambda message: isinstance(message, State))

    def scan(self, cancel_when: Callable[[Scan], bool] | None = None, **wanted: object) -> Scan:
        """Scan; call it off as soon as `cancel_when` says so, and end a worker that does not come back from that."""
        self._number += 1
        number, scan = self._number, Scan()
        end_s = time.monotonic() + LIMIT_S
        self.wire.send(Request(number, "scan", wanted, 0.0, 0.0))

        def hear(message: object) -> bool:
            nonlocal cancel_when, end_s
            if isinstance(message, Page) and message.number == number and not scan.was_called_off:
                scan.pages.append((msgspec.json.decode(message.data, type=ScannedPage), message.body))
            elif isinstance(message, Sign) and message.name == "progress":
                scan.progress.append(dict(message.facts))
            elif isinstance(message, Reply) and message.number == number:
                scan.reply = message
            if cancel_when is not None and cancel_when(scan):
                cancel_when = None
                self.wire.send(Cancel(number))
                end_s = time.monotonic() + CANCEL_LIMIT_S
                scan.was_called_off = True
            return scan.reply is not None

        if not self._hear_until(hear, lambda: end_s):
            assert scan.was_called_off, f"no end of the scan within {LIMIT_S} s"
            scan.was_killed = True
            self._renew()
        return scan

    def hear_for(self, note: Callable[[object], bool], wait_s: float) -> None:
        """Hear what comes in so many seconds."""
        end_s = time.monotonic() + wait_s
        self._hear_until(note, lambda: end_s)

    def _until(self, is_it: Callable[[object], bool]) -> object:
        end_s = time.monotonic() + LIMIT_S
        found: list[object] = []

        def keep(message: object) -> bool:
            found.append(message)
            return is_it(message)

        assert self._hear_until(keep, lambda: end_s), f"nothing of the kind within {LIMIT_S} s"
        return found[-1]

    def _hear_until(self, is_it: Callable[[object], bool], end_s: Callable[[], float]) -> bool:
        while True:
            while self._heard:
                message = self._heard.pop(0)
                self._note(message)
                if is_it(message):
                    return True
            left_s = end_s() - time.monotonic()
            if left_s <= 0:
                return False
            if select.select([self.wire], [], [], left_s)[0]:
                self._heard += self.wire.receive()

    def _note(self, message: object) -> None:
        if isinstance(message, State):
            self.states.append(message)
        elif isinstance(message, Sign) and message.name == "offers":
            self.offers = msgspec.json.decode(message.data, type=ScannerOffers)
        elif isinstance(message, Reply) and message.is_last:
            self._renew()

    def _renew(self) -> None:
        self.process.kill()
        self.end()
        self.renewals += 1
        self._spawn()


class Saned:
    """SANE's network server with the pattern scanner behind it, on a loopback address of its own."""

    def __init__(self, folder: Path) -> None:
        self.host = free_host()
        folder.joinpath("dll.d").mkdir(parents=True, exist_ok=True)
        folder.joinpath("dll.conf").write_text("test\n")
        folder.joinpath("saned.conf").write_text("127.0.0.0/8\n")
        self._process = subprocess.Popen(
            ["saned", "-l", "-b", self.host, "-e", "-d", "0"],
            env={"SANE_CONFIG_DIR": f"{folder}", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
            stdin=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        end_s = time.monotonic() + LIMIT_S
        while time.monotonic() < end_s:
            with socket.socket() as probe:
                if probe.connect_ex((self.host, SANED_PORT)) == 0:
                    return
            time.sleep(0.02)
        raise AssertionError("saned does not answer")

    def end(self) -> None:
        self._process.terminate()
        see_end(self._process)


def free_host() -> str:
    """A loopback address on which nobody has SANE's port: the client cannot be told another port."""
    for last in range(20, 250):
        with socket.socket() as probe:
            try:
                probe.bind((f"127.0.7.{last}", SANED_PORT))
            except OSError:
                continue
            return f"127.0.7.{last}"
    raise AssertionError("no free loopback address for saned")


Started = Callable[..., ScannerWorker]
Backend = Callable[..., tuple[str, dict[str, object]]]


@pytest.fixture(params=WITNESSES)
def witness(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def backend(witness: str, tmp_path: Path) -> Iterator[Backend]:
    """Make a backend; keyword arguments are lines of the pattern scanner's own configuration."""
    servers: list[Saned] = []
    folders = (tmp_path / f"sane-{number}" for number in count())

    def make(**lines: object) -> tuple[str, dict[str, object]]:
        folder = next(folders)
        folder.mkdir()
        folder.joinpath("test.conf").write_text(
            "".join(f"{name.replace('_', '-')} {value}\n" for name, value in lines.items())
        )
        if witness == "test":
            return "sane:test:0", {"configuration": str(folder)}
        servers.append(Saned(folder))
        return f"sane:net:{servers[-1].host}:test:0", {}

    yield make
    for server in servers:
        server.end()


@pytest.fixture
def started(backend: Backend) -> Iterator[Started]:
    """Start a scanner; keyword arguments as of the backend."""
    held: list[ScannerWorker] = []

    def start(**lines: object) -> ScannerWorker:
        held.append(ScannerWorker(*backend(**lines)))
        return held[-1]

    yield start
    for worker in reversed(held):
        worker.end()


@pytest.fixture
def worker_at() -> Iterator[Started]:
    """A scanner at an address; keyword arguments are the driver's settings."""
    held: list[ScannerWorker] = []

    def start(address: str, **settings: object) -> ScannerWorker:
        held.append(ScannerWorker(address, settings))
        return held[-1]

    yield start
    for each in held:
        each.end()


class Simulated:
    """The simulated network scanner, a process of its own, with its control port."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "simulators", "scanner", "--speed-factor", "100"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        line = json.loads(self._process.stdout.readline())
        self.address = str(line["address"])
        self._place, self._token = urlsplit(line["faults"]), str(line["token"])

    def control(self, method: str, path: str, body: object = None) -> Any:
        connection = http.client.HTTPConnection(self._place.netloc, timeout=LIMIT_S)
        connection.request(
            method, path, json.dumps(body) if body is not None else None, {"X-Renhu-Control": self._token}
        )
        with connection.getresponse() as answer:
            told = answer.read()
            assert answer.status < 300, told
        connection.close()
        return json.loads(told) if told else None

    def end(self) -> None:
        self._process.terminate()
        see_end(self._process)


@pytest.fixture
def simulated() -> Iterator[Simulated]:
    scanner = Simulated()
    yield scanner
    scanner.end()
