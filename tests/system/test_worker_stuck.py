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
