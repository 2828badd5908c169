"""The quick look at the glass: one picture, in memory alone, for the session that asked for it and for a short time."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Final

from agent.documents.people import Person
from drivers.api import Clock
from peewee_models.document_queries import Owner

KEPT_S: Final = 600.0


@dataclass(frozen=True, slots=True)
class Preview:
    """What lay on the glass.

    Attributes:
        key: of the job that brought it.
        kind: of which kind of document it is to become a page.
        content: the picture, as the worker encoded it.
        width_mm: of the glass.
        height_mm: of the glass.
    """

    key: str
    kind: str
    content: bytes
    width_mm: float
    height_mm: float


class PreviewShelf:
    """Room for the last preview; a newer one, its time and another session's question end it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._held: tuple[Owner, str, Preview, float] | None = None

    def put(self, owner: Owner, by: Person, preview: Preview) -> None:
        """Hold a picture in the place of the one before."""
        with self._lock:
            self._held = (owner, by.session_id, preview, self._clock.monotonic() + KEPT_S)

    def look(self, owner: Owner, by: Person) -> Preview | None:
        """The picture for this owner, if this very session has asked for it."""
        self.keep_house()
        held = self._held
        return held[2] if held is not None and held[0] == owner and held[1] == by.session_id else None

    def drop(self) -> None:
        """Forget the picture: the region has been chosen, or the glass is another one's."""
        with self._lock:
            self._held = None

    def keep_house(self) -> None:
        """Forget a picture whose time is over."""
        with self._lock:
            if self._held is not None and self._clock.monotonic() >= self._held[3]:
                self._held = None
