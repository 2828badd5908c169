"""The serial wire: a pseudo-terminal that hears the speed the host has set and delivers as a USB-serial adapter does.

An adapter hands on what it has received after 62 bytes or 16 ms, whichever comes first.  The kernel does not enforce a
speed on a pseudo-terminal, but its master sees which one was set: at a wrong one both sides hear garbage.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
import termios
import tty
from collections.abc import Collection, Iterator
from pathlib import Path

from simulators.port_thief import PortThief
from simulators.wire import Chunk, Segment, Wire

ADAPTER_BYTES = 62
ADAPTER_S = 0.016
_BITS_PER_BYTE = 10
_INPUT_SPEED, _OUTPUT_SPEED = 4, 5  # places in what tcgetattr returns
_SPEEDS = {
    termios.B9600: 9600,
    termios.B19200: 19200,
    termios.B38400: 38400,
    termios.B57600: 57600,
    termios.B115200: 115200,
}


class PtyWire(Wire):
    """A serial port with a stable name: a symbolic link to whatever pseudo-terminal the reader has now.

    Args:
        baud: the module's speed at first.
        link: where the link shall stand; None makes a private folder for it.
        is_paced: whether bytes take the time that they take on a line.
    """

    def __init__(self, baud: int, link: Path | None, *, is_paced: bool) -> None:
        super().__init__(baud)
        self._folder = None if link else Path(tempfile.mkdtemp(prefix="renhu-sim-"))
        self._link = link.absolute() if link else Path(str(self._folder)) / "reader"
        self._is_paced = is_paced
        self._master = self._slave = -1
        self._last_name = ""
        self._thief: PortThief | None = None

    @property
    def address(self) -> str:
        """`serial:` and the stable link."""
        return f"serial:{self._link}"

    def watched(self) -> list[int]:
        """The master side."""
        return [self._master] if self.is_plugged else []

    def serve(self, ready: Collection[int]) -> None:
        """Take what the host wrote; at another speed than the module's it is only noise."""
        if not self.is_plugged or self._master not in ready:
            return
        heard = os.read(self._master, 4096)
        if self._is_understood():
            self.inbox += heard
        else:
            self.garbled_bytes += len(heard)

    def plug(self, *, other_name: bool) -> None:
        """Open a pseudo-terminal and point the link at it.

        The slave side stays open here too: a master without a slave would report a hang-up all the time.
        """
        master, slave = os.openpty()
        if other_name and os.ttyname(slave) == self._last_name:
            spare = (master, slave)
            master, slave = os.openpty()
            for descriptor in spare:
                os.close(descriptor)
        tty.setraw(slave)
        os.set_blocking(master, False)
        os.set_blocking(slave, False)
        self._master, self._slave, self._last_name = master, slave, os.ttyname(slave)
        self._set_speed(termios.B9600)
        fresh = self._link.with_name(f".{self._link.name}.{os.getpid()}")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(self._last_name)
        fresh.replace(self._link)
        self.inbox.clear()
        self.garbled_bytes = 0
        self.is_plugged = True

    def unplug(self) -> None:
        """Hang up; the link goes, as udev would remove it."""
        if not self.is_plugged:
            return
        self.send_away()
        self.is_plugged = False
        self._link.unlink(missing_ok=True)
        os.close(self._slave)
        os.close(self._master)
        self._master = self._slave = -1

    def chunks(self, segment: Segment) -> Iterator[Chunk]:
        """Cut as the adapter does; unpaced and whole segments go out at once."""
        byte_s = _BITS_PER_BYTE / self.baud if self._is_paced else 0.0
        size = max(1, min(ADAPTER_BYTES, int(ADAPTER_S * self.baud / _BITS_PER_BYTE)))
        if segment.is_whole or not self._is_paced:
            size = max(1, len(segment.data))
        for start in range(0, len(segment.data), size):
            piece = segment.data[start : start + size]
            yield Chunk(piece, len(piece) * byte_s)

    def write(self, chunk: Chunk) -> None:
        """Write to the master; what does not fit into the terminal's buffer is lost."""
        data = chunk.data if self._is_understood() else bytes((byte * 37 + 11) & 0x5F for byte in chunk.data)
        with contextlib.suppress(BlockingIOError):
            os.write(self._master, data)

    def let_in(self, mode: str) -> None:
        """A second program comes: it opens the port to steal, or holds the port's lock, unless the host holds it."""
        if mode == "lock":
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(self._slave, fcntl.LOCK_EX | fcntl.LOCK_NB)
        elif self.is_plugged and self._thief is None:
            self._thief = PortThief(self._last_name)

    def send_away(self) -> None:
        """The second program ends."""
        if self.is_plugged:
            fcntl.flock(self._slave, fcntl.LOCK_UN)
        thief, self._thief = self._thief, None
        if thief is not None:
            thief.end()

    @contextlib.contextmanager
    def intruded(self, mode: str) -> Iterator[None]:
        """Let the second program steal what is said meanwhile, or hold the lock."""
        if mode:
            self.let_in(mode)
        thief = self._thief if mode == "steal" else None
        if thief is not None:
            thief.hold()
        yield
        if thief is not None:
            thief.take()

    def close(self) -> None:
        """Hang up for good."""
        self.unplug()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _is_understood(self) -> bool:
        """Whether host and module use the same speed."""
        return _SPEEDS.get(termios.tcgetattr(self._master)[_OUTPUT_SPEED]) == self.baud

    def _set_speed(self, speed: int) -> None:
        attributes = termios.tcgetattr(self._slave)
        attributes[_INPUT_SPEED] = attributes[_OUTPUT_SPEED] = speed
        termios.tcsetattr(self._slave, termios.TCSANOW, attributes)
