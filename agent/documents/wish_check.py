"""Hold what a clerk asks of the scanner against what it offers, before anything is written down or moves."""

from __future__ import annotations

import math

from agent.documents.errors import refused
from agent.documents.page_sizes import fitting, placed
from agent.documents.views import ScanWish
from drivers.scanner_api import LARGEST_PX, MM_PER_INCH, ScannerOffers, Source, SourceOffer


def check(wish: ScanWish, offers: ScannerOffers) -> None:
    """Refuse what the chosen source cannot do; nothing is known before the scanner was open once.

    Raises: CodedError SCAN-NO-SOURCE, SCAN-NO-COLOUR, SCAN-NO-DPI, SCAN-NO-SIZE, SCANNER-TOO-LARGE.
    """
    if not offers.sources:
        return
    offer = offers.of(Source(wish.source))
    if offer is None:
        raise refused("SCAN-NO-SOURCE")
    if wish.colour not in map(str, offer.modes):
        raise refused("SCAN-NO-COLOUR")
    if offer.resolutions_dpi and wish.dpi not in offer.resolutions_dpi:
        raise refused("SCAN-NO-DPI", dpi=wish.dpi, known=", ".join(map(str, offer.resolutions_dpi)))
    if wish.region is None and wish.size not in fitting(offer):
        raise refused("SCAN-NO-SIZE", width_mm=round(offer.width_mm), height_mm=round(offer.height_mm))
    _check_pixels(wish, offer)


def _check_pixels(wish: ScanWish, offer: SourceOffer) -> None:
    region = wish.region or placed(wish.size, offer)
    sides_px = [side_mm / MM_PER_INCH * wish.dpi for side_mm in (region.width_mm, region.height_mm)]
    if math.prod(sides_px) <= LARGEST_PX:
        return
    largest_dpi = wish.dpi * math.sqrt(LARGEST_PX / math.prod(sides_px))
    known = [dpi for dpi in offer.resolutions_dpi if dpi <= largest_dpi]
    width_px, height_px = map(round, sides_px)
    largest = max(known, default=math.floor(largest_dpi))
    raise refused("SCANNER-TOO-LARGE", width_px=width_px, height_px=height_px, largest_dpi=largest)
