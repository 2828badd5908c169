"""How long a worker outlives an agent that was killed: the next agent must find the reader's port free."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time

import psutil
from table import Row

from agent.simulator_process import SimulatorProcess

KILLS = 20
LIMIT_S = 10.0
AGENT = """
import sys
from agent.clock import SystemClock
from agent.devices.alone import read_card
from agent.devices.host import DeviceSettings
read_card(DeviceSettings(role="reader", driver="reader_sam", address=sys.argv[1], options={}), SystemClock(), 60)
"""


def rows() -> list[Row]:
    """Kill the agent in the middle of its work, again and again."""
    simulator = SimulatorProcess.start("reader")
    try:
        outlived = [_outlived_ms(simulator.address) for _ in range(KILLS)]
    finally:
        simulator.stop()
    name = f"worker gone after its agent was killed, worst of {KILLS}, ms"
    return [Row(name, max(outlived), None, "", 1000.0, {"ours": outlived})]


def _outlived_ms(address: str) -> float:
    agent = subprocess.Popen([sys.executable, "-c", AGENT, address], stderr=subprocess.DEVNULL)
    parent = psutil.Process(agent.pid)
    while not (children := parent.children()):
        time.sleep(0.01)
    worker = os.pidfd_open(children[0].pid)
    try:
        time.sleep(1.0)
        agent.kill()
        begin = time.perf_counter()
        ended, _, _ = select.select([worker], [], [], LIMIT_S)
        return (time.perf_counter() - begin) * 1000 if ended else LIMIT_S * 1000
    finally:
        os.close(worker)
        agent.wait()
