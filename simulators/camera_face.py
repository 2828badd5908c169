"""The face of a made-up person from the front: skin, light and shadow, eyes, brows, nose, mouth."""

from __future__ import annotations

from dataclasses import dataclass

from simulators.camera_pen import Pen, Point, mixed, oval, shade, smooth
from simulators.camera_sitters import FEMALE, Sitter

EYE_X = 0.225
_EYE_HALF = 0.112
_IRIS = (58, 38, 28)
_PUPIL = (16, 12, 12)
_SCLERA = (226, 222, 216)
_RED = (168, 62, 58)
_BRICK = (176, 92, 78)


@dataclass(frozen=True, slots=True)
class Marks:
    """Where the parts of a face lie, by its proportions."""

    crown: float
    hairline: float
    brow: float
    nose: float
    mouth: float
    chin: float


def marks(sitter: Sitter) -> Marks:
    """The proportions: a child's eyes stand lower, and all below them is short."""
    if sitter.is_child:
        return Marks(-0.80, -0.52, -0.15, 0.22, 0.355, 0.575)
    long = sitter.length
    return Marks(-0.72, -0.50, -0.145, 0.29 * long, 0.455 * long, 0.715 * long)


def outline(sitter: Sitter) -> list[Point]:
    """The outline of the face, crown to chin."""
    at = marks(sitter)
    jaw = sitter.jaw * (1.04 if sitter.is_child else 1.0)
    half = [
        (0.0, at.crown),
        (0.25, at.crown + 0.085),
        (0.40, at.crown + 0.25),
        (0.475, at.crown + 0.46),
        (0.5, 0.0),
        (0.49, 0.16),
        (min(0.49, 0.455 * jaw), at.nose + 0.02),
        (0.385 * jaw, at.mouth + 0.03),
        (0.26 * jaw, at.chin - 0.12),
        (0.12 * jaw, at.chin - 0.02),
        (0.0, at.chin),
    ]
    left = [(-x, y) for x, y in reversed(half[1:-1])]
    return smooth([*half, *left])


def draw_face(pen: Pen, sitter: Sitter, closed: float = 0.0, gaze: float = 0.0) -> None:
    """Draw the face.

    Args:
        pen: of the head.
        sitter: whose.
        closed: how far the eyes are shut, 0 to 1.
        gaze: to which side they look, -1 to 1.
    """
    pen.fill(outline(sitter), sitter.skin)
    _light(pen, sitter)
    _nose(pen, sitter)
    _mouth(pen, sitter)
    for side in (-1, 1):
        _eye(pen, sitter, side, closed, gaze)
        _brow(pen, sitter, side)


def _light(pen: Pen, sitter: Sitter) -> None:
    """What makes the face round: it is lit from above, a little from its right."""
    at, skin = marks(sitter), sitter.skin
    dark, deep = shade(skin, 0.80), shade(skin, 0.66)
    for side, strength in ((-1, 0.55), (1, 0.85)):
        edge = [
            (side * 0.5, -0.45),
            (side * 0.52, 0.1),
            (side * 0.44, at.mouth),
            (side * 0.2, at.chin),
            (side * 0.30, at.mouth + 0.06),
            (side * 0.40, 0.2),
            (side * 0.43, -0.2),
        ]
        pen.soft(smooth(edge), dark, strength, 0.05)
        pen.soft(oval((side * EYE_X, -0.005), 0.175, 0.085), deep, 0.62, 0.035)
        pen.soft(oval((side * 0.09, -0.03), 0.035, 0.07), deep, 0.45, 0.02)
        pen.soft(oval((side * 0.27, 0.19), 0.13, 0.085), shade(skin, 1.35), 0.75, 0.05)
        pen.soft(oval((side * 0.30, 0.26), 0.11, 0.08), mixed(skin, _BRICK, 0.5), 0.30, 0.06)
    pen.soft(oval((0.0, at.hairline + 0.17), 0.27, 0.10), shade(skin, 1.45), 0.7, 0.06)
    pen.soft(
        smooth([(-0.035, -0.14), (0.035, -0.14), (0.045, at.nose - 0.06), (-0.045, at.nose - 0.06)]),
        shade(skin, 1.5),
        0.85,
        0.02,
    )
    pen.soft(oval((0.0, at.mouth + 0.115), 0.12, 0.028), dark, 0.75, 0.025)
    pen.soft(oval((0.0, at.chin - 0.075), 0.10, 0.05), shade(skin, 1.3), 0.6, 0.03)


def _eye(pen: Pen, sitter: Sitter, side: int, closed: float, gaze: float) -> None:
    tall = 0.062 * sitter.eyes * (1 - closed)
    rise = sitter.slant

    def place(x: float, y: float) -> Point:
        """From the eye's own frame, whose x points outwards."""
        return side * (EYE_X + x), y - rise * x / _EYE_HALF

    steps = [number / 10 - 1 for number in range(21)]
    upper = [(x * _EYE_HALF, -tall * (1 - abs(x) ** 2.2) - 0.004) for x in steps]
    lower = [(x * _EYE_HALF, 0.50 * tall * (1 - x * x) + 0.012 * closed) for x in steps]
    lash = shade(sitter.skin, 0.22)
    if closed > 0.85:
        pen.soft([place(x, y - 0.03) for x, y in oval((0, 0), 0.11, 0.045)], shade(sitter.skin, 0.86), 0.8, 0.012)
        pen.line([place(x, y + 0.02 * (1 - (x / _EYE_HALF) ** 2)) for x, y in lower], lash, 0.017)
        return
    pen.fill([place(x, y) for x, y in (*upper, *reversed(lower))], _SCLERA)
    centre = side * gaze * 0.035
    for radius, colour in ((0.053, _IRIS), (0.024, _PUPIL)):
        ring = []
        for x, y in oval((centre, -0.18 * tall), radius, radius):
            bound = max(-1.0, min(1.0, x / _EYE_HALF))
            top, bottom = -tall * (1 - abs(bound) ** 2.2), 0.50 * tall * (1 - bound * bound)
            ring.append(place(x, max(top, min(bottom, y))))
        pen.fill(ring, colour)
    pen.fill([place(x, y) for x, y in oval((centre - side * 0.016, -0.45 * tall), 0.011, 0.011, 12)], (244, 244, 244))
    pen.line([place(x, y) for x, y in upper], lash, 0.022 if sitter.sex == FEMALE else 0.017)
    pen.line([place(x, y) for x, y in lower[3:-1]], shade(sitter.skin, 0.62), 0.008)
    crease = smooth(
        [(-0.09, -0.045 * sitter.eyes), (0.0, -0.098 * sitter.eyes), (0.105, -0.045 * sitter.eyes)], is_closed=False
    )
    pen.line([place(x, y) for x, y in crease], shade(sitter.skin, 0.62), 0.008)


def _brow(pen: Pen, sitter: Sitter, side: int) -> None:
    y = marks(sitter).brow
    thick = 0.030 if sitter.sex == FEMALE else 0.044
    thick *= 0.7 if sitter.is_child else 1.0
    colour = shade(sitter.hair_colour, 0.9)
    upper = [(0.085, y + 0.012), (0.20, y - 0.032), (0.30, y - 0.034), (0.385, y + 0.022)]
    lower = [(0.30, y - 0.034 + thick), (0.20, y - 0.030 + thick), (0.09, y + 0.012 + thick)]
    shape = [(side * px, py) for px, py in smooth([*upper, *lower])]
    pen.soft(shape, colour, 0.95, 0.008)


def _nose(pen: Pen, sitter: Sitter) -> None:
    base, wide = marks(sitter).nose, 0.118 * sitter.nose
    skin = sitter.skin
    shadow = shade(skin, 0.70)
    pen.soft(smooth([(0.04, -0.05), (0.075, 0.02), (wide, base - 0.06), (wide * 0.6, base - 0.02)]), shadow, 0.62, 0.02)
    pen.soft(
        smooth([(-0.04, -0.05), (-0.07, 0.02), (-wide, base - 0.06), (-wide * 0.6, base - 0.02)]), shadow, 0.40, 0.02
    )
    pen.soft(oval((0.0, base - 0.055), 0.055, 0.04), shade(skin, 1.5), 0.8, 0.018)
    pen.soft(oval((0.0, base + 0.022), wide * 0.95, 0.026), shade(skin, 0.62), 0.75, 0.018)
    for side in (-1, 1):
        pen.line(
            smooth(
                [(side * wide * 0.86, base - 0.075), (side * wide * 1.08, base - 0.03), (side * wide * 0.86, base)],
                is_closed=False,
            ),
            shade(skin, 0.64),
            0.010,
        )
        pen.soft(oval((side * wide * 0.48, base - 0.002), 0.030, 0.013), shade(skin, 0.28), 0.9, 0.006)


def _mouth(pen: Pen, sitter: Sitter) -> None:
    y, half = marks(sitter).mouth, 0.165 * sitter.mouth * (0.82 if sitter.is_child else 1.0)
    red = mixed(sitter.skin, _RED, 0.62 if sitter.sex == FEMALE else 0.36)
    upper = [
        (-half, y),
        (-half * 0.35, y - 0.036),
        (0.0, y - 0.026),
        (half * 0.35, y - 0.036),
        (half, y),
        (0.0, y + 0.008),
    ]
    lower = [
        (-half, y),
        (0.0, y + 0.006),
        (half, y),
        (half * 0.5, y + 0.044),
        (0.0, y + 0.054),
        (-half * 0.5, y + 0.044),
    ]
    pen.soft(smooth(upper), shade(red, 0.84), 1.0, 0.006)
    pen.soft(smooth(lower), red, 1.0, 0.006)
    pen.soft(oval((0.0, y + 0.030), half * 0.4, 0.010), shade(red, 1.4), 0.6, 0.008)
    pen.line(
        smooth(
            [
                (-half * 1.02, y - 0.002),
                (-half * 0.4, y + 0.004),
                (0.0, y),
                (half * 0.4, y + 0.004),
                (half * 1.02, y - 0.002),
            ],
            is_closed=False,
        ),
        shade(red, 0.42),
        0.010,
    )
