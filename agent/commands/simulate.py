"""`renhu simulate DEVICE`: one simulated device, in place of this process, until it is stopped."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any

from agent.errors import Exit


def run(arguments: argparse.Namespace) -> Exit:
    """Become the simulator; its exit code is ours."""
    given = [arguments.device, "--seed", str(arguments.seed)]
    if arguments.device == "reader":
        given += ["--wire", arguments.wire, "--baud", str(arguments.baud)]
        given += ["--link", arguments.link] if arguments.link else []
    os.execv(sys.executable, [sys.executable, "-m", "simulators", *given])  # noqa: S606


def add_to(commands: Any) -> None:
    """Describe the command line of `renhu simulate`."""
    parser = commands.add_parser("simulate", help="模拟一台设备 / simulate one device")
    devices = parser.add_subparsers(dest="device", required=True)
    reader = devices.add_parser("reader", help="读卡器 / the ID-card reader")
    reader.add_argument("--wire", choices=["pty", "usb-split", "usb-pair"], default="pty")
    reader.add_argument("--baud", type=int, choices=[115200, 57600, 38400, 19200, 9600], default=115200)
    reader.add_argument("--link", help="path of the stable symlink / 固定链接的路径")
    scanner = devices.add_parser("scanner", help="扫描仪 / the document scanner")
    camera = devices.add_parser("camera", help="相机 / the camera")
    for device in (reader, scanner, camera):
        device.add_argument("--seed", type=int, default=1, help="which made-up people / 用哪一组虚构人员")
    parser.set_defaults(run=run)
