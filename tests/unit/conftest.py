"""A session over a wire of bytes in memory, for the tests of the reader's exchange and its ladder."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from drivers import reader_errors, sam_commands
from drivers.api import Deadline
from drivers.reader_session import Session
from drivers.reader_timings import Timings

OK = bytes.fromhex("AA AA AA 96 69 00 04 00 00 90 94")
FOUND = bytes.fromhex("AA AA AA 96 69 00 08 00 00 9F 00 00 00 00 97")
SAM_ID = bytes.fromhex("AA AA AA 96 69 00 14 00 00 90 05 00 01 00 A5 3A 34 01 87 D6 12 00 B1 CB 74 00 67")


class FakeClock:
    """Time that passes only when somebody waits."""

    def __init__(self) -> None:
        self.time_s = 1000.0

    def monotonic(self) -> float:
        return self.time_s

    def now(self) -> datetime:
        return datetime.now(UTC)

    def today(self) -> date:
        return date(2026, 1, 1)

    def sleep(self, seconds: float) -> None:
        self.time_s += seconds


class FakeWire:
    """A wire whose module answers each request by `answer(code)`: pieces of (delay, bytes)."""

    def __init__(self, clock: FakeClock, answer: Callable[[bytes], list[tuple[float, bytes]]]) -> None:
        self.clock, self.answer = clock, answer
        self.module_baud: int | None = None
        self.speed_baud: int | None = None
        self.address, self.description = "fake", "fake"
        self.sent: list[bytes] = []
        self.coming: list[tuple[float, bytes]] = []
        self.is_closed = self.is_unplugged = self.is_shared = False

    def write(self, wire: bytes, _: Deadline) -> None:
        if self.is_unplugged:
            raise reader_errors.absent("fake")
        self.sent.append(wire[7:9])
        if self.module_baud == self.speed_baud:
            self.coming += [(self.clock.time_s + delay, piece) for delay, piece in self.answer(wire[7:9])]

    def read(self, deadline: Deadline) -> bytes:
        if self.is_unplugged:
            raise reader_errors.absent("fake")
        self.coming.sort(key=lambda item: item[0])
        if self.coming and self.coming[0][0] <= deadline.at_s:
            due_s, piece = self.coming.pop(0)
            self.clock.time_s = max(self.clock.time_s, due_s)
            return piece
        self.clock.time_s = max(self.clock.time_s, deadline.at_s)
        return b""

    def set_speed(self, speed_baud: int) -> None:
        self.speed_baud = speed_baud

    def has_second_opener(self) -> bool:
        return self.is_shared

    def close(self) -> None:
        self.is_closed = True

    def fileno(self) -> int | None:
        return None


class FakePort:
    def __init__(self, wire: FakeWire, speeds_baud: tuple[int, ...] = ()) -> None:
        self.wire, self.speeds_baud, self.openings = wire, speeds_baud, 0

    def open(self) -> FakeWire:
        self.openings += 1
        if self.wire.is_unplugged:
            raise reader_errors.absent("fake")
        self.wire.coming.clear()
        if self.speeds_baud:
            self.wire.speed_baud = self.speeds_baud[0]
        return self.wire


class Bench:
    """A session over a fake wire whose answers a test scripts by command; 11 FF and 10 FF are answered well."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.script: dict[str, list[list[tuple[float, bytes]]]] = {}
        self.usual: dict[str, bytes] = {"11 FF": OK, "10 FF": OK, "20 01": FOUND, "12 FF": SAM_ID}
        self.wire = FakeWire(self.clock, self._answer)
        self.port = FakePort(self.wire)
        self.session = Session(self.clock, Timings())

    def _answer(self, code: bytes) -> list[tuple[float, bytes]]:
        command = code.hex(" ").upper()
        if self.script.get(command):
            return self.script[command].pop(0)
        return [(0.01, self.usual[command])] if command in self.usual else []

    def deadline(self, limit_s: float = 60.0) -> Deadline:
        return Deadline.after(self.clock, limit_s)

    def open(self) -> None:
        self.session.open(self.port, self.deadline())
        self.wire.sent.clear()

    def find(self, limit_s: float = 60.0) -> int:
        return self.session.exchange(sam_commands.FIND, self.deadline(limit_s)).status

    def sent(self, command: str) -> int:
        return self.wire.sent.count(bytes.fromhex(command))


@pytest.fixture
def clock() -> FakeClock:
    """A clock that only waiting moves."""
    return FakeClock()


@pytest.fixture
def new_bench() -> Callable[[], Bench]:
    """Makes benches whose port is not open yet."""
    return Bench


@pytest.fixture
def bench() -> Bench:
    """A bench with an open port."""
    bench = Bench()
    bench.open()
    return bench
