"""A worker that even SIGKILL does not end at once: the others' devices go on, and its own waits for its end.

A real one sleeps in the kernel on a broken device.  Here a tracer holds it: the kernel then keeps it from its parent's
`wait` after the kill just as well, until the tracer goes.
"""

import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from agent.devices.host import DeviceSettings
from drivers.api import DeviceError

TRACER = """
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
if libc.ptrace(0x4206, int(sys.argv[1]), None, None):  # PTRACE_SEIZE
    sys.exit(os.strerror(ctypes.get_errno()))
print("holds", flush=True)
sys.stdin.read()
"""


@contextmanager
def held(pid):
    """A process that, once killed, is not there for its parent to reap before the end."""
    command = [sys.executable, "-c", TRACER, str(pid)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as tracer:
        try:
            assert tracer.stdout.readline() == "holds\n"
            yield
        finally:
            tracer.stdin.close()


def workers():
    """Our workers; one that has ended and was not reaped has no command line any more."""
    return [
        child.pid
        for child in psutil.Process().children()
        if child.status() == psutil.STATUS_ZOMBIE or "agent.devices.worker" in " ".join(child.cmdline())
    ]


@pytest.fixture
def scanner(tmp_path):
    """SANE's own pattern scanner."""
    (tmp_path / "test.conf").write_text("number_of_devices 1\n")
    return DeviceSettings("scanner", "scanner_sane", "sane:test:0", {"configuration": str(tmp_path)})


def test_the_others_go_on_while_one_is_stuck(simulator, supervise, wait_for, scanner):
    supervised = supervise(simulator.address, others=(scanner,))
    supervised.wait_until("ready")
    supervisor = supervised.supervisor
    wait_for(lambda: supervisor.statuses()["scanner"].state == "ready", "the scanner ready")
    pid = min(workers())  # the reader is the first that is started
    with held(pid):
        supervisor.restart("reader")
        wait_for(lambda: supervised.status.code == "READER-STUCK", "told that the reader is stuck")
        shown = len(supervised.signs)
        supervisor.request("scanner", "scan", {}, 20.0).result(60)
        assert len(supervised.signs) > shown
        # A restart of its own, too, beside the worker that does not end.
        before = set(workers())
        supervisor.restart("scanner")
        wait_for(lambda: set(workers()) not in ({pid}, before), "a fresh scanner's worker")
        wait_for(lambda: supervisor.statuses()["scanner"].state == "ready", "the scanner ready again")
        supervisor.request("scanner", "scan", {}, 20.0).result(60)
        assert (supervised.status.code, supervisor.statuses()["scanner"].code) == ("READER-STUCK", None)
    supervised.wait_until("ready")


def test_a_worker_that_does_not_end_blocks_nobody_and_has_no_second_beside_it(simulator, supervise, wait_for):
    supervised = supervise(simulator.address)
    supervised.wait_until("ready")
    (pid,) = workers()
    with held(pid):
        supervised.supervisor.restart("reader")
        wait_for(lambda: supervised.status.code == "READER-STUCK", "told that it is stuck")
        assert supervised.status.state == "faulted"
        assert workers() == [pid]
        with pytest.raises(DeviceError) as refused:
            supervised.supervisor.request("reader", "find", {}, 5.0).result(20)
        assert refused.value.code == "READER-STUCK"
    supervised.wait_until("ready")
    (fresh,) = workers()
    assert fresh != pid
    assert not Path(f"/proc/{pid}").exists()
