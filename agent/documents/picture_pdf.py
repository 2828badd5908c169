"""Typeset pages as PDF/A-1b; runs in the pictures process.

JPEG and CCITT G4 pages go through byte for byte.  Source: ISO 19005-1 (output intent, XMP, file identifier).
"""

from __future__ import annotations

import io
import os
from collections.abc import Mapping, Sequence
from typing import Any

import img2pdf
import pikepdf
from PIL import Image, ImageCms, ImageDraw, ImageFont

from agent.documents.picture_wire import Result

STAMP = "SIMULATED"
STAMP_PX = 60
STAMP_SHARE = 0.25
STAMP_COLOUR = "0.71 0.33 0"


def typeset(facts: Mapping[str, Any], pages: Sequence[bytes]) -> Result:
    """Make the PDF; a page is turned by its own mark, its picture is not touched.

    Args:
        facts: `turns`: by how many degrees each page is turned clockwise; `is_stamped`: whether of made-up people.
        pages: their bytes.
    """
    profile = os.memfd_create("profile")
    os.write(profile, ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    plain = img2pdf.convert(
        list(pages), pdfa=f"/proc/self/fd/{profile}", engine=img2pdf.Engine.pikepdf, producer="Renhu", nodate=True
    )
    os.close(profile)
    made = io.BytesIO()
    with pikepdf.open(io.BytesIO(plain)) as pdf:
        for page, turned in zip(pdf.pages, facts["turns"], strict=True):
            if turned:
                page.Rotate = turned
            if facts["is_stamped"]:
                _stamp(pdf, page)
        pdf.save(made, object_stream_mode=pikepdf.ObjectStreamMode.disable, linearize=False)
    return {}, [made.getvalue()]


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
