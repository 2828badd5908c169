"""Bring what a photo library wrote into one form: 126 rows of 102 RGB pixels, top row first.

Libraries differ in wrapping (bare rows, or a BMP file), in the order of the rows and in the order of the colours.
Source: decoded WLT photo, 102 x 126 x 24 bit: 38556 bytes bare, 38862 as BMP with two pad bytes a row.
"""

from __future__ import annotations

import struct
from typing import Final

WIDTH_PX: Final = 102
HEIGHT_PX: Final = 126
WLT_BYTES: Final = 1024
WLT_HEAD: Final = bytes.fromhex("574C66007E00")
ROW_BYTES: Final = WIDTH_PX * 3
RGB_BYTES: Final = HEIGHT_PX * ROW_BYTES
BMP_HEAD_BYTES: Final = 54
BMP_ROW_BYTES: Final = (ROW_BYTES + 3) // 4 * 4
BMP_BYTES: Final = BMP_HEAD_BYTES + HEIGHT_PX * BMP_ROW_BYTES


class PictureWrong(Exception):
    """What the library wrote is not a card's photo; `str()` says in which way."""


def is_wlt(photo: bytes) -> bool:
    """Whether these are a card's photo bytes, by size and head."""
    return len(photo) == WLT_BYTES and photo.startswith(WLT_HEAD)


def from_rows(pixels: bytes, colours: str, rows: str) -> bytes:
    """Turn bare rows into the one form.

    Args:
        pixels: exactly 38556 bytes.
        colours: "rgb" or "bgr", as they come.
        rows: "bottom-up" or "top-down", as they come.

    Raises: PictureWrong.
    """
    if len(pixels) != RGB_BYTES:
        raise PictureWrong("size")
    lines = [pixels[start : start + ROW_BYTES] for start in range(0, RGB_BYTES, ROW_BYTES)]
    ordered = bytearray(b"".join(reversed(lines) if rows == "bottom-up" else lines))
    if colours == "bgr":
        ordered[0::3], ordered[2::3] = ordered[2::3], ordered[0::3]
    return bytes(ordered)


def from_bmp(file: bytes, colours: str) -> bytes:
    """Turn a BMP file into the one form.  The order of the rows is the sign of its height.

    Args:
        file: the file, and maybe bytes after its end.
        colours: "bgr" as BMP says, or "rgb" for libraries that forget to swap.

    Raises: PictureWrong unless size, dimensions, depth and coding are those of a card's photo.
    """
    if len(file) < BMP_BYTES or not file.startswith(b"BM"):
        raise PictureWrong("not-bmp")
    size, start, width, height, depth, coding = struct.unpack_from("<2xI4xI4xii2xHI", file)
    if size != BMP_BYTES or start != BMP_HEAD_BYTES:
        raise PictureWrong("size")
    if (width, abs(height), depth, coding) != (WIDTH_PX, HEIGHT_PX, 24, 0):
        raise PictureWrong("dimensions")
    padded = (BMP_HEAD_BYTES + row * BMP_ROW_BYTES for row in range(HEIGHT_PX))
    pixels = b"".join(file[at : at + ROW_BYTES] for at in padded)
    return from_rows(pixels, colours, "bottom-up" if height > 0 else "top-down")
