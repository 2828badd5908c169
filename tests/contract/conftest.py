"""A driver at a simulated reader on each of its three wires, all of which are mandatory."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest

from drivers import reader_sam
from drivers.api import Deadline, IdCard, IdReader

WIRES = ("pty", "usb-split", "usb-pair")
SPEED_FACTOR = 20


class SystemClock:
    """The machine's clock."""

    def monotonic(self) -> float:
        return time.monotonic()

    def now(self) -> datetime:
        return datetime.now(UTC)

    def today(self) -> date:
        return datetime.now(UTC).date()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class Simulator:
    """A simulator process and its control port."""

    def __init__(self, wire: str) -> None:
        command = [sys.executable, "-m", "simulators", "reader", "--wire", wire, "--speed-factor", str(SPEED_FACTOR)]
        self.wire = wire
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        told = json.loads(self._process.stdout.readline())
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
        """End the process."""
        self._process.terminate()
        self._process.wait(10)
        assert self._process.stdout is not None
        self._process.stdout.close()


class Desk:
    """A driver at a simulator."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.clock = SystemClock()
        self.reader: IdReader = reader_sam.create(simulator.address, {"timing_scale": 1 / SPEED_FACTOR}, self.clock)

    def deadline(self, limit_s: float = 20.0) -> Deadline:
        """A deadline that only a hanging driver meets."""
        return Deadline.after(self.clock, limit_s)

    def lay_and_read(self, card_id: str) -> IdCard:
        """Lay a card down and read it once; a card that lay there before is lifted first."""
        self.simulator.lift()
        self.simulator.lay(card_id)
        card = self.reader.read_card(self.deadline())
        assert card is not None
        return card


@pytest.fixture(scope="session", params=WIRES)
def simulator(request: pytest.FixtureRequest) -> Iterator[Simulator]:
    """One simulator process a wire, shared by all tests."""
    simulator = Simulator(request.param)
    yield simulator
    simulator.end()


@pytest.fixture
def desk(simulator: Simulator) -> Iterator[Desk]:
    """An open driver at a settled simulator."""
    simulator.settle()
    desk = Desk(simulator)
    desk.reader.open(desk.deadline())
    yield desk
    desk.reader.close()
    simulator.settle()
