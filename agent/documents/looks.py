"""Which documents a session has been shown: their pictures come one by one, and the look at them is one look."""

from __future__ import annotations

import threading
import uuid
from typing import Final

MOST: Final = 4096


class Looks:
    """Remember which session has seen the pictures of which document since the agent started."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: dict[tuple[str, uuid.UUID], None] = {}

    def has_seen(self, session_id: str, document_id: uuid.UUID) -> bool:
        """Whether this session's look at this document has been noted."""
        return (session_id, document_id) in self._seen

    def saw(self, session_id: str, document_id: uuid.UUID) -> None:
        """Remember that a look has been noted; the oldest one is forgotten when there are too many."""
        with self._lock:
            self._seen[session_id, document_id] = None
            if len(self._seen) > MOST:
                del self._seen[next(iter(self._seen))]
