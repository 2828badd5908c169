"""What is kept of a scanned side: its bytes, which side it is, and what the clerk should look at."""

from __future__ import annotations

from typing import Literal

from agent.documents.papers import NewPage
from agent.memory import Buffer
from drivers.scanner_api import Encoding, ScannedPage, Source

BLANK_SHARE = 0.9995
Type = Literal["image/jpeg", "image/tiff"]
TYPES: dict[Encoding, Type] = {Encoding.JPEG: "image/jpeg", Encoding.TIFF_G4: "image/tiff"}


def new_page(page: ScannedPage, body: Buffer, source: str) -> NewPage:
    """Make of a scanned side what is kept; of a duplex scan the odd ones are fronts."""
    doubts: list[dict[str, str | int]] = []
    if page.flat_edge_px:
        percent = max(1, round(100 * page.flat_edge_px / page.height_px))
        doubts.append({"code": "PAGE-FLAT-EDGE", "percent": percent})
    if page.cut_to_mm is not None:
        doubts.append({"code": "PAGE-CUT", "width_mm": page.cut_to_mm[0], "height_mm": page.cut_to_mm[1]})
    if page.white_share >= BLANK_SHARE:
        doubts.append({"code": "PAGE-BLANK"})
    side: Literal["", "front", "back"] = ""
    if source == Source.DUPLEX_FEEDER.value:
        side = "front" if page.number % 2 else "back"
    return NewPage(body, TYPES[page.encoding], side, doubts)
