"""The station's clock: monotonic durations, UTC for records, the local date for rules."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


class SystemClock:
    """The machine's own time, with the station's time zone for dates."""

    def __init__(self, time_zone: str = "Asia/Shanghai") -> None:
        self.zone = ZoneInfo(time_zone)

    # Seconds from an arbitrary point; never jumps; comparable between processes of one boot.  The function itself: a
    # reader that is asked many times a second asks for the time ten times as often.
    monotonic = staticmethod(time.monotonic)

    def now(self) -> datetime:
        """The aware UTC time."""
        return datetime.now(UTC)

    def today(self) -> date:
        """The date at the station, for rules and forms."""
        return datetime.now(self.zone).date()

    def sleep(self, seconds: float) -> None:
        """Let `seconds` pass; for drivers in their worker, never for the agent."""
        time.sleep(seconds)
