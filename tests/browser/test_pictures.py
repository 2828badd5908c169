"""The README's pictures: `make pictures` makes them anew, and every run holds the kept ones to the list.

Fake people only, from a demo.  Times differ from run to run, so the kept files are not compared pixel by pixel.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.pictures import MARK, MOST_BYTES, SIZE, small

HAS_ITS_OWN_DEMO = True
ROOT = Path(__file__).parents[2]
KEPT = ROOT / "docs" / "pictures"
TOLD = re.compile(r"docs/pictures/([\w-]+)\.png")


def sign_in(clerk):
    clerk.page.goto(f"{clerk.demo.url}/sign-in")
    clerk.page.fill("#name", "clerk")


def idle(clerk):
    clerk.sign_in("clerk", clerk.language)
    clerk.clear_desk()


def filled(clerk):
    idle(clerk)
    clerk.tap("resident-045")
    clerk.page.fill("#arrive_city_date", "20260302")
    clerk.page.fill("#mobile", "1380000")
    expect(clerk.page.locator("#says-mobile")).to_be_visible()


def record(clerk):
    idle(clerk)
    page, name = clerk.page, clerk.demo.names["resident-046"]
    clerk.tap("resident-046")
    clerk.complete()
    expect(page.locator("#missing")).to_have_count(0)
    page.keyboard.press("F9")
    expect(page.locator("#query")).to_be_visible()
    clerk.demo.lift()
    page.goto(f"{clerk.demo.url}/register")
    page.fill("#query", name)
    page.keyboard.press("Enter")
    page.get_by_role("link", name=name, exact=True).first.click()
    page.locator("aside a.btn-primary").click()
    page.fill("#mobile", "13900000000")
    page.fill("#edit-reason", "本人来电更正")
    page.keyboard.press("F9")
    expect(page.locator(".timeline")).to_contain_text("139****0000")
    expect(page.locator(".timeline")).to_contain_text("本人来电更正")


def paper(clerk):
    """A form as it will be printed."""
    idle(clerk)
    clerk.register("resident-047")
    clerk.page.keyboard.press("F8")
    clerk.page.locator("img.paper").evaluate("one => one.decode()")


def documents(clerk):
    idle(clerk)
    clerk.tap("resident-043")
    scanner = {"papers": ["lease", "employer-letter", "letter-upside-down"]}
    clerk.demo.control("PUT", "/feeder", scanner, device="scanner")
    clerk.page.locator("#to-papers").click()
    clerk.page.select_option("#scan-kind", "D04")
    clerk.page.select_option("#scan-source", "adf-duplex")
    clerk.page.locator("#other-scan button").first.click()
    expect(clerk.page.locator("#job[data-state=done]")).to_be_visible(timeout=60_000)
    expect(clerk.page.locator(".sheet")).to_have_count(6)
    for picture in clerk.page.locator(".sheet img").all():
        picture.scroll_into_view_if_needed()
        picture.evaluate("one => one.decode()")
    clerk.page.evaluate("scrollTo(0, 0)")


def photo(clerk):
    """A photo that is refused, on the page that shows it large."""
    idle(clerk)
    clerk.demo.control("PUT", "/sitter", {"person": "resident-044", "look": "tilted"}, device="camera")
    clerk.tap("resident-044")
    page = clerk.page
    expect(page.locator("#live-view img")).to_have_js_property("naturalWidth", 640, timeout=60_000)
    page.keyboard.press("F4")
    expect(page.locator("#photo-panel")).to_have_attribute("data-state", "waiting", timeout=60_000)
    page.locator("#photo-waiting button[formaction$='/photos']").click()
    expect(page.locator("#live-says")).to_contain_text("头歪了", timeout=60_000)
    page.locator(".photo-large .photo-marked img").evaluate("one => one.decode()")


def devices(clerk):
    clerk.sign_in("technician", clerk.language)
    clerk.page.goto(f"{clerk.demo.url}/devices")
    expect(clerk.page.locator("#device-reader")).to_have_attribute("data-state", "ready")


def practice(clerk):
    idle(clerk)
    clerk.page.goto(f"{clerk.demo.url}/practice")
    expect(clerk.page.locator("form.fault").first).to_be_visible()


def users(clerk):
    clerk.sign_in("supervisor", clerk.language)
    clerk.page.goto(f"{clerk.demo.url}/users")
    expect(clerk.page.locator("#add-user")).to_be_visible()


# What is pictured: name of the file, language, how to get there.
PICTURES = {
    "sign-in": ("zh", sign_in),
    "desk-idle": ("zh", idle),
    "desk-filled": ("zh", filled),
    "desk-filled-en": ("en", filled),
    "record": ("zh", record),
    "paper": ("zh", paper),
    "documents": ("zh", documents),
    "photo": ("zh", photo),
    "devices": ("zh", devices),
    "devices-en": ("en", devices),
    "practice": ("zh", practice),
    "users": ("zh", users),
}

ALWAYS_TAKEN = {"desk-filled", "paper"}
"""What `make test` takes; the other pages are looked at by tests of their own, and pictured by the drill."""


@pytest.mark.parametrize(
    "name", [name if name in ALWAYS_TAKEN else pytest.param(name, marks=pytest.mark.drill) for name in PICTURES]
)
def test_each_pictured_page_is_there_and_fits_a_small_file(clerk, name, tmp_path):
    clerk.language, go = PICTURES[name]
    clerk.page.set_viewport_size(SIZE)
    go(clerk)
    shown = small(clerk.page.screenshot(animations="disabled"), name)
    assert len(shown) < MOST_BYTES
    folder = Path(os.environ.get("RENHU_PICTURES") or tmp_path) / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.png").write_bytes(shown)


def test_the_readme_shows_the_pictures_of_this_list_and_no_others():
    assert {path.stem for path in KEPT.iterdir()} == set(PICTURES)
    assert set(TOLD.findall((ROOT / "README.md").read_text("utf-8"))) == set(PICTURES)


@pytest.mark.parametrize("name", PICTURES)
def test_each_kept_picture_was_made_by_this_list(name):
    file = KEPT / f"{name}.png"
    assert file.stat().st_size < MOST_BYTES
    with Image.open(file) as picture:
        assert isinstance(picture, Image.Image)
        assert (picture.width, picture.height) == (SIZE["width"], SIZE["height"])
        assert picture.info.get(MARK) == name
