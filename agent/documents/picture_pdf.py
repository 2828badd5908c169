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
from PIL import ImageCms

from agent.documents.picture_wire import Result


def typeset(facts: Mapping[str, Any], pages: Sequence[bytes]) -> Result:
    """Make the PDF; a page is turned by its own mark, its picture is not touched.

    Args:
        facts: `turns`: by how many degrees each page is turned clockwise.
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
        pdf.save(made, object_stream_mode=pikepdf.ObjectStreamMode.disable, linearize=False)
    return {}, [made.getvalue()]
