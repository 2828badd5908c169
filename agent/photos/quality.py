"""What can be said against a photo by its pixels and by where its head is: each with a code, facts and the part meant.

Pure but for the pixels; runs in the pictures process.  Lengths are picture elements of the finished photo.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from agent.documents.picture_geometry import Pixels
from agent.photos.framing import Head
from agent.photos.standard import Standard

WHITE_MEAN, WHITE_SPREAD = 245.0, 12.0
"""How light a background is at least, and how much it may differ from place to place.  Source: station's rule."""

_MOST_TILT_DEG = 6.0
_MIDDLE_SLACK = 0.05
_SHARP = 35.0
_DARK, _LIGHT = 70.0, 215.0
_BLOWN, _MOST_BLOWN = 250, 0.08
_BLACK, _MOST_BLACK = 12, 0.35
_MOST_GLARE = 0.012
_BORDER = 0.07
_PARTS = 6
_SHOULDER = 0.8
_BOTH_EYES = 2

Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that speaks against a photo.

    Attributes:
        code: of its sentence, `PHOTO-…`.
        facts: what the sentence may show.
        box: the part that is meant: left, top, width, height.
    """

    code: str
    facts: dict[str, Any]
    box: Box


def flaws(pixels: Pixels, heads: Sequence[Head], eyes: int, size_bytes: int, standard: Standard) -> list[Flaw]:
    """All that speaks against a finished photo, the gravest first.

    Args:
        pixels: the finished photo, blue-green-red.
        heads: those that were found in the camera's picture, the largest first, in picture elements of the photo.
        eyes: how many eyes of the largest were found.
        size_bytes: of the file.
        standard: what it shall be.
    """
    whole = (0, 0, standard.width_px, standard.height_px)
    head = heads[0] if heads else None
    told = _of_others(heads[1:], standard)
    told += [Flaw("PHOTO-NO-FACE", {}, whole)] if head is None else _of_head(head, eyes, standard)
    told += _of_background(pixels, head)
    told += _of_light(pixels, head, standard)
    if not standard.least_bytes <= size_bytes <= standard.most_bytes:
        limits = {"size_bytes": size_bytes, "least": standard.least_bytes, "most": standard.most_bytes}
        told.append(Flaw("PHOTO-FILE-SIZE", limits, whole))
    return told


def _of_head(head: Head, eyes: int, standard: Standard) -> list[Flaw]:
    """Say what is wrong with its place; how large a tilted head is cannot be told."""
    box = _box_of(head, standard)
    told = []
    if head.tilt_deg is not None and abs(head.tilt_deg) > _MOST_TILT_DEG:
        told.append(Flaw("PHOTO-TILTED", {"degrees": round(abs(head.tilt_deg))}, box))
    else:
        told += _of_place(head, box, standard)
    if eyes < _BOTH_EYES:
        top = min(standard.height_px - 80, max(0, round(head.eyes_y) - 40))
        told.append(Flaw("PHOTO-EYES-NOT-SEEN", {}, (box[0], top, box[2], 80)))
    return told


def _of_place(head: Head, box: Box, standard: Standard) -> list[Flaw]:
    told = []
    least, most = standard.face_px - standard.face_slack_px, standard.face_px + standard.face_slack_px
    if not least <= round(head.width) <= most:
        code = "PHOTO-FACE-SMALL" if head.width < least else "PHOTO-FACE-LARGE"
        told.append(Flaw(code, {"width": round(head.width), "least": least, "most": most}, box))
    if round(head.eyes_y) > standard.eye_line_px:
        told.append(Flaw("PHOTO-EYES-LOW", {"y": round(head.eyes_y), "most": standard.eye_line_px}, box))
    elif not _is_hair_right(head, standard):
        first, last = standard.hair_top_px
        told.append(Flaw("PHOTO-HAIR-TOP", {"y": round(head.top), "least": first, "most": last}, box))
    if abs(head.middle_x - standard.width_px / 2) > _MIDDLE_SLACK * standard.width_px:
        told.append(Flaw("PHOTO-NOT-CENTRED", {}, box))
    return told


def _of_others(others: Sequence[Head], standard: Standard) -> list[Flaw]:
    """Say who else is seen: with the shoulders, which are wider than the head."""
    told = []
    for other in others:
        left, right = other.left - _SHOULDER * other.width, other.right + _SHOULDER * other.width
        if right > 0 and left < standard.width_px and other.top < standard.height_px:
            told.append(Flaw("PHOTO-SECOND-FACE", {}, _clipped(left, other.top, right, standard.height_px, standard)))
    return told


def _is_hair_right(head: Head, standard: Standard) -> bool:
    """Whether the hair ends where it may; the eyes go before it where both cannot be met."""
    first, last = standard.hair_top_px
    is_too_high_for_the_eyes = head.top < first and head.eyes_y > standard.eye_line_px - 2
    return first <= round(head.top) <= last or is_too_high_for_the_eyes


def _box_of(head: Head, standard: Standard) -> Box:
    return _clipped(head.left, head.top, head.right, head.eyes_y + 0.75 * head.width, standard)


def _clipped(left: float, top: float, right: float, bottom: float, standard: Standard) -> Box:
    """The part of a rectangle that lies in the photo, one picture element at least."""
    x, y = (
        max(0, min(standard.width_px - 1, round(left))),
        max(0, min(standard.height_px - 1, round(top))),
    )
    return (
        x,
        y,
        max(1, min(standard.width_px, round(right)) - x),
        max(1, min(standard.height_px, round(bottom)) - y),
    )


def _of_background(pixels: Pixels, head: Head | None) -> list[Flaw]:
    """Look at the border beside the head, part by part, so that the clerk is shown where it is not white."""
    height, width = pixels.shape[:2]
    edge = round(width * _BORDER)
    lowest = round(height * 0.55) if head is None else max(edge, min(round(height * 0.62), round(head.eyes_y)))
    parts: list[Box] = []
    for number in range(_PARTS):
        top = lowest * number // _PARTS
        bottom = lowest * (number + 1) // _PARTS
        parts += [(0, top, edge, bottom - top), (width - edge, top, edge, bottom - top)]
    darkest = pixels.min(axis=2)
    seen = [darkest[y : y + h, x : x + w] for x, y, w, h in parts]
    levels = np.concatenate([one.ravel() for one in seen]).astype(np.float32)
    mean, spread = float(levels.mean()), float(levels.std())
    worst = parts[int(np.argmin([float(one.mean()) for one in seen]))]
    if mean < WHITE_MEAN:
        return [Flaw("PHOTO-BACKGROUND-DARK", {"level": round(mean), "least": round(WHITE_MEAN)}, worst)]
    if spread > WHITE_SPREAD:
        return [Flaw("PHOTO-BACKGROUND-UNEVEN", {"spread": round(spread), "most": round(WHITE_SPREAD)}, worst)]
    return []


def _of_light(pixels: Pixels, head: Head | None, standard: Standard) -> list[Flaw]:
    """Light and sharpness of the face alone: the background is white on purpose, and a dark face shows no edges."""
    if head is None:
        return []
    box = _face_of(head, standard)
    left, top, width, height = box
    grey = cv2.cvtColor(pixels[top : top + height, left : left + width], cv2.COLOR_BGR2GRAY)
    skin = np.zeros_like(grey)
    cv2.ellipse(skin, (width // 2, height // 2), (width // 2, height // 2), 0, 0, 360, 255, cv2.FILLED)
    levels = grey[skin > 0]
    mean = float(levels.mean())
    if mean < _DARK or float((levels <= _BLACK).mean()) > _MOST_BLACK:
        return [Flaw("PHOTO-DARK", {"level": round(mean), "least": round(_DARK)}, box)]
    told = []
    edges = cv2.Laplacian(cv2.GaussianBlur(grey, (3, 3), 0), cv2.CV_64F)
    sharpness = float(edges[skin > 0].var())
    if sharpness < _SHARP:
        told.append(Flaw("PHOTO-BLURRED", {"sharpness": round(sharpness), "least": round(_SHARP)}, box))
    if mean > _LIGHT or float((levels >= _BLOWN).mean()) > _MOST_BLOWN:
        told.append(Flaw("PHOTO-LIGHT", {"level": round(mean), "most": round(_LIGHT)}, box))
    elif spot := _glare(cv2.bitwise_and(grey, skin)):
        told.append(Flaw("PHOTO-GLARE", {}, (left + spot[0], top + spot[1], spot[2], spot[3])))
    return told


def _face_of(head: Head, standard: Standard) -> Box:
    """The face between brows and mouth, without the hair and what is beside it."""
    half = head.width * 0.29
    top, bottom = head.eyes_y - 0.12 * head.width, head.eyes_y + 0.5 * head.width
    return _clipped(head.middle_x - half, top, head.middle_x + half, bottom, standard)


def _glare(grey: Pixels) -> Box | None:
    """The largest spot without any drawing in it, as a lamp makes it on glasses or skin; None where none is large."""
    spots = (grey >= _BLOWN).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(spots, connectivity=8)
    if len(stats) < 2:
        return None
    largest = stats[1:][int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))]
    x, y, width, height, area = (int(value) for value in largest)
    return (x, y, width, height) if area > _MOST_GLARE * grey.size else None
