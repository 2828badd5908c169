"""The files that a simulated camera writes, JPEG with EXIF and RAW; in pieces, so that a thousand stay small."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from random import Random

from PIL import Image

VENDOR = "RENHU-SIM"
COMMENT = b"RENHU-SIM SIMULATED"
START_OF_IMAGE = b"\xff\xd8"
_EXIF_POINTER = 0x8769
_RAW_PIECE = 1 << 20
_UPRIGHT = 1
_RAW_HEAD = 4096


class Contents:
    """The bytes of a file, in pieces that files may share."""

    def __init__(self, *pieces: bytes | memoryview) -> None:
        self._pieces = tuple(piece for piece in pieces if len(piece))
        self.size = sum(map(len, self._pieces))

    def part(self, offset: int, length: int) -> Iterator[memoryview]:
        """The bytes from `offset` on, at most `length`."""
        for piece in self._pieces:
            if length <= 0:
                return
            if offset < len(piece):
                found = memoryview(piece)[offset : offset + length]
                yield found
                length -= len(found)
            offset = max(0, offset - len(piece))

    def head(self, length: int) -> Contents:
        """A file that ends after `length` bytes."""
        return Contents(*map(bytes, self.part(0, length)))

    def whole(self) -> bytes:
        """All of it."""
        return b"".join(self._pieces)

    def longer(self, size: int) -> Contents:
        """A file of `size` bytes: what is missing are zeros behind it, all the same ones."""
        missing = max(0, size - self.size)
        zeros = _zeros()
        return Contents(*self._pieces, *[zeros] * (missing // len(zeros)), zeros[: missing % len(zeros)])


@dataclass(frozen=True, slots=True)
class Taken:
    """What is written beside a picture.

    Attributes:
        at: by the camera's clock.
        number: of the release.
        orientation: EXIF's: 1 upright, 6 to be turned a quarter clockwise.
    """

    model: str
    serial: str
    at: datetime
    number: int
    size_px: tuple[int, int]
    iso: int = 200
    orientation: int = _UPRIGHT


def exif(taken: Taken) -> bytes:
    """Code the EXIF block of a picture, as it stands in its APP1 segment."""
    written = Image.Exif()
    when = taken.at.strftime("%Y:%m:%d %H:%M:%S")
    written[0x010F], written[0x0110], written[0x0112], written[0x0132] = VENDOR, taken.model, taken.orientation, when
    written[0x011A] = written[0x011B] = 300.0
    written[0x0128] = 2
    inner = written.get_ifd(_EXIF_POINTER)
    inner[0x829A], inner[0x829D], inner[0x8827] = 1 / 125, 5.6, taken.iso
    inner[0x9003] = inner[0x9004] = when
    inner[0xA002], inner[0xA003] = taken.size_px
    inner[0xA431] = taken.serial
    inner[0x9286] = b"ASCII\0\0\0SIMULATED " + str(taken.number).encode()
    return bytes(written.tobytes())


def jpeg_file(picture: bytes, block: bytes) -> Contents:
    """Put an EXIF block into a JPEG, whose bytes are shared; a block that is too long is cut."""
    block = block[:65533]
    segment = b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block
    return Contents(START_OF_IMAGE + segment, memoryview(picture)[2:])


def raw_file(taken: Taken, small: bytes) -> Contents:
    """Make a RAW file: TIFF, as Nikon's NEF is, with a small JPEG inside and 12 bits of noise for each pixel.

    Source: TIFF 6.0, image file directory; compression 34713 is NEF's.
    """
    texts = b"".join(piece.encode() + b"\0" for piece in (VENDOR, taken.model))
    count = 10
    texts_at = 8 + 2 + 12 * count + 4
    small_at, raw_at = texts_at + len(texts), _RAW_HEAD + len(small)
    raw_size = taken.size_px[0] * taken.size_px[1] * 12 // 8
    make_size = len(VENDOR) + 1
    entries = (
        (0x0100, 4, 1, taken.size_px[0]),
        (0x0101, 4, 1, taken.size_px[1]),
        (0x0103, 3, 1, 34713),
        (0x010F, 2, make_size, texts_at),
        (0x0110, 2, len(taken.model) + 1, texts_at + make_size),
        (0x0111, 4, 1, raw_at),
        (0x0112, 3, 1, taken.orientation),
        (0x0117, 4, 1, raw_size),
        (0x0201, 4, 1, small_at),
        (0x0202, 4, 1, len(small)),
    )
    directory = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    head = struct.pack("<2sHIH", b"II", 42, 8, count) + directory + bytes(4) + texts + small
    noise = _raw_noise()
    whole, rest = divmod(raw_size, len(noise))
    return Contents(head.ljust(raw_at, b"\0"), *[noise] * whole, noise[:rest])


@lru_cache(maxsize=1)
def _raw_noise() -> bytes:
    return Random(1).randbytes(_RAW_PIECE)  # noqa: S311 (noise, not a secret)


@lru_cache(maxsize=1)
def _zeros() -> bytes:
    return bytes(_RAW_PIECE)
