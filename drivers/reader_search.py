"""Where a reader is looked for when several ports may be meant: the last good one first, each other for a short while.

A port that has never shown a reader may be a stranger's: beside others it gets a short look, and is left alone for
longer and longer while it stays plugged in and does not answer.
"""

from __future__ import annotations

from dataclasses import dataclass

from drivers import reader_errors
from drivers.api import Clock, Deadline, DeviceError
from drivers.reader_errors import NOT_LISTED
from drivers.reader_session import ALL_ROUNDS, Session
from drivers.reader_transport import Port

_REST_FIRST_S = 0.5
_REST_MOST_S = 10.0
_SHORT_LOOKS = 3

# Said by a SAM: whoever says it is a reader, wherever it is plugged in.
_OF_A_READER = ("READER-SELF-TEST", "READER-NOT-AUTHORISED", "READER-REFUSED")
# A port that cannot be asked may be the reader's, as long as no other is known to be.
_MAYBE_A_READER = ("READER-PERMISSION", "READER-SECOND-OPENER", "READER-BUSY")


@dataclass(frozen=True, slots=True)
class Place:
    """A port where a reader may be plugged in.

    Attributes:
        port: what is opened.
        name: stays the same at the next plugging into the same socket.
        label: what the system calls it, for people.
    """

    port: Port
    name: str
    label: str


@dataclass(frozen=True, slots=True)
class _Look:
    """What came of looking at a place where no reader answered."""

    failure: DeviceError
    count: int
    again_s: float


class Search:
    """Find the reader among several places.

    Args:
        session: opens them.
        clock: the time.
        last: the name of the place where a reader answered last, or empty.
    """

    def __init__(self, session: Session, clock: Clock, last: str) -> None:
        self._session = session
        self._clock = clock
        self._looks: dict[str, _Look] = {}
        self.last = last

    def open(self, places: list[Place], deadline: Deadline, unlisted: tuple[str, ...] = ()) -> None:
        """Open the first place at which a SAM answers.

        Args:
            places: where it may be.
            deadline: by when it must have ended.
            unlisted: what the system calls the ports that are never opened.

        Raises:
            DeviceAbsent: at none, and none of them is known to be the reader's.
            DeviceError: what is wrong with the reader's own port.
        """
        self._looks = {place.name: self._looks[place.name] for place in places if place.name in self._looks}
        of_reader: DeviceError | None = None
        for index, place in enumerate(sorted(places, key=lambda place: place.name != self.last)):
            is_known = place.name == self.last
            if not is_known and place.name in self._looks and self._looks[place.name].again_s > self._clock.monotonic():
                continue
            try:
                limit = deadline.within(deadline.remaining_s / (len(places) - index))
                is_alone = len(places) == 1 and not self.last
                self._session.open(place.port, limit, ALL_ROUNDS if is_known or is_alone else self._few(place.name))
            except DeviceError as failure:
                if is_known:
                    of_reader = failure
                else:
                    self._note(place.name, failure)
            else:
                self.last = place.name
                self._looks.clear()
                return
        raise of_reader or self._nowhere(places, unlisted)

    def _few(self, name: str) -> range:
        """The first, short round, then in turn all of them: opening may restart a reader.

        Where a reader is known it is most likely to come back there, and the looks elsewhere stay short for longer.
        """
        count = self._looks[name].count if name in self._looks else 0
        if self.last:
            count = max(0, count - _SHORT_LOOKS)
        return ALL_ROUNDS[: count % len(ALL_ROUNDS) + 1]

    def _note(self, name: str, failure: DeviceError) -> None:
        count = self._looks[name].count + 1 if name in self._looks else 1
        rest_s = min(_REST_FIRST_S * 2 ** min(count - 1, 8), _REST_MOST_S)
        self._looks[name] = _Look(failure, count, self._clock.monotonic() + rest_s)

    def _nowhere(self, places: list[Place], unlisted: tuple[str, ...]) -> DeviceError:
        """Why no reader answers: what a reader said, else a port that could not be asked, else what was looked at."""
        telling = _OF_A_READER if self.last else (*_MAYBE_A_READER, *_OF_A_READER)
        failures = [look.failure for look in self._looks.values() if look.failure.code in telling]
        if failures:
            return max(failures, key=lambda failure: telling.index(failure.code))
        passed = [(place.label, self._looks[place.name].failure.code) for place in places if place.name in self._looks]
        passed += [(label, NOT_LISTED) for label in unlisted]
        return reader_errors.not_among(", ".join(place.label for place in places), passed)
