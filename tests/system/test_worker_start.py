"""A worker ends with its agent from the first moment on, also while it is still loading its modules."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import psutil

SPAWN = """
import sys, time
from agent.clock import SystemClock
from agent.devices.host import DeviceHost, DeviceSettings
sys.executable = sys.argv[1]
host = DeviceHost(DeviceSettings("reader", "reader_sam", "serial:auto", {}), SystemClock())
host.spawn()
print(host._process.pid, flush=True)
time.sleep(60)
"""
LIMIT_S = 10.0


def test_a_worker_that_is_still_loading_ends_with_its_agent(tmp_path: Path) -> None:
    loading = tmp_path / "python"
    loading.write_text("#!/bin/sh\nexec sleep 60\n")
    loading.chmod(0o755)
    with subprocess.Popen([sys.executable, "-c", SPAWN, loading], stdout=subprocess.PIPE, text=True) as agent:
        assert agent.stdout is not None
        worker = psutil.Process(int(agent.stdout.readline()))
        until_s = time.monotonic() + LIMIT_S
        while worker.name() != "sleep" and time.monotonic() < until_s:
            time.sleep(0.01)
        assert worker.name() == "sleep"
        agent.kill()
    assert psutil.wait_procs([worker], LIMIT_S)[1] == []
