"""The code tables and parameters that this process works with: as shipped, until a station's own take their place.

They are one value that is replaced as a whole, never changed: whoever has begun with the old one ends with the old one,
and nobody asks the database for the words of a code.  A process is one station's, as its database is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo

from agent.register import code_tables, rules
from agent.register.code_tables import CodeTable


@dataclass(frozen=True, slots=True)
class InForce:
    """What is in force.

    Attributes:
        tables: by name.
        parameters: over time.
        today: tells the station's day; None where nobody knows it, and only lines without an end are offered.
        zone: in which the station counts its days.
    """

    tables: Mapping[str, CodeTable] = field(default_factory=code_tables.shipped)
    parameters: rules.Parameters = field(default_factory=rules.shipped)
    today: Callable[[], date] | None = None
    zone: tzinfo = UTC

    def day_of(self, at: datetime | None) -> date | None:
        """The station's day of a moment; of none, today, or None where nobody knows it."""
        if at is not None:
            return at.astimezone(self.zone).date()
        return None if self.today is None else self.today()


class _Held:
    """Where it is kept."""

    value: InForce | None = None


def now() -> InForce:
    """What is in force now."""
    held = _Held.value
    if held is None:
        held = _Held.value = InForce()
    return held


def put(new: InForce | None) -> None:
    """Put something in force in place of what was; None for what is shipped."""
    _Held.value = new
