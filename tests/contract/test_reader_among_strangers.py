"""`serial:auto` beside an adapter that is no reader: the reader's own port comes first, and absent is called absent."""

from __future__ import annotations

import os
import tty
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec
import pytest

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
    assert (error.value.code, error.value.facts) == ("READER-NOT-AMONG-PORTS", {"looked": stranger.path})
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
