"""`serial:auto` beside an adapter that is no reader: the reader's own port comes first, and absent is called absent."""

from __future__ import annotations

import os
import queue
import tty
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from agent.clock import SystemClock
from agent.devices.host import DeviceSettings
from agent.devices.last_places import NOTE, LastPlaces
from agent.devices.supervisor import Supervisor
from drivers import reader_sam
from drivers.api import DeviceAbsent, DeviceError

if TYPE_CHECKING:
    from conftest import Desk


class Stranger:
    """Another adapter, which never answers: a terminal of which we hear what is written to it."""

    def __init__(self) -> None:
        self._ours, self._theirs = os.openpty()
        tty.setraw(self._theirs)
        os.set_blocking(self._ours, False)
        self.path = os.ttyname(self._theirs)

    def heard(self) -> bytes:
        """What was sent to it since the last time."""
        heard = b""
        with suppress(BlockingIOError):
            while piece := os.read(self._ours, 4096):
                heard += piece
        return heard

    def close(self) -> None:
        os.close(self._ours)
        os.close(self._theirs)


@pytest.fixture
def stranger() -> Iterator[Stranger]:
    stranger = Stranger()
    yield stranger
    stranger.close()


def test_a_stranger_beside_the_reader(pty_desk: Desk, stranger: Stranger) -> None:
    place, deadline = pty_desk.simulator, pty_desk.deadline
    own = place.address.removeprefix("serial:").partition("?")[0]
    settings = {"timing_scale": 0.05, "ports": [stranger.path, own], "vid_pid": []}
    reader = reader_sam.create("serial:auto", settings, pty_desk.clock)

    identity = reader.open(deadline())
    assert identity.address.startswith(f"serial:{own}")
    assert stranger.heard()
    reader.close()
    assert reader.open(deadline()).sam_id == identity.sam_id
    assert stranger.heard() == b""

    place.fault("unplug-before")
    with suppress(DeviceAbsent):  # the answer of a reader that is pulled out afterwards may still arrive
        reader.find(deadline())
    reader.close()
    with pytest.raises(DeviceAbsent) as error:
        reader.open(deadline())
    assert (error.value.code, error.value.facts["looked"]) == ("READER-NOT-AMONG-PORTS", stranger.path)
    passed = str(error.value.facts["passed"]).splitlines()
    assert passed[0] == f"READER-SILENT {stranger.path}"
    assert all(line.startswith("not-listed ") for line in passed[1:])
    assert stranger.heard()

    place.settle()
    reader.open(deadline())
    assert stranger.heard() == b""
    reader.close()

    # A fresh worker is told who answered last; one whose port is silent is not called absent.
    fresh = reader_sam.create("serial:auto", {**settings, "last": msgspec.to_builtins(identity)}, pty_desk.clock)
    fresh.open(deadline())
    assert stranger.heard() == b""
    fresh.close()
    place.fault("silent", count=None)
    with pytest.raises(DeviceError) as silent:
        fresh.open(deadline())
    assert silent.value.code == "READER-SILENT"
    fresh.close()
    place.settle()


def ready(device: DeviceSettings, folder: Path, meanwhile: Callable[[], object]) -> dict[str, str]:
    """Run a supervisor until its reader is ready, and again after a restart; where it was is noted at the end."""
    told: queue.SimpleQueue[object] = queue.SimpleQueue()
    places = LastPlaces(folder)
    supervisor = Supervisor(
        places.applied([device]), SystemClock(), told.put, lambda *_: None, lambda: None, refuses_simulated=False
    )
    supervisor.start()
    try:
        for is_again in (False, True):
            if is_again:
                meanwhile()
                while not told.empty():
                    told.get()
                supervisor.restart("reader")
                told.get(timeout=20)
            while supervisor.statuses()["reader"].state != "ready":
                told.get(timeout=20)
        places.keep(supervisor.statuses().values())
        return supervisor.statuses()["reader"].identity
    finally:
        supervisor.stop(10)


def test_a_restart_of_worker_or_agent_looks_first_where_the_reader_was(
    pty_desk: Desk, stranger: Stranger, tmp_path: Path
) -> None:
    own = pty_desk.simulator.address.removeprefix("serial:").partition("?")[0]
    options: dict[str, object] = {"timing_scale": 0.05, "ports": [stranger.path, own], "vid_pid": []}
    device = DeviceSettings("reader", "reader_sam", "serial:auto", options)
    asked: list[bytes] = []

    def start() -> dict[str, str]:
        return ready(device, tmp_path, lambda: asked.append(stranger.heard()))

    first = start()
    assert (asked[-1] != b"", stranger.heard()) == (True, b"")
    assert start() == first
    assert (asked[-1], stranger.heard()) == (b"", b"")
    (tmp_path / NOTE).write_bytes(b"{")
    assert start() == first
    assert asked[-1] != b""
