"""Which program holds a USB device, as far as `/proc` tells: of our own user's programs, or of all to root."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from drivers.stored_text import printable

PROCESSES = Path("/proc")


def holder_of(node: Path, processes: Path = PROCESSES) -> str:
    """The name of a program that has a device node open, another one than this; "" where nobody tells.

    Source: proc(5), /proc/PID/fd, /proc/PID/comm and cmdline.
    """
    for process in processes.glob("[0-9]*"):
        if process.name != str(_self(processes)) and _holds(process, node):
            return _name(process)
    return ""


def _self(processes: Path) -> str:
    with suppress(OSError):
        return (processes / "self").readlink().name
    return ""


def _holds(process: Path, node: Path) -> bool:
    with suppress(OSError):  # another user's, or it has just ended
        for descriptor in (process / "fd").iterdir():
            with suppress(OSError):
                if descriptor.readlink() == node:
                    return True
    return False


def _name(process: Path) -> str:
    """The program's own name: the kernel's is cut to 15 characters."""
    with suppress(OSError):
        program = (process / "cmdline").read_bytes().partition(b"\0")[0].decode("utf-8", "replace")
        short = (process / "comm").read_text("utf-8", "replace").strip()
        name = Path(program).name
        return printable(name if name.startswith(short) else short)
    return ""
