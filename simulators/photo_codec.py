"""The simulators' own picture coding for the 1024 photo bytes of a card.

The real coding (WLT) is not public; a simulated card says openly that it carries another one:

    0   57 4C 66 00 7E 00   the head that every card photo begins with: 'WL', width 102, height 126 (both little-endian)
    6   "RENHU-SIM"         the mark of this coding
    15  u16 little-endian   size of the packed picture in bytes
    17  packed picture      zlib stream of: number of colours (1 byte), colours (3 bytes each: red, green, blue), then
                            one colour number a pixel, rows from the top, pixels from the left
    …   00                  up to 1024 bytes
"""

from __future__ import annotations

import struct
import zlib

PHOTO_BYTES = 1024
WIDTH_PX = 102
HEIGHT_PX = 126
HEAD = b"WL" + struct.pack("<HH", WIDTH_PX, HEIGHT_PX)
MARK = b"RENHU-SIM"
_START = len(HEAD) + len(MARK)


class PhotoError(ValueError):
    """The bytes are no picture in this coding."""


def encode(colours: list[tuple[int, int, int]], pixels: bytes) -> bytes:
    """Pack a drawn picture of few colours into 1024 bytes.

    Args:
        colours: at most 255 colours, red, green, blue.
        pixels: 102 × 126 colour numbers, rows from the top.

    Raises:
        PhotoError: the picture is of another size, or too rich to fit.
    """
    if len(pixels) != WIDTH_PX * HEIGHT_PX:
        raise PhotoError("not 102 × 126 pixels")
    packed = zlib.compress(bytes([len(colours)]) + bytes(part for colour in colours for part in colour) + pixels, 9)
    photo = HEAD + MARK + struct.pack("<H", len(packed)) + packed
    if len(photo) > PHOTO_BYTES:
        raise PhotoError(f"{len(photo)} bytes do not fit into {PHOTO_BYTES}")
    return photo.ljust(PHOTO_BYTES, b"\x00")


def decode(photo: bytes) -> bytes:
    """Unpack 102 × 126 × 3 bytes, red, green, blue, rows from the top.

    Raises:
        PhotoError: not this coding, or damaged.
    """
    if len(photo) != PHOTO_BYTES or not photo.startswith(HEAD + MARK):
        raise PhotoError("not a simulated picture")
    (size,) = struct.unpack_from("<H", photo, _START)
    unpacker = zlib.decompressobj()
    try:
        plain = unpacker.decompress(photo[_START + 2 : _START + 2 + size], 1 + 3 * 255 + WIDTH_PX * HEIGHT_PX)
    except zlib.error as error:
        raise PhotoError("damaged picture") from error
    count = plain[0] if plain else 0
    colours = [plain[1 + 3 * n : 4 + 3 * n] for n in range(count)]
    pixels = plain[1 + 3 * count :]
    if len(pixels) != WIDTH_PX * HEIGHT_PX or max(pixels) >= count:
        raise PhotoError("damaged picture")
    return b"".join(colours[pixel] for pixel in pixels)


def to_png(photo: bytes) -> bytes:
    """Unpack a picture and write it as a PNG file.

    Raises:
        PhotoError: not this coding, or damaged.
    """
    rgb = decode(photo)
    stride = 3 * WIDTH_PX
    rows = b"".join(b"\x00" + rgb[start : start + stride] for start in range(0, len(rgb), stride))
    header = struct.pack(">IIBBBBB", WIDTH_PX, HEIGHT_PX, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
