"""What the pages of duplicates are given: pairs in a list, two registrations side by side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from agent.register.full_views import Look
from agent.register.views import RecordLine


@dataclass(frozen=True, slots=True)
class DistinctLine:
    """The decision that two persons are two."""

    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class PairLine:
    """Two persons who may be one, by the registration of each that is theirs now, or was last.

    Attributes:
        one: the one who is registered now, where it is one only.
        reasons: why, as codes of `likeness`.
        distinct: that they were found to be two; None in the list of the open ones.
    """

    one: RecordLine
    other: RecordLine
    reasons: tuple[str, ...]
    distinct: DistinctLine | None = None


@dataclass(frozen=True, slots=True)
class PairPage:
    """A page of pairs.

    Attributes:
        is_full: whether there may be more.
        is_looking: whether some people have not been compared yet.
    """

    number: int
    lines: tuple[PairLine, ...]
    is_full: bool
    is_looking: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two registrations side by side.

    Attributes:
        one: the registration that would go on; it is active where one of the two is.
        other: the one that would be joined to it.
        reasons: why they may be of one person, as codes of `likeness`.
        differing: keys of the fields in which they differ, whether or not a mask shows it.
        number_places: at which places, from 1, the ID numbers differ; none where they differ wholly.
        offered: groups of `merging.GROUPS` of which the other's values could stay.
        preset: those of which they stay where nobody says otherwise.
        groups: the keys of each offered group.
        evidence: the codes that can be ticked.
        can_turn: whether the other one could go on as well.
        can_merge: whether anything could go on: one of them is active.
        distinct: that they were found to be two.
    """

    one: Look
    other: Look
    reasons: tuple[str, ...]
    differing: frozenset[str]
    number_places: tuple[int, ...]
    offered: tuple[str, ...]
    preset: frozenset[str]
    groups: dict[str, tuple[str, ...]]
    evidence: tuple[str, ...]
    can_turn: bool
    can_merge: bool
    distinct: DistinctLine | None
