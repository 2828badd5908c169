"""What a scanner's sensor sees: the paper on the bed, cut to the region asked for, in the mode asked for, as JPEG."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from PIL import Image, ImageChops

from simulators.papers import Paper
from simulators.papers_drawn import DrawnPapers

COMMENT = b"RENHU-SIM SIMULATED"
QUALITY = 85
PER_INCH = 300
FLATBED_WIDTH, FLATBED_HEIGHT = 2550, 3508
FEEDER_WIDTH, FEEDER_HEIGHT = 2550, 4200
_LID = (243, 243, 243)
_ROOM = (26, 26, 28)
_GRAIN_PX = 256
_THRESHOLD = 150


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the bed in 1/300 inch, as eSCL counts."""

    left: int
    top: int
    width: int
    height: int

    def size_px(self, dpi: int) -> tuple[int, int]:
        """How many pixels it has."""
        return _px(self.width, dpi), _px(self.height, dpi)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a page was asked to be: its region, resolution and mode (`RGB24`, `Grayscale8`, `BlackAndWhite1`)."""

    region: Region
    dpi: int
    mode: str


@dataclass(frozen=True, slots=True)
class Lying:
    """A side of a paper under the sensor.

    Attributes:
        paper: None for the bare bed.
        side: 1 or 2.
        is_in_feeder: a feeder centres the paper; on the glass it lies in the upper left corner.
        is_dark: whether the lid is open, so that there is no white behind the paper.
    """

    paper: Paper | None
    side: int = 1
    is_in_feeder: bool = False
    is_dark: bool = False


def see(drawn: DrawnPapers, lying: Lying, wanted: Wanted) -> Image.Image:
    """Give the picture of a region of the bed, of exactly the size asked for."""
    dpi = wanted.dpi
    image = Image.new("RGB", wanted.region.size_px(dpi), _ROOM if lying.is_dark else _LID)
    if lying.paper is not None:
        side = drawn.side(lying.paper, lying.side, dpi)
        left_px = (_px(FEEDER_WIDTH, dpi) - side.width) // 2 if lying.is_in_feeder else 0
        image.paste(side, (left_px - _px(wanted.region.left, dpi), -_px(wanted.region.top, dpi)))
    if wanted.mode == "RGB24":
        return ImageChops.subtract(image, _grain(image.size, "RGB"))
    grey = ImageChops.subtract(image.convert("L"), _grain(image.size, "L"))
    return grey if wanted.mode == "Grayscale8" else grey.point(lambda level: 255 if level >= _THRESHOLD else 0)


def jpeg(image: Image.Image, dpi: int) -> bytes:
    """Code a page as a scanner does; a comment in it says that it is simulated."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=QUALITY, dpi=(dpi, dpi), comment=COMMENT)
    return out.getvalue()


@lru_cache(maxsize=2)
def _grain(size: tuple[int, int], mode: str) -> Image.Image:
    """The sensor's noise: no scan of paper is quite flat."""
    noise = Random(1).randbytes(_GRAIN_PX * _GRAIN_PX)  # noqa: S311 (a picture, not a secret)
    tile = Image.frombytes("L", (_GRAIN_PX, _GRAIN_PX), noise).point(lambda level: level // 43)
    row = Image.new("L", (size[0], _GRAIN_PX))
    for left in range(0, size[0], _GRAIN_PX):
        row.paste(tile, (left, 0))
    whole = Image.new("L", size)
    for top in range(0, size[1], _GRAIN_PX):
        whole.paste(row, (0, top))
    return whole if mode == "L" else Image.merge("RGB", (whole, whole, whole))


def _px(units: int, dpi: int) -> int:
    return round(units * dpi / PER_INCH)
