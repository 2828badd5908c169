"""Start a simulated device: `python -m simulators reader|scanner|camera`; one line of JSON, then it runs until ended.

It ends on SIGTERM or SIGINT, when its parent process has ended, and with `--until-eof` at the end of stdin.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import secrets
import select
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from simulators.camera_control import CameraControls
from simulators.camera_device import SimulatedCamera
from simulators.control import Controls, ControlServer
from simulators.fault_table import SPEEDS
from simulators.papers_canvas import FontMissing, check_fonts
from simulators.pty_wire import PtyWire
from simulators.reader_control import ReaderControls
from simulators.reader_sam import SimulatedReader
from simulators.scanner_control import ScannerControls
from simulators.scanner_escl import SimulatedScanner
from simulators.usb_wire import UsbWire
from simulators.wire import Wire

WIRES = ("pty", "usb-split", "usb-pair")
USAGE_ERROR = 2
IN_USE = 3
CONTROL_VARIABLE = "RENHU_CONTROL_TOKEN"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one simulator; returns the exit code."""
    parent = _parent()
    options = _options(arguments)
    stop = _stop()
    ends = {stop} if parent is None else {stop, parent}
    with contextlib.ExitStack() as held:
        try:
            controls = STARTS[options.device](options, held)
            server = held.enter_context(ControlServer(controls, _token(), options.port))
        except FontMissing as error:
            sys.stderr.write(f"cannot start: {error}\n")
            return USAGE_ERROR
        except OSError as error:
            sys.stderr.write(f"cannot start: {error}\n")
            return IN_USE
        line = {"address": controls.device.address, "faults": server.url, "token": server.token}
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
        _serve(server, ends, is_until_eof=options.until_eof)
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m simulators", description="Simulated devices on real wires.")
    devices = parser.add_subparsers(dest="device", required=True)
    reader = devices.add_parser("reader", help="an ID-card reader (SAM_V)")
    reader.add_argument("--wire", choices=WIRES, default="pty", help="how it is connected")
    reader.add_argument("--baud", type=int, choices=SPEEDS, default=SPEEDS[0], help="speed of the module (pty)")
    reader.add_argument("--link", type=Path, help="where the stable name of the serial port shall stand (pty)")
    scanner = devices.add_parser("scanner", help="a document scanner (eSCL)")
    camera = devices.add_parser("camera", help="a camera (PTP/IP)")
    for device in (scanner, camera):
        device.add_argument("--device-port", type=int, default=0, help="the device's own port on 127.0.0.1 (0: any)")
    for device in (reader, scanner, camera):
        device.add_argument("--seed", type=int, default=1, help="which people there are")
        device.add_argument("--speed-factor", type=float, default=1.0, help="how many times faster than a real device")
        device.add_argument("--port", type=int, default=0, help="control port on 127.0.0.1 (0: any)")
        device.add_argument("--until-eof", action="store_true", help="end at the end of stdin")
    options = parser.parse_args(arguments)
    if not 0.01 <= options.speed_factor <= 1000:
        parser.error("--speed-factor: from 0.01 to 1000")
    if not 0 <= options.port <= 65535 or not 0 <= options.seed < 2**31:
        parser.error("--port: from 0 to 65535; --seed: from 0 to 2147483647")
    if options.device in {"scanner", "camera"} and not 0 <= options.device_port <= 65535:
        parser.error("--device-port: from 0 to 65535")
    return options


def _reader(options: argparse.Namespace, held: contextlib.ExitStack) -> Controls:
    """Start a reader; it is stopped when `held` ends."""
    wire = _wire(options)
    held.callback(wire.close)
    reader = SimulatedReader(wire, options.wire, options.seed, options.speed_factor)
    reader.start()
    held.callback(reader.stop)
    return ReaderControls(reader)


def _token() -> str:
    """What opens the control port: as whoever starts several simulators says, else one of this simulator's own."""
    return os.environ.get(CONTROL_VARIABLE) or secrets.token_urlsafe(24)


def _scanner(options: argparse.Namespace, held: contextlib.ExitStack) -> Controls:
    """Start a scanner; it is stopped when `held` ends."""
    check_fonts()
    scanner = SimulatedScanner(options.seed, options.speed_factor, options.device_port)
    held.callback(scanner.stop)
    return ScannerControls(scanner)


def _camera(options: argparse.Namespace, held: contextlib.ExitStack) -> Controls:
    """Start a camera; it is stopped when `held` ends."""
    camera = SimulatedCamera(options.seed, options.speed_factor, options.device_port)
    held.callback(camera.stop)
    return CameraControls(camera)


STARTS = {"reader": _reader, "scanner": _scanner, "camera": _camera}


def _wire(options: argparse.Namespace) -> Wire:
    if options.wire == "pty":
        return PtyWire(options.baud, options.link, is_paced=options.speed_factor == 1.0)
    return UsbWire(options.wire, f"RENHU-SIM-{options.seed:08d}")


def _serve(server: ControlServer, ends: set[int], *, is_until_eof: bool) -> None:
    """Answer the control port until something says that this is the end; sleeps in between."""
    stdin = sys.stdin.fileno() if is_until_eof else -1
    waiting = [server.fileno(), *ends, *([stdin] if is_until_eof else [])]
    while True:
        ready, _, _ = select.select(waiting, [], [])
        if ends.intersection(ready) or (stdin in ready and not os.read(stdin, 4096)):
            return
        if server.fileno() in ready:
            server.handle_request()


def _stop() -> int:
    """A descriptor that becomes readable at SIGTERM or SIGINT.

    The signal itself writes to it: a handler of ours would not run while a wait goes on that the signal just preceded.
    """
    stop, told = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(told, warn_on_full_buffer=False)
    for word in (signal.SIGTERM, signal.SIGINT):
        signal.signal(word, lambda *_: None)
    return stop


def _parent() -> int | None:
    """A descriptor that becomes readable when the process that started this one has ended; None when it cannot be seen.

    It is opened before anything else: a parent that ends while this process starts must not be missed.
    PR_SET_PDEATHSIG would strike when the parent's *thread* that started us ends, which is too early.
    """
    try:
        return os.pidfd_open(os.getppid())
    except OSError:
        return None


if __name__ == "__main__":
    sys.exit(main())
