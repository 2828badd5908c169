"""A worker reaches its device and nothing of the station: a driver that tries finds the register and its keys shut.

The probe is a driver from outside, loaded by a real worker.  The same attempts succeed where nothing confines them.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agent.commands.doctor import findings_of
from agent.devices import confinement
from agent.devices.confinement import allowance
from agent.devices.state import DeviceState
from agent.devices.status import DeviceStatus
from agent.devices.wire import VERSION, Confined, Start, State, Wire
from drivers import landlock

PROBE = '''
"""A driver that tries what a driver that went wrong might try, and tells what succeeded."""
import os, socket, subprocess
from pathlib import Path
from drivers.api import Actor, CodedError, Retry

ATTEMPTS = {
    "read": lambda target: Path(target).read_bytes(),
    "list": os.listdir,
    "write": lambda target: os.close(os.open(target, os.O_WRONLY | os.O_CREAT)),
    "run": lambda target: subprocess.run([target, "-c", ":"], check=True),
    "connect": lambda target: socket.create_connection(("127.0.0.1", int(target)), 5).close(),
    "bind": lambda target: socket.create_server(("127.0.0.1", int(target))).close(),
}

def tried(attempts):
    told = {}
    for attempt in attempts:
        verb, _, target = attempt.partition(" ")
        try:
            ATTEMPTS[verb](target.replace("$TMPDIR", os.environ["TMPDIR"]))
            told[attempt] = "done"
        except PermissionError:
            told[attempt] = "refused"
        except OSError as error:
            told[attempt] = f"{type(error).__name__} {error.errno}"
    return told

def create(address, settings, clock):
    raise CodedError("PROBE", Actor.DEVELOPER, Retry.NEVER, **tried(settings["attempts"]))
'''


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder in which a driver from outside is installed."""
    folder = tmp_path / "outside"
    (folder / "probe-1.dist-info").mkdir(parents=True)
    (folder / "probe-1.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: probe\nVersion: 1\n")
    (folder / "probe-1.dist-info" / "entry_points.txt").write_text("[renhu.drivers]\nprobe = probe_driver\n")
    (folder / "probe_driver.py").write_text(PROBE)
    return folder


@pytest.fixture
def station(tmp_path: Path) -> Path:
    """What a worker must not reach: a register, its keys, the configuration, somebody's home."""
    for name in ("var/renhu/register.db", "etc/renhu/renhu.key", "etc/renhu/renhu.toml", "home/notes"):
        file = tmp_path / "station" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"secret")
    return tmp_path / "station"


def forbidden(station: Path) -> list[str]:
    files = [str(file) for file in sorted(station.rglob("*")) if file.is_file()]
    return [
        *(f"read {file}" for file in files),
        *(f"write {file}" for file in files),
        *(f"list {file.parent}" for file in station.rglob("*") if file.is_file()),
        f"write {station}/planted",
        f"read /proc/{os.getpid()}/environ",
        "list /tmp",
        "list /etc",
        "read /etc/passwd",
        "run /bin/sh",
    ]


NEEDED = ["list /dev", "write /dev/null", "list /sys", "write $TMPDIR/scratch", "read $TMPDIR/scratch", "list /usr/lib"]


def told_by_worker(outside: Path, scratch: Path, role: str, attempts: list[str], address: str = "probe:") -> Any:
    """What the probe could do in a real worker, and the layers that the worker told."""
    scratch.mkdir()
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", "agent.devices.worker", str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            env={"PATH": "/usr/bin:/bin", "TMPDIR": str(scratch), "PYTHONPATH": str(outside)},
            cwd="/",
        )
    wire = Wire(ours, is_worker=False)
    try:
        wire.send(Start(VERSION, role, "probe", address, {"attempts": attempts}))
        messages: list[Any] = []
        while not any(isinstance(message, State) for message in messages):
            messages += wire.receive()
    finally:
        wire.close()
        process.kill()
        process.wait()
    (confined,) = [message for message in messages if isinstance(message, Confined)]
    (state,) = [message for message in messages if isinstance(message, State)]
    assert state.code == "PROBE"
    return state.facts, confined.layers


def listening() -> tuple[socket.socket, str]:
    server = socket.create_server(("127.0.0.1", 0))
    return server, str(server.getsockname()[1])


@pytest.mark.parametrize("role", ["reader", "scanner", "camera"])
def test_a_worker_reaches_its_device_and_nothing_of_the_station(
    outside: Path, station: Path, tmp_path: Path, role: str
) -> None:
    server, port = listening()
    with server:
        allowed, shut = list(NEEDED), forbidden(station)
        (allowed if role == "scanner" else shut).append(f"connect {port}")
        shut.append("bind 0")
        told, layers = told_by_worker(outside, tmp_path / "scratch", role, allowed + shut)
    has_landlock = landlock.version(landlock.Libc()) >= 1
    assert ("landlock-files" in layers) is has_landlock
    if not has_landlock:
        kept = [str(path) for path, _ in allowance(role, "probe", "", {}).paths]
        assert not [path for path in kept if station.is_relative_to(path)], "without Landlock only the list is checked"
        return
    if "landlock-network" not in layers:
        shut = [attempt for attempt in shut if not attempt.startswith(("connect", "bind"))]
    assert {attempt: told[attempt] for attempt in shut} == dict.fromkeys(shut, "refused")
    assert {attempt: told[attempt] for attempt in allowed} == dict.fromkeys(allowed, "done")


def test_unconfined_the_same_attempts_succeed(
    outside: Path, station: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    probe: dict[str, Callable[..., Any]] = {}
    exec(compile(PROBE, "probe", "exec"), probe)  # noqa: S102 - the probe as the worker loads it
    attempts = [*NEEDED, *forbidden(station), "bind 0"]
    assert probe["tried"](attempts) == dict.fromkeys(attempts, "done")


def test_a_simulated_usb_reader_keeps_the_one_port_of_its_address(outside: Path, tmp_path: Path) -> None:
    (server, own), (other_server, other) = listening(), listening()
    with server, other_server:
        attempts = [f"connect {own}", f"connect {other}"]
        address = f"usb:0400:c35a?backend=simulators.usb_backend&at=127.0.0.1:{own}"
        told, layers = told_by_worker(outside, tmp_path / "scratch", "reader", attempts, address)
    wanted = ["done", "refused"] if "landlock-network" in layers else ["done", "done"]
    assert [told[attempt] for attempt in attempts] == wanted


@pytest.mark.parametrize(
    ("address", "is_reached"), [("gphoto2:ptpip:127.0.0.1:{port}", True), ("gphoto2:usb", False), ("probe:", False)]
)
def test_a_network_camera_keeps_the_one_port_of_its_address(
    outside: Path, tmp_path: Path, address: str, is_reached: bool
) -> None:
    (server, own), (other_server, other) = listening(), listening()
    with server, other_server:
        attempts = [f"connect {own}", f"connect {other}", "read /etc/hosts"]
        told, layers = told_by_worker(outside, tmp_path / "scratch", "camera", attempts, address.format(port=own))
    refused = "refused" if "landlock-network" in layers else "done"
    assert [told[attempt] for attempt in attempts] == ["done" if is_reached else refused, refused, "done"]


def test_a_worker_on_a_kernel_without_landlock_goes_on_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", "/tmp")
    monkeypatch.setattr(landlock, "version", lambda _libc: -1)
    assert confinement.confine("reader", "reader_sam", "serial:auto", {}) == ()


@pytest.mark.parametrize(("layers", "is_well"), [((), False), (("landlock-files",), True)])
def test_doctor_tells_whether_a_worker_is_confined(layers: tuple[str, ...], is_well: bool) -> None:
    state = DeviceState.READY
    status = DeviceStatus("reader", "reader_sam", "serial:auto", state, None, {}, None, {}, {}, False, (), layers)
    (found,) = [finding for finding in findings_of(status) if finding.name == "reader-confinement"]
    assert found.is_well is is_well
