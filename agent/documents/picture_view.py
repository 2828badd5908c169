"""Make of a page what a browser shows; runs in the pictures process."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from PIL import Image

from agent.documents.picture_wire import Result

THUMBNAIL_PX = 320
THUMBNAIL_QUALITY = 80


def thumbnail(_facts: Mapping[str, Any], pieces: Sequence[bytes]) -> Result:
    """Give a page's small picture as JPEG; fine black lines become grey, they do not vanish."""
    [page] = pieces
    made = io.BytesIO()
    with Image.open(io.BytesIO(page), formats=("JPEG", "PNG", "TIFF")) as picture:
        picture.draft(None, (2 * THUMBNAIL_PX, 2 * THUMBNAIL_PX))
        small = picture.convert("L" if picture.mode in {"1", "L"} else "RGB")
    small.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX), reducing_gap=2.0)
    small.save(made, "JPEG", quality=THUMBNAIL_QUALITY)
    return {}, [made.getvalue()]


def as_png(_facts: Mapping[str, Any], pieces: Sequence[bytes]) -> Result:
    """Give the same pixels of a TIFF as PNG."""
    [page] = pieces
    made = io.BytesIO()
    with Image.open(io.BytesIO(page), formats=("TIFF",)) as picture:
        picture.save(made, "PNG")
    return {}, [made.getvalue()]
