"""A worker that can do nothing says why, and goes on living: it is not taken for one that hangs."""

from __future__ import annotations

import socket
import subprocess
import sys
from typing import Any

import pytest

from agent.devices.host import SILENCE_S
from agent.devices.wire import VERSION, Pulse, Start, State, Wire


@pytest.mark.parametrize(
    ("role", "driver", "address", "code"),
    [
        ("reader", "nothere", "serial:auto", "READER-DRIVER-MISSING"),
        ("reader", "reader_sam", "carrier-pigeon:1", "READER-ADDRESS"),
        ("scanner", "nothere", "sane:auto", "SCANNER-DRIVER-MISSING"),
    ],
)
def test_it_says_why_and_shows_signs_of_life(role: str, driver: str, address: str, code: str) -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", "agent.devices.worker", str(theirs.fileno())], pass_fds=[theirs.fileno()], cwd="/"
        )
    ours.settimeout(SILENCE_S)
    wire = Wire(ours, is_worker=False)
    try:
        wire.send(Start(VERSION, role, driver, address, {}))
        messages: list[Any] = []
        while sum(isinstance(message, Pulse) for message in messages) < 2:
            messages += wire.receive()
    finally:
        wire.close()
        process.kill()
        process.wait()
    assert [message.code for message in messages if isinstance(message, State)] == [code]
