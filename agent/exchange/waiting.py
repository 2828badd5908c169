"""The requests that wait for a word, kept in memory: the bar of every page that a supervisor opens tells how many.

The agent is the one process that writes, so what it has read is so until it writes a request itself.
"""

from __future__ import annotations

import threading
import uuid
from datetime import datetime

from agent.accounts.storage import Store, reading
from peewee_models import export_requests


class Waiting:
    """Who asked when, of what waits.

    Args:
        store: where it stands.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._turn = 0
        self._held: list[tuple[uuid.UUID, datetime]] | None = None

    def count_for(self, user: uuid.UUID, since: datetime) -> int:
        """How many requests of others, asked for after then, wait for a word."""
        with self._lock:
            turn, held = self._turn, self._held
        if held is None:
            with reading(self._store):
                held = export_requests.waiting(since)
            with self._lock:
                if turn == self._turn:
                    self._held = held
        return sum(asker != user and at > since for asker, at in held)

    def changed(self) -> None:
        """Read anew next time; to be called after what changed is stored."""
        with self._lock:
            self._turn += 1
            self._held = None
