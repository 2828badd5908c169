"""How long what an agent has started outlives it when it is killed: the next agent must find its devices free."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import psutil
from table import Row

KILLS = 20
LIMIT_S = 10.0
WORKER = "agent.devices.worker"


def rows() -> list[Row]:
    """Kill a whole demo, with a worker for its reader and one for its scanner, again and again."""
    folder = Path(tempfile.mkdtemp(prefix="renhu-bench-"))
    try:
        outlived = [_outlived_ms(folder, number) for number in range(KILLS)]
    finally:
        shutil.rmtree(folder)
    name = f"worker gone after its agent was killed, worst of {KILLS}, ms"
    return [Row(name, max(outlived), None, "", 1000.0, {"ours": outlived})]


def _outlived_ms(folder: Path, number: int) -> float:
    """Start a demo, kill it at another moment of its work each time, and wait for the last of its workers."""
    command = [sys.executable, "-m", "agent", "demo", "--port", "0", "--no-open", "--data", str(folder)]
    agent = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    with ExitStack() as opened:
        opened.callback(agent.communicate)
        opened.callback(agent.kill)
        if not agent.stdout or not agent.stdout.readline():
            msg = "the demo did not start"
            raise RuntimeError(msg)
        workers = [_watched(child.pid, opened) for child in _workers(agent.pid)]
        time.sleep(number / KILLS)
        agent.kill()
        begin = time.perf_counter()
        while workers and (left_s := begin + LIMIT_S - time.perf_counter()) > 0:
            ended, _, _ = select.select(workers, [], [], left_s)
            workers = [worker for worker in workers if worker not in ended]
        return (time.perf_counter() - begin) * 1000


def _workers(agent: int) -> list[psutil.Process]:
    """The processes of both devices, once they run."""
    end_s = time.monotonic() + LIMIT_S
    while True:
        found = [child for child in psutil.Process(agent).children() if WORKER in child.cmdline()]
        if len(found) == 2:
            return found
        if time.monotonic() > end_s:
            msg = f"{len(found)} workers, not one for each device"
            raise RuntimeError(msg)
        time.sleep(0.01)


def _watched(pid: int, opened: ExitStack) -> int:
    """A descriptor that becomes readable when the process has ended."""
    descriptor = os.pidfd_open(pid)
    opened.callback(os.close, descriptor)
    return descriptor
