"""The pixels of one scanned page: what can be seen of them, and how they are coded.  No device, no file.

Colour and grey become JPEG, line art becomes TIFF with CCITT G4; nothing but the resolution is written beside them.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from itertools import accumulate

from PIL import Image, ImageChops

from drivers import scanner_limits
from drivers.scanner_api import ColourMode, Encoding, ScannedPage

JPEG_QUALITY = 88
LESSER_QUALITIES = (75, 60)
PAPER_WHITE = 235
DARKEST_PAPER = 180
PAPER_GRAIN = 12
FLAT_EDGE_SHARE = 0.02
FILLED_UP_PX = 4
LOOK_PX = 400


@dataclass(frozen=True, slots=True)
class RawPage:
    """One page as the library gave it: 8 bits a sample, rows from above without padding.

    Attributes:
        samples: of one picture element, 1 or 3.
    """

    pixels: bytes | bytearray
    width_px: int
    height_px: int
    samples: int


def coded(raw: RawPage, number: int, mode: ColourMode, resolution_dpi: int) -> tuple[ScannedPage, bytes]:
    """Code a page for the wire, and say what can be seen of it."""
    shape = "RGB" if raw.samples == 3 else "L"
    image = Image.frombuffer(shape, (raw.width_px, raw.height_px), raw.pixels, "raw", shape, 0, 1)
    if mode is not ColourMode.COLOUR and shape != "L":
        image = image.convert("L")
    flat_edge_px = flat_lower_edge_px(image)
    white = white_share(image)
    if mode is ColourMode.LINEART:
        encoding = Encoding.TIFF_G4
        body = _as_tiff(_black_and_white(image), resolution_dpi)
    else:
        encoding = Encoding.JPEG
        body = _as_jpeg(image, resolution_dpi)
    page = ScannedPage(
        number=number,
        encoding=encoding,
        mode=mode,
        width_px=raw.width_px,
        height_px=raw.height_px,
        resolution_dpi=resolution_dpi,
        flat_edge_px=flat_edge_px,
        white_share=round(white, 4),
    )
    return page, body


def _as_tiff(image: Image.Image, resolution_dpi: int) -> bytes:
    out = BytesIO()
    image.save(out, "TIFF", compression="group4", dpi=(resolution_dpi, resolution_dpi))
    return out.getvalue()


def _as_jpeg(image: Image.Image, resolution_dpi: int) -> bytes:
    """Code as JPEG; a side that is all grain is coded coarser, so that it is not too large to be handed over.

    Measured: 69 million picture elements of nothing but noise take 52 MB at quality 88 and 32 MB at 60.
    """
    for quality in (JPEG_QUALITY, *LESSER_QUALITIES):
        out = BytesIO()
        image.save(out, "JPEG", quality=quality, dpi=(resolution_dpi, resolution_dpi))
        if out.tell() <= scanner_limits.LARGEST_BYTES:
            break
    return out.getvalue()


def flat_lower_edge_px(image: Image.Image) -> int:
    """How many lines at the lower edge are of one and the same colour, unless that is the white of paper.

    Paper that was really looked at is never flat to the last bit.  Fewer lines than 2 % of the page count as none.
    The outermost pixels are not looked at: airscan fills up in white what the device sent less than it had announced.
    """
    sides = FILLED_UP_PX if min(image.size) > 4 * FILLED_UP_PX else 0
    bottom, seen_px = image.height - sides, image.height - 2 * sides
    corner = image.getpixel((sides, bottom - 1))
    values = corner if isinstance(corner, tuple) else (corner,)
    if corner is None or min(float(value) for value in values if value is not None) >= PAPER_WHITE:
        return 0
    least = max(2, round(seen_px * FLAT_EDGE_SHARE))
    height = least
    while height <= seen_px:
        strip = image.crop((sides, bottom - height, image.width - sides, bottom))
        other = ImageChops.difference(strip, Image.new(image.mode, strip.size, corner)).getbbox()
        if other:
            lines = strip.height - other[3] + sides
            return lines if lines >= least else 0
        height = seen_px if height * 2 > seen_px > height else height * 2
    return image.height


def white_share(image: Image.Image) -> float:
    """How much of the page is as light as its paper, 0 to 1, looked at in a small copy.

    Few scanners show paper as white, and thin or recycled paper is greyer still: where most of the page is of one light
    grey, that is its paper.
    """
    factor = max(1, image.width // LOOK_PX, image.height // LOOK_PX)
    small = image.reduce(factor).convert("L")
    counts = small.histogram()
    total = small.width * small.height
    middle = next(level for level, below in enumerate(accumulate(counts)) if below * 2 >= total)
    paper = min(PAPER_WHITE, middle - PAPER_GRAIN) if middle >= DARKEST_PAPER else PAPER_WHITE
    return sum(counts[paper:]) / total


def threshold(counts: list[int]) -> int:
    """The grey value that parts ink from paper: the largest difference between the two classes.

    Source: Otsu, A threshold selection method from gray-level histograms, 1979.
    A page of a single class (blank) is parted at the middle, so that noise does not become ink.
    """
    total = sum(counts)
    whole = sum(value * count for value, count in enumerate(counts))
    best, at, below, sum_below = 0.0, 127, 0, 0
    for value, count in enumerate(counts):
        below += count
        sum_below += value * count
        above = total - below
        if below == 0 or above == 0:
            continue
        gap = sum_below / below - (whole - sum_below) / above
        spread = below * above * gap * gap
        if spread > best and abs(gap) >= 32:
            best, at = spread, value
    return at


def _black_and_white(image: Image.Image) -> Image.Image:
    at = threshold(image.histogram())
    return image.point([0] * (at + 1) + [255] * (255 - at)).convert("1", dither=Image.Dither.NONE)
