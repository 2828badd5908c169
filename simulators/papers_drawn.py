"""Draw a side of a made-up paper as it lies under the glass: printed or bare, stained, crooked, the wrong way round."""

from __future__ import annotations

import threading
from collections import OrderedDict

from PIL import Image, ImageDraw, ImageOps

from simulators.papers import Paper
from simulators.papers_canvas import Canvas

FRONT, BACK = 1, 2
KEPT_PIXELS = 45_000_000
_SHOWS_THROUGH = 0.04


class DrawnPapers:
    """Sides that were drawn, kept while they are few: a page at 600 dpi is drawn once for many regions."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, int, int], Image.Image] = OrderedDict()

    def side(self, paper: Paper, side: int, dpi: int) -> Image.Image:
        """The picture of one side, with its corners white where it is crooked; must not be changed."""
        key = (paper.id, side, dpi)
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                found = self._kept[key] = draw_side(paper, side, dpi)
            self._kept.move_to_end(key)
            while len(self._kept) > 1 and sum(map(_pixels, self._kept.values())) > KEPT_PIXELS:
                self._kept.popitem(last=False)
        return found


def draw_side(paper: Paper, side: int, dpi: int) -> Image.Image:
    """Draw one side of a paper; a bare back shows a little of the front."""
    if side <= paper.sides:
        canvas = Canvas(paper.width_mm, paper.height_mm, dpi, paper.colour).marked()
        paper.drawings[side - 1](canvas)
        image = canvas.image
    else:
        image = Canvas(paper.width_mm, paper.height_mm, dpi, paper.colour).image
        if side == BACK and paper.sides:
            bare = Canvas(paper.width_mm, paper.height_mm, dpi, paper.colour)
            paper.drawings[0](bare)
            image = Image.blend(image, ImageOps.mirror(bare.image), _SHOWS_THROUGH)
    if paper.is_stained:
        _stain(image)
    if paper.is_upside_down:
        image = image.transpose(Image.Transpose.ROTATE_180)
    if paper.skew_degrees:
        turn = paper.skew_degrees if side == FRONT else -paper.skew_degrees
        image = image.rotate(turn, Image.Resampling.BILINEAR, fillcolor=(238, 238, 238))
    return image


def _stain(image: Image.Image) -> None:
    """Spill coffee: a ring and a pool, through which the print can still be read."""
    width, height = image.size
    layer = Image.new("L", (width // 8, height // 8), 0)
    pen = ImageDraw.Draw(layer)
    scale = layer.width / 210
    pen.circle((150 * scale, 90 * scale), 32 * scale, outline=150, width=max(1, round(4 * scale)))
    pen.ellipse((18 * scale, 150 * scale, 96 * scale, 196 * scale), fill=110)
    brown = Image.new("RGB", image.size, (134, 88, 46))
    image.paste(brown, (0, 0), layer.resize(image.size, Image.Resampling.BICUBIC))


def _pixels(image: Image.Image) -> int:
    return image.width * image.height
