"""How long a device may show nothing: less amid a page than before its first line, and less behind quick pages."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from concurrent.futures import Future
from datetime import UTC, date, datetime

import msgspec
import pytest

from agent.devices.host import DeviceHost, DeviceSettings
from agent.devices.state import DeviceState
from agent.devices.wire import Page, Sign, Wire

WHOLE_S, MOVING_S = 240.0, 60.0


class Clock:
    """A clock that stands still."""

    at_s = 1000.0

    def monotonic(self) -> float:
        return self.at_s

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC)

    def today(self) -> date:
        return date(2026, 1, 1)

    def sleep(self, _duration_s: float) -> None:
        raise AssertionError


def lines(count: int) -> Sign:
    return Sign("progress", facts={"page": 1, "lines": count, "lines_expected": 7000})


PAGE = Page(1, msgspec.Raw(b"{}"), 0)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def host(clock: Clock) -> Iterator[DeviceHost]:
    ours, theirs = socket.socketpair()
    with theirs:
        made = DeviceHost(DeviceSettings("scanner", "", "", {}), clock, DeviceState.READY)
        made.wire = Wire(ours, is_worker=False)
        yield made
        made.wire.close()


def left_after(host: DeviceHost, clock: Clock, sign: Sign | Page, waited_s: float) -> float:
    """How much time is left from when a sign has come."""
    clock.at_s += waited_s
    host.went_on(sign)
    assert host.pending is not None
    return host.pending.deadline_s - clock.at_s


@pytest.mark.parametrize(("moving_s", "amid_s"), [(MOVING_S, MOVING_S), (None, WHOLE_S)])
def test_lines_of_a_page_shorten_the_time_and_the_first_page_begins_with_all_of_it(
    host: DeviceHost, clock: Clock, moving_s: float | None, amid_s: float
) -> None:
    host.request("scan", {}, WHOLE_S, Future(), moving_s)
    assert host.pending is not None
    assert host.pending.deadline_s == clock.at_s + WHOLE_S
    shown = [(lines(0), WHOLE_S), (lines(140), amid_s), (lines(7000), amid_s), (PAGE, amid_s), (lines(140), amid_s)]
    assert [left_after(host, clock, sign, 1) for sign, _ in shown] == [left_s for _, left_s in shown]


def test_between_two_pages_those_that_have_come_say_how_long_one_may_take(host: DeviceHost, clock: Clock) -> None:
    host.request("scan", {}, WHOLE_S, Future(), MOVING_S)
    waited_and_left_s = [(5, MOVING_S), (30, 120), (0.1, 120), (20, 120), (70, WHOLE_S)]
    assert [left_after(host, clock, PAGE, waited_s) for waited_s, _ in waited_and_left_s] == pytest.approx(
        [left_s for _, left_s in waited_and_left_s]
    )
