"""How soon an unplugged reader is noticed, and how soon it is ready again after its return; a hundred times a wire."""

from __future__ import annotations

import random
import threading
import time

from table import Row

from agent.clock import SystemClock
from agent.devices.host import DeviceSettings
from agent.devices.state import DeviceState
from agent.devices.supervisor import Supervisor
from agent.simulator_process import SimulatorProcess

CYCLES = 100
AWAY_MS = 700


def rows() -> list[Row]:
    """Unplug and replug on a serial port, which says so by itself, and on USB, where only the next question tells."""
    made = []
    for wire in ("pty", "usb-split", "usb-pair"):
        noticed, ready = _cycles(wire)
        made += [
            Row(f"unplug noticed ({wire}), worst of {CYCLES}, ms", max(noticed), None, "", 500.0, {"ours": noticed}),
            Row(f"ready after return ({wire}), worst of {CYCLES}, ms", max(ready), None, "", 1000.0, {"ours": ready}),
        ]
    return made


def _cycles(wire: str) -> tuple[list[float], list[float]]:
    simulator = SimulatorProcess.start("reader", "--wire", wire)
    changed = threading.Event()
    settings = DeviceSettings(role="reader", driver="reader_sam", address=simulator.address, options={})
    supervisor = Supervisor(
        [settings],
        SystemClock(),
        lambda _event: changed.set(),
        lambda _role, _sign: None,
        lambda: None,
        refuses_simulated=False,
    )
    supervisor.start()

    def wait_for(*states: DeviceState) -> float:
        while supervisor.statuses()["reader"].state not in states:
            changed.wait(10.0)
            changed.clear()
        return time.monotonic()

    noticed, ready = [], []
    chance = random.Random(7)
    try:
        wait_for(DeviceState.READY)
        for _ in range(CYCLES):
            time.sleep(chance.uniform(0.2, 1.2))
            out_s = time.monotonic()
            simulator.call("PUT", "/faults/unplug-before", {"replug_after_ms": AWAY_MS})
            noticed.append((wait_for(DeviceState.ABSENT, DeviceState.FAULTED) - out_s) * 1000)
            ready.append((wait_for(DeviceState.READY) - out_s) * 1000 - AWAY_MS)
    finally:
        supervisor.stop(10.0)
        simulator.stop()
    return noticed, ready
