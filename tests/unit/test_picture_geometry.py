"""How well a paper is found on the bed, measured against where it lies; and where all is well nothing is proposed."""

from __future__ import annotations

import io
import random
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from agent.documents.crops import Box
from agent.documents.picture_geometry import MM_PER_INCH, proposal
from simulators.papers import Paper, papers
from simulators.papers_drawn import DrawnPapers, draw_side
from simulators.scanner_picture import Lying, Region, Wanted, jpeg, see

STACK = papers(1)
DRAWN = DrawnPapers()
DPI = 100
A4 = Region(0, 0, 2480, 3508)
LID, ROOM, GREY = (243, 243, 243), (26, 26, 28), (120, 120, 118)
SMALL = ("rent-receipt-a5", "id-card-family-a-1", "household-front", "rent-receipt-a5")
ANGLE_DEG = 0.2
EDGE_MM = 1.0


def pixels(content: bytes) -> Any:
    """A JPEG as the pictures process decodes it."""
    seen = np.asarray(Image.open(io.BytesIO(content)))
    return np.ascontiguousarray(seen[:, :, ::-1]) if seen.ndim == 3 else seen


def scanned(paper: Paper, mode: str = "RGB24", **lying: Any) -> Any:
    """A paper laid in as its name says, on the glass or in the feeder."""
    return pixels(jpeg(see(DRAWN, Lying(paper, **lying), Wanted(A4, DPI, mode)), DPI))


def laid(paper: Paper, side: int, place: Box, bed: tuple[int, int, int]) -> Any:
    """A paper laid on the glass as `place` says."""
    grain = see(DRAWN, Lying(None), Wanted(A4, DPI, "RGB24"))
    image = Image.new("RGB", grain.size, bed)
    paper_image = draw_side(paper, side, DPI).convert("RGBA")
    paper_image = paper_image.rotate(-place.turn_deg, Image.Resampling.BICUBIC, expand=True)
    x, y = (value / MM_PER_INCH * DPI for value in place.middle_mm)
    image.paste(paper_image, (round(x - paper_image.width / 2), round(y - paper_image.height / 2)), paper_image)
    noisy = np.asarray(image).astype(np.int16) - (LID[0] - np.asarray(grain).astype(np.int16))
    return pixels(jpeg(Image.fromarray(noisy.clip(0, 255).astype(np.uint8)), DPI))


def worst(found: Box | None, truth: Box) -> tuple[float, float]:
    """The error of the angle, and the largest of the four edges."""
    assert found is not None, truth
    errors = [abs(one - other) for one, other in zip(found.as_list(), truth.as_list(), strict=True)]
    return errors[4], max(errors[:4])


@pytest.mark.parametrize(("mode", "is_in_feeder"), [("RGB24", False), ("Grayscale8", True)])
def test_straight_full_and_blank_pages_are_left_alone(mode: str, is_in_feeder: bool) -> None:
    full = [one for one in STACK.values() if one.width_mm == 210 and not one.skew_degrees]
    assert {"blank", "certificate-stained", "letter-upside-down", "lease"} <= {one.id for one in full}
    for paper in full:
        for side in (1, 2):
            assert proposal(scanned(paper, mode, side=side, is_in_feeder=is_in_feeder), DPI) is None, paper.id


def test_small_papers_are_found_where_they_lie() -> None:
    for paper in {(one.width_mm, one.height_mm): one for one in STACK.values() if one.width_mm < 210}.values():
        truth = Box(0, 0, paper.width_mm, min(paper.height_mm, 297))
        angle, edge = worst(proposal(scanned(paper), DPI), truth)
        assert (angle <= 0.1, edge <= EDGE_MM) == (True, True), paper.id


def test_a_crooked_full_page_is_turned_by_as_much_as_it_lies_crooked() -> None:
    for mode in ("RGB24", "Grayscale8"):
        angle, edge = worst(proposal(scanned(STACK["lease-skewed"], mode), DPI), Box(0, 0, 210, 297, -4))
        assert angle <= 0.1
        assert edge <= EDGE_MM


def test_papers_laid_anyhow_are_found_to_a_fifth_of_a_degree_and_a_millimetre() -> None:
    chance = random.Random(5)
    errors = []
    for number in range(24):
        paper = STACK[SMALL[number % len(SMALL)]]
        left, top = chance.uniform(15, 195 - paper.width_mm), chance.uniform(15, 282 - paper.height_mm)
        truth = Box(left, top, paper.width_mm, paper.height_mm, chance.uniform(-14, 14))
        side = chance.randint(1, max(1, paper.sides))
        errors.append(worst(proposal(laid(paper, side, truth, (LID, ROOM, GREY)[number % 3]), DPI), truth))
    angles, edges = zip(*errors, strict=True)
    assert max(angles) <= ANGLE_DEG, errors
    assert max(edges) <= EDGE_MM, errors
    assert sum(angles) / len(angles) <= ANGLE_DEG / 2


def test_print_on_a_paper_that_fills_the_picture_tells_how_crooked_it_is() -> None:
    chance = random.Random(6)
    for name in ("lease", "employer-letter", "property-certificate"):
        turn = chance.uniform(0.6, 12) * chance.choice((-1, 1))
        image = draw_side(STACK[name], 1, DPI)
        turned = image.rotate(-turn, Image.Resampling.BICUBIC, fillcolor=STACK[name].colour)
        found = proposal(np.asarray(turned.convert("L")), DPI)
        assert found is not None
        assert abs(found.turn_deg - turn) <= ANGLE_DEG, name
        assert (found.width_mm, found.height_mm) == (pytest.approx(210, abs=0.2), pytest.approx(297, abs=0.2))


def test_nothing_is_cut_away_where_it_is_not_clear_what_the_paper_is() -> None:
    two = Image.new("RGB", (827, 1169), LID)
    card = draw_side(STACK["id-card-family-a-1"], 1, DPI)
    two.paste(card, (40, 40))
    two.paste(card, (430, 600))
    circle = Image.new("L", two.size, 240)
    ImageDraw.Draw(circle).circle((400, 500), 200, fill=90)
    framed = Image.new("L", two.size, 250)
    ImageDraw.Draw(framed).rectangle((130, 130, 650, 1000), outline=20, width=4)
    for image in (two, circle, framed):
        seen = np.asarray(image)
        assert proposal(seen, DPI) is None
