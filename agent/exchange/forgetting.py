"""What was given to whom, and what was asked for, is deleted when it has been kept for three years.

The whole row goes: what people wrote in it, and who they are, is needed no longer.  The audit keeps for itself that a
file left, when, how many registrations were in it and its hash, and that the row was deleted; its chain hangs on none
of this.  Three years have passed when the clock says so and the station has been at work on so many days: a clock that
is set wrong deletes nothing early, and a station of office hours keeps for longer, which the law allows.

Source: PIPL 19, 21, 47 and 59; network data rules 12; domain reference L5 and L11; security requirements R-13.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, time
from typing import Final

from agent.accounts.audit import Act
from agent.accounts.storage import writing
from agent.register import days
from agent.register.workplace import Workplace
from peewee_models import outbox, provision_queries

KEPT_MONTHS: Final = 36
KEPT_DAYS: Final = 1096
"""Three years and the day of a leap year, as days on which the station was at work."""
LOOK_EVERY_S: Final = 3600.0


class Forgetting:
    """Deletes what has had its time.

    Args:
        place: the register's store, clock and station.
        worked_days: tells how many days the station has been at work.
    """

    def __init__(self, place: Workplace, worked_days: Callable[[], int]) -> None:
        self._place = place
        self._worked_days = worked_days
        self._due_s = place.clock.monotonic()

    def keep_house(self) -> None:
        """Delete some of what has had its time; to be called as often as one likes.

        Raises: CodedError when disk or database fail.
        """
        if self._place.clock.monotonic() < self._due_s:
            return
        day = self._worked_days()
        first = days.months_after(self._place.clock.today(), -KEPT_MONTHS)
        before = datetime.combine(first, time(), self._place.zone)
        with writing(self._place.store):
            provision_queries.begin_to_wait(day)
            provisions = provision_queries.over_provisions(day - KEPT_DAYS, before)
            requests = provision_queries.over_requests(day - KEPT_DAYS, before)
            for key in provisions:
                for request in provision_queries.delete_provision(key):
                    self._note("export", request)
                self._note("provision", key)
            for key in requests:
                provision_queries.delete_request(key)
                self._note("export", key)
        if max(len(provisions), len(requests)) < provision_queries.AT_ONCE:
            self._due_s = self._place.clock.monotonic() + LOOK_EVERY_S

    def _note(self, subject: str, key: uuid.UUID) -> None:
        self._place.note(None, Act.PROVISION_DELETED, (subject, key))
        outbox.append(self._place.clock.now(), f"{subject}.deleted", key, 9, {})
