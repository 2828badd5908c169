"""How much of the bed is scanned: the sizes that a clerk is offered, and where they lie under each source.

Source: ISO 216 (A4, A5), ANSI/ASME Y14.1 (Letter), ISO/IEC 7810 ID-1 (cards).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from drivers.scanner_api import A4_HEIGHT_MM, A4_WIDTH_MM, PaperEdge, SourceOffer

WHOLE: Final = "whole"
A4: Final = "a4"
SIZES_MM: Final[Mapping[str, tuple[float, float]]] = {
    A4: (A4_WIDTH_MM, A4_HEIGHT_MM),
    "a5": (148.0, 210.0),
    "letter": (215.9, 279.4),
    "id-card": (90.0, 60.0),
    "receipt": (80.0, 0.0),
    WHOLE: (0.0, 0.0),
}
"""Width and height; 0 is as far as the source reaches.  A card's and a receipt's place has a little room around it."""

ROUNDING_MM: Final = 1.0
NEARLY_FULL_MM: Final = 12.0
SMALLEST_MM: Final = 5.0


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the bed, in millimetres from its upper left corner."""

    left_mm: float
    top_mm: float
    width_mm: float
    height_mm: float

    def is_within(self, offer: SourceOffer) -> bool:
        """Whether it lies on the bed and is large enough to be meant."""
        sides_mm = (self.left_mm, self.top_mm, self.width_mm, self.height_mm)
        return (
            all(math.isfinite(side_mm) for side_mm in sides_mm)
            and min(self.left_mm, self.top_mm) >= 0
            and min(self.width_mm, self.height_mm) >= SMALLEST_MM
            and self.left_mm + self.width_mm <= offer.width_mm + ROUNDING_MM
            and self.top_mm + self.height_mm <= offer.height_mm + ROUNDING_MM
        )


def fitting(offer: SourceOffer) -> tuple[str, ...]:
    """The sizes that a source can scan, in the order in which they are offered.

    Where a feeder does not say at which edge it draws its paper in, a narrow size could miss the paper: not offered.
    """
    return tuple(code for code, size_mm in SIZES_MM.items() if has_room(size_mm, offer))


def has_room(size_mm: tuple[float, float], offer: SourceOffer) -> bool:
    """Whether a source can scan paper of a size; 0 is as far as it reaches."""
    width_mm, height_mm = size_mm
    if width_mm > offer.width_mm + ROUNDING_MM or height_mm > offer.height_mm + ROUNDING_MM:
        return False
    is_nearly_full = not width_mm or width_mm >= offer.width_mm - NEARLY_FULL_MM
    return offer.paper_edge is not PaperEdge.UNKNOWN or is_nearly_full


def placed(code: str, offer: SourceOffer | None) -> Region:
    """Where a size lies under a source; one that does not fit is the whole bed, A4 where nothing is known of it."""
    if offer is None or min(offer.width_mm, offer.height_mm) <= 0:
        return Region(0.0, 0.0, A4_WIDTH_MM, A4_HEIGHT_MM)
    return laid(SIZES_MM[code if code in fitting(offer) else WHOLE], offer)


def laid(size_mm: tuple[float, float], offer: SourceOffer) -> Region:
    """Where paper of a size lies under a source."""
    width_mm = min(size_mm[0] or offer.width_mm, offer.width_mm)
    height_mm = min(size_mm[1] or offer.height_mm, offer.height_mm)
    room_mm = offer.width_mm - width_mm
    left_mm = {PaperEdge.CENTER: room_mm / 2, PaperEdge.RIGHT: room_mm}.get(offer.paper_edge, 0.0)
    return Region(left_mm, 0.0, width_mm, height_mm)
