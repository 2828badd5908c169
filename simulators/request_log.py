"""The last requests that a simulated scanner answered: when, what for, how, how many bytes; never what was in them."""

from __future__ import annotations

import threading
from collections import deque

KEPT = 5000


class RequestLog:
    """A ring of entries; times are CLOCK_MONOTONIC seconds, comparable between processes of one machine."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: deque[dict[str, object]] = deque(maxlen=KEPT)

    def add(self, began_s: float, ended_s: float, operation: str, status: int | None, size: int) -> None:
        """Note one request; no status when it was not answered."""
        entry = {"t_s": began_s, "end_s": ended_s, "command": operation, "status": status, "bytes": size}
        with self._lock:
            self._entries.append(entry)

    def entries(self) -> list[dict[str, object]]:
        """All of them, oldest first."""
        with self._lock:
            return list(self._entries)
