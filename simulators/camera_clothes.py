"""The neck and the clothes of a made-up person."""

from __future__ import annotations

from simulators.camera_face import marks
from simulators.camera_pen import Pen, Point, mirrored, mixed, oval, shade, smooth
from simulators.camera_sitters import FEMALE, Sitter

_SHIRT = (206, 214, 226)
_SHADOW = 0.72


def draw_neck(pen: Pen, sitter: Sitter) -> None:
    """Draw the neck, which lies in the shadow of the chin."""
    at = marks(sitter)
    half = 0.20 if sitter.is_child else 0.27 * (0.90 if sitter.sex == FEMALE else 1.0)
    shape = smooth(
        mirrored(
            [
                (half * 0.98, at.chin - 0.28),
                (half, at.chin + 0.05),
                (half * 1.06, at.chin + 0.26),
                (half * 1.7, at.chin + 0.46),
            ]
        )
    )
    pen.fill(shape, sitter.skin)
    under = smooth(
        [
            (-half, at.chin - 0.14),
            (0.0, at.chin - 0.02),
            (half, at.chin - 0.14),
            (half, at.chin + 0.08),
            (0.0, at.chin + 0.17),
            (-half, at.chin + 0.08),
        ]
    )
    pen.soft(under, shade(sitter.skin, _SHADOW), 0.9, 0.035)
    pen.soft(
        smooth(
            [(half * 0.5, at.chin), (half * 1.1, at.chin), (half * 1.3, at.chin + 0.4), (half * 0.6, at.chin + 0.4)]
        ),
        shade(sitter.skin, _SHADOW),
        0.5,
        0.05,
    )


def draw_clothes(pen: Pen, sitter: Sitter) -> None:
    """Draw what is worn over shoulders and chest."""
    at, cloth = marks(sitter), sitter.cloth
    wide = 0.84 if sitter.is_child else 1.10 if sitter.sex == FEMALE else 1.26
    top = at.chin + 0.24
    neck = 0.23 if sitter.is_child else 0.30
    torso = [
        (neck, top),
        (neck + 0.16, top + 0.09),
        (wide * 0.74, top + 0.26),
        (wide * 0.93, top + 0.42),
        (wide, top + 0.72),
        (wide * 1.04, top + 1.6),
        (wide * 1.0, top + 3.2),
    ]
    side_line = smooth(torso, is_closed=False)
    pen.fill([*side_line, *[(-x, y) for x, y in reversed(side_line)], *_opening(sitter, top, neck)], cloth)
    for side, strength in ((-1, 0.5), (1, 0.8)):
        arm = smooth(
            [
                (side * wide * 0.70, top + 0.62),
                (side * wide * 0.76, top + 1.1),
                (side * wide * 0.74, top + 2.0),
                (side * wide * 0.70, top + 1.1),
            ]
        )
        pen.soft(arm, shade(cloth, 0.55), 0.8, 0.03)
        slope = smooth(
            [(side * (neck + 0.1), top + 0.07), (side * wide * 0.75, top + 0.27), (side * wide * 0.6, top + 0.34)]
        )
        pen.soft(slope, shade(cloth, 1.35), strength, 0.05)
    _neckline(pen, sitter, top, neck)


def _opening(sitter: Sitter, top: float, neck: float) -> list[Point]:
    """The edge of the clothes around the neck, from the left shoulder to the right one."""
    if sitter.clothes in {"round", "pullover"}:
        deep = 0.22 if sitter.clothes == "round" else 0.13
        return smooth(
            [
                (-neck, top),
                (-neck * 0.66, top + deep * 0.74),
                (0.0, top + deep),
                (neck * 0.66, top + deep * 0.74),
                (neck, top),
            ],
            is_closed=False,
        )
    return [(-neck, top), (0.0, top + 0.24), (neck, top)]


def _neckline(pen: Pen, sitter: Sitter, top: float, neck: float) -> None:
    cloth = sitter.cloth
    if sitter.clothes in {"round", "pullover"}:
        pen.line(_opening(sitter, top, neck), shade(cloth, 0.72 if sum(cloth) > 160 else 1.3), 0.05)
        return
    if sitter.clothes == "jacket":
        pen.fill(
            [(-neck * 0.9, top + 0.02), (0.0, top + 0.95), (neck * 0.9, top + 0.02), (0.0, top + 0.20)],
            mixed(_SHIRT, cloth, 0.12),
        )
        for side in (-1, 1):
            lapel = [
                (side * neck, top - 0.02),
                (side * neck * 0.72, top + 0.06),
                (side * 0.02, top + 0.98),
                (side * 0.36, top + 0.56),
                (side * 0.30, top + 0.47),
                (side * 0.42, top + 0.40),
            ]
            pen.fill(lapel, shade(cloth, 0.80))
            pen.line([lapel[1], lapel[2]], shade(cloth, 0.55), 0.012)
    colour = mixed(_SHIRT, cloth, 0.12) if sitter.clothes == "jacket" else shade(cloth, 1.18)
    for side in (-1, 1):
        flap = [
            (side * (neck + 0.015), top - 0.05),
            (side * 0.0, top + 0.215),
            (side * 0.15, top + 0.33),
            (side * (neck + 0.05), top + 0.08),
        ]
        pen.fill(flap, colour)
        pen.line([flap[1], flap[2], flap[3]], shade(colour, 0.7), 0.010)
    if sitter.clothes == "collar":
        pen.line([(0.0, top + 0.24), (0.0, top + 2.8)], shade(cloth, 0.7), 0.010)
        for number in range(4):
            pen.fill(oval((0.03, top + 0.42 + number * 0.42), 0.018, 0.018, 14), shade(cloth, 1.7))
