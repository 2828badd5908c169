"""Who may be the same person as the one on the page, as pages are given it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Alike:
    """The registration of somebody who may be the same person.

    Attributes:
        id: of the registration that is theirs now, or was last.
        reasons: why, as codes of `likeness`.
    """

    id: str
    name_masked: str
    registered_on: date
    reasons: tuple[str, ...]
    is_cancelled: bool = False
