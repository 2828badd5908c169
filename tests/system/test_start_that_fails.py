"""A start that is refused or fails leaves nothing behind, and hears a stop at every moment of it."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from agent import assembly, pages
from agent.config import Config, parse
from agent.errors import Actor, CodedError, Exit, Retry, StartRefused
from agent.folder import FolderKind
from agent.listening import listen
from agent.notify import Notifier

ENDS_WITHIN_S = 30


@pytest.fixture
def config(tmp_path: Path) -> Config:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    device = {"reader": {"address": "serial:/dev/renhu/none"}}
    return parse({"data": {"folder": str(tmp_path / "data")}, "web": {"port": port}, "devices": device}, "test")


@pytest.mark.parametrize(
    ("part", "step"), [(pages, "create_app"), (pages.Pages, "start"), (Notifier, "ready"), (pages.Pages, "warm")]
)
def test_whatever_fails_at_the_start_nothing_goes_on(config, monkeypatch, part, step):
    def fails(*_: object) -> None:
        raise CodedError("WEB-BOOTSTRAP", Actor.TECHNICIAN, Retry.AFTER_ACTION, folder="/nowhere")

    threads = set(threading.enumerate())
    monkeypatch.setattr(part, step, fails)
    with pytest.raises(CodedError, match="WEB-BOOTSTRAP"):
        assembly.start(config, FolderKind.PRACTICE, Notifier({}))
    monkeypatch.undo()
    assert set(threading.enumerate()) <= threads
    running = assembly.start(config, FolderKind.PRACTICE, Notifier({}))
    running.stop()


def test_of_two_on_one_port_the_second_is_refused_at_once(config):
    first = listen(config.host, config.port)
    with pytest.raises(StartRefused, match="WEB-PORT-IN-USE"):
        listen(config.host, config.port)
    first.close()


def test_a_stop_that_comes_while_a_start_is_refused_is_heard(tmp_path):
    key = tmp_path / "renhu.key"
    key.write_bytes(bytes(31))
    key.chmod(0o400)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (tmp_path / "renhu.toml").write_text(
        f'[web]\nport = {port}\n[data]\nfolder = "{tmp_path}/data"\nkey = "file:{key}"\n'
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "agent", "run", "--config", str(tmp_path / "renhu.toml")],
        stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert "[KEY-LENGTH]" in process.stderr.readline()
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=ENDS_WITHIN_S)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == Exit.LOCKED
