"""An act on the page of documents leaves the page where it is, though it is opened anew."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import expect

READ_MS = 60_000
SHEETS = ".document[data-kind=D04] > ol.sheets .sheet"


def pages(count: int) -> Any:
    first, *others = [Image.effect_noise((310, 438), 40) for _ in range(count)]
    made = io.BytesIO()
    first.save(made, "TIFF", save_all=True, append_images=others)
    return {"name": "a.tif", "mimeType": "image/tiff", "buffer": made.getvalue()}


@pytest.fixture
def papers(clerk: Any) -> Any:
    """The page of documents with twelve pages, longer than the window."""
    clerk.sign_in()
    clerk.clear_desk()
    clerk.page.locator("form[action$='/desk/without-card'] button").click()
    clerk.page.locator("#to-papers").click()
    add(clerk.page, 12)
    expect(clerk.page.locator(SHEETS)).to_have_count(12, timeout=READ_MS)
    return clerk.page


def add(page: Any, count: int) -> None:
    page.select_option("#file-kind", "D04")
    page.locator("#add-files input[type=file]").set_input_files([pages(count)])
    page.locator("#add-files button").click()


def top_of(page: Any, place: str) -> float:
    found = page.locator(place).evaluate("one => one.getBoundingClientRect().top")
    assert isinstance(found, int | float)
    return float(found)


def test_a_turned_page_stays_under_the_mouse(papers: Any) -> None:
    sheet = f"#{papers.locator(SHEETS).nth(6).get_attribute('id')}"
    turn = f"{sheet} button[value=rotate]"
    papers.locator(turn).evaluate("one => scrollBy(0, one.getBoundingClientRect().top - 300)")
    before = top_of(papers, turn)
    assert before == pytest.approx(300, abs=2)
    for degrees in (90, 180):
        with papers.expect_navigation(wait_until="load"):
            papers.locator(turn).click()
        expect(papers.locator(f"{sheet} img.turn-{degrees}")).to_have_count(1)
        assert top_of(papers, turn) == pytest.approx(before, abs=2)


def test_a_page_taken_out_and_files_added_leave_the_place(papers: Any) -> None:
    papers.locator(SHEETS).nth(9).locator("button[value=remove]").scroll_into_view_if_needed()
    before = top_of(papers, ".document")
    assert before < 0
    with papers.expect_navigation(wait_until="load"):
        papers.locator(SHEETS).nth(9).locator("button[value=remove]").click()
    expect(papers.locator(SHEETS)).to_have_count(11)
    assert top_of(papers, ".document") == pytest.approx(before, abs=2)
    papers.locator("#add-files button").scroll_into_view_if_needed()
    before = top_of(papers, "#add-files")
    with papers.expect_navigation(wait_until="load", timeout=READ_MS):
        add(papers, 1)
    expect(papers.locator(SHEETS)).to_have_count(12)
    assert top_of(papers, "#add-files") == pytest.approx(before, abs=2)
