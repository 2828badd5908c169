"""Where something that was made waits, in memory alone, for the session that made it: until it is taken, or a while."""

from __future__ import annotations

import threading
from typing import Final, Generic, Protocol, TypeVar

from drivers.api import Clock

KEPT_S: Final = 600.0
MOST_BYTES: Final = 48_000_000


class Waiting(Protocol):
    """What can wait on a shelf."""

    @property
    def id(self) -> str:
        """Where it is asked for; nobody can guess it."""

    @property
    def session_id(self) -> str:
        """Who may have it."""

    @property
    def size(self) -> int:
        """How many bytes it takes."""

    @property
    def made_s(self) -> float:
        """When it was made, by the clock's `monotonic`."""


_Made = TypeVar("_Made", bound=Waiting)


class Shelf(Generic[_Made]):
    """What waits; the oldest goes first where there is no room.

    Args:
        clock: tells how long something has waited.
        most_bytes: so much waits at most, and always what came last.
    """

    def __init__(self, clock: Clock, most_bytes: int = MOST_BYTES) -> None:
        self._clock = clock
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._kept: dict[str, _Made] = {}

    def put(self, made: _Made) -> None:
        """Keep something."""
        with self._lock:
            self._drop_old()
            while self._kept and sum(each.size for each in self._kept.values()) + made.size > self._most_bytes:
                del self._kept[next(iter(self._kept))]
            self._kept[made.id] = made

    def find(self, made_id: str, session_id: str) -> _Made | None:
        """What waits under this name for this session; else None."""
        with self._lock:
            self._drop_old()
            made = self._kept.get(made_id)
        return made if made is not None and made.session_id == session_id else None

    def drop_old(self) -> None:
        """Let go of what has waited long enough."""
        with self._lock:
            self._drop_old()

    def _drop_old(self) -> None:
        oldest_s = self._clock.monotonic() - KEPT_S
        for made in [each for each in self._kept.values() if each.made_s < oldest_s]:
            del self._kept[made.id]
