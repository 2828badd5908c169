"""Landlock: a process gives up, for good and without privileges, all files but those it names.  No policy here.

Source: Linux user API, linux/landlock.h.
"""

from __future__ import annotations

import ctypes
import os
import stat
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_CREATE, _ADD, _RESTRICT = 444, 445, 446
_BENEATH_PATH, _NET_PORT = 1, 2

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
REMOVE_DIR, REMOVE_FILE, MAKE_DIR, MAKE_REG, MAKE_SYM = 1 << 4, 1 << 5, 1 << 7, 1 << 8, 1 << 12
TRUNCATE, IOCTL_DEVICE = 1 << 14, 1 << 15
READ: Final = READ_FILE | READ_DIR
OF_A_FILE: Final = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEVICE
BIND_TCP, CONNECT_TCP = 1 << 0, 1 << 1
# How many of the file rights, counted from bit 0, a version of Landlock knows.
_FILE_RIGHTS: Final = {1: 13, 2: 14, 3: 15, 4: 15}
_FILE_RIGHTS_NOW: Final = 16


class ConfinementMissing(Exception):
    """A layer is not to be had here; `str()` names it."""


class Libc:
    """The few calls that Python has no name for."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(None, use_errno=True)

    def call(self, number: int, *arguments: object) -> int:
        """A system call by number; -1 with errno on failure."""
        return int(self._library.syscall(ctypes.c_long(number), *arguments))

    def prctl(self, option: int, *arguments: object) -> int:
        """An operation on this process; -1 with errno on failure."""
        padding = [ctypes.c_ulong(0)] * (4 - len(arguments))
        return int(self._library.prctl(option, *arguments, *padding))

    def unshare(self, spaces: int) -> int:
        """Leave namespaces; -1 with errno on failure."""
        return int(self._library.unshare(spaces))


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a process keeps.

    Attributes:
        paths: a file or folder, and what may be done with it and all below; those that are missing are left out.
        refused_tcp: `BIND_TCP`, `CONNECT_TCP` or both, where this Landlock knows of the network.
        ports: TCP ports to which it may connect all the same.
    """

    paths: tuple[tuple[Path, int], ...]
    refused_tcp: int = BIND_TCP | CONNECT_TCP
    ports: tuple[int, ...] = ()


def version(libc: Libc) -> int:
    """Which Landlock this kernel has; below 1 for none."""
    return libc.call(_CREATE, None, ctypes.c_size_t(0), 1)


def restrict(libc: Libc, kept: Allowance) -> tuple[str, ...]:
    """Give up all but `kept`; privileges must have been renounced before.

    Returns: "landlock-files" always; "landlock-network" and "landlock-signals" where this Landlock has them.

    Raises: ConfinementMissing.
    """
    found = version(libc)
    if found < 1:
        raise ConfinementMissing("landlock")
    layers = ["landlock-files"]
    handled = (1 << _FILE_RIGHTS.get(found, _FILE_RIGHTS_NOW)) - 1
    attributes = struct.pack("=Q", handled)
    if found >= 4:
        attributes += struct.pack("=Q", kept.refused_tcp)
        layers.append("landlock-network")
    if found >= 6:
        attributes += struct.pack("=Q", 0b11)
        layers.append("landlock-signals")
    ruleset = libc.call(_CREATE, attributes, ctypes.c_size_t(len(attributes)), 0)
    if ruleset < 0:
        raise ConfinementMissing("landlock")
    try:
        for path, rights in kept.paths:
            _allow(libc, ruleset, path, rights & handled)
        for port in kept.ports if found >= 4 else ():
            _add(libc, ruleset, _NET_PORT, struct.pack("=QQ", CONNECT_TCP, port))
        if libc.call(_RESTRICT, ruleset, 0) != 0:
            raise ConfinementMissing("landlock")
    finally:
        os.close(ruleset)
    return tuple(layers)


def _allow(libc: Libc, ruleset: int, path: Path, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            rights &= OF_A_FILE
        _add(libc, ruleset, _BENEATH_PATH, struct.pack("=Qi", rights, descriptor))
    finally:
        os.close(descriptor)


def _add(libc: Libc, ruleset: int, kind: int, rule: bytes) -> None:
    if libc.call(_ADD, ruleset, kind, rule, 0) != 0:
        raise ConfinementMissing("landlock")
