"""Where on a scanned page the paper lies: a rectangle, turned about its own middle.  Numbers only, no pixels."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

MOST_TURN_DEG = 45.0
LEAST_SIDE_MM = 5.0
FARTHEST_MM = 1000.0


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page, in millimetres from the upper left corner of the picture.

    Attributes:
        left_mm: of the rectangle before it is turned.
        top_mm: of the rectangle before it is turned.
        width_mm: how wide.
        height_mm: how high.
        turn_deg: by how much it is turned about its own middle, clockwise; to take it out straight is to turn it back.
    """

    left_mm: float
    top_mm: float
    width_mm: float
    height_mm: float
    turn_deg: float = 0.0

    @property
    def middle_mm(self) -> tuple[float, float]:
        """Its middle, which turning leaves where it is."""
        return self.left_mm + self.width_mm / 2, self.top_mm + self.height_mm / 2

    def rounded(self) -> Box:
        """The same to a tenth of a millimetre and of a degree, as it is kept and shown."""
        return Box(*(round(value, 1) + 0.0 for value in self.as_list()))

    def as_list(self) -> list[float]:
        """The five numbers in their order, as they are kept."""
        return [self.left_mm, self.top_mm, self.width_mm, self.height_mm, self.turn_deg]

    def standing_out_mm(self, page_width_mm: float, page_height_mm: float) -> float:
        """How far its corners stand out of the page at most; 0 where it lies within."""
        x, y = self.middle_mm
        turn = math.radians(self.turn_deg)
        across, down = abs(math.cos(turn)), abs(math.sin(turn))
        half_width = (self.width_mm * across + self.height_mm * down) / 2
        half_height = (self.width_mm * down + self.height_mm * across) / 2
        out = half_width - x, x + half_width - page_width_mm, half_height - y, y + half_height - page_height_mm
        return max(0.0, *out)

    def resized(self, width_mm: float, height_mm: float) -> Box:
        """A rectangle of another size about the same middle."""
        x, y = self.middle_mm
        return replace(self, left_mm=x - width_mm / 2, top_mm=y - height_mm / 2, width_mm=width_mm, height_mm=height_mm)

    def is_possible(self, page_width_mm: float, page_height_mm: float) -> bool:
        """Whether it is a rectangle that could be cut out: finite, of some size, with its middle on the page."""
        values = self.as_list()
        if not all(math.isfinite(value) and abs(value) <= FARTHEST_MM for value in values):
            return False
        x, y = self.middle_mm
        is_on_page = 0 <= x <= page_width_mm and 0 <= y <= page_height_mm
        is_large = self.width_mm >= LEAST_SIDE_MM and self.height_mm >= LEAST_SIDE_MM
        return is_on_page and is_large and abs(self.turn_deg) <= MOST_TURN_DEG


def whole(width_mm: float, height_mm: float) -> Box:
    """The whole page."""
    return Box(0.0, 0.0, width_mm, height_mm)


def seen(box: Box, page_height_mm: float, page_width_mm: float, quarters: int) -> Box:
    """The same rectangle on a page that was turned clockwise by so many quarters.

    Args:
        box: on the page as it is.
        page_height_mm: of the page as it is.
        page_width_mm: of the page as it is.
        quarters: 0 to 3.
    """
    for _ in range(quarters % 4):
        x, y = box.middle_mm
        width, height = box.height_mm, box.width_mm
        box = Box(page_height_mm - y - width / 2, x - height / 2, width, height, box.turn_deg)
        page_height_mm, page_width_mm = page_width_mm, page_height_mm
    return box
