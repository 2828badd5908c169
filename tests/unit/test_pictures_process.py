"""The pictures process serves one wish after another, is replaced when it fails, and never outlives its agent."""

from __future__ import annotations

import io
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from PIL import Image

from agent.clock import SystemClock
from agent.documents.pictures import IDLE_S, LIMIT_S, Pictures
from agent.errors import CodedError

FAILED = "PAGE-UNREADABLE"
GONE_S = 10


class Clock(SystemClock):
    """The system's, which a test may put forward."""

    ahead_s = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pictures(clock: Clock) -> Iterator[Pictures]:
    made = Pictures(clock)
    yield made
    made.end()


def tiff() -> bytes:
    made = io.BytesIO()
    Image.new("1", (40, 40), 1).save(made, "TIFF", compression="group4")
    return made.getvalue()


def work(pictures: Pictures) -> bytes:
    return pictures.work("png", {}, [tiff()], FAILED).pieces[0]


def process(pictures: Pictures) -> psutil.Process:
    assert pictures._process is not None
    return psutil.Process(pictures._process.handle.pid)


def refusal(pictures: Pictures) -> str:
    with pytest.raises(CodedError) as caught:
        work(pictures)
    return caught.value.code


def test_one_process_serves_all_and_each_wish_gets_a_child_of_its_own(pictures: Pictures) -> None:
    first = work(pictures)
    pid = process(pictures).pid
    with pytest.raises(CodedError, match=FAILED):
        pictures.work("png", {}, [b"no picture"], FAILED)
    with pytest.raises(CodedError, match=FAILED):
        pictures.work("no such operation", {}, [], FAILED)
    made: list[bytes] = []
    threads = [threading.Thread(target=lambda: made.append(work(pictures))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [first] * 4
    assert process(pictures).pid == pid


def test_a_process_that_has_gone_is_replaced(pictures: Pictures) -> None:
    work(pictures)
    old = process(pictures)
    old.kill()
    pictures._process.handle.wait()  # type: ignore[union-attr]
    assert work(pictures).startswith(b"\x89PNG")
    assert process(pictures).pid != old.pid


def test_one_that_does_not_answer_in_time_is_ended_and_the_next_wish_is_served(pictures: Pictures) -> None:
    old = suspend(pictures)
    pictures._limit_s = 0.05
    assert refusal(pictures) == FAILED
    assert not old.is_running()
    pictures._limit_s = LIMIT_S
    assert work(pictures).startswith(b"\x89PNG")


def child_in_its_work(pictures: Pictures) -> tuple[psutil.Process, psutil.Process]:
    """The process and its child, which waits for the rest of a wish."""
    parent, child = waiting_child(pictures)
    assert pictures._process is not None
    pictures._process.connection.sendall(b"\0")
    return parent, child


def waiting_child(pictures: Pictures) -> tuple[psutil.Process, psutil.Process]:
    """The process and its child, which waits for the next wish: the last one's has gone."""
    work(pictures)
    parent = process(pictures)
    for _ in range(1000):
        with suppress(psutil.NoSuchProcess, ProcessLookupError):  # the last wish's child goes while it is looked at
            children = parent.children()
            if [child.status() for child in children] == [psutil.STATUS_SLEEPING]:
                return parent, children[0]
        time.sleep(0.01)
    raise AssertionError("no child waits")


def suspend(pictures: Pictures) -> psutil.Process:
    """Have the process and its child stand still."""
    parent, child = waiting_child(pictures)
    child.suspend()
    parent.suspend()
    return parent


def test_a_child_that_crashes_takes_the_process_with_it_and_the_next_wish_is_served(pictures: Pictures) -> None:
    parent, child = child_in_its_work(pictures)
    child.kill()
    assert pictures._process is not None
    assert pictures._process.handle.wait(GONE_S) == 1
    assert work(pictures).startswith(b"\x89PNG")
    assert process(pictures).pid != parent.pid


def test_a_child_that_is_ended_while_it_waits_costs_no_wish(pictures: Pictures) -> None:
    parent, child = waiting_child(pictures)
    child.kill()
    assert pictures._process is not None
    assert pictures._process.handle.wait(GONE_S) == 1
    assert work(pictures).startswith(b"\x89PNG")
    assert process(pictures).pid != parent.pid


def test_it_is_the_first_to_be_ended_for_want_of_memory(pictures: Pictures) -> None:
    own = int(Path("/proc/self/oom_score_adj").read_text("ascii"))
    for one in child_in_its_work(pictures):
        assert int(Path(f"/proc/{one.pid}/oom_score_adj").read_text("ascii")) > own


def test_a_child_in_its_work_ends_with_the_wire(pictures: Pictures) -> None:
    _, child = child_in_its_work(pictures)
    child.suspend()
    assert pictures._process is not None
    pictures._process.connection.shutdown(socket.SHUT_RDWR)
    child.wait(GONE_S)
    assert pictures._process.handle.wait(GONE_S) == 0


def test_it_is_ended_when_idle_and_not_before(pictures: Pictures, clock: Clock) -> None:
    work(pictures)
    old = process(pictures)
    clock.ahead_s += IDLE_S - 5
    pictures.end_when_idle()
    assert old.is_running()
    clock.ahead_s += 10
    pictures.end_when_idle()
    assert not old.is_running()
    assert work(pictures).startswith(b"\x89PNG")


def test_the_end_of_the_agent_does_not_wait_for_what_is_under_way(pictures: Pictures) -> None:
    suspend(pictures)
    pictures._limit_s = 3600
    failed: list[str] = []
    waiting = threading.Thread(target=lambda: failed.append(refusal(pictures)), daemon=True)
    waiting.start()
    assert pictures._process is not None
    while (pictures._process.connection.gettimeout() or 0) < LIMIT_S + 1:
        time.sleep(0.01)
    pictures.end()
    waiting.join(GONE_S)
    assert failed == [FAILED]
    assert refusal(pictures) == FAILED, "nothing is started any more"


AGENT = """
import sys
from agent.clock import SystemClock
from agent.documents.pictures import Pictures
pictures = Pictures(SystemClock())
try:
    pictures.work("png", {}, [b"no picture"], "PAGE-UNREADABLE")
except Exception:
    print(pictures._process.handle.pid, flush=True)
sys.stdin.read()
"""


def test_it_ends_with_an_agent_that_was_killed() -> None:
    agent = subprocess.Popen([sys.executable, "-c", AGENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert agent.stdin is not None
    assert agent.stdout is not None
    with agent.stdin, agent.stdout:
        worker = psutil.Process(int(agent.stdout.readline()))
        os.kill(agent.pid, signal.SIGKILL)
        agent.wait()
        worker.wait(GONE_S)
