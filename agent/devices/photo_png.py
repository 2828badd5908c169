"""Code a card's photo as PNG.  By hand, because an imaging library would stay in the agent's memory for this."""

from __future__ import annotations

import struct
import zlib

from drivers.wlt_picture import HEIGHT_PX, ROW_BYTES, WIDTH_PX


def code(rgb: bytes) -> bytes:
    """Code 126 rows of 102 RGB pixels."""
    rows = b"".join(b"\0" + rgb[start : start + ROW_BYTES] for start in range(0, HEIGHT_PX * ROW_BYTES, ROW_BYTES))
    head = struct.pack(">IIBBBBB", WIDTH_PX, HEIGHT_PX, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
