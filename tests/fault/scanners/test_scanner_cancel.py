"""A scan is called off over eSCL: before, in, between and after its pages; the next one works.

Two hundred times, in the agent, and at every twentieth of a page, the contract suite shows it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from agent.devices.state import DeviceState

if TYPE_CHECKING:
    from conftest import Bench

MOMENTS = {"before": 0, "in the first": 0, "behind the first": 1, "behind the second": 2, "behind the last": 3}
# The supervisor's own limit for a cancel; what a busy machine may add.
CANCEL_S = 2.5
BUSY_S = 15.0


@pytest.fixture(scope="module")
def slow_bench(make_bench: Any) -> Iterator[Bench]:
    """A scanner whose page takes half a second."""
    yield from make_bench(speed_factor=2)


def call_off(bench: Bench, moment: str) -> float:
    """Call a scan of the feeder off at a moment, and scan again; says how long the end took."""
    bench.until_ready()
    bench.load()
    known = len(bench.requests())
    answer = bench.begin(bench.FEEDER, 60.0)
    pages = MOMENTS[moment]
    if moment == "in the first":
        bench.wait_for(lambda: "create-job" in bench.requests()[known:], "began")
    elif pages:
        bench.wait_for(lambda: len(bench.pages()) >= pages, "the pages")
    began_s = time.monotonic()
    bench.supervisor.cancel("scanner")
    bench.wait_for(answer.done, "ended")
    ended_s = time.monotonic()
    outcome = bench.end_of(answer, 3)
    # Behind the last page the scan may have ended well before it was called off.
    assert outcome in ({"ok", "cancelled+3"} if pages == 3 else {f"cancelled+{pages}" if pages else "cancelled"})
    assert bench.show_ready("feeder") == []
    return ended_s - began_s


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_scan_is_called_off_and_the_next_one_works(slow_bench: Bench, moment: str) -> None:
    assert call_off(slow_bench, moment) < CANCEL_S + BUSY_S


def test_a_cancel_of_nothing_changes_nothing(slow_bench: Bench) -> None:
    slow_bench.until_ready()
    slow_bench.supervisor.cancel("scanner")
    assert slow_bench.show_ready("feeder") == []
    assert slow_bench.status.state is DeviceState.READY
