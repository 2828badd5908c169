"""A sheet of paper to draw on, measured in millimetres: text, rules, tables, seals, portraits, and the mark 样张.

The fonts are Debian's `fonts-noto-cjk`; none is kept here.
"""

from __future__ import annotations

import math
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from simulators import photo_codec

FONT_FOLDER = Path("/usr/share/fonts/opentype/noto")
MM_PER_INCH = 25.4
MARK = "样张 SIMULATED"
PAPER = (252, 251, 247)
INK = (32, 32, 36)
RED = (196, 40, 44)
_PALE = (226, 226, 232)
_CHINESE_FACE = 2
_FACES = {"serif": "NotoSerifCJK-Regular", "sans": "NotoSansCJK-Regular", "bold": "NotoSansCJK-Bold"}
Colour = tuple[int, int, int]


class FontMissing(OSError):
    """The font that the papers are written in is not installed."""


def check_fonts() -> None:
    """See that the papers can be written.  Raises: FontMissing."""
    for name in _FACES.values():
        _font(name, 8)


@lru_cache(maxsize=64)
def _font(name: str, size_px: int) -> ImageFont.FreeTypeFont:
    try:
        return ImageFont.truetype(
            FONT_FOLDER / f"{name}.ttc", size_px, _CHINESE_FACE, layout_engine=ImageFont.Layout.BASIC
        )
    except OSError as error:
        raise FontMissing(f"{name}.ttc is missing: install fonts-noto-cjk") from error


class Canvas:
    """One side of a sheet.

    Args:
        width_mm: of the sheet.
        height_mm: of the sheet.
        dpi: how finely it is drawn.
        colour: of the bare paper.
    """

    def __init__(self, width_mm: float, height_mm: float, dpi: int, colour: Colour = PAPER) -> None:
        self.width_mm = width_mm
        self.height_mm = height_mm
        self.dpi = dpi
        self.image = Image.new("RGB", (self.px(width_mm), self.px(height_mm)), colour)
        self._draw = ImageDraw.Draw(self.image)

    def px(self, mm: float) -> int:
        """Millimetres as whole pixels."""
        return round(mm * self.dpi / MM_PER_INCH)

    def text(
        self, x_mm: float, y_mm: float, text: str, size_mm: float = 4.0, colour: Colour = INK, face: str = "serif"
    ) -> None:
        """Write one line; `face` is serif, sans or bold."""
        self._draw.text((self.px(x_mm), self.px(y_mm)), text, colour, self._face(face, size_mm))

    def title(self, y_mm: float, text: str, size_mm: float = 7.0, colour: Colour = INK) -> None:
        """Write one line in the middle of the sheet."""
        width_mm = self.measure(text, size_mm, "bold")
        self.text((self.width_mm - width_mm) / 2, y_mm, text, size_mm, colour, "bold")

    def measure(self, text: str, size_mm: float, face: str = "serif") -> float:
        """How wide a line is, in millimetres."""
        return self._face(face, size_mm).getlength(text) * MM_PER_INCH / self.dpi

    def paragraph(self, y_mm: float, text: str, size_mm: float = 4.0, margin_mm: float = 25.0) -> float:
        """Write text in lines of the sheet's width; returns where the next paragraph begins."""
        widest_mm = self.width_mm - 2 * margin_mm
        line, line_mm = "　　", 2 * size_mm
        for character in text:
            width_mm = self.measure(character, size_mm)
            if line_mm + width_mm > widest_mm and character not in "，。、；：）":
                self.text(margin_mm, y_mm, line, size_mm)
                y_mm, line, line_mm = y_mm + 1.75 * size_mm, "", 0.0
            line, line_mm = line + character, line_mm + width_mm
        self.text(margin_mm, y_mm, line, size_mm)
        return y_mm + 2.1 * size_mm

    def rule(self, x_mm: float, y_mm: float, to_x_mm: float, to_y_mm: float, colour: Colour = INK) -> None:
        """Draw a fine line."""
        ends = (self.px(x_mm), self.px(y_mm), self.px(to_x_mm), self.px(to_y_mm))
        self._draw.line(ends, colour, max(1, self.px(0.25)))

    def box(self, x_mm: float, y_mm: float, width_mm: float, height_mm: float, colour: Colour = INK) -> None:
        """Draw an empty rectangle."""
        corners = (self.px(x_mm), self.px(y_mm), self.px(x_mm + width_mm), self.px(y_mm + height_mm))
        self._draw.rectangle(corners, outline=colour, width=max(1, self.px(0.3)))

    def table(self, x_mm: float, y_mm: float, rows: list[tuple[str, str]], label_mm: float, row_mm: float) -> float:
        """Draw rows of label and value down the sheet; returns where it ends."""
        width_mm = self.width_mm - 2 * x_mm
        size_mm = min(4.0, row_mm * 0.42)
        for label, value in rows:
            self.box(x_mm, y_mm, width_mm, row_mm)
            self.rule(x_mm + label_mm, y_mm, x_mm + label_mm, y_mm + row_mm)
            self.text(x_mm + 2, y_mm + row_mm * 0.22, label, size_mm, face="sans")
            self.text(x_mm + label_mm + 2, y_mm + row_mm * 0.22, value, size_mm)
            y_mm += row_mm
        return y_mm

    def seal(self, x_mm: float, y_mm: float, words: str, radius_mm: float = 20.0) -> None:
        """Stamp a round red seal that says itself that it is a sample."""
        centre = (self.px(x_mm), self.px(y_mm))
        for inset_mm in (0.0, 0.6):
            self._draw.circle(centre, self.px(radius_mm - inset_mm), outline=RED, width=max(1, self.px(0.4)))
        size_mm = radius_mm / 4.4
        for number, character in enumerate(words):
            angle = math.pi * (0.85 + 1.3 * (number / max(1, len(words) - 1)))
            x = x_mm + radius_mm * 0.76 * math.cos(angle) - size_mm / 2
            y = y_mm + radius_mm * 0.76 * math.sin(angle) - size_mm * 0.7
            self.text(x, y, character, size_mm, RED, "bold")
        self.text(x_mm - size_mm * 1.0, y_mm - size_mm * 0.7, "样张", size_mm, RED, "bold")

    def portrait(self, x_mm: float, y_mm: float, width_mm: float, photo: bytes) -> None:
        """Paste the drawn figure of a made-up person."""
        size = (photo_codec.WIDTH_PX, photo_codec.HEIGHT_PX)
        figure = Image.frombytes("RGB", size, photo_codec.decode(photo))
        height_mm = width_mm * photo_codec.HEIGHT_PX / photo_codec.WIDTH_PX
        scaled = figure.resize((self.px(width_mm), self.px(height_mm)), Image.Resampling.BICUBIC)
        self.image.paste(scaled, (self.px(x_mm), self.px(y_mm)))

    def marked(self) -> Canvas:
        """Write across the sheet and at its foot that it is a sample; call it before anything else is drawn."""
        size_mm = min(self.width_mm, self.height_mm) / 12
        for step in range(1, 4):
            self.text(self.width_mm * (0.06 + 0.1 * step), self.height_mm * (step / 4) - size_mm, MARK, size_mm, _PALE)
        small_mm = max(1.6, min(3.2, self.width_mm / 40))
        width_mm = self.measure(MARK, small_mm, "sans")
        self.text(
            self.width_mm - width_mm - 2, self.height_mm - 2.2 * small_mm, MARK, small_mm, (120, 120, 130), "sans"
        )
        return self

    def _face(self, face: str, size_mm: float) -> ImageFont.FreeTypeFont:
        return _font(_FACES[face], max(4, self.px(size_mm)))
