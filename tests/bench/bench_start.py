"""How soon the station is ready after its start: it has told systemd READY=1, and its reader answers.

The reader is a simulated one, as slow as a real one and already powered on.  The first makes the data folder.
"""

from __future__ import annotations

import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench_idle import free_port
from table import Row, percentile

from agent.simulator_process import SimulatorProcess

STARTS = 7
LIMIT_S = 30.0
STATION = Path(__file__).with_name("practice_station.py")
READER_READY = b"reader: ready\n"


def rows() -> list[Row]:
    """Measure starts."""
    folder = Path(tempfile.mkdtemp(prefix="renhu-bench-"))
    simulator = SimulatorProcess.start("reader")
    try:
        told, ready = zip(*(_start(folder, simulator.address) for _ in range(STARTS)), strict=True)
    finally:
        simulator.stop()
        shutil.rmtree(folder)
    both = [max(pair) for pair in zip(told, ready, strict=True)]
    samples = {"READY=1": list(told), "reader ready": list(ready)}
    return [Row("start to ready (READY=1 and reader), median s", percentile(both, 0.5), None, "", 1.0, samples)]


def _start(folder: Path, address: str) -> tuple[float, float]:
    """Start once; seconds until READY=1, and until the reader is ready."""
    place = folder / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notices:
        notices.bind(str(place))
        command = [sys.executable, str(STATION), str(folder / "data"), str(free_port()), address]
        begin = time.perf_counter()
        station = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, env={**os.environ, "NOTIFY_SOCKET": str(place)}
        )
        try:
            return _moments(station, notices, begin)
        finally:
            station.send_signal(signal.SIGTERM)
            station.communicate()
            place.unlink()


def _moments(station: subprocess.Popen[bytes], notices: socket.socket, begin: float) -> tuple[float, float]:
    assert station.stderr is not None
    log = station.stderr.fileno()
    told: float | None = None
    ready: float | None = None
    heard = b""
    while told is None or ready is None:
        readable, _, _ = select.select([log, notices], [], [], LIMIT_S)
        now = time.perf_counter() - begin
        if notices in readable and b"READY=1" in notices.recv(4096).split(b"\n"):
            told = now
        if log in readable:
            piece = os.read(log, 4096)
            heard += piece
            if READER_READY in heard:
                ready = ready or now
            if not piece:
                raise RuntimeError(f"the station ended: {heard.decode(errors='replace')}")
        if not readable:
            raise TimeoutError(f"not ready within {LIMIT_S} s: {heard.decode(errors='replace')}")
    return told, ready


if __name__ == "__main__":
    from table import show

    sys.exit(0 if show(rows()) else 1)
