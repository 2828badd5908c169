"""The live view in the agent: the newest frame, for as many as look; none is asked for when nobody does.

Whoever looks asks for the frame behind the one that was seen last.  Nobody has to say that he looks no longer: when
frames come and nobody has asked for a while, no more of them are wanted.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from agent.devices.wire import Frame, Sign
from drivers.api import Clock

FRAMES_PER_S: Final = 25
LINGER_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class SeenFrame:
    """One frame, a JPEG as the camera gave it; the next one has a higher number."""

    number: int
    content: bytes


@dataclass(frozen=True, slots=True)
class LiveTrouble:
    """Why there are no frames though the camera is ready."""

    code: str
    facts: dict[str, str | int | float]


class LiveView:
    """The live view of one camera.

    Args:
        look: tells the camera how many frames a second are looked at; must not block.
        clock: the time.
    """

    def __init__(self, look: Callable[[int], None], clock: Clock) -> None:
        self._look = look
        self._clock = clock
        self._changed = threading.Condition()
        self._frame: SeenFrame | None = None
        self._number = self._lookers = 0
        self._is_on = False
        self._asked_s = float("-inf")
        self._trouble: LiveTrouble | None = None

    @property
    def trouble(self) -> LiveTrouble | None:
        """Why there are no frames though the camera is ready; None where they come, or nobody has looked."""
        return self._trouble

    def put(self, shown: Frame | Sign) -> None:
        """Take what the camera shows; never blocks."""
        with self._changed:
            if not self._lookers and self._clock.monotonic() - self._asked_s > LINGER_S:
                self._is_on = False
                self._frame = self._trouble = None  # nobody's face stays where nobody looks
                self._look(0)
            elif isinstance(shown, Sign):
                self._trouble = None if shown.code is None else LiveTrouble(shown.code, shown.facts)
            else:
                self._trouble = None  # a new worker knows nothing of what the one before it said
                self._number += 1
                self._frame = SeenFrame(self._number, bytes(shown.body))
                self._changed.notify_all()

    def forget(self) -> None:
        """The camera has gone: neither its last frame, somebody's face, nor its trouble is of now."""
        with self._changed:
            self._frame = self._trouble = None

    def next(self, after: int, limit_s: float) -> SeenFrame | None:
        """The newest frame behind that of number `after`; None where none came within `limit_s`."""
        with self._changed:
            self._asked_s = self._clock.monotonic()
            if not self._is_on:
                self._is_on = True
                self._look(FRAMES_PER_S)
            self._lookers += 1
            try:
                self._changed.wait_for(lambda: self._frame is not None and self._frame.number > after, limit_s)
            finally:
                self._lookers -= 1
            self._asked_s = self._clock.monotonic()
            frame = self._frame
        return frame if frame is not None and frame.number > after else None
