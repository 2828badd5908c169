"""When a device that could not be opened is tried again: soon at first, then less and less often."""

from __future__ import annotations

from drivers.api import Clock

MOST_DOUBLINGS = 16


class Reopening:
    """The next attempt to open one device; the first one is due at once.

    Args:
        clock: the time.
        first_s: the pause behind the first failure; each further one doubles it.

    Attributes:
        next_s: when the next attempt is due, on the monotonic clock.
    """

    def __init__(self, clock: Clock, first_s: float) -> None:
        self._clock = clock
        self._first_s = first_s
        self._failed = 0
        self.next_s = clock.monotonic()

    @property
    def is_due(self) -> bool:
        """Whether it is time for the next attempt."""
        return self._clock.monotonic() >= self.next_s

    def succeeded(self) -> None:
        """Begin with the first pause again."""
        self._failed = 0

    def failed(self, slowest_s: float) -> None:
        """Try again after a pause of `slowest_s` at most."""
        self.next_s = self._clock.monotonic() + min(self._first_s * 2**self._failed, slowest_s)
        self._failed = min(self._failed + 1, MOST_DOUBLINGS)

    def at_once(self) -> None:
        """Try again without a pause."""
        self.next_s = self._clock.monotonic()

    def soon(self) -> None:
        """Try again after the first pause, however often it has failed."""
        self.next_s = self._clock.monotonic() + self._first_s
