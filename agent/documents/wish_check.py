"""Hold what a clerk asks of the scanner against what it offers, before anything is written down or moves."""

from __future__ import annotations

from agent.documents.errors import refused
from agent.documents.page_sizes import fitting, placed
from agent.documents.views import ScanWish
from drivers import scanner_limits
from drivers.scanner_api import ScannerOffers, Source


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
    region = wish.region or placed(wish.size, offer)
    scanner_limits.check(region.width_mm, region.height_mm, wish.dpi, offer.resolutions_dpi)
