"""Make of a page what a browser shows; runs in the pictures process."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from PIL import Image

from agent.documents.picture_wire import Result


def as_png(_facts: Mapping[str, Any], pieces: Sequence[bytes]) -> Result:
    """Give the same pixels of a TIFF as PNG."""
    [page] = pieces
    made = io.BytesIO()
    with Image.open(io.BytesIO(page), formats=("TIFF",)) as picture:
        picture.save(made, "PNG")
    return {}, [made.getvalue()]
