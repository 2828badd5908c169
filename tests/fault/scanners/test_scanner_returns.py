"""A scanner is pulled out and comes back: it is ready again without a technician, and nothing of it is left over."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from agent.devices.state import DeviceState

if TYPE_CHECKING:
    from conftest import Bench


def children() -> int:
    """How many processes this one has, ended ones that nobody has fetched among them."""
    files = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return sum(len(file.read_text().split()) for file in files)


def leave_and_return(bench: Bench, fault: str, given: dict[str, object]) -> None:
    """Pull the scanner out under a scan, see it gone, plug it in, and scan."""
    ended = bench.run("feeder", fault, given, 60.0)
    assert ended.outcome.partition("+")[0] == "IO"
    bench.wait_for(lambda: bench.status.state in {DeviceState.ABSENT, DeviceState.FAULTED}, "noticed")
    assert bench.show_ready("feeder") == []


@pytest.mark.parametrize(
    ("fault", "given"),
    [("unplug", {}), ("unplug", {"command": "next-document", "skip": 1}), ("return-other-name", {"serial": "other"})],
    ids=["idle", "behind a page", "another name"],
)
@pytest.mark.parametrize("turns", [3, pytest.param(20, marks=pytest.mark.drill)])
def test_it_is_ready_again_and_nothing_is_left_over(
    bench: Bench, fault: str, given: dict[str, object], turns: int
) -> None:
    given = given | {"replug_after_ms": 300_000} if fault == "return-other-name" else given
    leave_and_return(bench, fault, given)

    def kept() -> tuple[int, ...]:
        return *bench.held(), children(), len([*bench.scratch.iterdir()])

    # The supervisor opens and closes a selector each round: the most of some looks.
    most = tuple(max(each) for each in zip(*(kept() for _ in range(200)), strict=True))
    for _ in range(turns):
        leave_and_return(bench, fault, given)
        bench.wait_for(lambda: all(now <= before for now, before in zip(kept(), most, strict=True)), "as few as before")
