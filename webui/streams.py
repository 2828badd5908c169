"""Streams to browsers: how many may be open, whose gives way, when one has ended; and that of events."""

from __future__ import annotations

import json
import select
import socket
import threading
from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from agent.events.service import Event, Subscription
    from webui.services import Clock

TICK_S: Final = 0.9
COMMENT_EVERY_S: Final = 15.0
LIFE_S: Final = 300.0
STREAMS_PER_SESSION: Final = 2


class Endless(Protocol):
    """An answer that goes on until somebody ends it."""

    def end(self) -> None:
        """Make it end soon; may be called from any thread, and twice."""


def has_hung_up(connection: socket.socket | None) -> bool:
    """Whether the browser has gone: a stream that only waits would never notice by itself."""
    if connection is None:
        return False
    try:
        poll = select.poll()
        poll.register(connection, select.POLLRDHUP)
        return bool(poll.poll(0))
    except (OSError, ValueError):
        return True


class Stream:
    """One browser's stream of events, from its subscription to the bytes on its socket."""

    def __init__(self, subscription: Subscription, connection: socket.socket | None, clock: Clock) -> None:
        self._subscription = subscription
        self._connection = connection
        self._clock = clock
        self._is_ended = threading.Event()

    def end(self) -> None:
        """Make the stream end at once; may be called from any thread, and twice."""
        self._is_ended.set()
        self._subscription.close()

    def lines(self) -> Iterator[bytes]:
        """Give the stream's bytes until the browser hangs up, the stream is ended, or its life is over."""
        started = last_sent = self._clock.monotonic()
        yield b"retry: 500\n: open\n\n"
        while not self._is_ended.is_set() and not has_hung_up(self._connection):
            numbered = self._subscription.get(TICK_S)
            now = self._clock.monotonic()
            if numbered:
                yield b"".join(encode(event_id, event) for event_id, event in numbered)
                last_sent = now
            elif now - last_sent >= COMMENT_EVERY_S:
                yield b": still here\n\n"
                last_sent = now
            if now - started >= LIFE_S:
                return


class Streams:
    """All open streams.  A session's newest replaces its oldest; past the cap a new one is refused."""

    def __init__(self, cap: int) -> None:
        self._cap = cap
        self._lock = threading.Lock()
        self._of_session: dict[str, deque[Endless]] = {}

    def add(self, session_id: str, stream: Endless) -> bool:
        """Take in a stream.

        Returns: False when all places are taken by other sessions; the caller must end the stream then.
        """
        with self._lock:
            own = self._of_session.setdefault(session_id, deque())
            if len(own) >= STREAMS_PER_SESSION:
                own.popleft().end()
            elif self.count_open() >= self._cap:
                if not own:
                    del self._of_session[session_id]
                return False
            own.append(stream)
            return True

    def remove(self, session_id: str, stream: Endless) -> None:
        """Forget a stream that has ended."""
        stream.end()
        with self._lock:
            own = self._of_session.get(session_id)
            if own is not None and stream in own:
                own.remove(stream)
                if not own:
                    del self._of_session[session_id]

    def end_session(self, session_id: str) -> None:
        """End every stream of a session that signs out."""
        with self._lock:
            for stream in self._of_session.pop(session_id, ()):
                stream.end()

    def end_all(self) -> None:
        """End every stream; the agent is stopping."""
        with self._lock:
            for own in self._of_session.values():
                for stream in own:
                    stream.end()
            self._of_session.clear()

    def count_open(self) -> int:
        """How many streams are open."""
        return sum(len(own) for own in self._of_session.values())


def encode(event_id: str, event: Event) -> bytes:
    """Write one event as a Server-Sent Event: its name, its surrogate facts, its id."""
    facts = json.dumps(event.facts, ensure_ascii=True, separators=(",", ":"))
    return f"id: {event_id}\nevent: {event.name}\ndata: {facts}\n\n".encode()
