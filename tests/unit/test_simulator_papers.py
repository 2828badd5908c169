"""The made-up papers: the same for a seed, marked as samples, laid in as named, seen at the size asked for."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageChops, ImageStat

from simulators.papers import Paper, papers
from simulators.papers_canvas import Canvas
from simulators.papers_drawn import BACK, FRONT, DrawnPapers, draw_side
from simulators.scanner_picture import COMMENT, FLATBED_HEIGHT, Lying, Region, Wanted, jpeg, see

STACK = papers(1)
DPI = 75
A4 = Region(0, 0, 2480, FLATBED_HEIGHT)


def looked(paper: Paper, mode: str = "RGB24", region: Region = A4, dpi: int = DPI, **lying: object) -> Image.Image:
    return see(DrawnPapers(), Lying(paper, **lying), Wanted(region, dpi, mode))  # type: ignore[arg-type]


def ink(image: Image.Image) -> float:
    """The share of dark pixels."""
    grey = image.convert("L")
    return sum(grey.histogram()[:120]) / (grey.width * grey.height)


def test_every_kind_of_paper_is_there() -> None:
    assert {
        "lease",
        "property-certificate",
        "employer-letter",
        "household-front",
        "household-family-a-1",
        "id-card-family-a-1",
        "lease-skewed",
        "letter-upside-down",
        "blank",
        "certificate-stained",
        "rent-receipt-a5",
        "receipt-long",
    } <= set(STACK)
    assert STACK["id-card-family-a-1"].sides == STACK["lease"].sides == 2
    assert STACK["blank"].sides == 0
    assert (STACK["rent-receipt-a5"].width_mm, STACK["receipt-long"].height_mm) == (148, 340)


def test_the_same_seed_draws_the_same_and_another_does_not() -> None:
    for paper_id in STACK:
        assert draw_side(papers(1)[paper_id], FRONT, DPI).tobytes() == draw_side(STACK[paper_id], FRONT, DPI).tobytes()
    assert draw_side(papers(2)["lease"], FRONT, DPI).tobytes() != draw_side(STACK["lease"], FRONT, DPI).tobytes()


@pytest.mark.parametrize("paper", [one for one in STACK.values() if one.sides], ids=lambda one: one.id)
def test_every_printed_side_says_that_it_is_a_sample(paper: Paper, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    real = Canvas.text

    def text(self: Canvas, x_mm: float, y_mm: float, text: str, *more: object, **named: object) -> None:
        written.append(text)
        real(self, x_mm, y_mm, text, *more, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Canvas, "text", text)
    for side in range(1, paper.sides + 1):
        written.clear()
        image = draw_side(paper, side, DPI)
        assert "样张 SIMULATED" in written
        assert image.size == (round(paper.width_mm * DPI / 25.4), round(paper.height_mm * DPI / 25.4))


def test_the_page_has_the_people_of_the_stack_on_it(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    monkeypatch.setattr(Canvas, "text", lambda _self, _x, _y, text, *_, **__: written.append(text))
    draw_side(STACK["id-card-family-a-1"], FRONT, DPI)
    assert "测试父甲" in written
    assert any(text.startswith("990000") and len(text) == 18 for text in written)


def test_the_size_is_the_one_asked_for() -> None:
    for dpi, mode in ((75, "RGB24"), (150, "Grayscale8"), (200, "BlackAndWhite1")):
        image = looked(STACK["blank"], mode, Region(30, 60, 1500, 900), dpi)
        assert image.size == (round(1500 * dpi / 300), round(900 * dpi / 300))
        assert image.mode == ("RGB" if mode == "RGB24" else "L")


def test_line_art_is_black_and_white_only() -> None:
    histogram = looked(STACK["lease"], "BlackAndWhite1").histogram()
    assert sum(histogram[1:255]) == 0
    assert histogram[0] > 0 < histogram[255]


def test_a_region_is_a_cut_of_the_whole() -> None:
    whole = looked(STACK["lease"], region=A4, dpi=300)
    part = looked(STACK["lease"], region=Region(600, 300, 900, 600), dpi=300)
    difference = ImageChops.difference(whole.crop((600, 300, 1500, 900)), part)
    assert max(high for _, high in difference.getextrema()) <= 6


def test_papers_lie_as_their_names_say() -> None:
    upright, turned = looked(STACK["employer-letter"]), looked(STACK["letter-upside-down"])
    half = upright.height // 2
    assert ink(upright.crop((0, 0, upright.width, half))) > 4 * ink(upright.crop((0, half, *upright.size)))
    assert ink(turned.crop((0, half, *turned.size))) > 4 * ink(turned.crop((0, 0, turned.width, half)))
    assert ink(looked(STACK["blank"])) == 0
    straight, stained = (
        ImageStat.Stat(looked(STACK[name])) for name in ("property-certificate", "certificate-stained")
    )
    assert stained.mean[2] < straight.mean[2] - 5
    assert looked(STACK["lease-skewed"]).tobytes() != looked(STACK["lease"]).tobytes()


def test_a_bare_back_shows_a_little_of_the_front() -> None:
    back = looked(STACK["employer-letter"], side=BACK).convert("L")
    blank = looked(STACK["blank"], side=BACK).convert("L")
    assert ink(back) == ink(blank) == 0
    assert back.tobytes() != blank.tobytes()


def test_no_scan_is_flat_and_an_open_lid_is_dark() -> None:
    assert ImageStat.Stat(looked(STACK["blank"]).convert("L")).stddev[0] > 0.5
    card = STACK["id-card-family-a-1"]
    assert ImageStat.Stat(looked(card, is_dark=True).convert("L")).mean[0] < 60
    assert ImageStat.Stat(looked(card).convert("L")).mean[0] > 200


def test_a_feeder_centres_the_paper() -> None:
    card = STACK["id-card-family-a-1"]
    assert ink(looked(card).crop((0, 0, 100, 150))) > 0
    fed = looked(card, is_in_feeder=True)
    assert ink(fed.crop((0, 0, 100, 150))) == 0
    assert ink(fed.crop((180, 0, 460, 150))) > 0


def test_a_page_is_a_jpeg_that_says_what_it_is() -> None:
    with Image.open(io.BytesIO(jpeg(looked(STACK["lease"]), DPI))) as page:
        assert (page.format, page.info["dpi"], page.info["comment"]) == ("JPEG", (DPI, DPI), COMMENT)


def test_sides_are_drawn_once_while_they_are_few() -> None:
    drawn = DrawnPapers()
    first = drawn.side(STACK["lease"], FRONT, DPI)
    assert drawn.side(STACK["lease"], FRONT, DPI) is first
    for paper_id in ("property-certificate", "blank"):
        drawn.side(STACK[paper_id], FRONT, 600)
    assert drawn.side(STACK["lease"], FRONT, DPI) is not first
