"""Typeset pages as PDF/A-1b; runs in the pictures process.

A file is made of some pages at a time: however many there are, no more than those of one request are ever held.
JPEG and CCITT G4 pages go through byte for byte.  Source: ISO 19005-1 (output intent, XMP, file identifier).
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import img2pdf
import pikepdf
from PIL import Image, ImageCms, ImageDraw, ImageFont

from agent.documents.picture_pdf_objects import PAGE_TREE, Objects
from agent.documents.picture_wire import Result

STAMP = "SIMULATED"
STAMP_PX = 60
STAMP_SHARE = 0.25
STAMP_COLOUR = "0.71 0.33 0"


def typeset(facts: Mapping[str, Any], pages: Sequence[bytes]) -> Result:
    """Typeset some pages of a file, to be put behind what there is of it; a page is turned by its own mark.

    Args:
        facts: `turns`: by how many degrees each page is turned clockwise; `is_stamped`: whether of made-up people;
            `first`: the next free number of an object; `start`: so many bytes of the file are there.
        pages: their bytes.

    Returns: the bytes; `offsets`: where each object stands in the file; `pages`: which of them are the pages.
    """
    with _plain(pages) as pdf:
        objects = Objects(pdf, facts["first"], facts["start"])
        for page, turned in zip(pdf.pages, facts["turns"], strict=True):
            if turned:
                page.Rotate = turned
            if facts["is_stamped"]:
                _stamp(pdf, page)
        numbers = [objects.number_of(page.obj) for page in pdf.pages]
        made = objects.written()
    return {"offsets": objects.offsets, "pages": numbers}, [made]


def finish(facts: Mapping[str, Any], _pages: Sequence[bytes]) -> Result:
    """Write what stands behind the last page of a file: the list of its pages, what it says of itself, its objects.

    Args:
        facts: `offsets`: where the objects from number 2 on stand; `pages`: which of them are the pages; `start`: so
            many bytes of the file are there.
    """
    blank = io.BytesIO()
    Image.new("L", (STAMP_PX, STAMP_PX)).save(blank, "JPEG")
    pages: list[int] = facts["pages"]
    with _plain([blank.getvalue()]) as pdf:
        objects = Objects(pdf, PAGE_TREE + 1 + len(facts["offsets"]), facts["start"])
        root, told = objects.number_of(pdf.Root), objects.number_of(pdf.docinfo)
        made = objects.written()
    tree_at = facts["start"] + len(made)
    kids = b" ".join(b"%d 0 R" % number for number in pages)
    made += b"%d 0 obj\n<< /Type /Pages /Count %d /Kids [ %s ] >>\nendobj\n" % (PAGE_TREE, len(pages), kids)
    table = [tree_at, *facts["offsets"], *objects.offsets]
    rows = b"".join(b"%010d 00000 n \n" % offset for offset in table)
    mark = os.urandom(16).hex().encode()
    trailer = b"<< /Size %d /Root %d 0 R /Info %d 0 R /ID [ <%s> <%s> ] >>" % (len(table) + 1, root, told, mark, mark)
    made_at = facts["start"] + len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(table) + 1, rows)
    return {}, [made + b"trailer\n%s\nstartxref\n%d\n%%%%EOF\n" % (trailer, made_at)]


@contextmanager
def _plain(pages: Sequence[bytes]) -> Iterator[pikepdf.Pdf]:
    """Typeset pages as a PDF/A of their own."""
    profile = os.memfd_create("profile")
    try:
        os.write(profile, ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
        plain = img2pdf.convert(
            list(pages), pdfa=f"/proc/self/fd/{profile}", engine=img2pdf.Engine.pikepdf, producer="Renhu", nodate=True
        )
    finally:
        os.close(profile)
    with pikepdf.open(io.BytesIO(plain)) as pdf:
        yield pdf


def _stamp(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
    """Write SIMULATED over the upper edge: a stencil, for a font or a shade would have to be embedded."""
    font = ImageFont.load_default(STAMP_PX)
    _, _, width_px, height_px = (round(edge) for edge in font.getbbox(STAMP))
    picture = Image.new("1", (width_px + 2 * STAMP_PX // 5, height_px + 2 * STAMP_PX // 5), 1)
    ImageDraw.Draw(picture).text((STAMP_PX // 5, STAMP_PX // 5), STAMP, fill=0, font=font)
    stencil = pdf.make_stream(
        picture.tobytes(),
        Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Image,
        Width=picture.width,
        Height=picture.height,
        ImageMask=True,
        BitsPerComponent=1,
    )
    left, _, right, top = (float(edge) for edge in page.mediabox)
    width = (right - left) * STAMP_SHARE
    height = width * picture.height / picture.width
    name = page.add_resource(stencil, pikepdf.Name.XObject)
    place = f"{width:.2f} 0 0 {height:.2f} {(left + right - width) / 2:.2f} {top - height:.2f}"
    page.contents_add(f"q {STAMP_COLOUR} rg {place} cm {name} Do Q".encode())
