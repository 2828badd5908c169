"""What a face wears: the lines of age, a beard, glasses."""

from __future__ import annotations

from simulators.camera_face import EYE_X, marks
from simulators.camera_pen import Pen, oval, shade, smooth
from simulators.camera_sitters import Sitter

_FRAME = (34, 32, 36)


def draw_years(pen: Pen, sitter: Sitter) -> None:
    """Folds and lines, by age."""
    if sitter.age < 38:
        return
    at, colour = marks(sitter), shade(sitter.skin, 0.70)
    strength = min(0.85, (sitter.age - 30) / 50)
    for side in (-1, 1):
        fold = smooth(
            [
                (side * 0.14, at.nose),
                (side * 0.20, at.nose + 0.08),
                (side * 0.215, at.mouth + 0.02),
                (side * 0.19, at.nose + 0.09),
            ]
        )
        pen.soft(fold, colour, strength, 0.010)
        bag = smooth([(side * 0.13, 0.065), (side * 0.22, 0.095), (side * 0.32, 0.06), (side * 0.22, 0.082)])
        pen.soft(bag, colour, strength, 0.010)
        if sitter.age > 52:
            for number in range(3):
                start = (side * 0.36, 0.005 + number * 0.02)
                pen.soft(
                    smooth([start, (side * 0.43, -0.03 + number * 0.04), (side * 0.37, 0.012 + number * 0.02)]),
                    colour,
                    strength,
                    0.006,
                )
    if sitter.age > 46:
        for number in range(2 if sitter.age < 62 else 3):
            y = at.hairline + 0.13 + number * 0.065
            line = smooth([(-0.24, y), (0.0, y - 0.014), (0.24, y), (0.0, y - 0.004)])
            pen.soft(line, colour, strength * 0.9, 0.006)


def draw_beard(pen: Pen, sitter: Sitter) -> None:
    """Draw the beard, if any is worn."""
    at, colour = marks(sitter), sitter.hair_colour
    if sitter.beard == "none":
        return
    above = smooth(
        [
            (-0.17, at.mouth - 0.03),
            (-0.08, at.mouth - 0.085),
            (0.08, at.mouth - 0.085),
            (0.17, at.mouth - 0.03),
            (0.0, at.mouth - 0.045),
        ]
    )
    below = smooth(
        [
            (-0.40, at.nose),
            (-0.26, at.mouth + 0.02),
            (0.0, at.mouth + 0.085),
            (0.26, at.mouth + 0.02),
            (0.40, at.nose),
            (0.33 * sitter.jaw, at.mouth + 0.10),
            (0.16, at.chin - 0.015),
            (0.0, at.chin),
            (-0.16, at.chin - 0.015),
            (-0.33 * sitter.jaw, at.mouth + 0.10),
        ]
    )
    if sitter.beard == "stubble":
        pen.soft(above, colour, 0.22, 0.02)
        pen.soft(below, colour, 0.20, 0.03)
        return
    pen.soft(above, colour, 0.85, 0.012)
    if sitter.beard == "full":
        pen.soft(below, colour, 0.80, 0.020)


def draw_glasses(pen: Pen, sitter: Sitter) -> None:
    """Draw the glasses, if any are worn."""
    if sitter.frames == "none":
        return
    wide, tall = 0.185, (0.15 if sitter.frames == "round" else 0.118)
    for side in (-1, 1):
        if sitter.frames == "round":
            rim = oval((side * EYE_X, 0.02), 0.165, tall)
        else:
            corner = 0.04
            rim = smooth(
                [
                    (side * EYE_X - wide + corner, 0.02 - tall),
                    (side * EYE_X + wide - corner, 0.02 - tall),
                    (side * EYE_X + wide, 0.02 - tall + corner),
                    (side * EYE_X + wide - 0.015, 0.02 + tall - corner),
                    (side * EYE_X + wide - corner - 0.02, 0.02 + tall),
                    (side * EYE_X - wide + corner + 0.02, 0.02 + tall),
                    (side * EYE_X - wide + 0.015, 0.02 + tall - corner),
                    (side * EYE_X - wide, 0.02 - tall + corner),
                ]
            )
        if sitter.frames == "half":
            upper = [point for point in rim if point[1] < 0.02]
            upper.sort(key=lambda point: point[0])
            pen.line(upper, _FRAME, 0.020)
        else:
            pen.line([*rim, rim[0]], _FRAME, 0.016)
        pen.line([(side * (EYE_X + 0.16), -0.02), (side * 0.5, -0.05)], _FRAME, 0.018)
    pen.line(smooth([(-0.055, 0.0), (0.0, -0.022), (0.055, 0.0)], is_closed=False), _FRAME, 0.018)
