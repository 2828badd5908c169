"""How many days the station has been at work, whatever its clock says: what is destroyed once cannot be taken back.

A clock may be put forward by a month, begin at 1970 with an empty battery, or be put right from the network later.  So
a day is counted only on what the clock cannot invent: that the agent has been running.  One that runs day and night
counts every day; one that runs in office hours counts every day on which it does, weekends and holidays not among them.
What is kept is thus kept longer there, and a jump costs one day at the most, never a page that has not had its time.

Source: security requirements R-13 (no early purge, whatever happens to the clock).
"""

from __future__ import annotations

from typing import Final

import msgspec

from agent.accounts.storage import Store, writing
from drivers.api import Clock
from peewee_models import station

DAY_S: Final = 86_400.0
WORKED_S: Final = 6 * 3600.0


class _Counted(msgspec.Struct, frozen=True):
    """What is known.

    Attributes:
        days: so many are counted.
        date: the clock's, when the last one was.
        ran_s: so long the agent has run since, this and earlier times, as far as it was noted.
    """

    days: int
    date: str
    ran_s: float


class WorkedDays:
    """Counts the days; an instance for each time that the agent runs."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._noted_s = clock.monotonic()

    def count(self) -> int:
        """Note how long the agent has been running, and say which day it is; to be called about every hour.

        A day has passed with another date and six hours of running, or with a whole day of running: then also where
        the clock begins anew on the same date each morning.

        Raises: CodedError when disk or database fail.
        """
        now_s, date = self._clock.monotonic(), self._clock.today().isoformat()
        with writing(self._store):
            told = station.worked_days()
            last = _Counted(0, date, 0.0) if told is None else msgspec.json.decode(told, type=_Counted)
            ran_s = last.ran_s + now_s - self._noted_s
            passed = int(ran_s // DAY_S)
            rest_s = ran_s - passed * DAY_S
            if not passed and date != last.date and ran_s >= WORKED_S:
                passed, rest_s = 1, 0.0
            counted = _Counted(last.days + passed, date if passed else last.date, rest_s)
            station.set_worked_days(msgspec.json.encode(counted).decode())
        self._noted_s = now_s
        return counted.days
