"""The program works inside what the unit allows: its system-call filter, no namespaces, no writable code.

systemd itself cannot run in every place where tests do, so the filter is assembled from systemd's own lists of the
unit's lines and laid upon the process by a launcher.
"""

from __future__ import annotations

import json
import platform
import re
import subprocess
import sys
import urllib.request
from functools import cache
from pathlib import Path

import pytest

UNIT = Path(__file__).parents[2] / "systemd" / "renhu.service"
LAUNCH = """
import ctypes, json, os, resource, struct, sys
allowed, command = json.loads(sys.argv[1]), sys.argv[2:]
def step(operation, value, skip_if=0, skip_else=0): return struct.pack("=HBBI", operation, skip_if, skip_else, value)
allow, refuse = 0x7FFF0000, 0x00050001
code = step(0x20, 0)
# RestrictNamespaces=yes: unshare, and clone with a namespace's flag, are refused; clone3 is not there.
code += step(0x15, 272, 0, 1) + step(0x06, refuse) + step(0x15, 435, 0, 1) + step(0x06, 0x00050026)
code += step(0x15, 56, 0, 4) + step(0x20, 16) + step(0x45, 0x7E020000, 0, 1) + step(0x06, refuse) + step(0x20, 0)
for number in allowed:
    code += step(0x15, number, 0, 1) + step(0x06, allow)
code += step(0x06, refuse)
buffer = ctypes.create_string_buffer(code, len(code))
libc = ctypes.CDLL(None)
libc.prctl(65, 1, 0, 0, 0)
resource.setrlimit(resource.RLIMIT_NOFILE, (1024, 1024))
assert libc.prctl(38, 1, 0, 0, 0) == 0
assert libc.prctl(22, 2, struct.pack("@HxxxxxxP", len(code) // 8, ctypes.addressof(buffer))) == 0
os.execv(command[0], command)
"""
pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="the launcher knows the numbers of x86-64")


def members(name: str) -> set[str]:
    """The calls of one of systemd's sets, the sets in it opened."""
    if not name.startswith("@"):
        return {name}
    listed = subprocess.run(
        ["systemd-analyze", "syscall-filter", name], capture_output=True, text=True, check=True, timeout=60
    ).stdout
    found: set[str] = set()
    for line in listed.splitlines()[1:]:
        word = line.strip()
        if word and not word.startswith("#"):
            found |= members(word)
    return found


@cache
def allowed_calls() -> frozenset[str]:
    """What the unit's `SystemCallFilter=` lines leave, read in order as systemd does."""
    allowed = members("@default")
    for line in re.findall(r"(?m)^SystemCallFilter=(.+)$", UNIT.read_text("utf-8")):
        calls = set().union(*(members(word) for word in line.removeprefix("~").split()))
        allowed = allowed - calls if line.startswith("~") else allowed | calls
    return frozenset(allowed)


def numbers() -> list[int]:
    """Their numbers on this machine; calls that it does not have are left out."""
    defines = subprocess.run(
        ["gcc", "-E", "-dM", "-"], input="#include <asm/unistd_64.h>\n", capture_output=True, text=True, check=True
    ).stdout
    here = {name: int(value) for name, value in re.findall(r"#define __NR_(\w+) (\d+)", defines)}
    return sorted(here[name] for name in allowed_calls() if name in here)


def confined(*command: str) -> list[str]:
    return [sys.executable, "-c", LAUNCH, json.dumps(numbers()), *command]


def test_the_filter_refuses_what_no_station_needs() -> None:
    refused = {
        "mount",
        "setns",
        "ptrace",
        "bpf",
        "init_module",
        "kexec_load",
        "settimeofday",
        "setuid",
        "chown",
        "keyctl",
    }
    # `setns` stays in @process; RestrictNamespaces= refuses it.
    assert refused & allowed_calls() == {"setns"}
    program = "import os, sys\ntry:\n    os.chown('/dev/null', 0, 0)\nexcept PermissionError:\n    sys.exit(7)\n"
    seen = subprocess.run(confined(sys.executable, "-c", program), capture_output=True, timeout=60, check=False)
    assert seen.returncode == 7, seen.stderr


DECODE = """
import sys
from agent.clock import SystemClock
from agent.devices.photo_decoder import PhotoDecoder, PhotoSettings
decoder = PhotoDecoder(PhotoSettings(library=sys.argv[1]), SystemClock(), 20.0)
photo = decoder.decode(bytes.fromhex("574C66007E00").ljust(1024, b"Z"))
print(photo.code, len(photo.png or b"") > 100, *decoder.confinement())
"""


def test_the_photo_decoder_works_and_is_confined_inside_the_unit(tmp_path: Path) -> None:
    library, source = tmp_path / "libwlt.so", Path(__file__).with_name("photo_libraries.c")
    subprocess.run(
        ["gcc", "-shared", "-fPIC", "-w", "-DUNPACK", "-DFLAG=0", "-o", str(library), str(source)], check=True
    )
    seen = subprocess.run(
        confined(sys.executable, "-c", DECODE, str(library)), capture_output=True, text=True, timeout=60, check=False
    )
    assert seen.returncode == 0, seen.stderr
    code, has_picture, *layers = seen.stdout.split()
    assert (code, has_picture) == ("None", "True")
    assert set(layers) >= {"limits", "landlock-files", "system-calls"}
    assert "namespaces" not in layers


def test_the_whole_agent_with_a_reader_works_inside_the_unit(tmp_path: Path) -> None:
    command = confined(
        sys.executable, "-m", "agent", "demo", "--port", "0", "--no-open", "--data", str(tmp_path / "data")
    )
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as agent:
        assert agent.stdout is not None
        try:
            told = json.loads(agent.stdout.readline())
            with urllib.request.urlopen(f"{told['url']}/healthz", timeout=30) as answer:  # noqa: S310 - loopback
                assert answer.status == 200
        finally:
            agent.terminate()
        assert agent.wait(30) == 0
