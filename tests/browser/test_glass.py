"""A look at the glass, and a part of it: drawn with the pointer, or given in numbers where no script runs."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import expect

SCAN_MS = 60_000


@pytest.fixture
def glass(demo: Any) -> Iterator[None]:
    """A receipt on the glass."""
    demo.control("DELETE", "/faults", device="scanner")
    demo.control("PUT", "/platen", {"paper": "rent-receipt-a5"}, device="scanner")
    yield
    demo.control("DELETE", "/platen", device="scanner")


def picture_mm(clerk: Any, dpi: int) -> tuple[float, float]:
    """How large the last page is, in millimetres."""
    src = clerk.page.locator(".document[data-kind=D05] .sheet img").last.get_attribute("src").replace("/small", "")
    shown = Image.open(io.BytesIO(clerk.page.context.request.get(clerk.demo.url + src).body()))
    return shown.width / dpi * 25.4, shown.height / dpi * 25.4


def test_a_part_that_is_drawn_on_the_picture_is_scanned(clerk: Any, glass: None) -> None:
    page = clerk.page
    clerk.sign_in()
    clerk.clear_desk()
    clerk.tap("resident-016")
    page.locator("#to-papers").click()
    page.select_option("#scan-kind", "D05")
    page.locator("#other-scan button[formaction]").click()
    expect(page.locator("#preview img")).to_be_visible(timeout=SCAN_MS)
    expect(page.locator("#preview-form button")).to_be_enabled()
    box = page.locator("#glass svg").bounding_box()
    mm = box["width"] / 215.9
    page.mouse.move(box["x"] + 20 * mm, box["y"] + 30 * mm)
    page.mouse.down()
    page.mouse.move(box["x"] + 120 * mm, box["y"] + 90 * mm, steps=3)
    page.mouse.up()
    sides = [float(page.locator(f"#preview-{name}_mm").input_value()) for name in ("left", "top", "width", "height")]
    assert sides == [pytest.approx(side, abs=1) for side in (20, 30, 100, 60)]
    page.select_option("#preview-dpi", "100")
    page.locator("#preview-form button").click()
    expect(page.locator(".document[data-kind=D05] .sheet")).to_have_count(1, timeout=SCAN_MS)
    assert picture_mm(clerk, 100) == (pytest.approx(100, abs=2), pytest.approx(60, abs=2))
    page.locator("#preview form button").last.click()
    expect(page.locator("#preview")).to_have_count(0)


def test_a_part_is_given_in_numbers_where_no_script_runs_and_a_wrong_one_is_explained(
    clerk_without_script: Any, glass: None
) -> None:
    clerk = clerk_without_script
    page = clerk.page
    clerk.sign_in()
    clerk.clear_desk()
    page.locator("form[action$='/desk/without-card'] button").click()
    page.locator("#to-papers").click()
    page.select_option("#scan-kind", "D05")
    page.locator("#other-scan button[formaction]").click()
    until(page, "#preview-form button:not([disabled])")
    for name, value in {"left": "150", "top": "10", "width": "100", "height": "40"}.items():
        page.fill(f"#preview-{name}_mm", value)
    page.select_option("#preview-dpi", "100")
    page.locator("#preview-form button").click()
    expect(page.locator("#sentence")).to_contain_text("216 × 297")
    expect(page.locator("#preview-left_mm")).to_have_value("150")
    page.fill("#preview-left_mm", "10")
    page.select_option("#preview-dpi", "100")
    page.locator("#preview-form button").click()
    until(page, ".document[data-kind=D05] .sheet")
    assert picture_mm(clerk, 100) == (pytest.approx(100, abs=2), pytest.approx(40, abs=2))


def until(page: Any, selector: str) -> None:
    """Open the page anew until it shows something, as a person without scripts does."""
    for _ in range(100):
        if page.locator(selector).count():
            return
        page.wait_for_timeout(200)
        page.goto(page.url.partition("/scan")[0].partition("/preview")[0])
    expect(page.locator(selector)).to_have_count(1)


def test_only_what_the_chosen_place_for_the_paper_has_is_offered(clerk: Any) -> None:
    page = clerk.page
    clerk.sign_in()
    clerk.clear_desk()
    clerk.tap("resident-016")
    page.locator("#to-papers").click()
    for only in ("colour [value=colour]", "dpi [value='600']", "size [value=a5]"):
        page.locator(f"#scan-{only}").evaluate("option => { option.dataset.sources = 'flatbed'; }")
    for name, value in (("source", "flatbed"), ("colour", "colour"), ("dpi", "600"), ("size", "a5"), ("source", "adf")):
        page.select_option(f"#scan-{name}", value)
    assert [page.input_value(f"#scan-{name}") for name in ("colour", "dpi", "size")] == ["grey", "300", "a4"]
    expect(page.locator("#scan-dpi [value='600']")).to_be_disabled()
    page.select_option("#scan-source", "flatbed")
    expect(page.locator("#scan-dpi [value='600']")).to_be_enabled()
