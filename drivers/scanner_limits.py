"""How large one scanned side may be: a station keeps what it scans, and works on it in memory."""

from __future__ import annotations

import math
from collections.abc import Iterable

from drivers import scanner_errors
from drivers.scanner_api import MM_PER_INCH

LARGEST_PX = 80_000_000
"""More picture elements of one side a station does not handle."""
LARGEST_BYTES = 40_000_000
"""More bytes of one coded side are not handed over."""


def check(width_mm: float, height_mm: float, dpi: int, offered_dpi: Iterable[int]) -> None:
    """Refuse a side of more picture elements than a station handles, and name the resolution that would do.

    Args:
        width_mm: of the side.
        height_mm: of the side.
        dpi: in which it is wanted.
        offered_dpi: what the source can do.

    Raises: CodedError SCANNER-TOO-LARGE.
    """
    width_px, height_px = (side_mm / MM_PER_INCH * dpi for side_mm in (width_mm, height_mm))
    if width_px * height_px <= LARGEST_PX:
        return
    largest_dpi = dpi * math.sqrt(LARGEST_PX / (width_px * height_px))
    largest = max((known for known in offered_dpi if known <= largest_dpi), default=math.floor(largest_dpi))
    raise scanner_errors.too_large(round(width_px), round(height_px), largest)
