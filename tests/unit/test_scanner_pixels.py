"""What can be seen of a scanned page, and how it is coded: blank, ended early, black and white."""

from __future__ import annotations

import io
from random import Random

import pytest
from PIL import Image, ImageDraw

from drivers import scanner_limits
from drivers.scanner_api import ColourMode, Encoding
from drivers.scanner_pixels import RawPage, coded, flat_lower_edge_px, white_share

WIDTH, HEIGHT = 827, 1169
BLANK = 0.9995


def sheet(level: int) -> Image.Image:
    """Paper as a sensor shows it: never quite even."""
    noise = Random(1).randbytes(WIDTH * HEIGHT)
    return Image.frombytes("L", (WIDTH, HEIGHT), noise).point(lambda value: max(0, level - 3 + value // 43))


def raw(image: Image.Image) -> RawPage:
    return RawPage(image.tobytes(), image.width, image.height, 1 if image.mode == "L" else 3)


@pytest.mark.parametrize("level", [250, 240, 228, 205])
def test_a_bare_sheet_is_blank_however_grey_its_paper_is(level: int) -> None:
    bare, written = sheet(level), sheet(level)
    ImageDraw.Draw(written).text((300, 500), "2026-03-01", fill=60, font_size=28)
    assert white_share(bare) >= BLANK
    assert white_share(written) < BLANK


@pytest.mark.parametrize("level", [26, 120, 170])
def test_what_is_dark_all_over_is_not_blank(level: int) -> None:
    assert white_share(sheet(level)) == 0.0


def test_only_a_flat_end_that_is_not_white_is_a_page_that_ended_early() -> None:
    for level, lines, seen in ((128, 300, 300), (128, 10, 0), (255, 300, 0)):
        page = sheet(240)
        page.paste(level, (0, HEIGHT - lines, WIDTH, HEIGHT))
        assert flat_lower_edge_px(page) == seen
        page.paste(255, (WIDTH - 1, 0, WIDTH, HEIGHT))
        page.paste(255, (0, HEIGHT - 2, WIDTH, HEIGHT))
        assert flat_lower_edge_px(page) == seen, "what the library has filled up is not looked at"
    assert flat_lower_edge_px(sheet(120)) == 0
    assert flat_lower_edge_px(Image.new("RGB", (WIDTH, HEIGHT), (128, 128, 128))) == HEIGHT


def test_a_side_that_is_all_grain_is_coded_coarser_rather_than_not_handed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    grain = Image.effect_noise((WIDTH, HEIGHT), 80)
    whole = len(coded(raw(grain), 1, ColourMode.GREY, 100)[1])
    limit = round(whole * 0.7)
    monkeypatch.setattr(scanner_limits, "LARGEST_BYTES", limit)
    body = coded(raw(grain), 1, ColourMode.GREY, 100)[1]
    assert len(body) <= limit
    with Image.open(io.BytesIO(body)) as made:
        assert made.size == (WIDTH, HEIGHT)


def test_line_art_becomes_two_colours_and_keeps_its_ink() -> None:
    page = sheet(228)
    ImageDraw.Draw(page).rectangle((100, 100, 200, 150), fill=70)
    known, body = coded(raw(page), 1, ColourMode.LINEART, 100)
    with Image.open(io.BytesIO(body)) as made:
        assert (known.encoding, made.mode, made.info["compression"]) == (Encoding.TIFF_G4, "1", "group4")
        assert made.size == (known.width_px, known.height_px) == (WIDTH, HEIGHT)
        ink = made.convert("L").histogram()[0]
    assert ink == pytest.approx(101 * 51, rel=0.01)


def test_grey_of_a_colour_scan_is_grey() -> None:
    known, body = coded(raw(sheet(240).convert("RGB")), 3, ColourMode.GREY, 100)
    with Image.open(io.BytesIO(body)) as made:
        assert (known.number, made.mode, made.info["dpi"]) == (3, "L", (100, 100))
