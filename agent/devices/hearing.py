"""The thread that hears the wire while another one calls a library that may block for seconds, or for ever.

So a cancel is passed on at once, and the agent hears a pulse while the library works.  The pulse alone proves nothing
of the thread that calls the library.  Nobody outside waits for what that thread does unasked, so the hearing thread
sees to it: a call that does not come back in time, or a thread that ended, is the end of the process.
"""

from __future__ import annotations

import os
import selectors
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from agent.devices.wire import Frame, Page, Ports, Pulse, Reply, Sign, State, Wire, WireBroken
from drivers.api import Clock


class LibraryHung(Exception):
    """A call into the library that nobody asked for has not come back in time."""


class Hearing:
    """The hearing thread of one worker.

    Args:
        wire: to the agent.
        clock: the time.
        pulse_s: so often the agent hears that this process is alive.
        unasked_limit_s: so long a call may take that nobody asked for.

    Attributes:
        alarm_s: when `on_alarm` is due, on the monotonic clock; set it in what obeys messages.
        on_alarm: done then, in this thread.
    """

    def __init__(self, wire: Wire, clock: Clock, pulse_s: float, unasked_limit_s: float) -> None:
        self._wire = wire
        self._clock = clock
        self._pulse_s = pulse_s
        self._unasked_limit_s = unasked_limit_s
        self._sending = threading.RLock()
        self._unasked_until_s = float("inf")
        self._end = os.eventfd(0, os.EFD_CLOEXEC)
        self.alarm_s = float("inf")
        self.on_alarm: Callable[[], None] = lambda: None

    def run(
        self, name: str, work: Callable[[], None], obey: Callable[[object], None], waiting: Iterable[object]
    ) -> None:
        """Let a thread do its work, obey what is waiting, then go on until the wire breaks.

        Args:
            name: the thread's.
            work: calls the library; ends with WireBroken when the agent has gone.
            obey: takes what the agent says; must not block.
            waiting: what it has said already.

        Raises: WireBroken when the agent has gone, or the thread that calls the library; LibraryHung.
        """

        def call() -> None:
            try:
                work()
            finally:
                os.eventfd_write(self._end, 1)

        threading.Thread(target=call, name=name, daemon=True).start()
        for message in waiting:
            obey(message)
        next_pulse_s = self._clock.monotonic()
        with selectors.DefaultSelector() as selector:
            selector.register(self._wire, selectors.EVENT_READ, lambda: self._hear(obey))
            selector.register(self._end, selectors.EVENT_READ, _follow)
            while True:
                due_s = min(next_pulse_s, self.alarm_s)
                for key, _ in selector.select(max(0.0, due_s - self._clock.monotonic())):
                    key.data()
                now_s = self._clock.monotonic()
                if now_s >= self._unasked_until_s:
                    raise LibraryHung
                if now_s >= self.alarm_s:
                    self.alarm_s = float("inf")
                    self.on_alarm()
                if now_s >= next_pulse_s:
                    self.send(Pulse())
                    next_pulse_s = now_s + self._pulse_s

    def _hear(self, obey: Callable[[object], None]) -> None:
        for message in self._wire.receive():
            obey(message)

    def send(
        self, message: State | Sign | Reply | Page | Frame | Ports | Pulse, body: bytes | memoryview = b""
    ) -> None:
        """Send one message whole, from any thread.  Raises: WireBroken."""
        with self._sending:
            self._wire.send(message, body)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else sends meanwhile."""
        with self._sending:
            yield

    @contextmanager
    def unasked(self, limit_s: float | None = None) -> Iterator[None]:
        """Calls that no request waits for, and that have a limit of their own therefore."""
        self._unasked_until_s = self._clock.monotonic() + (self._unasked_limit_s if limit_s is None else limit_s)
        yield
        self._unasked_until_s = float("inf")


def _follow() -> None:
    """End with the thread that calls the library: without it a pulse would be a lie."""
    raise WireBroken("nobody calls the library any more")
