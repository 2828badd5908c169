"""Put the two sides of a card together on one A4 page at true size, as copy shops do; runs in the pictures process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import cv2
import numpy as np

from agent.documents.crops import Box
from agent.documents.picture_geometry import MM_PER_INCH, Pixels, outline
from agent.documents.picture_straighten import coded, opened, pixels_of, resolution, taken_out
from agent.documents.picture_wire import Result

CARD_MM = (85.6, 54.0)
"""Source: ISO/IEC 7810, ID-1; GA 448 for the resident identity card."""
A4_MM = (210.0, 297.0)
MIDDLES_MM = (99.0, 198.0)
MOST_MM = (190.0, 90.0)
_NEAR_MM = 3.0
_ALIKE = 0.9
_SMALL = (86, 54)


def card(facts: Mapping[str, Any], pieces: Sequence[bytes]) -> Result:
    """Compose the page.

    Args:
        facts: `sides`: for each how it is taken out of its original, `box` (None to look for it) and `quarters`, by
            which it is turned clockwise then.
        pieces: the originals, the front first.

    Returns: `sides` as they were taken, each with `is_found`, whether the card's edges were clear; `is_same`, whether
        both sides show the same; and the page.
    """
    with opened(pieces[0]) as front:
        dpi, is_line_art = resolution(front), front.mode == "1"
    told, sides = [], []
    for wanted, piece in zip(facts["sides"], pieces, strict=True):
        side, how = _side(wanted, piece, dpi)
        told.append(how)
        sides.append(side)
    if len({side.ndim for side in sides}) > 1:
        sides = [side if side.ndim == 2 else cv2.cvtColor(side, cv2.COLOR_BGR2GRAY) for side in sides]
    width, height = (round(side / MM_PER_INCH * dpi) for side in A4_MM)
    page = np.full((height, width, *sides[0].shape[2:]), 255, np.uint8)
    for side, middle_mm in zip(sides, MIDDLES_MM, strict=True):
        top, left = round(middle_mm / MM_PER_INCH * dpi - side.shape[0] / 2), (width - side.shape[1]) // 2
        page[top : top + side.shape[0], left : left + side.shape[1]] = side
    return {"sides": told, "is_same": _is_same(*sides)}, [coded(page, dpi, is_line_art=is_line_art)]


def _side(wanted: Mapping[str, Any], piece: bytes, dpi: float) -> tuple[Pixels, dict[str, Any]]:
    """One side, straight and at the page's resolution, and how it was taken."""
    with opened(piece) as picture:
        own_dpi = resolution(picture)
        pixels = pixels_of(picture)
    if wanted["box"] is None:
        box, quarters, is_found = _find(pixels, own_dpi)
    else:
        box, quarters, is_found = Box(*wanted["box"]), int(wanted["quarters"]), True
    side = np.rot90(taken_out(pixels, box, own_dpi), -quarters)
    if own_dpi != dpi:
        size = (round(side.shape[1] * dpi / own_dpi), round(side.shape[0] * dpi / own_dpi))
        side = cv2.resize(side, size, interpolation=cv2.INTER_AREA)
    return side, {"box": box.as_list(), "quarters": quarters, "is_found": is_found}


def _find(pixels: Pixels, dpi: float) -> tuple[Box, int, bool]:
    """Where the card lies, by how many quarters it is to be turned, and whether that is clear.

    What is nearly of a card's size is taken at a card's size; a paper of another size is taken as it is, as far as it
    fits; where nothing is found, it is taken as lying in the corner of the glass.
    """
    found = outline(pixels, dpi)
    if found is None:
        return Box(0.0, 0.0, *CARD_MM), 0, False
    quarters = 1 if found.height_mm > found.width_mm else 0
    size = CARD_MM if quarters == 0 else CARD_MM[::-1]
    is_card = abs(found.width_mm - size[0]) <= _NEAR_MM and abs(found.height_mm - size[1]) <= _NEAR_MM
    if not is_card:
        most = MOST_MM if quarters == 0 else MOST_MM[::-1]
        size = (min(found.width_mm, most[0]), min(found.height_mm, most[1]))
    return found.resized(*size).rounded(), quarters, is_card


def _is_same(front: Pixels, back: Pixels) -> bool:
    """Whether both sides show the same, one perhaps the wrong way round: the card was not turned over."""
    small = [cv2.resize(_grey(side), _SMALL, interpolation=cv2.INTER_AREA).astype(np.float64) for side in (front, back)]
    one, other = (side - side.mean() for side in small)
    power = float(np.sqrt((one * one).sum() * (other * other).sum()))
    alike = max(float((one * turned).sum()) for turned in (other, other[::-1, ::-1]))
    return power > 0 and alike / power >= _ALIKE


def _grey(side: Pixels) -> Pixels:
    return cv2.cvtColor(side, cv2.COLOR_BGR2GRAY) if side.ndim == 3 else side
