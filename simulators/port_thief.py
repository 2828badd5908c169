"""A second program at a serial port, as a process of its own: it has the port open and takes what comes for the first.

Started as `python -m simulators.port_thief PATH`.  While it holds the line, bytes are kept in the terminal as a line
that never ends, so that nobody is handed any; it then empties the terminal.  Which of two programs is quicker is no
matter of chance this way.
"""

from __future__ import annotations

import os
import subprocess
import sys
import termios
from contextlib import suppress

_HOLD, _TAKE = b"h", b"t"
_INPUT, _LOCAL, _CHARACTERS = 0, 3, 6  # places in what tcgetattr returns
_NO_CHARACTER = b"\0"
_NOT_CHARACTERS = {termios.VMIN, termios.VTIME}


class PortThief:
    """The thief's process, as the simulator sees it.

    Args:
        path: the terminal that it opens.
    """

    def __init__(self, path: str) -> None:
        command = [sys.executable, "-m", "simulators.port_thief", path]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._answered()

    def hold(self) -> None:
        """Let nobody be handed what comes from now on."""
        self._ask(_HOLD)

    def take(self) -> None:
        """Take what has come since, and let go of the line."""
        self._ask(_TAKE)

    def end(self) -> None:
        """Close the port and end."""
        with suppress(OSError):
            self._process.communicate()

    def _ask(self, what: bytes) -> None:
        if self._process.stdin is not None:
            with suppress(OSError):
                self._process.stdin.write(what)
                self._process.stdin.flush()
                self._answered()

    def _answered(self) -> None:
        if self._process.stdout is not None:
            self._process.stdout.read(1)


def main(path: str) -> int:
    """Be the thief until nobody asks any more."""
    port = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    os.write(sys.stdout.fileno(), b".")
    while what := os.read(sys.stdin.fileno(), 1):
        # A port that was pulled out meanwhile has nothing that one could take.
        with suppress(OSError, termios.error):
            _hold(port) if what == _HOLD else _take(port)
        os.write(sys.stdout.fileno(), b".")
    return 0


def _hold(port: int) -> None:
    attributes = termios.tcgetattr(port)
    attributes[_LOCAL] |= termios.ICANON
    attributes[_INPUT] |= termios.INLCR
    characters = attributes[_CHARACTERS]
    for place in set(range(len(characters))) - _NOT_CHARACTERS:
        characters[place] = _NO_CHARACTER
    termios.tcsetattr(port, termios.TCSANOW, attributes)


def _take(port: int) -> None:
    termios.tcflush(port, termios.TCIFLUSH)
    attributes = termios.tcgetattr(port)
    attributes[_LOCAL] &= ~termios.ICANON
    attributes[_INPUT] &= ~termios.INLCR
    termios.tcsetattr(port, termios.TCSANOW, attributes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
