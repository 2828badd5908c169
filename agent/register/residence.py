"""What a person is to this station by where the household is registered and where the person lives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Residence:
    """What a person is here.

    Attributes:
        form: RG, RZ or HZ.
        code: of the sentence that says why; for RG "".
        kind: line of the table `separation_kind`, "" for RG.
        is_in_both: whether the person counts among those whose household is here and who live elsewhere, too.
        out: why nothing is registered, "" where something is.
    """

    form: str
    code: str = ""
    kind: str = ""
    is_in_both: bool = False
    out: str = ""


OF_ELSEWHERE: Final = Residence("RG")
"""Who is registered elsewhere than in the city, or of whom that is not known yet."""
