"""Confine this process before it loads a library that nobody here has seen the source of.

Landlock leaves the library its own files, the system's libraries and the scratch folder; a system-call filter leaves it
memory, files, clocks and its own end: no socket, program, process or signal to others.  Both hold without privileges,
cannot be undone, and are required.  What else this kernel and this service allow is taken besides, and named.
Source: Linux user API, linux/filter.h, linux/seccomp.h.
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import struct
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from drivers.landlock import (
    MAKE_REG,
    READ,
    READ_FILE,
    REMOVE_FILE,
    TRUNCATE,
    WRITE_FILE,
    Allowance,
    ConfinementMissing,
    Libc,
    restrict,
)

__all__ = ["CALLS", "TGKILL", "ConfinementMissing", "call_filter", "confine"]

_PR_SET_PDEATHSIG, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 22, 38
_SECCOMP_MODE_FILTER = 2
_CLONE_NEWUSER, _CLONE_NEWNET, _CLONE_NEWIPC = 0x10000000, 0x40000000, 0x08000000

SYSTEM_FOLDERS: Final = ("/usr", "/lib", "/lib64")
SYSTEM_FILES: Final = ("/etc/ld.so.cache", "/dev/null", "/dev/zero", "/dev/urandom")

# Name of each allowed call with its number on x86-64 and on AArch64; None where the machine has no such call.
# `truncate`, `chmod` and `ioctl` are left out because older Landlocks do not see them, `fcntl` because it can make
# the kernel signal another process.
CALLS: Final[dict[str, tuple[int | None, int | None]]] = {
    "read": (0, 63), "write": (1, 64), "open": (2, None), "close": (3, 57), "stat": (4, None), "fstat": (5, 80),
    "lstat": (6, None), "lseek": (8, 62), "mmap": (9, 222), "mprotect": (10, 226), "munmap": (11, 215),
    "brk": (12, 214), "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139),
    "pread64": (17, 67), "pwrite64": (18, 68), "readv": (19, 65), "writev": (20, 66), "access": (21, None),
    "sched_yield": (24, 124), "mremap": (25, 216), "madvise": (28, 233), "nanosleep": (35, 101), "getpid": (39, 172),
    "exit": (60, 93), "uname": (63, 160), "fsync": (74, 82), "fdatasync": (75, 83), "ftruncate": (77, 46),
    "getcwd": (79, 17), "rename": (82, None), "unlink": (87, None), "readlink": (89, None), "gettimeofday": (96, 169),
    "getrusage": (98, 165), "sysinfo": (99, 179), "getuid": (102, 174), "getgid": (104, 176), "geteuid": (107, 175),
    "getegid": (108, 177), "sigaltstack": (131, 132), "arch_prctl": (158, None), "gettid": (186, 178),
    "time": (201, None), "futex": (202, 98), "getdents64": (217, 61), "set_tid_address": (218, 96),
    "restart_syscall": (219, 128), "clock_gettime": (228, 113), "clock_getres": (229, 114),
    "clock_nanosleep": (230, 115), "exit_group": (231, 94), "openat": (257, 56), "newfstatat": (262, 79),
    "unlinkat": (263, 35), "renameat": (264, 38), "readlinkat": (267, 78), "faccessat": (269, 48),
    "set_robust_list": (273, 99), "renameat2": (316, 276), "getrandom": (318, 278), "statx": (332, 291),
    "rseq": (334, 293), "faccessat2": (439, 439),
}  # fmt: skip
# Allowed on this process alone, so that abort() ends it as it means to.
TGKILL: Final = (234, 131)
_MACHINES: Final = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}

# Soft and hard; past the soft one of processor time comes SIGXCPU, which tells a spinning library from a killed one.
_LIMITS: Final = (
    (resource.RLIMIT_CPU, 3, 4),
    (resource.RLIMIT_AS, 512 << 20, 512 << 20),
    (resource.RLIMIT_NOFILE, 32, 32),
    (resource.RLIMIT_NPROC, 0, 0),
    (resource.RLIMIT_FSIZE, 1 << 20, 1 << 20),
    (resource.RLIMIT_CORE, 0, 0),
)


def confine(readable: Iterable[Path], scratch: Path) -> tuple[str, ...]:
    """Give up, for good, all but `readable` files, the system's libraries and the `scratch` folder.

    Args:
        readable: files that may be read, besides the system's.
        scratch: the one folder in which files may be made, written and removed.

    Returns: the layers in force: "limits", "landlock-files", "system-calls" always; "namespaces" (a network and an IPC
        space of its own) and "landlock-network", "landlock-signals" where the kernel and the service allow.

    Raises: ConfinementMissing.
    """
    libc = Libc()
    layers = ["limits"]
    libc.prctl(_PR_SET_PDEATHSIG, ctypes.c_ulong(9))
    if libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET | _CLONE_NEWIPC) == 0:
        layers.append("namespaces")
    for limit, soft, hard in _LIMITS:
        resource.setrlimit(limit, (soft, hard))
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, ctypes.c_ulong(1)) != 0:
        raise ConfinementMissing("no-new-privileges")
    layers += restrict(libc, _kept(readable, scratch))
    _restrict_calls(libc)
    return (*layers, "system-calls")


def _kept(readable: Iterable[Path], scratch: Path) -> Allowance:
    paths = [(Path(folder), READ) for folder in SYSTEM_FOLDERS]
    paths += [(file, READ_FILE) for file in (*map(Path, SYSTEM_FILES), *readable)]
    own = READ | WRITE_FILE | MAKE_REG | REMOVE_FILE | TRUNCATE
    return Allowance((*paths, (scratch, own)))


def _restrict_calls(libc: Libc) -> None:
    code = call_filter(platform.machine(), os.getpid())
    buffer = ctypes.create_string_buffer(code, len(code))
    program = struct.pack("@HxxxxxxP", len(code) // 8, ctypes.addressof(buffer))
    if libc.prctl(_PR_SET_SECCOMP, ctypes.c_ulong(_SECCOMP_MODE_FILTER), program) != 0:
        raise ConfinementMissing("system-calls")


def call_filter(machine: str, own_pid: int) -> bytes:
    """Assemble the filter program: the calls of `CALLS`, `tgkill` on `own_pid`, EPERM for all else.

    Raises: ConfinementMissing where the machine's numbers are not known here.
    """
    if machine not in _MACHINES or struct.calcsize("P") != 8:
        raise ConfinementMissing("system-calls")
    column, architecture = _MACHINES[machine]
    load, equal, answer = 0x20, 0x15, 0x06
    allow, refuse, kill = 0x7FFF0000, 0x00050001, 0x80000000

    def step(operation: int, value: int, skip_if: int = 0, skip_else: int = 0) -> bytes:
        return struct.pack("=HBBI", operation, skip_if, skip_else, value)

    program = step(load, 4) + step(equal, architecture, 1, 0) + step(answer, kill) + step(load, 0)
    for numbers in CALLS.values():
        number = numbers[column]
        if number is not None:
            program += step(equal, number, 0, 1) + step(answer, allow)
    program += step(equal, TGKILL[column], 0, 3) + step(load, 16) + step(equal, own_pid, 0, 1) + step(answer, allow)
    return program + step(answer, refuse)
