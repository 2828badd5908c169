"""A scanner's worker whose library never comes back, or whose driver breaks, ends though nobody asked it for a scan.

The library hangs for good at SANE's network server that takes a connection and says nothing.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from agent.clock import SystemClock
from agent.devices.host import DeviceSettings
from agent.devices.state import DeviceState
from agent.devices.supervisor import Supervisor
from drivers.api import CodedError

LIMIT_S = 30.0
SANED_PORT = 6566
HASTY = """#!{python}
import sys
from agent.devices import scanner_watch, worker
from agent.devices.scanner_watch import ScannerRhythm
scanner_watch.RHYTHM = ScannerRhythm(pulse_s=0.1, open_limit_s=0.5)
{more}
sys.exit(worker.main(sys.argv[3:]))
"""
BREAK = """
from drivers.scanner_sane import SaneScanner
def open(*_): raise ValueError("no driver of ours raises this")
SaneScanner.open = open
"""
STALL = """
import threading
from drivers.scanner_api import Progress
from drivers.scanner_sane import SaneScanner
def scan(_self, _request, report):
    report(Progress(1, 40, 7000))
    threading.Event().wait()
    yield
SaneScanner.scan = scan
"""


@pytest.fixture
def silent_server() -> Iterator[str]:
    """An address where a server takes every connection and never answers."""
    with socket.socket() as listener:
        host = next(f"127.0.0.{last}" for last in range(100, 200) if _binds(listener, f"127.0.0.{last}"))
        listener.listen()
        yield host


def _binds(listener: socket.socket, host: str) -> bool:
    try:
        listener.bind((host, SANED_PORT))
    except OSError:
        return False
    return True


@contextmanager
def hurried(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: str, **options: object
) -> Iterator[Supervisor]:
    """A supervisor of a scanner whose worker is in a hurry."""
    hasty = tmp_path / "python"
    hasty.write_text(HASTY.format(python=sys.executable, more=more))
    hasty.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(hasty))
    settings = DeviceSettings("scanner", "scanner_sane", address, dict(options))
    supervisor = Supervisor(
        [settings], SystemClock("Asia/Shanghai"), lambda _: None, lambda *_: None, lambda: None, refuses_simulated=False
    )
    supervisor.start()
    try:
        yield supervisor
    finally:
        supervisor.stop(LIMIT_S)


def until(condition: Callable[[], object]) -> None:
    end_s = time.monotonic() + LIMIT_S
    while not condition():
        assert time.monotonic() < end_s, "never came"
        time.sleep(0.01)


def code_of(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: str = "") -> str | None:
    """What the supervisor says of a scanner as soon as there is something to say."""
    with hurried(address, tmp_path, monkeypatch, more) as supervisor:
        until(lambda: supervisor.statuses()["scanner"].code)
        return supervisor.statuses()["scanner"].code


def test_a_library_that_hangs_while_it_opens_ends_its_worker_which_says_so(
    silent_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert code_of(f"sane:net:{silent_server}:test:0", tmp_path, monkeypatch) == "SCANNER-HUNG"


def test_a_library_that_hangs_while_it_lists_ends_its_worker_and_a_fresh_one_finds_the_scanner(
    silent_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hosts = tmp_path / "net.conf"
    hosts.write_text(f"{silent_server}\n")
    options = {"configuration": str(tmp_path), "backends": ["net", "test"]}
    with hurried("sane:test:*0", tmp_path, monkeypatch, "", **options) as supervisor:
        until(lambda: supervisor.statuses()["scanner"].code)
        assert supervisor.statuses()["scanner"].code == "SCANNER-HUNG"
        hosts.write_text("")
        until(lambda: supervisor.statuses()["scanner"].state is DeviceState.READY)


def test_a_driver_that_breaks_ends_its_worker_instead_of_leaving_a_pulse_without_a_scanner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert code_of("sane:test:0", tmp_path, monkeypatch, BREAK) == "SCANNER-WORKER-DIED"


def test_a_library_that_hangs_amid_a_fine_page_is_ended_long_before_the_time_for_the_whole_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with hurried("sane:test:0", tmp_path, monkeypatch, STALL) as supervisor:
        until(lambda: supervisor.statuses()["scanner"].state is DeviceState.READY)
        answer = supervisor.request("scanner", "scan", {}, 10 * LIMIT_S, 0.5)
        with pytest.raises(CodedError, match="SCANNER-HUNG"):
            answer.result(LIMIT_S)


def test_a_command_whose_scanner_shows_nothing_in_time_ends_with_4(silent_server: str, tmp_path: Path) -> None:
    config = tmp_path / "renhu.toml"
    config.write_text(f'[data]\nfolder = "{tmp_path / "data"}"\n')
    scan = ["scan", "-o", tmp_path / "page.pdf", "--address", f"sane:net:{silent_server}:test:0", "--timeout", "1"]
    command = [sys.executable, "-m", "agent", *map(str, scan), "--json", "--config", str(config)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_S, check=False)
    assert (done.returncode, json.loads(done.stdout)["error"]["code"]) == (4, "SCANNER-HUNG"), done.stderr
