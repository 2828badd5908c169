"""`renhu demo`: a practice station with simulated devices and made-up people."""

from __future__ import annotations

import argparse
import contextlib
import secrets
import shutil
import tempfile
import webbrowser
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from agent.assembly import Running, start
from agent.commands.arguments import port
from agent.commands.output import emit, fail, tell_everyone
from agent.config import CameraConfig, Config, ScannerConfig, parse
from agent.errors import Actor, CodedError, Exit, Retry
from agent.folder import FolderKind
from agent.notify import Notifier
from agent.pages import Practice
from agent.simulator_panels import CameraPanel, ReaderPanel, ScannerPanel
from agent.simulator_process import SimulatorFailed, SimulatorProcess
from agent.stop_signal import StopSignal, leave_in_time

ROLES = ("reader", "scanner", "camera")
STATION_NAME = "测试街道第三管理站"


def run(arguments: argparse.Namespace) -> Exit:
    """Run the demo until it is stopped; the private folder is removed at the end."""
    stop = StopSignal()
    folder = Path(arguments.data) if arguments.data else Path(tempfile.mkdtemp(prefix="renhu-demo-"))
    with contextlib.ExitStack() as held:
        if not arguments.data:
            held.callback(shutil.rmtree, folder, ignore_errors=True)
        try:
            token = secrets.token_urlsafe(24)
            simulators = _simulators(arguments.seed, token, held)
        except SimulatorFailed:
            return fail(CodedError("SIMULATOR-FAILED", Actor.TECHNICIAN, Retry.AFTER_ACTION))
        try:
            _serve(arguments, folder.resolve(), simulators, stop)
        except CodedError as error:
            return fail(error)
    tell_everyone("DEMO-KEPT" if folder.exists() else "DEMO-REMOVED", folder=str(folder.resolve()))
    return Exit.DONE


def _simulators(seed: int, token: str, held: contextlib.ExitStack) -> dict[str, SimulatorProcess]:
    """Start the simulators side by side; each that has started is stopped with `held`, whatever becomes of the others.

    One seed for all: who has a card can also sit before the camera.
    """

    def started(role: str) -> SimulatorProcess:
        simulator = SimulatorProcess.start(role, "--seed", str(seed), token=token)
        held.callback(simulator.stop)
        return simulator

    with ThreadPoolExecutor(len(ROLES)) as starting:
        return dict(zip(ROLES, starting.map(started, ROLES), strict=True))


def _serve(
    arguments: argparse.Namespace, folder: Path, simulators: dict[str, SimulatorProcess], stop: StopSignal
) -> None:
    notifier = Notifier()
    panel = ReaderPanel(simulators["reader"])
    practice = Practice(panel, ScannerPanel(simulators["scanner"]), panel.picture, CameraPanel(simulators["camera"]))
    running = start(_config(folder, arguments.port, simulators), FolderKind.PRACTICE, notifier, practice)
    try:
        _tell(running, folder, simulators)
        if not arguments.no_open:
            webbrowser.open(running.url)
        stop.wait()
        notifier.stopping()
    finally:
        leave_in_time()
        running.stop()


def _tell(running: Running, folder: Path, simulators: dict[str, SimulatorProcess]) -> None:
    """Say where the page is and who may sign in: once for programs, once for people."""
    sign_ins = running.accounts.create_demo_users()
    emit(
        {
            "url": running.url,
            "data": str(folder),
            "faults": {role: simulator.faults for role, simulator in simulators.items()},
            "token": simulators["reader"].token,
            "sign_ins": sign_ins,
        }
    )
    names = ", ".join(f"{sign_in['name']} / {sign_in['password']}" for sign_in in sign_ins)
    tell_everyone("DEMO-READY", url=running.url, sign_ins=names)


def _config(folder: Path, port: int, simulators: dict[str, SimulatorProcess]) -> Config:
    """The demo's configuration: everything as in a real station, but for the folder, the port and the devices."""
    base = parse({"station": {"name": STATION_NAME, "code": "310112101"}, "data": {"folder": str(folder)}}, "demo")
    if base.reader is None:
        raise AssertionError("the default configuration has a reader")
    reader = replace(base.reader, address=simulators["reader"].address)
    scanner = ScannerConfig("scanner_sane", simulators["scanner"].address, "")
    camera = CameraConfig("camera_gphoto2", simulators["camera"].address)
    return replace(base, port=port, reader=reader, scanner=scanner, camera=camera)


def add_to(commands: Any) -> None:
    """Describe the command line of `renhu demo`."""
    parser = commands.add_parser("demo", help="演示与练习 / demonstration and practice")
    parser.add_argument("--port", type=port, default=8731)
    parser.add_argument("--data", metavar="DIR", help="保留数据的文件夹 / a folder to keep the data in")
    parser.add_argument("--no-open", action="store_true", help="不打开浏览器 / do not open a browser")
    parser.add_argument("--seed", type=int, default=1, help="which made-up people / 用哪一组虚构人员")
    parser.set_defaults(run=run)
