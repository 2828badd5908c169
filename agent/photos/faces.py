"""Find faces in a picture and measure the head before its background; runs in the pictures process.

OpenCV's cascades tell that there is a face and where its eyes are; how wide the head is and where its hair ends is told
by the background, which a photo for a document has to be even before anyway.  Nothing of a face is kept but lengths.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from agent.documents.picture_geometry import Pixels
from agent.photos.framing import Head

LOOK_PX = 480
"""The longer side of what is looked at: a face of a portrait is 130 or more there."""

_FACE, _EYE = "haarcascade_frontalface_alt2", "haarcascade_eye_tree_eyeglasses"
_SMALLEST = 14  # a face is no smaller than this part of the shorter side
_EDGE_SHARE = 0.06
_APART = 26.0
_UNEVEN = 0.15
_LIKELY_EYES = (0.18, 0.55)
# What a head is beside the box of a found face, where no background tells: measured on drawn people.
_WIDTH_OF_BOX, _TOP_OF_BOX, _EYES_OF_BOX = 1.02, -0.31, 0.38


@dataclass(frozen=True, slots=True)
class Found:
    """What is in a picture, in its own picture elements.

    Attributes:
        heads: the heads, the largest first.
        eyes: how many eyes of the largest were found, 0 to 2.
        is_measured: whether the background told the head's edges; else they are guessed from the face.
    """

    heads: tuple[Head, ...]
    eyes: int = 0
    is_measured: bool = False


def find(pixels: Pixels) -> Found:
    """Find the faces in a picture, blue-green-red."""
    scale = LOOK_PX / max(pixels.shape[:2])
    small = pixels if scale >= 1 else cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    scale = min(scale, 1.0)
    grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
    least = min(grey.shape) // _SMALLEST
    boxes = _cascade(_FACE).detectMultiScale(grey, scaleFactor=1.1, minNeighbors=4, minSize=(least, least))
    ordered = sorted((tuple(map(int, box)) for box in boxes), key=lambda box: -box[2])
    if not ordered:
        return Found(())
    eyes = _eyes(grey, ordered[0])
    measured = _measured(small, ordered[0], eyes)
    first = measured or _guessed(ordered[0], eyes)
    heads = (first, *(_guessed(box, ()) for box in ordered[1:]))
    return Found(tuple(larger(head, 1 / scale) for head in heads), len(eyes), measured is not None)


def load() -> None:
    """Read what faces are found by, once for all children of this process."""
    for name in (_FACE, _EYE):
        _cascade(name)


@cache
def _cascade(name: str) -> cv2.CascadeClassifier:
    return cv2.CascadeClassifier(str(Path(cv2.__file__).parent / "data" / f"{name}.xml"))


def _eyes(grey: Pixels, box: tuple[int, ...]) -> tuple[tuple[float, float], ...]:
    """The middles of the eyes of a face, the left one of the picture first; as many as are sure."""
    left, top, width, height = box
    upper = grey[top : top + round(height * 0.62), left : left + width]
    least = max(8, width // 8)
    seen = _cascade(_EYE).detectMultiScale(
        upper, scaleFactor=1.05, minNeighbors=4, minSize=(least, least), maxSize=(width // 2, width // 2)
    )
    middles = [(float(left + x + w / 2), float(top + y + h / 2)) for x, y, w, h in seen]
    likely = [one for one in middles if _LIKELY_EYES[0] <= (one[1] - top) / height <= _LIKELY_EYES[1]]
    sides = [[one for one in likely if (one[0] < left + width / 2) is is_left] for is_left in (True, False)]
    return tuple(min(side, key=lambda one: abs((one[1] - top) / height - _EYES_OF_BOX)) for side in sides if side)


def _eye_line(box: tuple[int, ...], eyes: tuple[tuple[float, float], ...]) -> tuple[float, float | None]:
    """The height of the eyes, and how far their line is from level."""
    if not eyes:
        return box[1] + _EYES_OF_BOX * box[3], None
    height = sum(y for _, y in eyes) / len(eyes)
    if len(eyes) < 2:
        return height, None
    (left_x, left_y), (right_x, right_y) = eyes
    return height, math.degrees(math.atan2(right_y - left_y, right_x - left_x))


def _guessed(box: tuple[int, ...], eyes: tuple[tuple[float, float], ...]) -> Head:
    left, top, width, height = box
    middle, half = left + width / 2, width * _WIDTH_OF_BOX / 2
    eyes_y, tilt = _eye_line(box, eyes)
    return Head(middle - half, middle + half, top + _TOP_OF_BOX * height, eyes_y, tilt)


def _measured(pixels: Pixels, box: tuple[int, ...], eyes: tuple[tuple[float, float], ...]) -> Head | None:
    """The head before its background; None where that is too uneven to tell."""
    before = _before_background(pixels)
    if before is None:
        return None
    left, top, width, height = box
    eyes_y, tilt = _eye_line(box, eyes)
    middle = round(left + width / 2)
    row = before[round(eyes_y)]
    if not row[middle]:
        return None
    first, last = _run(row, middle)
    highest = _top(before[:, max(0, left) : left + width], round(eyes_y))
    is_likely = 0.75 * width <= last - first <= 1.35 * width and top - 0.6 * height <= highest <= top
    return Head(float(first), float(last), float(highest), eyes_y, tilt) if is_likely else None


def _before_background(pixels: Pixels) -> Pixels | None:
    """Where a picture differs from what is at its upper edge and its upper sides; None where that is too uneven."""
    height, width = pixels.shape[:2]
    edge = max(2, round(width * _EDGE_SHARE))
    sides = np.concatenate(
        [
            pixels[: height // 2, :edge].reshape(-1, 3),
            pixels[: height // 2, -edge:].reshape(-1, 3),
            pixels[: max(2, edge // 4)].reshape(-1, 3),
        ]
    )
    usual = np.median(sides, axis=0).astype(np.uint8)
    if float((_apart(sides[None], usual) > _APART).mean()) > _UNEVEN:
        return None
    mask = (_apart(pixels, usual) > _APART).astype(np.uint8)
    kernel = np.ones((5, 5), np.uint8)
    return cv2.morphologyEx(cv2.morphologyEx(mask, cv2.MORPH_CLOSE, kernel), cv2.MORPH_OPEN, kernel)


def _apart(pixels: Pixels, colour: Pixels) -> Pixels:
    """How far each picture element is from a colour, in the channel in which it is farthest."""
    blue, green, red = cv2.split(cv2.absdiff(pixels, np.full_like(pixels, colour)))
    return cv2.max(cv2.max(blue, green), red)


def _run(row: Pixels, middle: int) -> tuple[int, int]:
    """From where to where a row goes on without a gap around its middle."""
    gaps = np.flatnonzero(row == 0)
    before, behind = gaps[gaps < middle], gaps[gaps > middle]
    first = int(before[-1]) + 1 if before.size else 0
    last = int(behind[0]) - 1 if behind.size else row.size - 1
    return first, last


def _top(columns: Pixels, below: int) -> int:
    """The highest row above `below` that the head reaches without a gap; a single hair is none."""
    filled = columns[:below].mean(axis=1) > 0.12
    gaps = np.flatnonzero(~filled)
    return int(gaps[-1]) + 1 if gaps.size else 0


def larger(head: Head, factor: float) -> Head:
    """The same head in a picture that is so many times larger."""
    return Head(head.left * factor, head.right * factor, head.top * factor, head.eyes_y * factor, head.tilt_deg)
