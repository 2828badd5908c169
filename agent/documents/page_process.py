"""The process that works on pages: they come on standard input, a PDF/A-1b or a PNG goes to standard output.

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

from agent.documents.page_work import LENGTH

MEMORY_BYTES = 2 * 1024**3
MOST_PIXELS = 80_000_000


def read_pages(source: BinaryIO) -> tuple[str, list[int], list[bytes]]:
    """Read what is wanted, the pages' turns in degrees, and their bytes.  Raises: EOFError when they end too early."""
    operation, turns = json.loads(_piece(source))
    return operation, turns, [_piece(source) for _ in turns]


def _piece(source: BinaryIO) -> bytes:
    head = source.read(LENGTH.size)
    if len(head) != LENGTH.size:
        raise EOFError
    (size,) = LENGTH.unpack(head)
    content = source.read(size)
    if len(content) != size:
        raise EOFError
    return content


def as_png(page: bytes) -> bytes:
    """The same pixels as PNG."""
    made = io.BytesIO()
    with Image.open(io.BytesIO(page), formats=("TIFF",)) as picture:
        picture.save(made, "PNG")
    return made.getvalue()


def as_pdf(turns: list[int], pages: list[bytes]) -> bytes:
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
    operation, turns, pages = read_pages(sys.stdin.buffer)
    sys.stdout.buffer.write(as_png(pages[0]) if operation == "png" else as_pdf(turns, pages))
    return 0


if __name__ == "__main__":
    sys.exit(main())
