"""The event bus: publishing never blocks, a slow listener loses its queue and is told to look again.

An event names what changed and in whose session, never personal data.  Ids are `<boot>-<n>`; the last 256 are kept,
so that a page that lost its line resumes where it was, and one that has just been made misses nothing.
"""

from __future__ import annotations

import secrets
import threading
from collections import deque
from dataclasses import dataclass, field

QUEUE_LIMIT = 64
KEPT = 256
RESYNC = "resync"


@dataclass(frozen=True, slots=True)
class Event:
    """Something changed.

    Attributes:
        name: "desk", "device", "draft", "register", "documents", "exchange", "scan-button" or "resync".
        session: the session that it concerns; None for all.
        facts: surrogate ids, states and codes only.
    """

    name: str
    session: str | None = None
    facts: dict[str, str | int] = field(default_factory=dict)


Numbered = tuple[str, Event]


class Subscription:
    """One listener's bounded queue."""

    def __init__(self, bus: EventBus, session: str | None) -> None:
        self._bus = bus
        self._session = session
        self._queue: deque[Numbered] = deque()
        self._arrived = threading.Condition()
        self.is_closed = False

    def wants(self, event: Event) -> bool:
        """Whether this listener's session is meant."""
        return event.session is None or event.session == self._session

    def offer(self, numbered: Numbered) -> None:
        """Take an event; a full queue is emptied and leaves one `resync`."""
        with self._arrived:
            if len(self._queue) >= QUEUE_LIMIT:
                self._queue.clear()
                numbered = (numbered[0], Event(RESYNC))
            self._queue.append(numbered)
            self._arrived.notify()

    def get(self, timeout_s: float) -> list[Numbered]:
        """Wait up to `timeout_s` seconds; an empty list when nothing came or the subscription was closed."""
        with self._arrived:
            if not self._queue and not self.is_closed:
                self._arrived.wait(timeout_s)
            waiting = list(self._queue)
            self._queue.clear()
            return waiting

    def close(self) -> None:
        """Stop listening; a waiting `get` returns at once.  May be called twice."""
        with self._arrived:
            self.is_closed = True
            self._arrived.notify_all()
        self._bus.forget(self)


class EventBus:
    """Deliver events to all subscriptions without ever waiting for one of them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._boot = secrets.token_hex(4)
        self._last = 0
        self._kept: deque[Numbered] = deque(maxlen=KEPT)
        self._subscriptions: set[Subscription] = set()

    @property
    def newest(self) -> str:
        """The id of the newest event, whoever it was for."""
        with self._lock:
            return f"{self._boot}-{self._last}"

    def publish(self, event: Event) -> None:
        """Number the event, keep it for resuming, and put it into each queue that wants it."""
        with self._lock:
            self._last += 1
            numbered = (f"{self._boot}-{self._last}", event)
            self._kept.append(numbered)
            for subscription in self._subscriptions:
                if subscription.wants(event):
                    subscription.offer(numbered)

    def subscribe(self, session: str | None, last_event_id: str | None = None, seen: str | None = None) -> Subscription:
        """Listen for a session's events, from `last_event_id` on where it is still known, else from a `resync`.

        Args:
            session: whose events, besides those for all; None for only these.
            last_event_id: the last event that the listener has heard.
            seen: the newest event when the listener's page began to be made, for one that has heard nothing yet: what
                it may have missed since is told as one `resync`, as some of it stands on the page already.
        """
        subscription = Subscription(self, session)
        with self._lock:
            since = self._since(seen if last_event_id is None else last_event_id)
            missed = [numbered for numbered in since if subscription.wants(numbered[1])]
            if missed and last_event_id is None:
                missed = [(missed[-1][0], Event(RESYNC))]
            for numbered in missed:
                subscription.offer(numbered)
            self._subscriptions.add(subscription)
        return subscription

    def forget(self, subscription: Subscription) -> None:
        """Deliver nothing more to a closed subscription."""
        with self._lock:
            self._subscriptions.discard(subscription)

    def _since(self, last_event_id: str | None) -> list[Numbered]:
        if last_event_id is None:
            return []
        boot, _, number = last_event_id.rpartition("-")
        resync = [(f"{self._boot}-{self._last}", Event(RESYNC))]
        if boot != self._boot or not (number.isascii() and number.isdigit()):
            return resync
        missed = self._last - int(number)
        if missed < 0 or missed > len(self._kept):
            return resync
        return list(self._kept)[len(self._kept) - missed :]
