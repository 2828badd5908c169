"""The hair of a made-up person, behind the head and over the forehead, and the ears that it leaves to be seen."""

from __future__ import annotations

from random import Random

from simulators.camera_face import marks
from simulators.camera_pen import Pen, Point, mirrored, oval, shade, smooth
from simulators.camera_sitters import Sitter


def draw_hair_behind(pen: Pen, sitter: Sitter) -> None:
    """Draw what of the hair is behind the head."""
    at, colour = marks(sitter), shade(sitter.hair_colour, 0.86)
    if sitter.hair == "long":
        half = [*_dome(at.crown, 0.10, 0.575), (0.60, 0.2), (0.62, 0.7), (0.60, 1.25), (0.40, 1.36)]
    elif sitter.hair == "bob":
        half = [
            *_dome(at.crown, 0.10, 0.585),
            (0.62, 0.12),
            (0.60, at.mouth + 0.08),
            (0.44, at.mouth + 0.22),
            (0.2, at.mouth + 0.2),
        ]
    elif sitter.hair == "bun":
        pen.fill(oval((0.0, at.crown - 0.10), 0.20, 0.15), colour)
        half = [*_dome(at.crown, 0.06, 0.52), (0.48, 0.05), (0.30, 0.3)]
    elif sitter.hair == "tied":
        half = [*_dome(at.crown, 0.06, 0.52), (0.49, 0.10), (0.36, 0.5), (0.30, 0.95)]
    elif sitter.hair == "curly":
        half = [*_dome(at.crown, 0.16, 0.60), (0.52, 0.10)]
    elif sitter.hair == "receding":
        half = [*_dome(at.crown, -0.02, 0.525), (0.50, -0.02), (0.48, 0.10)]
    else:
        rise = 0.045 if sitter.hair == "crew" else 0.085
        half = [*_dome(at.crown, rise, 0.53), (0.51, -0.10), (0.48, 0.06)]
    pen.fill(smooth(mirrored(half)), colour)


def draw_hair_before(pen: Pen, sitter: Sitter) -> None:
    """Draw the hair over the forehead and the temples."""
    at, colour, part = marks(sitter), sitter.hair_colour, sitter.parting
    edge = _hairline(sitter)
    if not edge:
        for side in (-1, 1):
            temple = smooth(
                [
                    (side * 0.47, -0.36),
                    (side * 0.54, -0.30),
                    (side * 0.535, 0.02),
                    (side * 0.475, 0.06),
                    (side * 0.45, -0.14),
                ]
            )
            pen.fill(temple, colour)
        return
    rise = {"crew": 0.045, "curly": 0.15, "tied": 0.07, "bun": 0.07}.get(sitter.hair, 0.10)
    outer = 0.60 if sitter.hair == "curly" else 0.585 if sitter.hair in {"bob", "long"} else 0.535
    dome = _dome(at.crown, rise, outer)
    cap = smooth([edge[0], *[(-x, y) for x, y in reversed(dome)], *dome[1:], edge[-1]], is_closed=False)
    line = smooth(list(reversed(edge)), is_closed=False)
    pen.soft([(x, y + 0.03) for x, y in (*cap, *line)], shade(sitter.skin, 0.6), 0.35, 0.025)
    pen.fill([*cap, *line], colour)
    if sitter.hair in {"bob", "long"}:
        for side in (-1, 1):
            low = 1.0 if sitter.hair == "long" else at.mouth + 0.10
            strand = smooth(
                [
                    (side * 0.40, -0.36),
                    (side * 0.56, -0.2),
                    (side * 0.60, low * 0.5),
                    (side * 0.585, low),
                    (side * 0.475, low - 0.02),
                    (side * 0.455, 0.15),
                    (side * 0.455, -0.1),
                ]
            )
            pen.fill(strand, colour)
    if sitter.hair == "curly":
        _curls(pen, sitter, [*cap, *line])
    pen.soft(
        smooth(
            [
                (-0.30 * part, at.crown + 0.06),
                (0.05 * part, at.crown - 0.02),
                (0.28 * part, at.crown + 0.10),
                (0.0, at.crown + 0.10),
            ]
        ),
        shade(colour, 1.6),
        0.5,
        0.04,
    )
    _strands(pen, sitter)


def draw_ears(pen: Pen, sitter: Sitter) -> None:
    """Draw the ears, unless hair hangs over them."""
    if sitter.hair in {"bob", "long"}:
        return
    for side in (-1, 1):
        ear = smooth(
            [
                (side * 0.475, -0.07),
                (side * 0.545, -0.115),
                (side * 0.585, -0.02),
                (side * 0.55, 0.12),
                (side * 0.485, 0.19),
            ]
        )
        pen.fill(ear, shade(sitter.skin, 0.93))
        pen.soft(
            smooth([(side * 0.505, -0.04), (side * 0.55, -0.02), (side * 0.515, 0.11)]),
            shade(sitter.skin, 0.66),
            0.8,
            0.012,
        )


def _dome(crown: float, rise: float, outer: float) -> list[Point]:
    """The right half of hair over a skull, from its top to beside the eye: `rise` above it, `outer` wide."""
    top, low = crown - rise, -0.16
    shares = ((0.0, 0.0), (0.40, 0.055), (0.70, 0.24), (0.90, 0.50), (0.99, 0.78), (1.0, 1.0))
    return [(outer * across, top + (low - top) * down) for across, down in shares]


def _hairline(sitter: Sitter) -> list[Point]:
    """The lower edge of the hair from the left ear over the forehead to the right one; nothing where it has gone."""
    at, part = marks(sitter), sitter.parting
    side = 0.02 if sitter.hair not in {"bob", "long"} else 0.06
    if sitter.hair == "receding":
        return []
    if sitter.hair in {"fringe", "bob"}:
        low = -0.26
        return [
            (-0.53, side),
            (-0.47, -0.02),
            (-0.445, -0.20),
            (-0.30, low + 0.01),
            (0.0, low - 0.02),
            (0.30, low + 0.01),
            (0.445, -0.20),
            (0.47, -0.02),
            (0.53, side),
        ]
    if sitter.hair in {"side", "long"}:
        return [
            (-0.53, side),
            (-0.47, -0.02),
            (-0.45, -0.24),
            (-0.33, at.hairline + (0.10 if part > 0 else 0.02)),
            (0.07 * part, at.hairline - 0.02),
            (0.33, at.hairline + (0.02 if part > 0 else 0.10)),
            (0.45, -0.24),
            (0.47, -0.02),
            (0.53, side),
        ]
    high = at.hairline + (0.0 if sitter.hair != "crew" else -0.02)
    return [
        (-0.53, side),
        (-0.47, -0.02),
        (-0.455, -0.24),
        (-0.36, high + 0.05),
        (-0.16, high - 0.01),
        (0.16, high - 0.01),
        (0.36, high + 0.05),
        (0.455, -0.24),
        (0.47, -0.02),
        (0.53, side),
    ]


def _strands(pen: Pen, sitter: Sitter) -> None:
    """Some hairs that are lighter or darker than the others."""
    rng = Random(sitter.id)  # noqa: S311 (a drawing, not a secret)
    at = marks(sitter)
    for _ in range(70):
        x = rng.uniform(-0.44, 0.44)
        top = at.crown + 0.02 + 0.55 * x * x
        length = rng.uniform(0.08, 0.17)
        colour = shade(sitter.hair_colour, rng.choice((0.75, 1.12, 1.2)))
        pen.line(
            smooth([(x * 0.9, top), (x * 1.02, top + length * 0.5), (x * 1.1, top + length)], is_closed=False),
            colour,
            0.006,
        )


def _curls(pen: Pen, sitter: Sitter, shape: list[Point]) -> None:
    rng = Random(sitter.id)  # noqa: S311 (a drawing, not a secret)
    for x, y in shape[::4]:
        radius = rng.uniform(0.04, 0.07)
        pen.fill(oval((x, y), radius, radius, 14), shade(sitter.hair_colour, rng.choice((0.9, 1.0, 1.08))))
