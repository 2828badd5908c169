"""Papers on the desk: one key scans, blanks go, a page is turned, the record keeps them, the PDF shows them."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from PIL import Image, ImageChops, ImageStat
from playwright.sync_api import expect

SCAN_MS = 60_000
VIEWED_DPI = 50
# Only the lease has something on its back.
SHEETS = ["employer-letter", "lease", "property-certificate", "kinship-promise", "study-proof"]
WRITTEN = [*((sheet, "front") for sheet in SHEETS[:2]), ("lease", "back"), *((sheet, "front") for sheet in SHEETS[2:])]
TURNED = 2


@pytest.fixture
def scanner(demo: Any) -> Any:
    """The simulated scanner's control port, everything switched off and nothing in it."""

    def control(method: str, path: str, body: object = None) -> Any:
        return demo.control(method, path, body, device="scanner")

    control("DELETE", "/faults")
    control("PUT", "/feeder", {"papers": []})
    yield control
    control("DELETE", "/faults")


def rendered(pdf: bytes, folder: Path) -> list[Image.Image]:
    """What an independent program shows of a PDF."""
    file = folder / "document.pdf"
    file.write_bytes(pdf)
    subprocess.run(["pdftoppm", "-r", str(VIEWED_DPI), "-png", str(file), str(folder / "shown")], check=True)
    return [Image.open(path).convert("RGB") for path in sorted(folder.glob("shown*.png"))]


def difference(one: Image.Image, other: Image.Image) -> float:
    """How two pictures differ beyond one being darker all over, as a scan's grain makes it."""
    scaled = other.convert("RGB").resize(one.size)
    return sum(ImageStat.Stat(ImageChops.subtract(one, scaled, 2, 128)).stddev) / 3


def unlikeness(demo: Any, shown: Image.Image, *, is_turned: bool) -> dict[tuple[str, str], float]:
    """How much a page differs from each side of each sheet as it was drawn."""
    sides = [(sheet, side) for sheet in SHEETS for side in ("front", "back")]
    drawn = {side: Image.open(io.BytesIO(demo.drawn(*side))) for side in sides}
    turn = Image.Transpose.ROTATE_270
    return {side: difference(shown, one.transpose(turn) if is_turned else one) for side, one in drawn.items()}


# A station of its own: elsewhere the preset is what somebody chose last for this kind of document.
@pytest.mark.parametrize("weakened_demo", [""], indirect=True)
@pytest.mark.parametrize("language", ["zh", pytest.param("en", marks=pytest.mark.drill)])
def test_five_sheets_become_one_tidy_pdf_of_the_record(clerk_at_weakened: Any, tmp_path: Path, language: str) -> None:
    clerk = clerk_at_weakened
    demo, page = clerk.demo, clerk.page
    clerk.sign_in(language=language)
    clerk.clear_desk()
    clerk.tap({"zh": "resident-011", "en": "resident-012"}[language])
    clerk.complete()
    expect(page.locator("#papers li[data-kind=D04][data-state=missing]")).to_be_visible()
    demo.control("PUT", "/feeder", {"papers": SHEETS}, device="scanner")
    preset = page.locator("#papers li[data-kind=D04] .preset")
    expect(preset).to_contain_text("200 dpi")
    preset.click()
    expect(page.locator("#scan-job[data-state=done]")).to_be_visible(timeout=SCAN_MS)
    page.locator("#to-papers").click()
    document = page.locator(".document[data-kind=D04]")
    expect(document.locator("ol.sheets").first.locator(".sheet")).to_have_count(10)
    page.locator(".document[data-kind=D04] > .proposal button").first.click()
    expect(document.locator("ol.sheets").first.locator(".sheet")).to_have_count(len(WRITTEN))
    document.locator(".sheet").nth(TURNED).locator("button[value=rotate]").click()
    expect(page.locator(".document[data-kind=D04] .sheet").nth(TURNED).locator("img.turn-90")).to_be_visible()
    page.wait_for_load_state()
    page.keyboard.press("Escape")
    page.wait_for_url("**/desk")
    expect(page.locator("#draft-form")).to_be_visible()
    expect(page.locator("#papers li[data-kind=D04][data-state=here]")).to_be_visible()
    clerk.demo.lift()
    page.keyboard.press("Shift+F9")
    page.wait_for_url("**/register/*")
    page.locator("a[href^='/documents/record/']").click()
    expect(page.locator(".document[data-kind=D04] .sheet")).not_to_have_count(0)
    with page.context.expect_page() as opened:
        page.locator(".document[data-kind=D04] p a").first.click()
    opened.value.close()
    link = page.locator(".document[data-kind=D04] p a").first.get_attribute("href")
    answer = page.context.request.get(demo.url + link)
    assert answer.headers["content-type"] == "application/pdf"
    shown = rendered(answer.body(), tmp_path)
    assert [one.width > one.height for one in shown] == [place == TURNED for place in range(len(WRITTEN))]
    for place, one in enumerate(shown):
        unlike = unlikeness(demo, one, is_turned=place == TURNED)
        assert min(unlike, key=unlike.__getitem__) == WRITTEN[place]
    with pikepdf.open(io.BytesIO(answer.body())) as made:
        assert made.open_metadata().pdfa_status == "1B"


def test_a_reload_in_the_middle_loses_no_page(clerk: Any, scanner: Any) -> None:
    page = clerk.page
    clerk.sign_in()
    clerk.clear_desk()
    clerk.tap("resident-013")
    scanner("PUT", "/faults/slow-page", {"delay_ms": 1500})
    scanner("PUT", "/feeder", {"papers": ["lease", "lease", "lease"]})
    page.locator("#to-papers").click()
    page.select_option("#scan-kind", "D04")
    page.select_option("#scan-source", "adf")
    page.select_option("#scan-dpi", "75")
    page.locator("#other-scan button").first.click()
    expect(page.locator(".document[data-kind=D04] .sheet")).not_to_have_count(0, timeout=SCAN_MS)
    page.reload()
    expect(page.locator("#scan-job[data-state=done]")).to_be_visible(timeout=SCAN_MS)
    expect(page.locator(".document[data-kind=D04] .sheet")).to_have_count(3)


def test_a_jam_says_what_to_do_and_the_pages_before_it_stay(clerk: Any, scanner: Any) -> None:
    page = clerk.page
    clerk.sign_in()
    clerk.clear_desk()
    clerk.tap("resident-014")
    scanner("PUT", "/faults/jam", {"page": 2})
    scanner("PUT", "/feeder", {"papers": ["lease", "lease", "lease"]})
    page.locator("#to-papers").click()
    page.select_option("#scan-kind", "D04")
    page.select_option("#scan-source", "adf")
    page.select_option("#scan-dpi", "75")
    page.locator("#other-scan button").first.click()
    expect(page.locator("#scan-job[data-state=failed]")).to_contain_text("卡纸", timeout=SCAN_MS)
    expect(page.locator(".document[data-kind=D04] .sheet")).to_have_count(1)


def test_f2_scans_the_marked_paper_from_the_desk_and_without_script_too(
    clerk: Any, clerk_without_script: Any, scanner: Any
) -> None:
    scanner("PUT", "/platen", {"paper": "id-card-family-a-3"})
    page = clerk.page
    clerk.sign_in()
    clerk.clear_desk()
    clerk.tap("resident-015")
    page.fill("#road", "测试路")
    page.keyboard.press("F2")
    expect(page.locator("#scan-job[data-state=done]")).to_be_visible(timeout=SCAN_MS)
    expect(page.locator("#card-waiting")).to_be_visible()
    expect(page.locator("#road")).to_have_value("测试路")
    page.goto("about:blank")
    other = clerk_without_script
    other.sign_in()
    other.clear_desk()
    other.page.locator("form[action$='/desk/without-card'] button").click()
    other.page.fill("#road", "测试北路")
    other.page.keyboard.press("Enter")
    expect(other.page.locator("#field-road.from-typed")).to_be_visible()
    other.page.fill("#room", "302")
    other.page.fill("#mobile", "138")
    other.page.locator("#papers .card-scan button").first.click()
    expect(other.page.locator("#scan-job")).to_be_visible()
    for _ in range(100):
        if other.page.locator("#scan-job[data-state=done]").count():
            break
        look_again = other.page.locator("#scan-job .without-script button")
        if look_again.count():
            look_again.click()
        else:
            other.page.reload()
    expect(other.page.locator("#card-waiting")).to_be_visible()
    kept = {"#road": "测试北路", "#room": "302", "#mobile": "138"}
    assert {place: other.page.input_value(place) for place in kept} == kept
