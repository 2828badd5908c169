"""The only source of time, and points on it by which something must have ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol


class Clock(Protocol):
    """The only source of time: a monotonic one for durations, UTC for records, the station's date for rules."""

    def monotonic(self) -> float:
        """Seconds from an arbitrary point; never jumps."""

    def now(self) -> datetime:
        """The aware UTC time."""

    def today(self) -> date:
        """The date at the station (Asia/Shanghai unless configured otherwise)."""

    def sleep(self, seconds: float) -> None:
        """Let `seconds` pass; drivers call it between repeats, the agent never does."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """A point on the monotonic clock by which something must have ended."""

    clock: Clock
    at_s: float
    limit_s: float

    @classmethod
    def after(cls, clock: Clock, limit_s: float) -> Deadline:
        """Make a deadline `limit_s` seconds from now."""
        return cls(clock, clock.monotonic() + limit_s, limit_s)

    @property
    def remaining_s(self) -> float:
        """Seconds left, never below zero."""
        return max(0.0, self.at_s - self.clock.monotonic())

    @property
    def is_expired(self) -> bool:
        """Whether no time is left."""
        return self.clock.monotonic() >= self.at_s

    def within(self, limit_s: float) -> Deadline:
        """A deadline `limit_s` from now, or this one if it comes first."""
        return Deadline(self.clock, min(self.at_s, self.clock.monotonic() + limit_s), limit_s)
