"""How long what an agent has started outlives it when it is killed: the next agent must find its devices free."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, suppress
from pathlib import Path

import psutil
from table import Row

KILLS = 20
LIMIT_S = 10.0
WORKERS = {"agent.devices.worker": 2}
# The process for pictures, the child in which it works on one, and the decoder of card photos.
CONFINED = {"agent.documents.picture_process": 2, "drivers.wlt_library": 1}
ENDLESS = "int unpack(char *wlt, char *rgb, int flag) { for (;;); }\n"
CONTROL_S = 2.0
HOLDER = Path(__file__).with_name("orphan_holder.py")


def rows() -> list[Row]:
    """Kill an agent, with workers for reader and scanner, or with pictures and a photo at work, again and again.

    The control, a process of the same parent that nothing ends, must still be there: else the figure means nothing.
    """
    folder = Path(tempfile.mkdtemp(prefix="renhu-bench-"))
    try:
        demo = [sys.executable, "-m", "agent", "demo", "--port", "0", "--no-open", "--data", str(folder / "data")]
        library = folder / "endless.so"
        subprocess.run(["gcc", "-shared", "-fPIC", "-xc", "-", "-o", library], input=ENDLESS, text=True, check=True)
        holder = [sys.executable, str(HOLDER), str(library)]
        workers = [_outlived_ms(demo, WORKERS, number) for number in range(KILLS)]
        confined = [_outlived_ms(holder, CONFINED, number) for number in range(KILLS)]
        _show_control()
    finally:
        shutil.rmtree(folder)
    name = f"worker gone after its agent was killed, worst of {KILLS}, ms"
    other = f"pictures process and photo decoder gone after their agent was killed, worst of {KILLS}, ms"
    return [
        Row(name, max(workers), None, "", 1000.0, {"ours": workers}),
        Row(other, max(confined), None, "", 1000.0, {"ours": confined}),
    ]


def _outlived_ms(command: list[str], wanted: dict[str, int], number: int) -> float:
    """Start an agent, kill it at another moment of its work each time, and wait for the last of what it started."""
    agent = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    with ExitStack() as opened:
        opened.callback(agent.communicate)
        opened.callback(agent.kill)
        if not agent.stdout or not agent.stdout.readline():
            msg = f"{command} did not start"
            raise RuntimeError(msg)
        children = _children(agent.pid, wanted)
        time.sleep(number / KILLS)
        children |= _now(agent.pid, wanted)  # a picture's child is another one by now
        left = [descriptor for child in children if (descriptor := _watched(child.pid, opened)) is not None]
        if agent.poll() is not None or not left:
            msg = f"{command} ended by itself"
            raise RuntimeError(msg)
        begin = time.perf_counter()  # we may not run again before all has ended
        agent.kill()
        while left and (left_s := begin + LIMIT_S - time.perf_counter()) > 0:
            ended, _, _ = select.select(left, [], [], left_s)
            left = [each for each in left if each not in ended]
        return (time.perf_counter() - begin) * 1000


def _show_control() -> None:
    """A process that does not end with its parent is seen to be there still."""
    program = "import subprocess, sys, time; subprocess.Popen(['sleep', '60']); time.sleep(60)"
    parent = subprocess.Popen([sys.executable, "-c", program])
    with ExitStack() as opened:
        opened.callback(parent.communicate)
        opened.callback(parent.kill)
        (child,) = _children(parent.pid, {"sleep": 1})
        opened.callback(child.kill)
        descriptor = _watched(child.pid, opened)
        parent.kill()
        if descriptor is None or select.select([descriptor], [], [], CONTROL_S)[0]:
            msg = "the control ended with its parent"
            raise RuntimeError(msg)


def _now(agent: int, wanted: dict[str, int]) -> set[psutil.Process]:
    found = set[psutil.Process]()
    for child in psutil.Process(agent).children(recursive=True):
        with suppress(psutil.Error):
            if not wanted.keys().isdisjoint(child.cmdline()):
                found.add(child)
    return found


def _children(agent: int, wanted: dict[str, int]) -> set[psutil.Process]:
    """The processes of all that is wanted, once they run."""
    end_s = time.monotonic() + LIMIT_S
    while len(found := _now(agent, wanted)) < sum(wanted.values()):
        if time.monotonic() > end_s:
            msg = f"{len(found)} processes, not {wanted}"
            raise RuntimeError(msg)
        time.sleep(0.01)
    return found


def _watched(pid: int, opened: ExitStack) -> int | None:
    """A descriptor that becomes readable when the process has ended; None for one that already has."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return None
    opened.callback(os.close, descriptor)
    return descriptor
