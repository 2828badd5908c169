"""The standard of photos for identity documents (GA 461-2004), as numbers; the limits of a file are settings.

All lengths are picture elements of the finished photo, counted from its upper left corner.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Standard:
    """What a finished photo is like.

    Attributes:
        width_px: its width.
        height_px: its height.
        dpi: dots per inch, as its file says.
        quality: of its JPEG, where that gives a file within the limits.
        least_bytes: a smaller file was pressed too much, or shows too little.
        most_bytes: a larger file is not taken.
        face_px: how wide the face is.
        face_slack_px: how far it may be from that.
        hair_top_px: from where to where the top of the hair may lie, from above.
        eyes_px: how far the eyes are above the lower edge at least; goes before the top of the hair.
    """

    width_px: int = 358
    height_px: int = 441
    dpi: int = 350
    quality: int = 70
    least_bytes: int = 14 * 1024
    most_bytes: int = 30 * 1024
    face_px: int = 207
    face_slack_px: int = 14
    hair_top_px: tuple[int, int] = (7, 21)
    eyes_px: int = 207

    @property
    def eye_line_px(self) -> int:
        """The line that no eye may be below, from above."""
        return self.height_px - self.eyes_px


GA_461 = Standard()
