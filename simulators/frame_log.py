"""The last frames that went over the wire: when, which way, how long; never what was in them."""

from __future__ import annotations

import threading
from collections import deque

Entry = dict[str, object]
KEPT = 5000


class FrameLog:
    """A ring of entries; times are CLOCK_MONOTONIC seconds, comparable between processes of one machine."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: deque[Entry] = deque(maxlen=KEPT)

    def heard(self, at_s: float, size: int, operation: str) -> None:
        """The host said something."""
        self._add({"t_s": at_s, "direction": "in", "bytes": size, "command": operation})

    def said(self, began_s: float, ended_s: float, size: int, operation: str, status: int | None) -> None:
        """The module said something; `t_s` is when its first bytes were delivered."""
        word = None if status is None else f"{status:02X}"
        self._add(
            {"t_s": began_s, "end_s": ended_s, "direction": "out", "bytes": size, "command": operation, "status": word}
        )

    def entries(self) -> list[Entry]:
        """All of them, oldest first."""
        with self._lock:
            return list(self._entries)

    def _add(self, entry: Entry) -> None:
        with self._lock:
            self._entries.append(entry)
