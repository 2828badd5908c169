"""See where the paper lies on a scanned page and how crooked it is: pixels in, numbers out.  Nothing is altered here.

The bed is what touches the edge of the picture in one flat colour; the paper is what differs from it and is a
rectangle.  Where the paper fills the picture, its lines of print tell how crooked it is.  What is not clear is not
proposed: a paper that is no rectangle, several papers, white on the very same white.

Runs in the pictures process: nothing else may load OpenCV.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np

from agent.documents.crops import Box, whole

MM_PER_INCH = 25.4
LOOK_DPI = 100
MOST_SKEW_DEG = 15.0
LEAST_SKEW_DEG = 0.4
FULL_SHARE = 0.93
_BAND_MM = 1.5
_CANDIDATES = 5
_LEAST_BAND_SHARE = 0.01
_TOLERANCE = 4
_MOST_TOLERANCE = 60
_SAMPLE_PX = 20_000
_CELL = 3
_DUST_MM = 2.0
_LEAST_SIDE_MM = 20.0
_LEAST_EDGE_MM = 12.0
_LEAST_RECTANGLE = 0.94
_LEAST_COVER = 0.6
_MOST_LOOSE_MM2 = 60.0
_AGREE_DEG = 0.5
_AGREE_SHARE = 0.6
_INK_BELOW = 40
_LEAST_INK_PX = 400
_MOST_INK_PX = 60_000
_CLEAR_PEAK = 4.0

Pixels = Any
"""An array: rows, columns and, in colour, samples; or points with their x and y."""


@dataclass(frozen=True, slots=True)
class Outline:
    """The paper as it was found: its rectangle, and which share of the picture it fills."""

    box: Box
    share: float


def proposal(picture: Pixels, dpi: float) -> Box | None:
    """Say how a page could be put right: cut out and turned straight.

    Args:
        picture: grey, or blue-green-red, 8 bits a sample.
        dpi: dots per inch.

    Returns: the rectangle to take out, to a tenth; None where the page is good as it is, or nothing is clear.
    """
    small, mm = _small(picture, dpi)
    found = _outline(small, mm)
    if found is not None and found.share < FULL_SHARE:
        return found.box.rounded()
    height, width = small.shape[:2]
    turn = _print_skew(small)
    if turn is None:
        turn = 0.0 if found is None else found.box.turn_deg
    return None if abs(turn) < LEAST_SKEW_DEG else replace(whole(width * mm, height * mm), turn_deg=turn).rounded()


def outline(picture: Pixels, dpi: float) -> Box | None:
    """The paper's rectangle on the bed; None where it cannot be told from it.  Arguments as of `proposal`."""
    found = _outline(*_small(picture, dpi))
    return None if found is None else found.box


def _small(picture: Pixels, dpi: float) -> tuple[Pixels, float]:
    """A smooth copy to look at, and how many millimetres one of its pixels is."""
    factor = min(1.0, LOOK_DPI / dpi)
    small = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA) if factor < 1 else picture
    grain = 3 if factor < 0.7 else 5
    smooth = cv2.blur(small, (grain, grain))
    return (smooth[:, :, None] if smooth.ndim == 2 else smooth), MM_PER_INCH / dpi / factor


def _outline(small: Pixels, mm: float) -> Outline | None:
    """The largest rectangle that any colour of the picture's edge, taken for the bed, leaves."""
    found = (_on_bed(small, mm, colour) for colour in _edge_colours(small, mm))
    return max((one for one in found if one is not None), key=lambda one: one.share, default=None)


def _edge_colours(small: Pixels, mm: float) -> Iterator[Pixels]:
    """The colours that the edge of the picture has most of, at most a few."""
    band = max(2, round(_BAND_MM / mm))
    strips = (small[:band], small[-band:], small[:, :band], small[:, -band:])
    pixels = np.concatenate([strip.reshape(-1, small.shape[2]) for strip in strips]).astype(np.int32)
    least = _LEAST_BAND_SHARE * len(pixels)
    for _ in range(_CANDIDATES):
        if len(pixels) < least:
            return
        cells = pixels // _CELL @ 256 ** np.arange(pixels.shape[1])
        fullest = np.bincount(np.unique(cells, return_inverse=True)[1]).argmax()
        centre = np.median(pixels[cells == np.unique(cells)[fullest]], axis=0)
        near = np.abs(pixels - centre).max(axis=1) <= _TOLERANCE
        if near.sum() < least:
            return
        yield np.median(pixels[near], axis=0)
        pixels = pixels[~near]


def _on_bed(small: Pixels, mm: float, bed: Pixels) -> Outline | None:
    """The paper, if this colour is the bed's."""
    contrast = np.abs(_middle_of(small[_near(small, bed, _TOLERANCE) == 0]) - bed).max()
    is_like_bed = _near(small, bed, min(max(_TOLERANCE, contrast / 3), _MOST_TOLERANCE))
    paper = 1 - _touching_edge(is_like_bed)
    size = max(3, round(_DUST_MM / mm) | 1)
    paper = cv2.morphologyEx(paper, cv2.MORPH_OPEN, np.ones((size, size), np.uint8))
    contours, _ = cv2.findContours(paper, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not contours:
        return None
    areas = [cv2.contourArea(contour) for contour in contours]
    largest = int(np.argmax(areas))
    if (sum(areas) - areas[largest]) * mm * mm > _MOST_LOOSE_MM2:
        return None
    return _rectangle(contours[largest], is_like_bed, mm)


def _near(small: Pixels, colour: Pixels, tolerance: float) -> Pixels:
    """Where the picture has nearly this colour."""
    low, high = (colour - tolerance).clip(0, 255), (colour + tolerance).clip(0, 255)
    return cv2.inRange(small, low.astype(np.uint8), high.astype(np.uint8)) // 255


def _middle_of(pixels: Pixels) -> Pixels:
    """The middle colour of some of a picture's pixels, which may be none."""
    return np.median(pixels[:: 1 + len(pixels) // _SAMPLE_PX], axis=0) if len(pixels) else np.zeros(pixels.shape[1])


def _touching_edge(mask: Pixels) -> Pixels:
    """Those parts of a mask that touch the edge of the picture."""
    framed = cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=1)
    _, labels = cv2.connectedComponents(framed, connectivity=4)
    return (labels == labels[0, 0]).astype(np.uint8)[1:-1, 1:-1]


def _rectangle(contour: Pixels, is_like_bed: Pixels, mm: float) -> Outline | None:
    """The rectangle around a contour, if it is one and is filled with something else than bed."""
    height, width = is_like_bed.shape
    points = contour[:, 0, :].astype(np.float64) + 0.5
    turn = _turn_of(points, width, height, mm)
    if turn is None:
        return None
    middle = np.array([width / 2, height / 2])
    straight = _turned(points - middle, -turn)
    low, high = straight.min(axis=0) - 0.5, straight.max(axis=0) + 0.5
    sides = (high - low) * mm
    corners = _turned(np.array([low, [high[0], low[1]], high, [low[0], high[1]]]), turn) + middle
    frame = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    seen_px, _ = cv2.intersectConvexConvex(corners.astype(np.float32), frame)
    inside = cv2.fillConvexPoly(np.zeros_like(is_like_bed), corners.round().astype(np.int32), 1)
    cover = 1 - float(is_like_bed[inside == 1].mean()) if inside.any() else 0.0
    is_rectangle = seen_px > 0 and cv2.contourArea(contour) >= _LEAST_RECTANGLE * seen_px
    if not is_rectangle or cover < _LEAST_COVER or sides.min() < _LEAST_SIDE_MM:
        return None
    centre = (_turned(((low + high) / 2)[None], turn)[0] + middle) * mm
    left, top = centre - sides / 2
    return Outline(Box(float(left), float(top), float(sides[0]), float(sides[1]), turn), seen_px / (width * height))


def _turn_of(points: Pixels, width: int, height: int, mm: float) -> float | None:
    """By how many degrees a contour's straight edges are turned; those that are the picture's own edge say nothing."""
    outer = cv2.convexHull(points.astype(np.float32))
    rough = cv2.approxPolyDP(outer, 1.5 / mm * 0.5, closed=True)[:, 0, :]
    angles, lengths = [], []
    for start, end in zip(rough, np.roll(rough, -1, axis=0), strict=True):
        length = float(np.linalg.norm(end - start))
        edge = _points_along(points, start, end, length, mm)
        inner = edge[(edge > 2).all(axis=1) & (edge[:, 0] < width - 2) & (edge[:, 1] < height - 2)]
        if len(inner) * mm < _LEAST_EDGE_MM:
            continue
        x, y, _, _ = cv2.fitLine(inner.astype(np.float32), cv2.DIST_HUBER, 0, 0.01, 0.01)[:, 0]
        angles.append((math.degrees(math.atan2(y, x)) + 45) % 90 - 45)
        lengths.append(len(inner))
    if not angles:
        return None
    longest = angles[int(np.argmax(lengths))]
    agree = np.abs(np.array(angles) - longest) <= _AGREE_DEG
    weights = np.array(lengths) * agree
    turn = float(np.average(angles, weights=weights))
    is_clear = weights.sum() >= _AGREE_SHARE * sum(lengths) and abs(turn) <= MOST_SKEW_DEG
    return turn if is_clear else None


def _points_along(points: Pixels, start: Pixels, end: Pixels, length: float, mm: float) -> Pixels:
    """Those points of a contour that lie along an edge, without its rounded ends."""
    if length * mm < _LEAST_EDGE_MM:
        return points[:0]
    along = (end - start) / length
    offset = points - start
    distance = np.abs(offset[:, 0] * along[1] - offset[:, 1] * along[0])
    place = offset @ along
    margin = min(4.0 / mm, length / 6)
    return points[(distance <= 1.0 / mm) & (place > margin) & (place < length - margin)]


def _turned(points: Pixels, degrees: float) -> Pixels:
    """Points turned clockwise, as the page is looked at, about the origin."""
    sine, cosine = math.sin(math.radians(degrees)), math.cos(math.radians(degrees))
    return points @ np.array([[cosine, sine], [-sine, cosine]])


def _print_skew(small: Pixels) -> float | None:
    """By how many degrees the lines of print are turned clockwise; None where there are none, or none that agree.

    Source: Postl, Detection of linear oblique structures and skew scan in digitized documents, 1986: the sharper the
    sums along the lines, the straighter they are.
    """
    grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY) if small.shape[2] == 3 else small[:, :, 0]
    ground = cv2.medianBlur(cv2.resize(grey, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA), 15)
    ground = cv2.resize(ground, (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_LINEAR)
    rows, columns = np.nonzero(grey.astype(np.int16) < ground.astype(np.int16) - _INK_BELOW)
    if len(rows) < _LEAST_INK_PX:
        return None
    step = max(1, len(rows) // _MOST_INK_PX)
    rows, columns = rows[::step] - grey.shape[0] / 2, columns[::step] - grey.shape[1] / 2

    def sharpness(degrees: float) -> float:
        along = rows * math.cos(math.radians(degrees)) - columns * math.sin(math.radians(degrees))
        sums = np.bincount((along - along.min()).astype(np.intp)).astype(np.float64)
        return float(np.square(np.diff(sums)).sum())

    coarse = np.arange(-MOST_SKEW_DEG, MOST_SKEW_DEG + 0.1, 0.5)
    scores = np.array([sharpness(one) for one in coarse])
    best = coarse[scores.argmax()]
    if scores.max() < _CLEAR_PEAK * np.median(scores) or abs(best) > MOST_SKEW_DEG - 0.5:
        return None
    fine = np.arange(best - 0.6, best + 0.61, 0.05)
    return float(fine[np.argmax([sharpness(one) for one in fine])])
