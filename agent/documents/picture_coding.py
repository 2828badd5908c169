"""Code pixels as a page of ours: JPEG for colour and grey, TIFF with CCITT G4 for black and white; nothing beside them.

Runs in the pictures process.
"""

from __future__ import annotations

import io

from PIL import Image

from agent.documents.picture_wire import Result
from drivers.scanner_pixels import JPEG_QUALITY, white_share

PAPER = (255, 255, 255)
STRIP_PX = 256


def coded(picture: Image.Image, dpi: int) -> Result:
    """Give a picture's bytes, with `content_type` and `white_share`."""
    plain = _plain(picture)
    made = io.BytesIO()
    if plain.mode == "1":
        content_type = "image/tiff"
        plain.save(made, "TIFF", compression="group4", dpi=(dpi, dpi))
    else:
        content_type = "image/jpeg"
        plain.save(made, "JPEG", quality=JPEG_QUALITY, dpi=(dpi, dpi))
    white = white_share(plain.convert("L"))
    return {"content_type": content_type, "white_share": round(white, 4)}, [made.getvalue()]


def _plain(picture: Image.Image) -> Image.Image:
    """The same pixels as black and white, grey or colour, without anything that came beside them."""
    if picture.mode in {"1", "L", "RGB"} and "transparency" not in picture.info:
        return _bare(picture)
    if picture.mode in {"I", "F"} or picture.mode.startswith("I;16"):
        return _bare(picture.convert("F").point(lambda value: value * (1 / 256)).convert("L"))
    if picture.mode in {"LA", "La", "PA", "RGBA", "RGBa", "P"} or "transparency" in picture.info:
        return _on_paper(picture)
    return _bare(picture.convert("RGB"))


def _on_paper(picture: Image.Image) -> Image.Image:
    """Lay what can be seen through on white, a strip at a time: whole copies of a large picture find no room."""
    paper = Image.new("RGB", picture.size, PAPER)
    for top in range(0, picture.height, STRIP_PX):
        strip = picture.crop((0, top, picture.width, min(top + STRIP_PX, picture.height))).convert("RGBA")
        paper.paste(strip, (0, top), strip)
    return paper


def _bare(picture: Image.Image) -> Image.Image:
    """Drop what the file had said beside its pixels."""
    picture.info = {}
    return picture
