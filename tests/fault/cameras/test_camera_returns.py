"""A camera is pulled out and comes back, and takes picture after picture: nothing of it is left over."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest

if TYPE_CHECKING:
    from conftest import Bench

MIB = 1024**2
BACK_S = 2.0
"""So soon the live view is back behind the return.  Held in the drill, which has the machine to itself."""


@pytest.fixture
def bench(make_bench: Any) -> Iterator[Bench]:
    """A camera whose live view is looked at all the time."""
    yield from make_bench("looked")


@pytest.fixture
def alone(make_bench: Any) -> Iterator[Bench]:
    """A camera whose live view nobody looks at."""
    yield from make_bench("capture")


def worker() -> psutil.Process:
    found: list[psutil.Process] = []
    for child in psutil.Process().children():
        with suppress(psutil.Error):  # it has just ended
            if "agent.devices.worker" in " ".join(child.cmdline()):
                found.append(child)
    assert len(found) == 1
    return found[0]


def sizes() -> dict[str, int]:
    """What agent and worker take: memory, descriptors, threads, processes, folders."""
    folder = Path(os.environ.get("TMPDIR", "/tmp"))
    told = {"children": len(psutil.Process().children()), "folders": len([*folder.glob("renhu-*")])}
    for name, process in (("agent", psutil.Process()), ("worker", worker())):
        told |= {
            f"{name} bytes": process.memory_info().rss,
            f"{name} descriptors": process.num_fds(),
            f"{name} threads": process.num_threads(),
        }
    return told


def assert_flat(before: dict[str, int], after: dict[str, int]) -> None:
    grown = {name: after[name] - before[name] for name in before}
    print(f"grown by {grown}, now {after}")
    assert {name: by for name, by in grown.items() if by > (16 * MIB if "bytes" in name else 2)} == {}


def goes_and_comes_back(bench: Bench) -> float:
    """Pull the camera out while it is looked at, and plug it in; gives how soon its live view is back then."""
    bench.until_seen()
    bench.call("PUT", "/faults/unplug")
    bench.wait_for(lambda: bench.status.code == "CAMERA-ABSENT", "gone")
    assert bench.desk.live.next(0, 0.0) is None, "the face that was seen last is not shown any more"
    bench.call("DELETE", "/faults")
    returned_s = time.monotonic()
    bench.until_seen()
    return time.monotonic() - returned_s


@pytest.mark.parametrize("turns", [5, pytest.param(100, marks=pytest.mark.drill)])
def test_it_goes_and_comes_back_with_its_live_view(bench: Bench, turns: int) -> None:
    for _ in range(3):
        goes_and_comes_back(bench)
    before = sizes()
    took_s = sorted(goes_and_comes_back(bench) for _ in range(turns))
    assert_flat(before, sizes())
    print(f"{turns} of {turns} back, half of them within {took_s[turns // 2]:.2f} s, all within {took_s[-1]:.2f} s")
    assert turns < 100 or took_s[-1] <= BACK_S


@pytest.mark.parametrize("pictures", [40, pytest.param(1000, marks=pytest.mark.drill)])
def test_picture_after_picture_leaves_nothing_behind(alone: Bench, pictures: int) -> None:
    for _ in range(20):
        alone.take()
    before = sizes()
    began_s = time.monotonic()
    for _ in range(pictures):
        alone.take()
    print(f"{pictures} pictures, one in {(time.monotonic() - began_s) / pictures * 1000:.0f} ms")
    assert_flat(before, sizes())
    assert alone.card() == []
