"""Reading one base-record answer over a pseudo-terminal: latency against the wire's limit, processor time a frame.

The peer is the plain loop that most programs have: pyserial, `read(in_waiting or 1)` until the frame is whole.
"""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import time
import tty
from collections.abc import Callable
from functools import reduce
from pathlib import Path

import serial
from table import Row, percentile

from agent.clock import SystemClock
from drivers import sam_commands
from drivers.api import Deadline
from drivers.reader_line import Counters, Line
from drivers.reader_timings import Timings
from drivers.serial_port import SerialPort

BAUD = 115200
PIECE_BYTES = 62
FRAMES = 60
BODY = bytes.fromhex("050800009001000400") + " ".encode("utf-16-le") * 128 + bytes(1024)
FRAME = bytes.fromhex("AAAAAA9669") + BODY + bytes([reduce(lambda left, right: left ^ right, BODY)])
WIRE_LIMIT_MS = len(FRAME) * 10 / BAUD * 1000

Exchange = Callable[[], None]


def rows() -> list[Row]:
    """Measure ours and the peer, paced and unpaced."""
    paced, paced_peer = _measure(BAUD, PIECE_BYTES)
    fast, fast_peer = _measure(0, len(FRAME))
    return [
        _row("base answer at 115200 in 62-byte pieces, p95 ms", paced[0], paced_peer[0], WIRE_LIMIT_MS + 3, 0.95),
        _row("processor time a frame, paced, mean ms", paced[1], paced_peer[1], 2.0, None),
        _row("processor time a frame, unpaced, mean ms", fast[1], fast_peer[1], 0.5, None),
    ]


def _row(name: str, ours: list[float], peer: list[float], budget: float, share: float | None) -> Row:
    def figure(values: list[float]) -> float:
        return sum(values) / len(values) if share is None else percentile(values, share)

    return Row(name, figure(ours), figure(peer), "pyserial loop", budget, {"ours": ours, "peer": peer})


Series = tuple[list[float], list[float]]


def _measure(baud: int, piece_bytes: int) -> tuple[Series, Series]:
    ours, peer = [], []
    for open_exchange, results in ((_our_exchange, ours), (_peer_exchange, peer)):
        master, slave = pty.openpty()
        tty.setraw(master)
        writer = subprocess.Popen(
            [
                sys.executable,
                "-S",
                str(Path(__file__).with_name("paced_writer.py")),
                str(master),
                str(piece_bytes),
                str(baud),
                FRAME.hex(),
            ],
            pass_fds=[master],
        )
        try:
            exchange = open_exchange(os.ttyname(slave))
            results.extend(_time(exchange))
        finally:
            writer.kill()
            writer.wait()
            os.close(master)
            os.close(slave)
    return (ours[0], ours[1]), (peer[0], peer[1])


def _time(exchange: Exchange) -> Series:
    latencies, costs = [], []
    exchange()
    for _ in range(FRAMES):
        begin, cost = time.perf_counter(), time.process_time()
        exchange()
        latencies.append((time.perf_counter() - begin) * 1000)
        costs.append((time.process_time() - cost) * 1000)
    return latencies, costs


def _our_exchange(path: str) -> Exchange:
    clock = SystemClock()
    transport = SerialPort(path, "bench", (BAUD,)).open()
    line = Line(transport, clock, Timings(), Counters(), lambda: None)

    def exchange() -> None:
        line.exchange(sam_commands.READ_BASE, Deadline.after(clock, 10.0))

    return exchange


def _peer_exchange(path: str) -> Exchange:
    port = serial.Serial(path, BAUD, timeout=5)

    def exchange() -> None:
        port.write(sam_commands.request(sam_commands.READ_BASE))
        received = bytearray()
        while len(received) < len(FRAME):
            received += port.read(port.in_waiting or 1)

    return exchange
