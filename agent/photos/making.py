"""A photo out of a camera's picture: framed as proposed or as a clerk says, with all that speaks against it.

The pixels are the pictures process's work; what comes back is a finished file and words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec

from agent.documents.pictures import Pictures
from agent.errors import Actor, CodedError, Retry
from agent.memory import Buffer
from agent.photos.framing import Frame, Head
from agent.photos.standard import Standard

FAILURE = "PHOTO-NOT-MADE"
_Shape = TypeVar("_Shape")


@dataclass(frozen=True, slots=True)
class Darkroom:
    """What makes photos of pictures.

    Attributes:
        pictures: works on the pixels.
        standard: what a photo shall be.
    """

    pictures: Pictures
    standard: Standard


class Told(msgspec.Struct, frozen=True):
    """One thing that speaks against a photo.

    Attributes:
        code: of its sentence.
        facts: what that shows.
        box: the part of the photo that is meant: left, top, width, height.
    """

    code: str
    facts: dict[str, str | int]
    box: tuple[int, int, int, int]


class Looked(msgspec.Struct, frozen=True):
    """What is in a camera's picture.

    Attributes:
        size: width and height, upright.
        heads: where heads are, the largest first; none where nobody was found.
        eyes: how many eyes of the largest were found, 0 to 2.
        frame: the rectangle that is proposed; the largest in the middle without a head.
    """

    size: tuple[int, int]
    heads: list[Head]
    eyes: int
    frame: Frame


@dataclass(frozen=True, slots=True)
class Photo:
    """A finished photo.

    Attributes:
        content: the JPEG file.
        frame: the rectangle of the camera's picture that it is.
        flaws: what speaks against it, the gravest first.
    """

    content: bytes = field(repr=False)
    frame: Frame
    flaws: Sequence[Told]


class Glanced(msgspec.Struct, frozen=True):
    """What is in a frame of the live view: its size, the part that would become the photo, what would speak against it.

    Without a head there is no such part.
    """

    size: tuple[int, int]
    frame: Frame | None
    codes: list[str]


class _Finished(msgspec.Struct, frozen=True):
    flaws: list[Told]


class _Made(_Finished, frozen=True):
    looked: Looked


def made(pictures: Pictures, picture: Buffer, standard: Standard) -> tuple[Looked, Photo]:
    """Find the heads and make the photo that is proposed.

    Raises: CodedError PHOTO-SIZE, PHOTO-TOO-COARSE, PHOTO-NOT-MADE (it is no whole JPEG).
    """
    told = pictures.work("photo-make", {"standard": msgspec.to_builtins(standard)}, [picture], FAILURE)
    made_of = _read(dict(told.facts), _Made)
    [content] = told.pieces
    return made_of.looked, Photo(content, made_of.looked.frame, made_of.flaws)


def finished(pictures: Pictures, picture: Buffer, seen: Looked, standard: Standard, frame: Frame) -> Photo:
    """Make the photo of another rectangle.

    Args:
        pictures: works on the pixels.
        picture: the camera's JPEG.
        seen: what `made` has told of it.
        standard: what the photo shall be.
        frame: as the clerk has framed it.

    Raises: CodedError PHOTO-TOO-COARSE, PHOTO-SIZE, PHOTO-NOT-MADE.
    """
    facts = {
        "standard": msgspec.to_builtins(standard),
        "frame": msgspec.to_builtins(frame),
        "heads": msgspec.to_builtins(seen.heads),
        "eyes": seen.eyes,
    }
    told = pictures.work("photo-finish", facts, [picture], FAILURE)
    [content] = told.pieces
    return Photo(content, frame, _read(dict(told.facts), _Finished).flaws)


def glanced(pictures: Pictures, picture: bytes, standard: Standard) -> Glanced:
    """Look at a frame of the live view.  Raises: CodedError PHOTO-SIZE, PHOTO-NOT-MADE (it is no whole JPEG)."""
    told = pictures.work("photo-glance", {"standard": msgspec.to_builtins(standard)}, [picture], FAILURE)
    return _read(dict(told.facts), Glanced)


def shown(pictures: Pictures, picture: bytes, longer_px: int) -> bytes:
    """Make a camera's picture one for a page, upright.  Raises: CodedError PHOTO-SIZE, PHOTO-NOT-MADE."""
    [content] = pictures.work("photo-show", {"longer_px": longer_px}, [picture], FAILURE).pieces
    return content


def _read(facts: dict[str, object], shape: type[_Shape]) -> _Shape:
    """Take only what fits: the process may have been taken over by the picture."""
    try:
        return msgspec.convert(facts, shape)
    except msgspec.ValidationError as error:
        raise CodedError(FAILURE, Actor.TECHNICIAN, Retry.NOW) from error
