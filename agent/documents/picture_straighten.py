"""Look at a page for how it could be put right, and put it right as the clerk wishes; runs in the pictures process.

A page is taken out of the original once, from its own pixels: grey and colour become JPEG of quality 92, line art
stays CCITT G4.  A page that is only cut, not turned, keeps its very pixels before it is coded.
"""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from typing import Any

import cv2
import numpy as np
from PIL import Image

from agent.documents.crops import Box
from agent.documents.picture_geometry import LOOK_DPI, MM_PER_INCH, Pixels, proposal
from agent.documents.picture_wire import Result

JPEG_QUALITY = 92
PLAIN_DPI = 200.0
_LEAST_DPI, _MOST_DPI = 30.0, 2400.0
_MOST_PIXELS = 80_000_000
_WHITE = (255, 255, 255)
_MIDDLE_GREY = 128

cv2.setNumThreads(1)


def look(_facts: Mapping[str, Any], pieces: Sequence[bytes]) -> Result:
    """Say what could be put right: `box` to take out, or None; and the page's `size` in millimetres."""
    [page] = pieces
    with opened(page) as picture:
        dpi = resolution(picture)
        size = [side / dpi * MM_PER_INCH for side in picture.size]
        width = picture.width
        picture.draft(None, (round(width * LOOK_DPI / dpi), round(picture.height * LOOK_DPI / dpi)))
        box = proposal(pixels_of(picture), dpi * picture.width / width)
    return {"box": None if box is None else box.as_list(), "size": size}, []


def straighten(facts: Mapping[str, Any], pieces: Sequence[bytes]) -> Result:
    """Take `box` out of a page, turned straight; what lies beyond the picture is white."""
    [page] = pieces
    with opened(page) as picture:
        dpi = resolution(picture)
        straight = taken_out(pixels_of(picture), Box(*facts["box"]), dpi)
        is_line_art = picture.mode == "1"
    return {}, [coded(straight, dpi, is_line_art=is_line_art)]


def opened(page: bytes) -> Image.Image:
    """A page of ours, not yet decoded."""
    return Image.open(io.BytesIO(page), formats=("JPEG", "TIFF", "PNG"))


def resolution(picture: Image.Image) -> float:
    """Dots per inch; a page that does not say it counts as of 200."""
    dpi = float(picture.info.get("dpi", (PLAIN_DPI, PLAIN_DPI))[0])
    return dpi if _LEAST_DPI <= dpi <= _MOST_DPI else PLAIN_DPI


def pixels_of(picture: Image.Image) -> Pixels:
    """Decode a page: grey, or blue-green-red."""
    seen = np.asarray(picture.convert("L" if picture.mode in {"1", "L"} else "RGB"))
    return np.ascontiguousarray(seen[:, :, ::-1]) if seen.ndim == 3 else seen


def taken_out(pixels: Pixels, box: Box, dpi: float) -> Pixels:
    """The rectangle, straight, at the same resolution."""
    scale = dpi / MM_PER_INCH
    width, height = max(1, round(box.width_mm * scale)), max(1, round(box.height_mm * scale))
    if width * height > _MOST_PIXELS:
        raise ValueError(box)
    sine, cosine = math.sin(math.radians(box.turn_deg)), math.cos(math.radians(box.turn_deg))
    x, y = (value * scale for value in box.middle_mm)
    across, down = (width - 1) / 2, (height - 1) / 2
    left, top = x - 0.5 - cosine * across + sine * down, y - 0.5 - sine * across - cosine * down
    how = cv2.INTER_CUBIC
    if not box.turn_deg:
        left, top, how = round(left), round(top), cv2.INTER_NEAREST
    back = np.array([[cosine, -sine, left], [sine, cosine, top]])
    return cv2.warpAffine(
        pixels, back, (width, height), flags=how | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_CONSTANT,
        borderValue=_WHITE,
    )  # fmt: skip


def coded(pixels: Pixels, dpi: float, *, is_line_art: bool) -> bytes:
    """Code a page as it is kept."""
    picture = Image.fromarray(np.ascontiguousarray(pixels[:, :, ::-1]) if pixels.ndim == 3 else pixels)
    made = io.BytesIO()
    if is_line_art:
        black_and_white = picture.point(lambda level: 255 if level >= _MIDDLE_GREY else 0).convert("1", dither=None)
        black_and_white.save(made, "TIFF", compression="group4", dpi=(dpi, dpi))
    else:
        picture.save(made, "JPEG", quality=JPEG_QUALITY, dpi=(dpi, dpi))
    return made.getvalue()
