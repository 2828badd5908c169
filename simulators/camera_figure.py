"""A made-up person from shoulders to hair, as they hold themselves at one moment."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image

from simulators.camera_clothes import draw_clothes, draw_neck
from simulators.camera_face import draw_face
from simulators.camera_hair import draw_ears, draw_hair_before, draw_hair_behind
from simulators.camera_pen import Pen, Point
from simulators.camera_sitters import Sitter
from simulators.camera_worn import draw_beard, draw_glasses, draw_years

_NECK = (0.0, 0.95)
_CLOTH_LEVELS, _SKIN_LEVELS = 20, 8


@dataclass(frozen=True, slots=True)
class Pose:
    """How somebody holds themselves at one moment.

    Attributes:
        degrees: how far the head is tilted, clockwise.
        x, y: how far the body has moved, in face widths.
        closed: how far the eyes are shut, 0 to 1.
        gaze: to which side they look, -1 to 1.
    """

    degrees: float = 0.0
    x: float = 0.0
    y: float = 0.0
    closed: float = 0.0
    gaze: float = 0.0


def draw_person(image: Image.Image, sitter: Sitter, unit_px: float, eyes: Point, pose: Pose) -> None:
    """Draw a person whose eyes are at `eyes` when they sit straight, `unit_px` wide in the face."""
    origin = (eyes[0] + pose.x * unit_px, eyes[1] + pose.y * unit_px)
    covered = Image.new("L", image.size, 0)
    dressed = Image.new("L", image.size, 0)
    body, clothes = (Pen(image, cover, unit_px, origin) for cover in (covered, dressed))
    head = Pen(image, covered, unit_px, origin, pose.degrees, _NECK)
    draw_hair_behind(head, sitter)
    draw_neck(body, sitter)
    draw_clothes(clothes, sitter)
    clothes.texture(_CLOTH_LEVELS)
    covered.paste(255, mask=dressed)
    draw_face(head, sitter, pose.closed, pose.gaze)
    draw_years(head, sitter)
    draw_beard(head, sitter)
    draw_hair_before(head, sitter)
    draw_ears(head, sitter)
    head.texture(_SKIN_LEVELS)
    draw_glasses(head, sitter)
