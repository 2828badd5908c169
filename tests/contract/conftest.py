"""A driver at a simulated reader on each of its three wires, all of which are mandatory; or at a real device.

`pytest tests/contract --hardware reader=serial:/dev/ttyUSB0` runs the same contract against the reader at that address
(as in the configuration).  What needs to lay cards down or to switch faults on is left out there, and counted as
deselected.  Lay one card on the plate before, or what is shown of a card is skipped.
"""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from agent.clock import SystemClock
from drivers import reader_sam
from drivers.api import Deadline, IdCard, IdReader

WIRES = ("pty", "usb-split", "usb-pair")
SPEED_FACTOR = 20
ENDS_WITHIN_S = 30
ROLES = ("reader",)
OTHER_ROLES = {"scanners", "cameras"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--hardware",
        action="append",
        default=[],
        metavar="ROLE=ADDRESS",
        help=f"run the contract of a role ({', '.join(ROLES)}) against the real device at this address",
    )


def hardware(config: pytest.Config) -> dict[str, str]:
    """The real devices that were named, by role."""
    found = {}
    for given in config.getoption("hardware", default=[]):
        role, is_address, address = given.partition("=")
        if role not in ROLES or not is_address or not address:
            raise pytest.UsageError(f"--hardware {given}: ROLE=ADDRESS is wanted, ROLE one of {', '.join(ROLES)}")
        found[role] = address
    return found


def pytest_report_header(config: pytest.Config) -> list[str]:
    return [f"hardware: {role} at {address}" for role, address in hardware(config).items()]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "place" in metafunc.fixturenames:
        address = hardware(metafunc.config).get("reader")
        metafunc.parametrize("place", WIRES if address is None else [address], indirect=True, scope="session")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With a real device nobody can lay cards down or switch faults on, and other roles are not meant."""
    if hardware(config):
        left_out = [
            item
            for item in items
            if {"desk", "pty_desk"} & set(getattr(item, "fixturenames", ())) or item.path.parent.name in OTHER_ROLES
        ]
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)


class Simulator:
    """A simulator process and its control port."""

    def __init__(self, wire: str) -> None:
        command = [sys.executable, "-m", "simulators", "reader", "--wire", wire, "--speed-factor", str(SPEED_FACTOR)]
        self.wire = wire
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self.end()
        told = json.loads(line)
        self.address: str = told["address"]
        self._place, self._token = urlsplit(told["faults"]).netloc, told["token"]
        self.card_ids = [card["id"] for card in self.ask("GET", "/cards")["cards"]]

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """Talk to the control port."""
        connection = http.client.HTTPConnection(self._place, timeout=10)
        try:
            data = None if body is None else json.dumps(body)
            connection.request(method, path, data, {"X-Renhu-Control": self._token})
            answer = connection.getresponse()
            said = answer.read()
            assert answer.status in {200, 204}, (path, answer.status, said)
            return json.loads(said or b"null")
        finally:
            connection.close()

    def fault(self, name: str, **parameters: object) -> None:
        """Switch a fault on."""
        self.ask("PUT", f"/faults/{name}", parameters)

    def lay(self, card_id: str) -> None:
        """Lay a card on the plate."""
        self.ask("PUT", "/plate", {"card": card_id})

    def lift(self) -> None:
        """Take away what lies there."""
        self.ask("DELETE", "/plate")

    def facts(self, card_id: str) -> dict[str, Any]:
        """What was written on a card."""
        facts: dict[str, Any] = self.ask("GET", f"/card?card={card_id}")
        return facts

    def settle(self) -> None:
        """No faults, nothing on the plate, plugged in."""
        self.ask("DELETE", "/faults")
        self.lift()

    def end(self) -> None:
        """End the process; one that does not end by itself is ended, and that is told."""
        assert self._process.stdout is not None
        self._process.terminate()
        try:
            self._process.wait(ENDS_WITHIN_S)
        finally:
            self._process.kill()
            self._process.wait()
            self._process.stdout.close()


class Device:
    """A driver at a device of which only the address is known."""

    def __init__(self, address: str, timing_scale: float) -> None:
        self.address = address
        self.clock = SystemClock()
        self.reader: IdReader = reader_sam.create(address, {"timing_scale": timing_scale}, self.clock)

    def deadline(self, limit_s: float = 20.0) -> Deadline:
        """A deadline that only a hanging driver meets."""
        return Deadline.after(self.clock, limit_s)


class Desk(Device):
    """A driver at a simulator."""

    def __init__(self, simulator: Simulator) -> None:
        super().__init__(simulator.address, 1 / SPEED_FACTOR)
        self.simulator = simulator

    def lay_and_read(self, card_id: str) -> IdCard:
        """Lay a card down and read it once; a card that lay there before is lifted first."""
        self.simulator.lift()
        self.simulator.lay(card_id)
        card = self.reader.read_card(self.deadline())
        assert card is not None
        return card


@pytest.fixture(scope="session")
def place(request: pytest.FixtureRequest) -> Iterator[Simulator | str]:
    """One simulator process a wire, shared by all tests; or the address of a real device."""
    if request.param not in WIRES:
        yield request.param
        return
    simulator = Simulator(request.param)
    yield simulator
    simulator.end()


@pytest.fixture
def desk(place: Simulator) -> Iterator[Desk]:
    """An open driver at a settled simulator."""
    place.settle()
    desk = Desk(place)
    desk.reader.open(desk.deadline())
    yield desk
    desk.reader.close()
    place.settle()


@pytest.fixture
def pty_desk() -> Iterator[Desk]:
    """A driver, not yet opened, at a simulator of its own on a terminal."""
    simulator = Simulator("pty")
    yield Desk(simulator)
    simulator.end()


@pytest.fixture
def device(place: Simulator | str) -> Iterator[Device]:
    """An open driver at a simulator on whose plate a card lies, or at a real device."""
    if isinstance(place, Simulator):
        place.settle()
        place.lay(place.card_ids[0])
    device = Device(place, 1.0) if isinstance(place, str) else Desk(place)
    device.reader.open(device.deadline())
    yield device
    device.reader.close()
