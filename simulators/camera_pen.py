"""A pen that draws smooth shapes in face widths: the same person at any size, anywhere in a picture, at any tilt."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from simulators.camera_sitters import Colour

Point = tuple[float, float]
Shape = Sequence[Point]
_STEPS = 8
_FINE_BLUR_PX = 3.0
_MIDDLE = 128
_TILE_GRAINS = 128
_TILE_UNITS = 1.0


class Pen:
    """Draws on a picture.  Its unit is the width of the face, its origin the middle between the eyes, y points down.

    Args:
        image: what is drawn on.
        covered: where something was drawn; light and shadow fall there only.
        unit_px: how many pixels a face is wide.
        origin: where the middle between the eyes lies when the head is upright, in pixels.
        degrees: how far the head is tilted, clockwise.
        pivot: around which point it is tilted.
    """

    def __init__(
        self,
        image: Image.Image,
        covered: Image.Image,
        unit_px: float,
        origin: Point,
        degrees: float = 0.0,
        pivot: Point = (0.0, 1.0),
    ) -> None:
        self._image = image
        self._covered = covered
        self._draw = ImageDraw.Draw(image)
        self._cover = ImageDraw.Draw(covered)
        self.unit_px = unit_px
        self._origin = origin
        self._pivot = pivot
        self._cos, self._sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))

    def place(self, point: Point) -> Point:
        """Where a point lies in the picture."""
        x, y = point[0] - self._pivot[0], point[1] - self._pivot[1]
        turned_x = x * self._cos - y * self._sin + self._pivot[0]
        turned_y = x * self._sin + y * self._cos + self._pivot[1]
        return self._origin[0] + turned_x * self.unit_px, self._origin[1] + turned_y * self.unit_px

    def fill(self, shape: Shape, colour: Colour) -> None:
        """Fill a shape."""
        places = [self.place(point) for point in shape]
        self._draw.polygon(places, fill=colour)
        self._cover.polygon(places, fill=255)

    def line(self, shape: Shape, colour: Colour, width: float) -> None:
        """Draw a line through points, with round ends."""
        places = [self.place(point) for point in shape]
        width_px = max(1.0, width * self.unit_px)
        self._draw.line(places, fill=colour, width=round(width_px), joint="curve")
        if width_px > 2:
            for x, y in (places[0], places[-1]):
                half = width_px / 2
                self._draw.ellipse((x - half, y - half, x + half, y + half), fill=colour)

    def soft(self, shape: Shape, colour: Colour, strength: float, blur: float) -> None:
        """Lay a colour over a shape whose edge is blurred: light and shadow."""
        places = [self.place(point) for point in shape]
        blur_px = max(0.6, blur * self.unit_px)
        reach = 2.6 * blur_px
        left = max(0, math.floor(min(x for x, _ in places) - reach))
        top = max(0, math.floor(min(y for _, y in places) - reach))
        right = min(self._image.width, math.ceil(max(x for x, _ in places) + reach))
        bottom = min(self._image.height, math.ceil(max(y for _, y in places) + reach))
        if right <= left or bottom <= top:
            return
        coarse = max(1.0, blur_px / _FINE_BLUR_PX)
        size = (max(1, round((right - left) / coarse)), max(1, round((bottom - top) / coarse)))
        across, down = size[0] / (right - left), size[1] / (bottom - top)
        mask = Image.new("L", size, 0)
        ImageDraw.Draw(mask).polygon(
            [((x - left) * across, (y - top) * down) for x, y in places], fill=round(255 * min(1.0, strength))
        )
        mask = mask.filter(ImageFilter.GaussianBlur(blur_px / coarse))
        box = (left, top, right, bottom)
        whole = mask.resize((right - left, bottom - top), Image.Resampling.BILINEAR)
        self._image.paste(colour, box, ImageChops.multiply(whole, self._covered.crop(box)))

    def texture(self, strength: float) -> None:
        """Roughen all that was drawn, as cloth and skin are; `strength` is how far a level may be changed."""
        box = self._covered.getbbox()
        if box is None:
            return
        tile = _tile(max(8, round(_TILE_UNITS * self.unit_px)), round(strength))
        left, top, right, bottom = box
        rough = Image.new("RGB", (right - left, bottom - top))
        first_x = round(self._origin[0] - left) % tile.width - tile.width
        first_y = round(self._origin[1] - top) % tile.height - tile.height
        for y in range(first_y, rough.height, tile.height):
            for x in range(first_x, rough.width, tile.width):
                rough.paste(tile, (x, y))
        changed = ImageChops.add(self._image.crop(box), rough, 1, -_MIDDLE)
        self._image.paste(changed, box, self._covered.crop(box))


@lru_cache(maxsize=4)
def _tile(size: int, strength: int) -> Image.Image:
    """A piece of roughness that fits to itself: chance around the middle level."""
    noise = Image.frombytes("L", (_TILE_GRAINS, _TILE_GRAINS), Random(1).randbytes(_TILE_GRAINS**2))  # noqa: S311 (a picture)
    tile = noise.resize((size, size), Image.Resampling.BICUBIC)
    tile = tile.point([_MIDDLE + round((level - _MIDDLE) * strength / _MIDDLE) for level in range(256)])
    return Image.merge("RGB", (tile, tile, tile))


def smooth(points: Shape, *, is_closed: bool = True) -> list[Point]:
    """A smooth curve through points (Catmull-Rom)."""
    count = len(points)
    spans = count if is_closed else count - 1
    curve: list[Point] = []

    def at(number: int) -> Point:
        return points[number % count] if is_closed else points[max(0, min(count - 1, number))]

    for number in range(spans):
        before, start, end, after = at(number - 1), at(number), at(number + 1), at(number + 2)
        for step in range(_STEPS):
            t = step / _STEPS
            curve.append(
                (_between(before[0], start[0], end[0], after[0], t), _between(before[1], start[1], end[1], after[1], t))
            )
    if not is_closed:
        curve.append(points[-1])
    return curve


def mirrored(points: Shape) -> list[Point]:
    """A closed symmetrical outline from its right half, given from top to bottom."""
    return [*points, *((-x, y) for x, y in reversed(points))]


def oval(centre: Point, across: float, down: float, points: int = 28) -> list[Point]:
    """An ellipse."""
    turns = (2 * math.pi * number / points for number in range(points))
    return [(centre[0] + across * math.cos(turn), centre[1] + down * math.sin(turn)) for turn in turns]


def shade(colour: Colour, share: float) -> Colour:
    """A colour made darker (share below 1) or lighter."""
    if share <= 1:
        red, green, blue = (round(level * share) for level in colour)
    else:
        red, green, blue = (round(255 - (255 - level) / share) for level in colour)
    return red, green, blue


def mixed(first: Colour, second: Colour, share: float) -> Colour:
    """A colour between two: `share` of the second."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def _between(before: float, start: float, end: float, after: float, t: float) -> float:
    return 0.5 * (
        2 * start
        + (end - before) * t
        + (2 * before - 5 * start + 4 * end - after) * t * t
        + (3 * start - before - 3 * end + after) * t * t * t
    )
