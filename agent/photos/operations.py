"""What the pictures process does with a photo: look for the head, and make the finished photo of a rectangle.

A camera's picture is decoded no finer than it is needed, and never made larger than it was.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping, Sequence
from typing import Any

import cv2
import msgspec
import numpy as np
from PIL import Image, ImageOps

from agent.documents.picture_geometry import Pixels
from agent.documents.picture_wire import Refused, Result
from agent.photos import faces, framing, quality
from agent.photos.framing import Frame, Head
from agent.photos.standard import Standard

LEAST_PX, MOST_PIXELS = 200, 80_000_000
GLANCE_PX = 640
MAKE_PX = 900
"""A head as large as it should be in a camera's picture gives a photo of so fine a one without decoding it again."""
_OF_THE_STILL = frozenset({"PHOTO-BLURRED", "PHOTO-FILE-SIZE"})
_FAR_OFF = 0.12
_SHOWN_QUALITY = 85
_QUALITIES = (70, 75, 80, 85, 90, 94, 65, 60, 55, 50)


def make(facts: Mapping[str, Any], pieces: Sequence[bytes]) -> Result:
    """Find the heads in a picture and make the photo that is proposed: what `finish` tells, and `looked`.

    That is `heads`, the largest first, how many `eyes` that one has, the `frame`, the `size`.  Without a head the frame
    is the largest in the middle, for the clerk to move; around one that is too far off it is no smaller than the photo.
    """
    [picture] = pieces
    standard = Standard(**facts["standard"])
    pixels, size = _decoded(picture, MAKE_PX)
    factor = size[0] / pixels.shape[1]
    found = faces.find(pixels)
    heads = [faces.larger(head, factor) for head in found.heads]
    frame = framing.proposed(heads[0], size, standard) if heads else framing.by_hand(size, standard)
    frame = framing.wide_enough(frame, size, standard)
    looked = {
        "heads": msgspec.to_builtins(heads),
        "eyes": found.eyes,
        "frame": msgspec.to_builtins(frame),
        "size": size,
    }
    if frame.width < factor * standard.width_px:
        pixels, _ = _decoded_for(picture, frame, standard)
    told, made = _finished(pixels, size, frame, heads, found.eyes, standard)
    return {**told, "looked": looked}, made


def finish(facts: Mapping[str, Any], pieces: Sequence[bytes]) -> Result:
    """Make the photo of a rectangle; `flaws` is what speaks against it, `quality` that of its JPEG.

    `heads` and `eyes` of the question are those that `make` has found.

    Refused: PHOTO-TOO-COARSE, where the rectangle has fewer picture elements than the photo.
    """
    [picture] = pieces
    standard, frame = Standard(**facts["standard"]), Frame(**facts["frame"])
    pixels, size = _decoded_for(picture, frame, standard)
    heads = [Head(**head) for head in facts["heads"]]
    return _finished(pixels, size, frame, heads, facts["eyes"], standard)


def _decoded_for(picture: bytes, frame: Frame, standard: Standard) -> tuple[Pixels, tuple[int, int]]:
    """Decode a picture as fine as the photo of a rectangle needs it."""
    if frame.width < standard.width_px or frame.height < standard.height_px:
        raise Refused("PHOTO-TOO-COARSE", width=frame.width, least=standard.width_px)
    with Image.open(io.BytesIO(picture), formats=("JPEG",)) as opened:
        longer_px = round(max(opened.size) * standard.width_px / frame.width)
    return _decoded(picture, longer_px)


def _finished(
    pixels: Pixels, size: tuple[int, int], frame: Frame, heads: Sequence[Head], eyes: int, standard: Standard
) -> Result:
    """The photo of a rectangle, and what speaks against it."""
    factor = pixels.shape[1] / size[0]
    left, top = round(frame.left * factor), round(frame.top * factor)
    right, bottom = round((frame.left + frame.width) * factor), round((frame.top + frame.height) * factor)
    part = pixels[top:bottom, left:right]
    photo = cv2.resize(part, (standard.width_px, standard.height_px), interpolation=cv2.INTER_AREA)
    made, content = _coded(photo, standard)
    seen = [framing.seen_in(head, frame, standard) for head in heads]
    told = quality.flaws(photo, seen, eyes, len(content), standard)
    return {"flaws": [msgspec.to_builtins(one) for one in told], "quality": made}, [content]


def glance(facts: Mapping[str, Any], pieces: Sequence[bytes]) -> Result:
    """Tell what would speak against a photo of a frame of the live view: `codes`, the `frame` with a head, the `size`.

    How sharp and how large its file would be is not told by a picture that is coarser than the photo.  Of a face so far
    off that no eyes can be seen, it is told that it is small.
    """
    [picture] = pieces
    standard = Standard(**facts["standard"])
    pixels, size = _decoded(picture, GLANCE_PX)
    found = faces.find(pixels)
    if not found.heads:
        return {"codes": ["PHOTO-NO-FACE"], "frame": None, "size": size}, []
    shown = (pixels.shape[1], pixels.shape[0])
    frame = framing.proposed(found.heads[0], shown, standard)
    part = pixels[frame.top : frame.top + frame.height, frame.left : frame.left + frame.width]
    photo = cv2.resize(part, (standard.width_px, standard.height_px), interpolation=cv2.INTER_LINEAR)
    heads = [framing.seen_in(head, frame, standard) for head in found.heads]
    told = quality.flaws(photo, heads, found.eyes, standard.least_bytes, standard)
    codes = [one.code for one in told if one.code not in _OF_THE_STILL]
    if found.heads[0].width < _FAR_OFF * min(shown):
        codes = ["PHOTO-FACE-SMALL" if code == "PHOTO-EYES-NOT-SEEN" else code for code in codes]
    return {"codes": codes, "frame": msgspec.to_builtins(frame), "size": shown}, []


def show(facts: Mapping[str, Any], pieces: Sequence[bytes]) -> Result:
    """Make a camera's picture one for a page: upright, `longer_px` long, without what its file says of itself."""
    [picture] = pieces
    pixels, _ = _decoded(picture, facts["longer_px"])
    shown = Image.fromarray(np.ascontiguousarray(pixels[:, :, ::-1]))
    shown.thumbnail((facts["longer_px"], facts["longer_px"]))
    made = io.BytesIO()
    shown.save(made, "JPEG", quality=_SHOWN_QUALITY)
    return {}, [made.getvalue()]


def _decoded(picture: bytes, longer_px: int) -> tuple[Pixels, tuple[int, int]]:
    """Decode a picture at least so fine, upright; with the size that it has whole."""
    with Image.open(io.BytesIO(picture), formats=("JPEG",)) as opened:
        width, height = opened.size
        if min(width, height) < LEAST_PX or width * height > MOST_PIXELS:
            raise Refused("PHOTO-SIZE", width=width, height=height)
        opened.draft(
            "RGB", (max(1, longer_px * width // max(opened.size)), max(1, longer_px * height // max(opened.size)))
        )
        upright = _upright(opened).convert("RGB")
    is_turned = (upright.width > upright.height) is not (width > height)
    return np.ascontiguousarray(np.asarray(upright)[:, :, ::-1]), (height, width) if is_turned else (width, height)


def _upright(opened: Image.Image) -> Image.Image:
    """Turn a picture as it says that it lies; one that says it in no language of ours lies as it lies."""
    try:
        return ImageOps.exif_transpose(opened)
    except (SyntaxError, ValueError, TypeError, KeyError, struct.error):
        return opened


def _coded(photo: Pixels, standard: Standard) -> tuple[int, bytes]:
    """Code the photo at the standard's quality, or at the nearest one at which its file is within the limits."""
    picture = Image.fromarray(np.ascontiguousarray(photo[:, :, ::-1]))
    first: tuple[int, bytes] | None = None
    for level in dict.fromkeys((standard.quality, *_QUALITIES)):
        made = io.BytesIO()
        picture.save(made, "JPEG", quality=level, dpi=(standard.dpi, standard.dpi), subsampling=0)
        content = made.getvalue()
        first = first or (level, content)
        if standard.least_bytes <= len(content) <= standard.most_bytes:
            return level, content
    return first or (standard.quality, b"")
