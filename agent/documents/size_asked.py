"""The page sizes that a command may ask for, and where they lie under the scanner that is found."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from agent.documents.page_sizes import A4, SIZES_MM, SMALLEST_MM, WHOLE, has_room, laid, placed
from agent.errors import Actor, CodedError, Retry
from drivers.scanner_api import ScannerOffers, ScanRequest

NAMES: Final = {"a4": A4, "a5": "a5", "letter": "letter", "card": "id-card", "receipt": "receipt", "max": WHOLE}
_SIDES: Final = re.compile(r"([0-9]{1,4}(?:\.[0-9]{1,2})?)x([0-9]{1,4}(?:\.[0-9]{1,2})?)")


def size_mm(asked: str) -> tuple[float, float] | None:
    """Width and height of a name or of "148x210"; 0 is as far as the source reaches; None for what is neither."""
    if asked in NAMES:
        return SIZES_MM[NAMES[asked]]
    sides = _SIDES.fullmatch(asked)
    if sides is None or min(float(sides[1]), float(sides[2])) < SMALLEST_MM:
        return None
    return float(sides[1]), float(sides[2])


def sized(wanted: ScanRequest, asked: str, offers: ScannerOffers) -> ScanRequest:
    """Lay the size that was asked for under the source; without one A4, or the whole bed where that is smaller.

    Raises: CodedError SCAN-SIZE.
    """
    offer = offers.of(wanted.source)
    if offer is None or min(offer.width_mm, offer.height_mm) <= 0:
        return wanted
    size = size_mm(asked)
    if size is None:
        region = placed(A4, offer)
    elif has_room(size, offer):
        region = laid(size, offer)
    else:
        bed = {"width_mm": round(offer.width_mm), "height_mm": round(offer.height_mm)}
        raise CodedError("SCAN-SIZE", Actor.CLERK, Retry.AFTER_ACTION, size=asked, **bed)
    return msgspec.structs.replace(
        wanted, left_mm=region.left_mm, top_mm=region.top_mm, width_mm=region.width_mm, height_mm=region.height_mm
    )
