"""The wire to a reader on a serial port: 8 data bits, no parity, 1 stop bit, no flow control, over pyserial.

pyserial sets the port up; bytes are moved by `poll` and `os.read`, which costs half of its own `read`.

Source: SAM_V communication protocol, serial interface.
"""

from __future__ import annotations

import errno
import os
import select
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from drivers import reader_errors
from drivers.api import Deadline, DeviceError

if TYPE_CHECKING:
    import serial

_READ_BYTES = 4096
_PTY_MASTERS = {"/dev/ptmx", "/dev/pts/ptmx"}
_GONE = frozenset({errno.ENOENT, errno.ENODEV, errno.ENXIO, errno.EIO, errno.ENOTDIR})
_FORBIDDEN = frozenset({errno.EACCES, errno.EPERM})
_HELD = frozenset({errno.EBUSY, errno.EAGAIN})


class SerialTransport:
    """An open serial port, held for us alone as far as the system lets us."""

    def __init__(self, port: serial.Serial, path: str, description: str) -> None:
        self._port = port
        self._path = path
        self._description = description
        self._descriptor: int = port.fileno()
        self._readable = select.poll()
        self._readable.register(self._descriptor, select.POLLIN)

    @property
    def speed_baud(self) -> int:
        """The line's speed on our side."""
        return self._port.baudrate

    @property
    def address(self) -> str:
        """`serial:PATH?baud=N`."""
        return f"serial:{self._path}?baud={self._port.baudrate}"

    @property
    def description(self) -> str:
        """What the system calls the port."""
        return self._description

    def write(self, wire: bytes, deadline: Deadline) -> None:
        """Send a whole frame."""
        left = memoryview(wire)
        while left:
            try:
                left = left[os.write(self._descriptor, left) :]
            except BlockingIOError:
                if deadline.is_expired:
                    raise reader_errors.silent(deadline) from None
                select.select((), (self._descriptor,), (), deadline.remaining_s)
            except OSError as error:
                raise reader_errors.absent(self.address) from error

    def read(self, deadline: Deadline) -> bytes:
        """Return what is there as soon as something is; empty at the deadline."""
        if not self._readable.poll(deadline.remaining_s * 1000):
            return b""
        try:
            with suppress(BlockingIOError):
                chunk = os.read(self._descriptor, _READ_BYTES)
                if chunk:
                    return chunk
            # Readable without bytes: after an unplug the descriptor is dead, after a theft it is merely empty.
            is_empty = self._port.in_waiting == 0
        except OSError as error:
            raise reader_errors.absent(self.address) from error
        if self._has_hung_up():
            raise reader_errors.absent(self.address)
        if is_empty:
            raise reader_errors.second_opener(self.address)
        return b""

    def set_speed(self, speed_baud: int) -> None:
        """Change our side's speed and drop what was received at the old one."""
        import termios  # noqa: PLC0415 - with pyserial, whose errors it shares

        try:
            self._port.baudrate = speed_baud
            self._port.reset_input_buffer()
        except (OSError, termios.error) as error:
            raise reader_errors.absent(self.address) from error

    def has_second_opener(self) -> bool:
        """Whether another process holds the port's device file; of other users' processes only root sees it."""
        target = os.path.realpath(self._path)
        holders = set[str]()
        with suppress(OSError):
            holders = {entry.name for entry in Path("/proc").iterdir() if entry.name.isdecimal()}
        return any(_is_holding(Path("/proc", holder, "fd"), target) for holder in holders - {str(os.getpid())})

    def close(self) -> None:
        """Release the port."""
        with suppress(OSError):
            self._port.close()

    def fileno(self) -> int | None:
        """The port's descriptor."""
        return self._descriptor

    def _has_hung_up(self) -> bool:
        return any(flags & (select.POLLHUP | select.POLLERR | select.POLLNVAL) for _, flags in self._readable.poll(0))


def _is_holding(descriptors: Path, target: str) -> bool:
    """Whether a process has `target` open.  Who made a pseudo-terminal holds both of its ends and does not count."""
    links = set[str]()
    with suppress(OSError):
        for descriptor in descriptors.iterdir():
            with suppress(OSError):
                links.add(str(descriptor.readlink()))
    return target in links and not links & _PTY_MASTERS


class SerialPort:
    """A serial port by its path or stable link."""

    def __init__(self, path: str, description: str, speeds_baud: tuple[int, ...]) -> None:
        self._path = path
        self._description = description
        self._speeds_baud = speeds_baud

    @property
    def speeds_baud(self) -> tuple[int, ...]:
        """The speeds to try, the likeliest first."""
        return self._speeds_baud

    def open(self) -> SerialTransport:
        """Open the port at the likeliest speed."""
        import serial  # noqa: PLC0415 - only the worker that opens a port loads it

        port = serial.Serial(exclusive=True, timeout=0, baudrate=self._speeds_baud[0])
        port.port = self._path
        try:
            port.open()
        except OSError as error:
            raise self._translated(error) from error
        return SerialTransport(port, self._path, self._description)

    def _translated(self, error: OSError) -> DeviceError:
        """Pyserial's errors are OSErrors; one without a number means that the file is no terminal."""
        address = f"serial:{self._path}"
        if error.errno in _HELD:
            return reader_errors.busy(address)
        if error.errno in _FORBIDDEN:
            return reader_errors.permission(address)
        if error.errno in _GONE or not Path(self._path).exists():
            return reader_errors.absent(address)
        return reader_errors.not_a_port(address)
