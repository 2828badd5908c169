"""What a simulated camera sees: a made-up person before a wall, well placed or in one of the ways that a photo fails.

What each look is for stands in `camera_looks.toml`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import lru_cache
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from simulators.camera_figure import Pose, draw_person
from simulators.camera_sitters import Colour, Sitter

GOOD = "good"
LOOP_S = 4.0
_WHITE: Colour = (252, 252, 251)
_GREY: Colour = (150, 152, 156)
_COUNTER: Colour = (196, 172, 138)
_FACE = 0.27
_FAR_FACE = 0.066
_EYES = 0.40
_FAR_EYES = 0.42
_FAR_COUNTER = 0.585
_TILT_DEGREES = 15.0
_BLUR = 1 / 90
_GRAIN_PX = 256
_GRAIN_LEVELS = 5
LOOKS = ("good", "too-small", "second-face", "eyes-closed", "tilted", "dark", "blown-out", "blurred", "grey-wall")


@dataclass(frozen=True, slots=True)
class Light:
    """How a picture is exposed: the gain of each colour, and what is added to it."""

    red: float = 1.0
    green: float = 1.0
    blue: float = 1.0
    added: int = 0

    @property
    def is_plain(self) -> bool:
        """Whether it changes nothing."""
        return self == Light()

    def table(self) -> list[int]:
        """What becomes of each level of each colour."""
        gains = (self.red, self.green, self.blue)
        return [max(0, min(255, round(level * gain) + self.added)) for gain in gains for level in range(256)]


@dataclass(frozen=True, slots=True)
class Scene:
    """Who sits before the camera, and how.

    Attributes:
        sitter: None for an empty chair.
        look: one of LOOKS.
        other: whose face is seen besides, where it is.
    """

    sitter: Sitter | None
    look: str = GOOD
    other: Sitter | None = None
    light: Light = field(default_factory=Light)


def see(scene: Scene, size: tuple[int, int], pose: Pose) -> Image.Image:
    """Draw what the camera sees at one moment."""
    image = _wall(scene, size)
    width, height = size
    if scene.sitter is not None:
        if scene.look == "second-face" and scene.other is not None:
            behind = Pose(x=-pose.x, degrees=-pose.degrees)
            draw_person(image, scene.other, 0.66 * _FACE * height, (0.80 * width, 0.34 * height), behind)
        is_far = scene.look == "too-small"
        unit_px = (_FAR_FACE if is_far else _FACE) * height
        eyes = (width / 2, (_FAR_EYES if is_far else _EYES) * height)
        draw_person(image, scene.sitter, unit_px, eyes, _held(pose, scene.look))
        if is_far:
            _counter(image)
    if scene.look == "blurred":
        image = _blurred(image)
    light = _lit(scene.light, scene.look)
    return image if light.is_plain else image.point(light.table())


def grained(image: Image.Image, moment: int) -> Image.Image:
    """Add the sensor's noise, another at each moment: no photo is quite flat.  The picture itself is changed."""
    noise = _noise()
    rng = Random(moment)  # noqa: S311 (a picture, not a secret)
    shift = rng.randrange(_GRAIN_PX), rng.randrange(_GRAIN_PX)
    tile = ImageChops.offset(noise, *shift)
    for top in range(0, image.height, _GRAIN_PX):
        for left in range(0, image.width, _GRAIN_PX):
            box = (left, top, min(image.width, left + _GRAIN_PX), min(image.height, top + _GRAIN_PX))
            part = (
                tile
                if box[2:] == (left + _GRAIN_PX, top + _GRAIN_PX)
                else tile.crop((0, 0, box[2] - left, box[3] - top))
            )
            image.paste(ImageChops.subtract(image.crop(box), part), box)
    return image


def moving(second: float) -> Pose:
    """How somebody who sits still moves all the same: a little sway, a blink; as before after LOOP_S seconds."""
    turn = 2 * math.pi * (second % LOOP_S) / LOOP_S
    moment = second % LOOP_S
    closed = 1.0 if 3.10 < moment < 3.24 else 0.5 if 3.04 < moment < 3.30 else 0.0
    return Pose(
        degrees=1.2 * math.sin(turn),
        x=0.028 * math.sin(turn + 0.9),
        y=0.008 * math.sin(2 * turn),
        closed=closed,
        gaze=0.35 * math.sin(turn + 2.0),
    )


def _held(pose: Pose, look: str) -> Pose:
    degrees = pose.degrees + (_TILT_DEGREES if look == "tilted" else 0.0)
    closed = 1.0 if look == "eyes-closed" else pose.closed
    return Pose(degrees, pose.x, pose.y, closed, pose.gaze)


def _lit(light: Light, look: str) -> Light:
    gain, added = {"dark": (0.30, 0), "blown-out": (1.55, 48)}.get(look, (1.0, 0))
    return Light(light.red * gain, light.green * gain, light.blue * gain, light.added + added)


def _wall(scene: Scene, size: tuple[int, int]) -> Image.Image:
    if scene.look != "grey-wall":
        return Image.new("RGB", size, _WHITE)
    wall = Image.new("L", (64, 48), 255)
    pen = ImageDraw.Draw(wall)
    for column in range(64):
        pen.line((column, 0, column, 47), fill=255 - column)
    pen.ellipse((30, 8, 58, 60), fill=130)
    wall = wall.filter(ImageFilter.GaussianBlur(5)).resize(size, Image.Resampling.BICUBIC)
    return Image.merge("RGB", [wall.point([round(level * part / 255) for level in range(256)]) for part in _GREY])


def _counter(image: Image.Image) -> None:
    """The counter that somebody sits far behind."""
    top = round(_FAR_COUNTER * image.height)
    edge = max(1, image.height // 120)
    image.paste(_COUNTER, (0, top, image.width, image.height))
    image.paste((150, 128, 98), (0, top, image.width, top + edge))


def _blurred(image: Image.Image) -> Image.Image:
    """Out of focus; reckoned on a small picture, where nothing is lost by it."""
    radius = image.height * _BLUR
    less = max(1, round(radius / 4))
    small = image.reduce(less).filter(ImageFilter.GaussianBlur(radius / less))
    return small.resize(image.size, Image.Resampling.BICUBIC)


@lru_cache(maxsize=1)
def _noise() -> Image.Image:
    noise = Random(1).randbytes(_GRAIN_PX * _GRAIN_PX)  # noqa: S311 (a picture, not a secret)
    tile = Image.frombytes("L", (_GRAIN_PX, _GRAIN_PX), noise).point(
        [level * _GRAIN_LEVELS // 256 for level in range(256)]
    )
    return Image.merge("RGB", (tile, tile, tile))
