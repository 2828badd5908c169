"""How long a device may show nothing: shorter amid a page than before its first line."""

from __future__ import annotations

import socket
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


@pytest.mark.parametrize(("moving_s", "amid_s"), [(MOVING_S, MOVING_S), (None, WHOLE_S)])
def test_only_lines_of_a_page_shorten_the_time_and_each_page_begins_with_all_of_it(
    moving_s: float | None, amid_s: float
) -> None:
    clock = Clock()
    ours, theirs = socket.socketpair()
    with theirs:
        host = DeviceHost(DeviceSettings("scanner", "", "", {}), clock, DeviceState.READY)
        host.wire = Wire(ours, is_worker=False)
        host.request("scan", {}, WHOLE_S, Future(), moving_s)
        assert host.pending is not None
        assert host.pending.deadline_s == clock.at_s + WHOLE_S
        shown = [
            (lines(0), WHOLE_S),
            (lines(140), amid_s),
            (lines(7000), amid_s),
            (Page(1, msgspec.Raw(b"{}"), 0), WHOLE_S),
        ]
        for sign, left_s in [*shown, (lines(140), amid_s), (Sign("button"), WHOLE_S)]:
            clock.at_s += 1
            host.went_on(sign)
            assert host.pending.deadline_s == clock.at_s + left_s, sign
        host.wire.close()
