"""What the pages see of a household (户): who belongs to it, and where it lives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal


@dataclass(frozen=True, slots=True)
class MemberLine:
    """A person of a household: an unsaved draft or a saved record.

    Attributes:
        birth_year: four digits, or "" where it is not known; masked names of one family look alike.
    """

    id: str
    kind: Literal["draft", "record"]
    name_masked: str
    birth_year: str


@dataclass(frozen=True, slots=True)
class HouseholdMove:
    """A registered person leaves one household for another: who else belongs to each."""

    old: tuple[MemberLine, ...]
    new: tuple[MemberLine, ...]


@dataclass(frozen=True, slots=True)
class HouseholdLine:
    """Those of a household who live at one address.

    Attributes:
        id: of the member registered last, whose household and dwelling a further person takes over.
        seen: tells this state of the household from every other.
        verified_on: since when nobody has looked whether all are registered as they are.
        heads: of whom one is to be the head, where the household has lost its head; else nobody.
    """

    id: str
    address: str
    members: tuple[MemberLine, ...]
    seen: str
    verified_on: date
    heads: tuple[MemberLine, ...] = ()


@dataclass(frozen=True, slots=True)
class HouseholdsFound:
    """Households that fit an address; `is_cut` when there are more of them than are listed."""

    lines: tuple[HouseholdLine, ...]
    is_cut: bool
