"""What the pages see of the completeness board: places with their figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from peewee_models.board_queries import MOVED, Spot

__all__ = ["LISTS", "MOVED", "SEPARATED", "WHATS", "BoardView", "Place", "Spot", "WalkLine"]

WHATS: Final = ("RG", "RZ", "HZ", "gaps", "expiring", "expired", "late")
"""The figures of a place that count who stands there, behind each of which its registrations can be looked at."""
LISTS: Final = (*WHATS, MOVED)
"""All that can be looked at; who moved inside the area is counted where they live, and listed at the household."""
SEPARATED: Final = frozenset({"RZ", "HZ", MOVED})
"""The lists of separated persons, who have two addresses."""


@dataclass(frozen=True, slots=True)
class Place:
    """One committee, or one block or lane of it.

    Attributes:
        committee: as it is written in the registrations, "" where it is not.
        lane: `测试东路88弄`; "" for a whole committee or block.
        spot: where its registrations are looked for.
        counts: by figure, one of `WHATS`.
        gaps: by field, how many lack it: `GAPS`.
        also: how many of those who live in the area away from their household have that household here.
        lag_days: the mean from collecting to entering; None where nobody is registered.
        block: code of a block, with its `team`; "" for doors that the address base has not, None for no single block.
    """

    committee: str
    lane: str
    spot: Spot
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
        address: by which the registration stands in the area.
        household, present: where the household is registered, and where the person lives.
        form: RG, RZ or HZ.
        block: code of the block that it stands in, with its `team`; "" for none.
    """

    name: str
    sex: str
    last_four: str
    address: str
    household: str
    present: str
    form: str
    registered_on: date
    verified_on: date
    block: str = ""
    team: str = ""


@dataclass(frozen=True, slots=True)
class BoardView:
    """The places by name, their sum, and when it was counted."""

    places: tuple[Place, ...]
    total: Place
    at: datetime
