"""Drawn figures for simulated cards: a head, hair and shoulders in flat colours; never a real face."""

from __future__ import annotations

from functools import lru_cache
from random import Random

from simulators import photo_codec
from simulators.photo_codec import HEIGHT_PX, WIDTH_PX

_BACKGROUND = (255, 255, 255)
_SKINS = ((241, 205, 172), (232, 190, 156), (214, 168, 132), (250, 218, 190))
_HAIRS = ((28, 24, 22), (58, 42, 32), (120, 120, 120), (16, 16, 28))
_COATS = ((54, 78, 120), (120, 54, 60), (60, 96, 72), (84, 84, 92), (150, 110, 60))
_INK = (40, 30, 28)


@lru_cache(maxsize=32)
def portrait(seed: str) -> bytes:
    """Draw the figure that belongs to a card; the same seed gives the same 1024 bytes."""
    rng = Random(seed)  # noqa: S311 (a drawing, not a secret)
    colours = [_BACKGROUND, rng.choice(_SKINS), rng.choice(_HAIRS), rng.choice(_COATS), _INK]
    head_x, head_y = rng.randint(22, 26), rng.randint(29, 33)
    hair = rng.randint(4, 8)
    pixels = bytearray(WIDTH_PX * HEIGHT_PX)
    _ellipse(pixels, (51, 126), (46, 34), 3)
    _ellipse(pixels, (51, 92), (11, 16), 1)
    _ellipse(pixels, (51, 52 - hair), (head_x + 2, head_y), 2)
    _ellipse(pixels, (51, 58), (head_x - 2, head_y - 4), 1)
    for side in (-1, 1):
        _ellipse(pixels, (51 + side * 9, 55), (3, 2), 4)
    _ellipse(pixels, (51, 72), (rng.randint(5, 8), 1), 4)
    return photo_codec.encode(colours, bytes(pixels))


def _ellipse(pixels: bytearray, centre: tuple[int, int], radii: tuple[int, int], colour: int) -> None:
    """Fill an ellipse, clipped to the picture."""
    for y in range(max(0, centre[1] - radii[1]), min(HEIGHT_PX, centre[1] + radii[1] + 1)):
        share = 1 - ((y - centre[1]) / radii[1]) ** 2
        half = int(radii[0] * max(0.0, share) ** 0.5)
        left, right = max(0, centre[0] - half), min(WIDTH_PX, centre[0] + half + 1)
        pixels[y * WIDTH_PX + left : y * WIDTH_PX + right] = bytes([colour]) * (right - left)
