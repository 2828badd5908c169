"""How long an answer is waited for grows with the time that its bytes need on the line."""

from __future__ import annotations

from functools import reduce
from operator import xor
from typing import TYPE_CHECKING

import pytest

from drivers import sam_commands
from drivers.api import Deadline
from drivers.reader_line import Counters, Line
from drivers.reader_timings import Timings

if TYPE_CHECKING:
    from conftest import FakeClock

_GUARDED = (1288).to_bytes(2, "big") + b"\0\0\x90\x01\0\x04\0" + bytes(1280)
ANSWER = bytes.fromhex("AA AA AA 96 69") + _GUARDED + bytes((reduce(xor, _GUARDED),))
PIECES = 16


class EvenWire:
    """A line on which the answer comes in even pieces, without a gap that would give it up."""

    def __init__(self, clock: FakeClock, speed_baud: int, first_s: float, last_s: float) -> None:
        self._clock, self._first_s, self._last_s = clock, first_s, last_s
        self.speed_baud = speed_baud
        self.address = self.description = "even"
        self._coming: list[tuple[float, bytes]] = []

    def write(self, _wire: bytes, _deadline: Deadline) -> None:
        step_s = (self._last_s - self._first_s) / (PIECES - 1)
        size = -(-len(ANSWER) // PIECES)
        now_s = self._clock.time_s
        self._coming = [
            (now_s + self._first_s + step_s * number, ANSWER[number * size : (number + 1) * size])
            for number in range(PIECES)
        ]

    def read(self, deadline: Deadline) -> bytes:
        if self._coming and self._coming[0][0] <= deadline.at_s:
            due_s, piece = self._coming.pop(0)
            self._clock.time_s = max(self._clock.time_s, due_s)
            return piece
        self._clock.time_s = max(self._clock.time_s, deadline.at_s)
        return b""

    def set_speed(self, speed_baud: int) -> None:
        self.speed_baud = speed_baud

    def has_second_opener(self) -> bool:
        return False

    def close(self) -> None:
        pass

    def fileno(self) -> int | None:
        return None


@pytest.mark.parametrize(("first_s", "last_s"), [(2.9, 6.0), (3.1, 4.9)], ids=["ends-late", "begins-late"])
@pytest.mark.parametrize(("speed_baud", "is_taken"), [(9600, True), (115200, False)])
def test_an_answer_has_the_time_that_the_lines_speed_needs(
    clock: FakeClock, speed_baud: int, is_taken: bool, first_s: float, last_s: float
) -> None:
    line = Line(EvenWire(clock, speed_baud, first_s, last_s), clock, Timings(), Counters(), lambda: None)
    answer = line.ask(sam_commands.READ_BASE, b"", Deadline.after(clock, 60))
    assert (answer is not None) is is_taken
