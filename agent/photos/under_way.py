"""Whose photo is just being taken or made: of one draft or record one at a time, and nothing is saved meanwhile."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from agent.documents.errors import refused
from peewee_models.document_queries import Owner


class UnderWay:
    """The drafts and records of which a photo is under way."""

    def __init__(self) -> None:
        self._owners: set[uuid.UUID] = set()
        self._lock = threading.Lock()

    @contextmanager
    def alone(self, owner: Owner) -> Iterator[bool]:
        """Whether nobody else makes a photo for this owner while the block lasts."""
        with self._lock:
            is_alone = owner.id not in self._owners
            self._owners.add(owner.id)
        try:
            yield is_alone
        finally:
            if is_alone:
                with self._lock:
                    self._owners.discard(owner.id)

    def refuse(self, owner: Owner) -> None:
        """Let nothing be done that the photo would come too late for.  Raises: CodedError PHOTO-UNDER-WAY."""
        with self._lock:
            if owner.id in self._owners:
                raise refused("PHOTO-UNDER-WAY")
