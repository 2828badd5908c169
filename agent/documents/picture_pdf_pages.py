"""Turn the pages of a clerk's PDF into pixels with PDFium; runs in the pictures process.  Its scripts never run.

Source: security requirements S-17.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager

import pypdfium2
from PIL import Image, ImageChops
from pypdfium2 import raw as pdfium

from agent.documents.picture_wire import Refused

POINTS_PER_INCH = 72
BEST_DPI, LEAST_DPI = 300, 200


def is_pdf(file: bytes) -> bool:
    """Whether a file says that it is a PDF."""
    return file.startswith(b"%PDF-")


def pdf_pages(file: bytes, most: int) -> int:
    """How many pages a PDF has.

    Raises: Refused UPLOAD-LOCKED, UPLOAD-DAMAGED, UPLOAD-TOO-MANY-PAGES.
    """
    with _opened(file) as document:
        count = len(document)
    if count > most:
        raise Refused("UPLOAD-TOO-MANY-PAGES", most=most)
    if not count:
        raise Refused("UPLOAD-DAMAGED")
    return count


def pdf_page(file: bytes, number: int, most_pixels: int) -> tuple[Image.Image, int]:
    """Draw one page, with what was filled into its form; gives the picture and its resolution.

    Raises: Refused UPLOAD-DAMAGED; UPLOAD-TOO-MANY-PIXELS for a sheet that would be too large at 200 dpi.
    """
    with _opened(file) as document:
        document.init_forms()
        page = document[number]
        width, height = page.get_size()
        dpi = _dpi(width, height, most_pixels)
        drawn = page.render(scale=dpi / POINTS_PER_INCH).to_pil()
        picture = drawn.convert("RGB")
    return (picture.convert("L") if _is_colourless(picture) else picture), dpi


@contextmanager
def _opened(file: bytes) -> Iterator[pypdfium2.PdfDocument]:
    try:
        document = pypdfium2.PdfDocument(file)
    except pypdfium2.PdfiumError as error:
        is_locked = error.err_code in {pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY}
        raise Refused("UPLOAD-LOCKED" if is_locked else "UPLOAD-DAMAGED") from error
    try:
        yield document
    finally:
        document.close()


def _dpi(width: float, height: float, most_pixels: int) -> int:
    square_inches = width * height / POINTS_PER_INCH**2
    if not square_inches > 0:
        raise Refused("UPLOAD-DAMAGED")
    dpi = min(BEST_DPI, math.floor(math.sqrt(most_pixels / square_inches)))
    if dpi < LEAST_DPI:
        raise Refused("UPLOAD-TOO-MANY-PIXELS", megapixels=most_pixels // 1_000_000)
    return dpi


def _is_colourless(picture: Image.Image) -> bool:
    red, green, blue = picture.split()
    return not (ImageChops.difference(red, green).getbbox() or ImageChops.difference(green, blue).getbbox())
