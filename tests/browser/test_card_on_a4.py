"""An identity card, front and back, becomes one A4 page at true size: with keys, and without script."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from PIL import Image
from playwright.sync_api import expect

SCAN_MS = 60_000
PAPER = "id-card-family-a-3"
SHOWN_DPI = 100
STAMPED_MM = 14


@pytest.fixture
def glass(demo: Any) -> Iterator[Any]:
    """Lays a side of the card on the glass."""

    def lay(side: str) -> None:
        demo.control("PUT", "/platen", {"paper": PAPER, "side": side}, device="scanner")

    demo.control("DELETE", "/faults", device="scanner")
    yield lay
    demo.control("DELETE", "/platen", device="scanner")


def ink_mm(page: Image.Image) -> list[tuple[int, int, int, int]]:
    """Where the two halves are printed below the stamp of practice, in millimetres: left, top, right, bottom."""
    grey = page.convert("L").point(lambda level: 255 if level < 250 else 0)
    grey.paste(0, (0, 0, grey.width, round(STAMPED_MM / 25.4 * SHOWN_DPI)))
    halves = [(0, 0, grey.width, grey.height // 2), (0, grey.height // 2, grey.width, grey.height)]
    found = []
    for box in halves:
        left, top, right, bottom = grey.crop(box).getbbox() or (0, 0, 0, 0)
        found.append(tuple(round(value / SHOWN_DPI * 25.4) for value in (left, top + box[1], right, bottom + box[1])))
    return found  # type: ignore[return-value]


def open_pdf(page: Any, demo: Any, folder: Path) -> Image.Image:
    """The document's only page as an independent program shows it."""
    link = page.locator(".document[data-kind=D01] p a").first.get_attribute("href")
    content = page.context.request.get(demo.url + link).body()
    with pikepdf.open(io.BytesIO(content)) as made:
        assert len(made.pages) == 1
    (folder / "card.pdf").write_bytes(content)
    command = ["pdftoppm", "-r", str(SHOWN_DPI), "-png", str(folder / "card.pdf"), str(folder / "card")]
    subprocess.run(command, check=True)
    [shown] = folder.glob("card*.png")
    return Image.open(shown)


def check_page(page: Any, demo: Any, folder: Path) -> None:
    """Front above, back below, each 85.6 × 54 mm in the middle of its place."""
    expect(page.locator(".document[data-kind=D01] button[value=swap]")).to_have_count(1, timeout=SCAN_MS)
    expect(page.locator(".document[data-kind=D01] .warning")).to_have_count(0)
    halves = ink_mm(open_pdf(page, demo, folder))
    for (left, top, right, bottom), middle in zip(halves, (99, 198), strict=True):
        assert (right - left, bottom - top) == (pytest.approx(86, abs=1), pytest.approx(54, abs=1))
        assert ((left + right) / 2, (top + bottom) / 2) == (pytest.approx(105, abs=1), pytest.approx(middle, abs=1))


def scan_front(clerk: Any, glass: Any, person: str) -> None:
    """Tap a card and scan its front from the glass; the page waits for the back."""
    clerk.sign_in()
    clerk.clear_desk()
    clerk.tap(person)
    glass("front")
    clerk.page.keyboard.press("F2")
    expect(clerk.page.locator("#card-waiting")).to_contain_text("翻过来", timeout=SCAN_MS)


def test_f2_twice_puts_both_sides_on_one_page(clerk: Any, demo: Any, glass: Any, tmp_path: Path) -> None:
    page = clerk.page
    scan_front(clerk, glass, "resident-017")
    expect(page.locator("#papers li[data-kind=D01][data-state=missing]")).to_be_visible()
    page.reload()
    expect(page.locator("#card-waiting")).to_be_visible()
    glass("back")
    page.keyboard.press("F2")
    expect(page.locator("#papers li[data-kind=D01][data-state=here]")).to_be_visible(timeout=SCAN_MS)
    expect(page.locator("#card-waiting")).to_have_count(0)
    page.locator("#to-papers").click()
    check_page(page, demo, tmp_path)


def test_a_front_that_did_not_lie_on_the_glass_is_named_and_scanned_anew_by_itself(
    clerk: Any, demo: Any, glass: Any, tmp_path: Path
) -> None:
    page = clerk.page
    scan_front(clerk, lambda _side: demo.control("DELETE", "/platen", device="scanner"), "resident-051")
    glass("back")
    page.keyboard.press("F2")
    doubt = page.locator("#papers li[data-kind=D01] [data-doubt]")
    expect(doubt).to_contain_text("第 1 页 · 正面：看来是空白", timeout=SCAN_MS)
    glass("front")
    doubt.get_by_role("button", name="重扫正面").click()
    expect(doubt).to_have_count(0, timeout=SCAN_MS)
    page.locator("#to-papers").click()
    check_page(page, demo, tmp_path)


def test_the_desk_keeps_one_side_alone_where_the_clerk_says_so(clerk: Any, glass: Any) -> None:
    page = clerk.page
    scan_front(clerk, glass, "resident-018")
    page.get_by_role("button", name="只要这一面").click()
    expect(page.locator("#card-waiting")).to_have_count(0)
    expect(page.locator("#papers li[data-kind=D01][data-state=here]")).to_be_visible()


def test_without_script_both_sides_are_scanned_too(
    clerk_without_script: Any, demo: Any, glass: Any, tmp_path: Path
) -> None:
    page = clerk_without_script.page
    clerk_without_script.sign_in(language="en")
    clerk_without_script.clear_desk()
    page.locator("form[action$='/desk/without-card'] button").first.click()

    def until(selector: str) -> None:
        for _ in range(100):
            if page.locator(selector).count():
                return
            page.wait_for_timeout(200)
            page.reload()
        raise AssertionError(selector)

    glass("front")
    page.locator("#papers .card-scan button").first.click()
    until("#card-waiting")
    glass("back")
    page.locator("#card-waiting button").first.click()
    until("#papers li[data-kind=D01][data-state=here]")
    page.locator("#to-papers").click()
    until(".document[data-kind=D01] button[value=swap]")
    check_page(page, demo, tmp_path)
