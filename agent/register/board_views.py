"""What the pages see of the completeness board: places with their figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

WHATS: Final = ("RG", "RZ", "HZ", "gaps", "expiring", "expired", "late")
"""The figures of a place, behind each of which its registrations can be looked at."""


@dataclass(frozen=True, slots=True)
class Place:
    """One committee, or one block or lane of it.

    Attributes:
        committee: as it is written in the registrations, "" where it is not.
        lane: `测试东路88弄`; "" for a whole committee or block.
        counts: by figure, one of `WHATS`.
        gaps: by field, how many lack it: `GAPS`.
        also: how many of those who live in the area away from their household have that household here.
        lag_days: the mean from collecting to entering; None where nobody is registered.
        block: code of a block, with its `team`; "" for doors that the address base has not, None for no single block.
    """

    committee: str
    lane: str
    counts: dict[str, int]
    gaps: dict[str, int]
    also: int
    lag_days: float | None
    block: str | None = None
    team: str = ""

    @property
    def registered(self) -> int:
        """How many are registered here, each once."""
        return sum(self.counts[form] for form in ("RG", "RZ", "HZ"))


@dataclass(frozen=True, slots=True)
class WalkLine:
    """A registration on a printed list: no number in full, and of a child no name.

    Attributes:
        name: of somebody who is guarded only its first character.
        sex: line of the table `sex`.
        last_four: of the ID number; "" of somebody who is guarded, or has none.
        form: RG, RZ or HZ.
        block: code of the block that it stands in, with its `team`; "" for none.
    """

    name: str
    sex: str
    last_four: str
    address: str
    form: str
    registered_on: date
    verified_on: date
    block: str = ""
    team: str = ""


@dataclass(frozen=True, slots=True)
class BoardView:
    """The places, the largest name first, their sum, and when it was counted."""

    places: tuple[Place, ...]
    total: Place
    at: datetime
