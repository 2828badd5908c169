"""A worker: one process that holds one device's driver, and ends when its agent does.

Started by the supervisor as `python -m agent.devices.worker FD`, with its end of the socket pair as descriptor FD and
an environment that names nothing of the station.  It gets no key, no database and no path of the data folder, and
before it loads its driver it gives up all files that it has no use for.
"""

from __future__ import annotations

import ctypes
import logging
import os
import resource
import select
import signal
import socket
import sys
from typing import Any

from agent.clock import SystemClock
from agent.devices.camera_watch import CameraWatch
from agent.devices.confinement import confine
from agent.devices.driver_search import DRIVER_MISSING, find_driver
from agent.devices.hearing import LibraryHung
from agent.devices.reader_watch import ReaderWatch
from agent.devices.scanner_watch import ScannerWatch
from agent.devices.wire import EXIT_HUNG, VERSION, Confined, Hello, Pulse, Start, State, Wire, WireBroken
from drivers.api import CodedError, IdReader
from drivers.camera_api import Camera
from drivers.scanner_api import DocumentScanner

log = logging.getLogger("renhu.worker")

SCANNER_NICENESS = 10
CAMERA_MEMORY_BYTES = 1 << 30
"""Address space: a camera says itself how much it is going to send."""
PULSE_S = 3.0
PR_SET_NO_NEW_PRIVS = 38


def main(arguments: list[str]) -> int:
    """Serve the wire on descriptor `arguments[0]` until it ends; the exit status is only for the log."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _give_up_rights()
    wire = Wire(socket.socket(fileno=int(arguments[0])), is_worker=True)
    try:
        wire.send(Hello(VERSION, os.getpid()))
        start, *waiting = _first(wire)
        _serve(wire, start, waiting)
    except WireBroken:
        return 0
    except LibraryHung:
        os._exit(EXIT_HUNG)  # an orderly end would wait for the library
    return 0


def _first(wire: Wire) -> list[Any]:
    """The first message, which says what to do, and what came with it."""
    messages: list[Any] = []
    while not messages:
        messages = wire.receive()
    start = messages[0]
    if not isinstance(start, Start) or start.version != VERSION:
        raise WireBroken("an agent of another version")
    return messages


def _serve(wire: Wire, start: Start, waiting: list[Any]) -> None:
    clock = SystemClock()
    try:
        driver = find_driver(start.driver)
        wire.send(Confined(confine(start.role, driver.module, start.address, start.settings)))
        device = driver.load().create(start.address, start.settings, clock)
    except CodedError as error:
        _stay_faulted(wire, error.code, error.facts)
        return
    except ModuleNotFoundError as error:
        _stay_faulted(wire, DRIVER_MISSING[start.role], {"driver": start.driver, "module": str(error.name)})
        return
    match start.role, device:
        case "reader", IdReader():
            ReaderWatch(device, wire, clock).run(waiting)
        case "scanner", DocumentScanner():
            os.nice(SCANNER_NICENESS)  # whoever answers pages goes first: pixels take whole seconds of a core
            ScannerWatch(device, wire, clock).run(waiting)
        case "camera", Camera():
            resource.setrlimit(resource.RLIMIT_AS, (CAMERA_MEMORY_BYTES, CAMERA_MEMORY_BYTES))
            _hush_libraries()
            CameraWatch(device, wire, clock, renewals=start.renewals).run(waiting)
        case _:
            raise TypeError(f"driver {start.driver} does not make a {start.role}")


def _stay_faulted(wire: Wire, code: str, facts: dict[str, str | int | float]) -> None:
    """Say why nothing can be done, once, and wait for the agent to end us: a restart would change nothing.

    Signs of life go on: a worker that shows none for long is ended as one that hangs.
    """
    wire.send(State("faulted", code, facts))
    waiting = select.poll()
    waiting.register(wire, select.POLLIN)
    while True:
        wire.send(Pulse())
        if waiting.poll(PULSE_S * 1000):
            wire.receive()


def _hush_libraries() -> None:
    """Let nobody but Python write to stderr: libgphoto2 prints a line at each attempt to reach a camera that is off."""
    own = os.fdopen(os.dup(sys.stderr.fileno()), "w", buffering=1, encoding="utf-8", errors="backslashreplace")
    nobody = os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)
    os.dup2(nobody, sys.stderr.fileno())
    os.close(nobody)
    sys.stderr = own
    for handler in logging.getLogger().handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.setStream(own)


def _give_up_rights() -> None:
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    sys.exit(main(sys.argv[1:]))
