"""Where in a picture the photo lies: from where the head is to the rectangle that makes it as the standard wants it.

Pure; all lengths are picture elements of the camera's picture unless they say otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass

from agent.photos.standard import Standard


@dataclass(frozen=True, slots=True)
class Head:
    """Where a head is.

    Attributes:
        left: its left edge at the height of the eyes.
        right: its right edge there.
        top: the top of the hair.
        eyes_y: the height of the eyes.
        tilt_deg: how far the line of the eyes is from level, clockwise; None where one of them was not found.
    """

    left: float
    right: float
    top: float
    eyes_y: float
    tilt_deg: float | None = None

    @property
    def width(self) -> float:
        """Its width."""
        return self.right - self.left

    @property
    def middle_x(self) -> float:
        """Half way between its edges."""
        return (self.left + self.right) / 2


@dataclass(frozen=True, slots=True)
class Frame:
    """The rectangle that becomes the photo."""

    left: int
    top: int
    width: int
    height: int


def proposed(head: Head, size: tuple[int, int], standard: Standard) -> Frame:
    """The rectangle in which a head is as large and where the standard wants it, as far as the picture goes.

    The head is in the middle across, its hair in the middle of what is allowed, and lower only as far as the eyes
    would be too low: they go before the hair.  What the picture does not reach is not invented: the rectangle is moved
    into it, and made smaller only where it is larger than the picture.

    Args:
        head: where the head is.
        size: width and height of the picture.
        standard: what the photo shall be.
    """
    scale = max(head.width, 1.0) / standard.face_px
    above = sum(standard.hair_top_px) / 2
    eyes = min((head.eyes_y - head.top) / scale + above, float(standard.eye_line_px))
    top = head.eyes_y - eyes * scale
    left = head.middle_x - standard.width_px / 2 * scale
    return inside(Frame(round(left), round(top), *_sides(standard.width_px * scale, size, standard)), size)


def by_hand(size: tuple[int, int], standard: Standard) -> Frame:
    """The largest rectangle in the middle of a picture, for a clerk who frames by hand."""
    width, height = _sides(size[0], size, standard)
    return Frame((size[0] - width) // 2, (size[1] - height) // 2, width, height)


def fitted(frame: Frame, size: tuple[int, int], standard: Standard) -> Frame | None:
    """A clerk's rectangle in the photo's proportion, moved into the picture; None where it is none.

    Its width counts, its height follows.
    """
    if frame.width < 1 or frame.width > size[0] or not (abs(frame.left) <= size[0] and abs(frame.top) <= size[1]):
        return None
    width, height = _sides(frame.width, size, standard)
    return inside(Frame(frame.left, frame.top, width, height), size)


def wide_enough(frame: Frame, size: tuple[int, int], standard: Standard) -> Frame:
    """A rectangle with as many picture elements as the photo, about the same middle, where the picture has as many."""
    if frame.width >= standard.width_px and frame.height >= standard.height_px:
        return frame
    width, height = _sides(standard.width_px + 1, size, standard)
    left, top = frame.left + (frame.width - width) // 2, frame.top + (frame.height - height) // 2
    return inside(Frame(left, top, width, height), size)


def inside(frame: Frame, size: tuple[int, int]) -> Frame:
    """The same rectangle, moved into the picture."""
    left = max(0, min(frame.left, size[0] - frame.width))
    top = max(0, min(frame.top, size[1] - frame.height))
    return Frame(left, top, frame.width, frame.height)


def seen_in(head: Head, frame: Frame, standard: Standard) -> Head:
    """Where a head is in the finished photo, in its picture elements."""
    scale = standard.width_px / frame.width
    return Head(
        left=(head.left - frame.left) * scale,
        right=(head.right - frame.left) * scale,
        top=(head.top - frame.top) * scale,
        eyes_y=(head.eyes_y - frame.top) * scale,
        tilt_deg=head.tilt_deg,
    )


def _sides(width: float, size: tuple[int, int], standard: Standard) -> tuple[int, int]:
    """Width and height in the photo's proportion, no larger than the picture."""
    ratio = standard.height_px / standard.width_px
    most = min(float(size[0]), size[1] / ratio)
    fits = max(1.0, min(width, most))
    return max(1, round(fits)), max(1, min(size[1], round(fits * ratio)))
