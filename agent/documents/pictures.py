"""The agent's side of the pictures process: started at the first wish, ended when idle, replaced when it fails."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from agent.documents.errors import refused
from agent.documents.picture_wire import Answered, Asked, NotOurWire, receive_answered, send
from agent.errors import Actor, CodedError, Retry
from agent.memory import Buffer
from drivers.api import Clock, Deadline

LIMIT_S = 25.0
IDLE_S = 60.0
ANSWER_BYTES = 40_000_000
REFUSALS = frozenset(
    {"UPLOAD-NOT-A-PICTURE", "UPLOAD-DAMAGED", "UPLOAD-LOCKED", "UPLOAD-TOO-MANY-PAGES", "UPLOAD-TOO-MANY-PIXELS"}
    | {"PHOTO-SIZE", "PHOTO-TOO-COARSE"}
)


@dataclass(frozen=True, slots=True)
class Worked:
    """What came of a request: facts as the operation gives them, and bytes."""

    facts: Mapping[str, Any]
    pieces: Sequence[bytes] = field(repr=False)


@dataclass(slots=True)
class _Process:
    handle: subprocess.Popen[bytes]
    connection: socket.socket


class Pictures:
    """Works on pictures, one request at a time, whichever thread asks.

    Args:
        clock: tells how long the process has been idle.
        limit_s: how long one request may take.
        is_practice: whether what is typeset is of made-up people and must say so.
    """

    def __init__(self, clock: Clock, limit_s: float = LIMIT_S, *, is_practice: bool = False) -> None:
        self.is_practice = is_practice
        self._clock = clock
        self._limit_s = limit_s
        self._lock = threading.Lock()
        self._process: _Process | None = None
        self._used_s = 0.0
        self._is_over = False

    def work(self, operation: str, facts: Mapping[str, Any], pieces: Sequence[Buffer], failure: str) -> Worked:
        """Have one thing done.

        Args:
            operation: a name of `picture_operations.OPERATIONS`.
            facts: what it needs to know.
            pieces: what it works on.
            failure: code of the error when the process hangs, dies, or cannot do it.

        Raises: CodedError: why the picture is refused, one of `REFUSALS`; else `failure`.
        """
        with self._lock:
            try:
                answered, made = self._exchange(Asked(operation, dict(facts), tuple(map(len, pieces))), pieces)
            except (NotOurWire, OSError) as error:
                self._bury()
                raise _failed(failure) from error
            self._used_s = self._clock.monotonic()
        if answered.outcome == "refused" and answered.code in REFUSALS:
            raise refused(answered.code, **_plain(answered.facts, failure))
        if answered.outcome != "done":
            raise _failed(failure)
        return Worked(answered.facts, made)

    def end_when_idle(self) -> None:
        """End a process that nobody has asked anything for a while; never waits for one that works."""
        if self._lock.acquire(blocking=False):
            try:
                if self._clock.monotonic() - self._used_s >= IDLE_S:
                    self._bury()
            finally:
                self._lock.release()

    def end(self) -> None:
        """End the process for good, in the middle of its work too: whoever waits for it is told so."""
        self._is_over = True
        process = self._process
        if process is not None:
            process.handle.kill()
        with self._lock:
            self._bury()

    @property
    def is_over(self) -> bool:
        """Whether the process has been ended for good: what fails now fails for that."""
        return self._is_over

    def _exchange(self, asked: Asked, pieces: Sequence[Buffer]) -> tuple[Answered, list[bytes]]:
        """Ask and wait for the answer.  Raises: NotOurWire, OSError."""
        connection = self._running().connection
        deadline = Deadline.after(self._clock, self._limit_s)
        send(connection, asked, pieces, deadline)
        return receive_answered(connection, ANSWER_BYTES + sum(asked.sizes), deadline)

    def _running(self) -> _Process:
        """The process; one that has ended by itself is replaced.  Raises: NotOurWire once all is over, OSError."""
        if self._process is not None and self._process.handle.poll() is not None:
            self._bury()
        if self._is_over:
            raise NotOurWire
        if self._process is None:
            self._process = _start()
        return self._process

    def _bury(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.connection.close()
            process.handle.kill()
            process.handle.wait()


def _start() -> _Process:
    """Start the process with nothing of the station in its environment.  Raises: OSError."""
    ours, theirs = socket.socketpair()
    with theirs:
        try:
            handle = subprocess.Popen(
                [sys.executable, "-I", "-B", "-m", "agent.documents.picture_process", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1"},
                cwd="/",
                process_group=0,  # what a terminal sends to its command is not for this process
            )
        except OSError:
            ours.close()
            raise
    return _Process(handle, ours)


def _plain(facts: Mapping[str, Any], failure: str) -> dict[str, str | int]:
    try:
        return msgspec.convert(facts, type=dict[str, str | int])
    except msgspec.MsgspecError as error:
        raise _failed(failure) from error


def _failed(code: str) -> CodedError:
    return CodedError(code, Actor.TECHNICIAN, Retry.NOW)
