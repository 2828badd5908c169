"""The process that makes one PDF: pages on standard input, PDF/A-1b on standard output, nothing else.

JPEG and CCITT G4 pages go through byte for byte.  Source: ISO 19005-1 (output intent, XMP, file identifier).
"""

from __future__ import annotations

import io
import json
import os
import resource
import sys
from typing import BinaryIO

import img2pdf
import pikepdf
from PIL import Image, ImageCms

from agent.documents.pdf import LENGTH

MEMORY_BYTES = 2 * 1024**3
MOST_PIXELS = 80_000_000


def read_pages(source: BinaryIO) -> tuple[list[int], list[bytes]]:
    """Read the pages' turns in degrees, and their bytes.  Raises: EOFError when they end too early."""
    turns: list[int] = json.loads(_piece(source))
    return turns, [_piece(source) for _ in turns]


def _piece(source: BinaryIO) -> bytes:
    head = source.read(LENGTH.size)
    if len(head) != LENGTH.size:
        raise EOFError
    (size,) = LENGTH.unpack(head)
    content = source.read(size)
    if len(content) != size:
        raise EOFError
    return content


def convert(turns: list[int], pages: list[bytes]) -> bytes:
    """Make the PDF; a page is turned by its own mark, its picture is not touched."""
    profile = os.memfd_create("profile")
    os.write(profile, ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    plain = img2pdf.convert(
        pages, pdfa=f"/proc/self/fd/{profile}", engine=img2pdf.Engine.pikepdf, producer="Renhu", nodate=True
    )
    made = io.BytesIO()
    with pikepdf.open(io.BytesIO(plain)) as pdf:
        for page, turned in zip(pdf.pages, turns, strict=True):
            if turned:
                page.Rotate = turned
        pdf.save(made, object_stream_mode=pikepdf.ObjectStreamMode.disable, linearize=False)
    return made.getvalue()


def main() -> int:
    """Bound what a hostile page can take, then convert."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    sys.stdout.buffer.write(convert(*read_pages(sys.stdin.buffer)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
