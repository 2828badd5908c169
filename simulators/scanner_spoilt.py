"""Pages as the faults leave them: other lines or pixels, other bytes, another kind of file."""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image

from simulators.fault_board import FaultBoard
from simulators.jpeg_spoilt import HTML, bomb, flipped
from simulators.scanner_fault_table import NEXT
from simulators.scanner_picture import jpeg

_GREY = 128


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a page leaves.

    Attributes:
        body: what is to be sent.
        announced: the Content-Length.
        sent: how many bytes of the body are sent before the connection ends; None for all.
        is_reset: whether it then ends by a reset.
    """

    body: bytes
    announced: int
    sent: int | None = None
    is_reset: bool = False


def spoil_picture(image: Image.Image, faults: FaultBoard) -> Image.Image:
    """Give the picture another shape, as the faults want."""
    width, height = image.size
    if (strike := faults.take("wrong-size", NEXT)) is not None:
        share = strike.number("percent_size") / 100
        image = image.resize((max(1, round(width * share)), max(1, round(height * share))))
    for name in ("fewer-lines", "more-lines"):
        if (strike := faults.take(name, NEXT)) is not None:
            image = _with_lines(image, max(1, image.height * strike.number("percent_lines") // 100))
    if (strike := faults.take("grey-tail", NEXT)) is not None:
        tail = image.height * strike.number("percent_lines") // 100
        image.paste(_grey(image.mode), (0, image.height - tail, image.width, image.height))
    if faults.take("other-mode", NEXT) is not None:
        image = image.convert("L" if image.mode == "RGB" else "RGB")
    return image


def deliver_page(image: Image.Image, dpi: int, faults: FaultBoard) -> Delivery:
    """Code a page and decide how it leaves."""
    body = _coded(image, dpi, faults)
    if (strike := faults.take("fewer-bytes", NEXT)) is not None:
        missing = min(strike.number("missing_bytes"), len(body))
        return Delivery(body, len(body), len(body) - missing)
    if (strike := faults.take("more-bytes", NEXT)) is not None:
        return Delivery(body + strike.rng.randbytes(strike.number("extra_bytes")), len(body))
    if (strike := faults.take("cut", NEXT)) is not None:
        sent = len(body) * strike.number("tenth") // 10
        return Delivery(body, len(body), sent, is_reset=strike.value("how") == "reset")
    return Delivery(body, len(body))


def _coded(image: Image.Image, dpi: int, faults: FaultBoard) -> bytes:
    for name, instead in (("html-page", HTML), ("empty-page", b"")):
        if faults.take(name, NEXT) is not None:
            return instead
    if faults.take("png-page", NEXT) is not None:
        out = io.BytesIO()
        image.save(out, "PNG", compress_level=1)
        return out.getvalue()
    if (strike := faults.take("bomb", NEXT)) is not None:
        return bomb(jpeg(Image.new("RGB", (16, 16), _grey("RGB")), dpi), strike.number("edge_px"))
    page = jpeg(image, dpi)
    if (strike := faults.take("truncated-jpeg", NEXT)) is not None:
        return page[: len(page) * strike.number("percent_kept") // 100]
    if (strike := faults.take("bad-jpeg", NEXT)) is not None:
        return flipped(page, strike)
    return page


def _with_lines(image: Image.Image, lines: int) -> Image.Image:
    """The upper `lines` of the picture; where it has fewer, its paper goes on."""
    taller = Image.new(image.mode, (image.width, lines), image.getpixel((0, image.height - 1)))
    taller.paste(image, (0, 0))
    return taller


def _grey(mode: str) -> int | tuple[int, int, int]:
    return (_GREY, _GREY, _GREY) if mode == "RGB" else _GREY
