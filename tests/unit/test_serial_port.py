"""The serial wire on a true pseudo-terminal: what the kernel says when a port is absent, held, shared or pulled."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.clock import SystemClock
from drivers.api import Deadline, DeviceAbsent, DeviceBusy, DeviceError
from drivers.serial_port import SerialPort, SerialTransport

SPEEDS = (115200, 57600, 38400, 19200, 9600)
HOLD = "import os, sys; os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY); print(flush=True); sys.stdin.read()"


class Terminal:
    """A pseudo-terminal whose master end is the reader's side."""

    def __init__(self) -> None:
        self.master, slave = os.openpty()
        self.path = os.ttyname(slave)
        self.slave = slave

    def hang_up(self) -> None:
        for descriptor in (self.slave, self.master):
            if descriptor >= 0:
                os.close(descriptor)
        self.master = self.slave = -1


def within(limit_s: float) -> Deadline:
    return Deadline.after(SystemClock(), limit_s)


def opened(path: str) -> SerialTransport:
    return SerialPort(path, "test", SPEEDS).open()


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    terminal = Terminal()
    yield terminal
    terminal.hang_up()


@pytest.fixture
def transport(terminal: Terminal) -> Iterator[SerialTransport]:
    transport = opened(terminal.path)
    yield transport
    transport.close()


def code_of_opening(path: str) -> str:
    with pytest.raises(DeviceError) as error:
        opened(path)
    return error.value.code


def test_bytes_go_both_ways(terminal: Terminal, transport: SerialTransport) -> None:
    transport.write(b"\xaa\x03\x13\x11", within(1))
    assert os.read(terminal.master, 100) == b"\xaa\x03\x13\x11"
    os.write(terminal.master, b"\x00\x0d\x0a\x11\x13\x7f\xff")
    assert transport.read(within(1)) == b"\x00\x0d\x0a\x11\x13\x7f\xff"


def test_nothing_by_the_deadline(transport: SerialTransport) -> None:
    assert transport.read(within(0.0)) == b""
    assert transport.read(within(0.01)) == b""


def test_line_is_8n1_at_the_speed_asked_for(terminal: Terminal, transport: SerialTransport) -> None:
    assert transport.address == f"serial:{terminal.path}?baud=115200"
    for speed, constant in ((9600, termios.B9600), (57600, termios.B57600)):
        transport.set_speed(speed)
        settings = termios.tcgetattr(terminal.master)
        assert settings[5] == constant
        assert settings[2] & (termios.CSIZE | termios.PARENB | termios.CSTOPB) == termios.CS8
        assert transport.speed_baud == speed


def test_change_of_speed_forgets_what_came_before(terminal: Terminal, transport: SerialTransport) -> None:
    os.write(terminal.master, b"garbage")
    transport.set_speed(9600)
    assert transport.read(within(0.0)) == b""


def test_no_such_port(tmp_path: Path) -> None:
    assert code_of_opening(str(tmp_path / "ttyUSB9")) == "READER-ABSENT"


def test_dangling_link(tmp_path: Path) -> None:
    (tmp_path / "reader").symlink_to(tmp_path / "gone")
    assert code_of_opening(str(tmp_path / "reader")) == "READER-ABSENT"


def test_file_that_is_no_terminal(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path in (str(tmp_path / "file"), str(tmp_path), "/dev/null"):
        with pytest.raises(DeviceError) as error:
            SerialPort(path, "", (115200,)).open()
        assert (error.value.code, error.value.facts["address"]) == ("READER-NOT-A-PORT", f"serial:{path}")


def test_port_that_is_held(terminal: Terminal) -> None:
    fcntl.flock(terminal.slave, fcntl.LOCK_EX | fcntl.LOCK_NB)
    assert code_of_opening(terminal.path) == "READER-BUSY"
    fcntl.flock(terminal.slave, fcntl.LOCK_UN)
    opened(terminal.path).close()


def test_we_hold_the_port(terminal: Terminal, transport: SerialTransport) -> None:
    with pytest.raises(BlockingIOError):
        fcntl.flock(terminal.slave, fcntl.LOCK_EX | fcntl.LOCK_NB)
    transport.close()
    fcntl.flock(terminal.slave, fcntl.LOCK_EX | fcntl.LOCK_NB)


@pytest.mark.skipif(os.getuid() != 0, reason="becomes another user")
def test_port_that_may_not_be_opened(terminal: Terminal) -> None:
    Path(terminal.path).chmod(0o600)
    script = (
        "import os, sys; os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        "from drivers.api import DeviceError\n"
        "from drivers.serial_port import SerialPort\n"
        "try:\n    SerialPort(sys.argv[1], '', (115200,)).open()\n"
        "except DeviceError as error:\n    print(error.code)"
    )
    root = Path(__file__).parent.parent.parent
    command = [sys.executable, "-c", "import drivers.serial_port, serial\n" + script, terminal.path]
    done = subprocess.run(command, capture_output=True, text=True, cwd=root, timeout=20, check=False)
    assert done.stdout.strip() == "READER-PERMISSION", done.stderr


def test_unplugged_while_idle_and_while_waiting(terminal: Terminal, transport: SerialTransport) -> None:
    terminal.hang_up()
    with pytest.raises(DeviceAbsent):
        transport.read(within(5))
    with pytest.raises(DeviceAbsent):
        transport.write(b"\xaa", within(1))
    with pytest.raises(DeviceAbsent):
        transport.set_speed(9600)
    transport.close()
    transport.close()


def test_stolen_bytes_are_told_from_an_unplug(terminal: Terminal, transport: SerialTransport) -> None:
    class Robbed:
        """A descriptor that the system reported readable, and whose bytes another program then took."""

        def poll(self, timeout_ms: float) -> list[tuple[int, int]]:
            return [] if timeout_ms == 0 else [(0, 1)]

    transport._readable = Robbed()  # type: ignore[assignment]
    with pytest.raises(DeviceBusy) as error:
        transport.read(within(1))
    assert error.value.code == "READER-SECOND-OPENER"


def test_another_program_on_the_port_is_seen(terminal: Terminal, transport: SerialTransport) -> None:
    assert not transport.has_second_opener()
    command = [sys.executable, "-c", HOLD, terminal.path]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        other.stdout.readline()
        assert transport.has_second_opener()
        other.stdin.close()
        other.wait(10)
    assert not transport.has_second_opener()


def test_descriptor_becomes_readable_at_the_unplug(terminal: Terminal, transport: SerialTransport) -> None:
    assert transport.fileno() is not None
    assert not transport._readable.poll(0)
    terminal.hang_up()
    assert transport._readable.poll(1000)
