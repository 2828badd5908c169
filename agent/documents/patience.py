"""How long a scanner may show nothing: what is asked of it says how long a page passes its sensor."""

from __future__ import annotations

from typing import Final

from drivers.scanner_api import A4_HEIGHT_MM, A4_WIDTH_MM, MM_PER_INCH, ColourMode, ScanRequest

USUAL_DPI: Final = 300
GREY_SHARE: Final = 0.5
LONGEST_S: Final = 600.0
SHORTEST_S: Final = 1.0


def silence_s(wanted: ScanRequest, usual_s: float) -> float:
    """So long the scanner may show nothing before it counts as hung.

    Over the network nothing is heard of a page before the whole of it has passed, so a larger or finer one gets more
    time, as many times more as it has picture elements.

    Args:
        wanted: what is asked.
        usual_s: for an A4 page in colour at 300 dpi, with the warming up before the first one; never less.
    """
    usual_px = A4_WIDTH_MM * A4_HEIGHT_MM * (USUAL_DPI / MM_PER_INCH) ** 2
    px = wanted.width_mm * wanted.height_mm * (wanted.resolution_dpi / MM_PER_INCH) ** 2
    share = 1.0 if wanted.mode is ColourMode.COLOUR else GREY_SHARE
    return min(max(usual_s, usual_s * px * share / usual_px), max(usual_s, LONGEST_S))
