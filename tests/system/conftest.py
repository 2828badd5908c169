"""Real processes for the system tests: a simulated reader, a supervised worker on it, a whole demo."""

import json
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import pytest

from agent.clock import SystemClock
from agent.devices.host import DeviceSettings
from agent.devices.supervisor import Supervisor
from agent.events.service import EventBus
from agent.simulator_process import SimulatorProcess

PATIENCE_S = 30.0


def wait_for(condition, what, limit_s=PATIENCE_S):
    """Poll a condition until it holds; its value is returned.  Fails the test when it never does."""
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.01)
    pytest.fail(f"never happened within {limit_s} s: {what}")


@pytest.fixture(name="wait_for")
def wait_for_fixture():
    return wait_for


@pytest.fixture
def simulator(request):
    """A simulated reader, 20 times faster than a real one; a test may name its wire by an indirect parameter."""
    wire = getattr(request, "param", "pty")
    process = SimulatorProcess.start("reader", "--wire", wire, "--speed-factor", "20")
    yield process
    process.stop()


class Supervised:
    """A supervisor with one reader, maybe others beside it, and all that it told."""

    def __init__(self, address, *, refuses_simulated=False, others=(), **options):
        self.clock = SystemClock()
        self.signs = []
        self.states = []
        self.ticks = 0
        settings = DeviceSettings(
            role="reader",
            driver="reader_sam",
            address=address,
            options={"timing_scale": 0.2, **options},
            poll_ms=50,
            idle_poll_ms=100,
        )
        self.bus = EventBus()
        self.lock = threading.Lock()
        self.supervisor = Supervisor(
            [settings, *others], self.clock, self._publish, self._sign, self._tick, refuses_simulated=refuses_simulated
        )

    def _publish(self, event):
        with self.lock:
            self.states.append(event.facts["state"])

    def _sign(self, _role, sign):
        with self.lock:
            self.signs.append(sign)

    def _tick(self):
        self.ticks += 1

    @property
    def status(self):
        return self.supervisor.statuses()["reader"]

    def names(self):
        with self.lock:
            return [sign.name for sign in self.signs]

    def count(self, name):
        return self.names().count(name)

    def wait_until(self, state):
        return wait_for(lambda: self.status.state == state, f"state {state}, is {self.status.state} {self.status.code}")


@pytest.fixture
def supervise():
    """Start supervised readers; all are stopped at the end."""
    running = []

    def start(address, **options):
        supervised = Supervised(address, **options)
        supervised.supervisor.start()
        running.append(supervised)
        return supervised

    yield start
    for supervised in running:
        supervised.supervisor.stop(10)


@contextmanager
def started(*arguments, environment=None):
    """Run `renhu …` as a process; ended by SIGTERM, then killed."""
    process = subprocess.Popen(
        [sys.executable, "-m", "agent", *arguments],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()
        process.stderr.close()


@pytest.fixture
def renhu():
    return started


@pytest.fixture
def demo(tmp_path):
    """A running demo: what it said, and its process."""
    with started("demo", "--port", "0", "--no-open", "--data", str(tmp_path / "data")) as process:
        told = json.loads(process.stdout.readline())
        drain = threading.Thread(target=process.stderr.read)
        drain.start()
        yield told, process
        process.terminate()
        drain.join(20)
