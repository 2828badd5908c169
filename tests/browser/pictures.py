"""How a picture of a page is made: its size, its mark, its few colours."""

from __future__ import annotations

import io

from PIL import Image
from PIL.PngImagePlugin import PngInfo

MARK = "Renhu picture"  # written into each file, with its name in the list
MOST_BYTES = 200_000
COLOURS = 160
SIZE = {"width": 1280, "height": 860}


def small(taken: bytes, name: str) -> bytes:
    """The same picture with few colours, marked with its name: a fifth of the size, no difference to the eye."""
    mark = PngInfo()
    mark.add_text(MARK, name)
    out = io.BytesIO()
    with Image.open(io.BytesIO(taken)) as picture:
        few = picture.convert("RGB").quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    few.save(out, "PNG", optimize=True, pnginfo=mark)
    return out.getvalue()
