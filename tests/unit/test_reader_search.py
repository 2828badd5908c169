"""Looking for a reader among ports: also for one that was moved, and that opening its port restarts."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from drivers import sam_commands
from drivers.api import DeviceAbsent
from drivers.reader_search import Place, Search

if TYPE_CHECKING:
    from conftest import Bench

    NewBench = Callable[[], Bench]

WAKES_S = 2.0


@pytest.mark.parametrize("last", ["", "where it was"])
@pytest.mark.parametrize("others", [0, 1])
def test_a_reader_that_opening_restarts_is_found_where_none_was_before(
    new_bench: NewBench, last: str, others: int
) -> None:
    bench = new_bench()
    bench.port.speeds_baud = sam_commands.SPEEDS_BAUD
    bench.wire.module_baud = 115200
    answer, opened, open_port = bench.wire.answer, [0.0], bench.port.open

    def restarted() -> object:
        opened[0] = bench.clock.time_s
        return open_port()

    bench.port.open = restarted  # type: ignore[method-assign,assignment]
    bench.wire.answer = lambda code: answer(code) if bench.clock.time_s - opened[0] >= WAKES_S else []
    silent = new_bench()
    silent.clock = silent.wire.clock = bench.clock
    silent.usual.clear()
    places = [Place(silent.port, f"other {number}", "other") for number in range(others)]
    places.append(Place(bench.port, "here", "reader"))
    search = Search(bench.session, bench.clock, last)
    began_s = bench.clock.time_s
    while search.last != "here" and bench.clock.time_s - began_s < 120:
        with suppress(DeviceAbsent):
            search.open(places, bench.deadline(20.0))
        bench.clock.sleep(0.2)
    assert search.last == "here"


def test_why_each_port_was_passed_over_is_told(new_bench: NewBench) -> None:
    bench, noisy = new_bench(), new_bench()
    bench.usual.clear()
    bench.port.speeds_baud = noisy.port.speeds_baud = (115200,)
    noisy.wire.clock = bench.clock
    noisy.wire.answer = lambda _: [(0.01, b"hello")]
    noisy.wire.module_baud = bench.wire.module_baud = 115200
    search = Search(bench.session, bench.clock, "")
    with pytest.raises(DeviceAbsent) as error:
        search.open(
            [Place(bench.port, "a", "CH340 A"), Place(noisy.port, "b", "CH340 B")], bench.deadline(), ("till C",)
        )
    assert error.value.facts == {
        "looked": "CH340 A, CH340 B",
        "passed": "READER-SILENT CH340 A\nREADER-NOT-A-READER CH340 B\nnot-listed till C",
    }
