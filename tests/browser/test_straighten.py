"""A crooked page is put right with the clerk's consent: with keys and pointer, by numbers without script, and back."""

from __future__ import annotations

import io
import re
from typing import Any

import pikepdf
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import expect

SCAN_MS = 60_000
DPI = 75


@pytest.fixture
def scanner(demo: Any) -> Any:
    """The simulated scanner's control port, everything switched off."""

    def control(method: str, path: str, body: object = None) -> Any:
        return demo.control(method, path, body, device="scanner")

    control("DELETE", "/faults")
    yield control
    control("DELETE", "/platen")


def scan_flat(clerk: Any, scanner: Any, paper: str) -> None:
    page = clerk.page
    scanner("PUT", "/platen", {"paper": paper})
    for name, value in {"kind": "D04", "source": "flatbed", "dpi": str(DPI), "colour": "colour"}.items():
        page.select_option(f"#scan-{name}", value)
    page.locator("#other-scan button").first.click()


def size_of(clerk: Any, demo: Any, place: int) -> tuple[int, ...]:
    """What a page shows, in millimetres."""
    source = clerk.page.locator(".sheet img").nth(place).get_attribute("src").replace("/small", "")
    with Image.open(io.BytesIO(clerk.page.context.request.get(demo.url + source).body())) as shown:
        return tuple(round(side / DPI * 25.4) for side in shown.size)


def finished(demo: Any) -> int:
    """How many finished pages are kept."""
    return int(demo.row("SELECT count(*) AS made FROM media WHERE kind = 'finished'")["made"])


def drag_and_type(page: Any) -> None:
    """Make the frame narrower with the pointer, then say exactly how wide."""
    expect(page.locator("#crop .handle")).to_have_count(8)
    assert 147 < float(page.input_value("#width_mm")) < 149
    corner = page.locator("#crop .handle").nth(2).bounding_box()
    page.mouse.move(corner["x"] + 5, corner["y"] + 5)
    page.mouse.down()
    page.mouse.move(corner["x"] - 95, corner["y"] + 5, steps=4)
    page.mouse.up()
    assert 80 < float(page.input_value("#width_mm")) < 140
    assert abs(float(page.input_value("#left_mm"))) < 0.5, "the other side stays"
    page.locator("#width_mm").fill("100")
    page.locator("#turn_deg").fill("1.5")
    expect(page.locator("#crop .frame-line")).to_have_attribute("width", "100")


def stays_in_its_place(page: Any) -> None:
    """A frame that stands out of its page is shown whole, off the link above, and all of it without scrolling."""
    page.fill("#turn_deg", "-4")
    page.locator("button[value=draw]").click()
    expect(page.locator("#crop .frame")).to_have_attribute("transform", re.compile(r"rotate\(-4"))
    shown = page.locator("#crop .frame-line").evaluate("one => one.getBoundingClientRect().toJSON()")
    place = page.locator("#crop").evaluate("one => one.getBoundingClientRect().toJSON()")
    assert place["top"] < shown["top"]
    assert shown["bottom"] < place["bottom"] <= 768


def without_script(page: Any, place: str) -> None:
    """Go back to the original of the first page, and cut the second by numbers; what is impossible is said."""
    page.goto(place)
    page.locator(".sheet button[value=leave]").first.click()
    expect(page.locator(".sheet img")).to_have_count(2)
    page.locator(".sheet .more summary").last.click()
    page.locator(".sheet a[href$=straighten]").last.click()
    stays_in_its_place(page)
    page.fill("#left_mm", "-400")
    page.locator("button[value=accept]").click()
    expect(page.locator("#sentence")).to_contain_text("45")
    expect(page.locator("#left_mm")).to_have_value("-400")
    for name, value in {"left_mm": "0", "turn_deg": "-2", "height_mm": "150"}.items():
        page.fill(f"#{name}", value)
    page.locator("button[value=draw]").click()
    expect(page.locator("#crop .frame")).to_have_attribute("transform", re.compile(r"rotate\(-2.0 105.* 75.0\)"))
    page.locator("button[value=accept]").click()
    expect(page.locator(".sheet img")).to_have_count(2)


def test_a_page_is_put_right_as_the_clerk_wishes_and_goes_back_to_what_it_was(
    clerk: Any, clerk_without_script: Any, demo: Any, scanner: Any
) -> None:
    page = clerk.page
    others = finished(demo)
    clerk.sign_in()
    clerk.clear_desk()
    page.locator("form[action$='/desk/without-card'] button").first.click()
    page.locator("#to-papers").click()
    scan_flat(clerk, scanner, "rent-receipt-a5")
    expect(page.locator(".sheet .framed")).to_have_count(1, timeout=SCAN_MS)
    scan_flat(clerk, scanner, "lease")
    expect(page.locator(".sheet")).to_have_count(2, timeout=SCAN_MS)
    expect(page.locator(".straighten-all")).to_contain_text("1")
    page.locator(".sheet .framed").click()
    page.wait_for_url("**/straighten")
    result = Axe().run(page)
    assert result.violations_count == 0, result.generate_report()
    drag_and_type(page)
    page.keyboard.press("F9")
    page.wait_for_url("**/documents/draft/*")
    expect(page.locator(".sheet .framed")).to_have_count(0)
    assert finished(demo) == others + 1
    assert size_of(clerk, demo, 0)[0] == 100
    link = page.locator(".document p a").first.get_attribute("href")
    with pikepdf.open(io.BytesIO(page.context.request.get(demo.url + link).body())) as made:
        assert [round(float(one.mediabox[2]) / 72 * 25.4) for one in made.pages] == [100, 210]
    clerk_without_script.context.add_cookies(page.context.cookies())
    without_script(clerk_without_script.page, page.url.split("#")[0])
    assert finished(demo) == others + 1, "that of the first page is gone, that of the second is there"
    page.goto(page.url.split("#")[0])
    assert size_of(clerk, demo, 0)[0] == 210
    assert size_of(clerk, demo, 1) == (210, 150)
