"""`renhu run`: the daemon.  `--check` tells what is wrong and exits at once."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from typing import Any

from agent.assembly import start
from agent.clock import SystemClock
from agent.commands.output import fail, tell
from agent.config import Config, load
from agent.documents.media_check import media_lost
from agent.errors import CodedError, Exit, StartRefused
from agent.folder import FolderKind
from agent.listening import listen
from agent.notify import Notifier
from agent.operations.checks import missing_parts
from agent.operations.register_check import check_register
from agent.station import runtime_folder
from agent.stop_signal import StopSignal, leave_in_time

STATUS_TICK_S = 5.0
SERVES_STATUS = {Exit.LOCKED, Exit.DAMAGED, Exit.DISK_FULL, Exit.TOO_OLD}


def run(arguments: argparse.Namespace) -> Exit:
    """Run the daemon until SIGTERM."""
    try:
        config = load(arguments.config)
        if arguments.check:
            return _check(config)
    except CodedError as error:
        return fail(error)
    # One for both, whatever is served: a word that came while the start was being refused counts.
    stop = StopSignal()
    try:
        return _serve(config, stop)
    except StartRefused as error:
        code = fail(error)
        if code in SERVES_STATUS:
            _serve_status(config, error, stop)
        return code
    except CodedError as error:
        return fail(error)


def _check(config: Config) -> Exit:
    """Look at everything that could refuse the start or a device, without starting and without making anything.

    All that is wrong is told together; the exit code is that of the first.
    """
    codes = [fail(problem) for problem in _problems(config)]
    if codes:
        return codes[0]
    tell("RUN-CHECKED")
    return Exit.DONE


def _problems(config: Config) -> Iterator[CodedError]:
    try:
        found = check_register(config)
    except CodedError as refused:
        yield refused
    else:
        yield from found.refused
        if found.lost:
            yield media_lost(found.lost, config.folder)
    try:
        listen(config.host, config.port).close()
    except StartRefused as refused:
        yield refused
    yield from missing_parts(config)


def _serve(config: Config, stop: StopSignal) -> Exit:
    notifier = Notifier()
    running = start(config, FolderKind.REGISTER, notifier)
    try:
        if not running.accounts.has_users():
            place = runtime_folder(dict(os.environ), config.folder) / "enrol"
            running.accounts.offer_enrolment(place)
            tell("RUN-ENROL", path=str(place))
        lost = running.station.documents.lost_files()
        if lost:
            fail(media_lost(lost, config.folder))
        tell("RUN-READY", url=running.url)
        stop.wait()
        notifier.stopping()
    finally:
        leave_in_time()
        running.stop()
    return Exit.DONE


def _serve_status(config: Config, error: StartRefused, stop: StopSignal) -> None:
    """Show on the page why there is no register, until stopped; no data is open."""
    from agent.web_server import WebServer  # noqa: PLC0415 - a start that succeeds loads its pages beside the devices
    from webui.status_page import status_app  # noqa: PLC0415

    try:
        bound = listen(config.host, config.port)
    except StartRefused as refused:
        fail(refused)
        return
    host, port = bound.getsockname()[:2]
    server = WebServer(bound, status_app(error, port), stream_cap=0)
    notifier, clock = Notifier(), SystemClock()
    server.start()
    notifier.ready()
    tell("RUN-LOCKED", url=f"http://{host}:{port}")
    while not stop.wait(STATUS_TICK_S):
        notifier.alive(clock.monotonic())
    notifier.stopping()
    leave_in_time()
    server.stop()


def add_to(commands: Any) -> None:
    """Describe the command line of `renhu run`."""
    parser = commands.add_parser("run", help="运行服务 / run the daemon")
    parser.add_argument("--check", action="store_true", help="只检查，不启动 / only check, then exit")
    parser.set_defaults(run=run)
