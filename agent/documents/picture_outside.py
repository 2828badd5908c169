"""Take a clerk's file apart into pages of our own coding; runs in the pictures process.

Only the pixels go on: no metadata, no profile, no text, and nothing of the file's own bytes.
Source: security requirements S-16 and S-17.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from PIL import Image, ImageOps, TiffImagePlugin

from agent.documents.picture_coding import coded
from agent.documents.picture_pdf_pages import is_pdf, pdf_page, pdf_pages
from agent.documents.picture_wire import Refused, Result

MOST_PAGES = 50
MOST_PIXELS = 80_000_000
LEAST_DPI, MOST_DPI = 100, 1200
NEW_SUBFILE_TYPE = 254
REDUCED = 1
A4_LONG_INCH = 11.69
_STARTS = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG", b"II*\0": "TIFF", b"MM\0*": "TIFF"}
_DAMAGE = (
    OSError, SyntaxError, ValueError, TypeError, LookupError, EOFError, ArithmeticError, AttributeError, RuntimeError,
    struct.error, zlib.error,
)  # fmt: skip


def pages_of(_facts: Mapping[str, Any], pieces: Sequence[bytes]) -> Result:
    """Say which pages a file has, without decoding them: `numbers`, for `page_of`.

    Raises: Refused UPLOAD-NOT-A-PICTURE, UPLOAD-DAMAGED, UPLOAD-LOCKED, UPLOAD-TOO-MANY-PAGES, UPLOAD-TOO-MANY-PIXELS.
    """
    [file] = pieces
    with _damage_refused():
        if is_pdf(file):
            numbers = list(range(pdf_pages(file, MOST_PAGES)))
        else:
            with _opened(file) as picture:
                numbers = list(_frames(picture))
    return {"numbers": numbers}, []


def page_of(facts: Mapping[str, Any], pieces: Sequence[bytes]) -> Result:
    """Give one page: its bytes, with `content_type` and `white_share`.

    Args:
        facts: `number`: one of those that `pages_of` gave.
        pieces: the whole file.

    Raises: Refused UPLOAD-DAMAGED, UPLOAD-TOO-MANY-PIXELS.
    """
    [file] = pieces
    with _damage_refused():
        if is_pdf(file):
            picture, dpi = pdf_page(file, facts["number"], MOST_PIXELS)
            return coded(picture, dpi)
        with _opened(file) as opened:
            opened.seek(facts["number"])
            _check_size(opened)
            dpi = _dpi(opened)
            opened.load()
            # Turned where it is: at the limit of pixels the process has no room for copies.
            ImageOps.exif_transpose(opened, in_place=True)
            return coded(opened, dpi)


@contextmanager
def _damage_refused() -> Iterator[None]:
    try:
        yield
    except (MemoryError, Image.DecompressionBombError) as error:
        raise too_many_pixels() from error
    except _DAMAGE as error:
        raise Refused("UPLOAD-DAMAGED") from error


def too_many_pixels() -> Refused:
    """The refusal of what is too large to be taken apart."""
    return Refused("UPLOAD-TOO-MANY-PIXELS", megapixels=MOST_PIXELS // 1_000_000)


def _opened(file: bytes) -> Image.Image:
    """Open a file by what its first bytes say, never by its name.  Raises: Refused UPLOAD-NOT-A-PICTURE."""
    known = next((known for start, known in _STARTS.items() if file.startswith(start)), None)
    if known is None:
        raise Refused("UPLOAD-NOT-A-PICTURE")
    return Image.open(io.BytesIO(file), formats=(known,))


def _frames(picture: Image.Image) -> Iterator[int]:
    """The pages of a picture; of a TIFF without the small copies that lie beside them."""
    if not isinstance(picture, TiffImagePlugin.TiffImageFile):
        _check_size(picture)
        yield 0
        return
    found = 0
    for number in range(2 * MOST_PAGES + 1):
        try:
            picture.seek(number)
        except EOFError:
            break
        if not int(picture.tag_v2.get(NEW_SUBFILE_TYPE, 0)) & REDUCED:
            _check_size(picture)
            found += 1
            yield number
        if found > MOST_PAGES:
            raise Refused("UPLOAD-TOO-MANY-PAGES", most=MOST_PAGES)
    if not found:
        raise ValueError


def _check_size(picture: Image.Image) -> None:
    if picture.width * picture.height > MOST_PIXELS:
        raise too_many_pixels()


def _dpi(picture: Image.Image) -> int:
    """The resolution that the file names where paper can have it; else the one that makes the picture as long as A4."""
    told = picture.info.get("dpi", (0, 0))
    across, down = (float(value) for value in told)
    if LEAST_DPI <= across <= MOST_DPI and abs(across - down) < 1:
        return round(across)
    return max(1, round(max(picture.size) / A4_LONG_INCH))
