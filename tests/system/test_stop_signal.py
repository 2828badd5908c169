"""A stop that is asked for in the moment between the last look and the wait is heard: no process waits it out.

A small library puts SIGTERM exactly there: into the main thread's `select`, just before the system's own is called.
"""

import os
import signal
import subprocess
import sys

import pytest

AMID_THE_WAIT = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <sys/select.h>
#include <unistd.h>

int select(int count, fd_set *readable, fd_set *writable, fd_set *urgent, struct timeval *limit) {
    static int is_done;
    int (*systems_own)(int, fd_set *, fd_set *, fd_set *, struct timeval *) = dlsym(RTLD_NEXT, "select");
    if (!is_done && gettid() == getpid()) { is_done = 1; raise(SIGTERM); }
    return systems_own(count, readable, writable, urgent, limit);
}
"""
WAITS = {
    "agent": ["-c", "from agent.stop_signal import StopSignal; print(StopSignal().wait())"],
    "simulated reader": ["-m", "simulators", "reader", "--wire", "usb-split"],
}
ENDS_WITHIN_S = 30


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """The library to load before all others."""
    folder = tmp_path_factory.mktemp("amid")
    (folder / "amid.c").write_text(AMID_THE_WAIT)
    subprocess.run(
        ["gcc", "-shared", "-fPIC", "-o", str(folder / "amid.so"), str(folder / "amid.c"), "-ldl"], check=True
    )
    return folder / "amid.so"


@pytest.mark.parametrize("program", WAITS)
def test_a_stop_just_before_the_wait_is_heard(library, program):
    process = subprocess.Popen(
        [sys.executable, *WAITS[program]], env=os.environ | {"LD_PRELOAD": str(library)},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        said, _ = process.communicate(timeout=ENDS_WITHIN_S)
    finally:
        process.kill()
        process.communicate()
    assert said, "it never came to its wait"
    assert process.returncode == 0


def test_a_second_stop_ends_at_once():
    # What goes on after the first stop comes back to Python again and again, where the second one is heard.
    program = (
        "import time; from agent.stop_signal import StopSignal; s = StopSignal(); print(); s.wait(); print()\n"
        "while True: time.sleep(0.01)"
    )
    process = subprocess.Popen(
        [sys.executable, "-u", "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        for _ in range(2):
            assert process.stdout.readline() == "\n"
            process.send_signal(signal.SIGTERM)
        assert process.wait(ENDS_WITHIN_S) == -signal.SIGTERM
    finally:
        process.kill()
        process.communicate()
