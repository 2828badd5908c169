"""The simulated camera on the practice page in Chromium: who has the card is seated, with and without JavaScript."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

HAS_ITS_OWN_DEMO = True
CARD = "family-a-2"


@pytest.fixture
def set_back(demo):
    """Leave the camera as it was at the start."""
    yield
    demo.control("DELETE", "/camera", device="camera")
    demo.control("DELETE", "/faults", device="camera")


def seat_the_holder(clerk):
    page = clerk.page
    clerk.sign_in(language="en")
    page.goto(f"{clerk.demo.url}/practice")
    expect(page.locator("#seat-holder")).to_have_count(0)
    page.locator(f"button[name=card][value={CARD}]").click()
    page.locator("#seat-holder").click()
    expect(page.locator("#now [role=status]")).to_contain_text("Somebody sits before the camera.")
    expect(page.locator("#now-sitter")).to_contain_text(f"{clerk.demo.names[CARD]} · female · age 42")
    expect(page.locator("#seat-holder")).to_have_count(0)


def spoil_the_photo(clerk):
    page = clerk.page
    group = page.locator("details.lessons", has=page.locator("button[value=dark]"))
    group.locator("> summary").click()
    page.locator("button[name=look][value=dark]").click()
    expect(page.locator("#now-sitter")).to_contain_text("Too little light.")
    expect(group).to_have_attribute("open", "")
    assert clerk.demo.control("GET", "/sitter", device="camera") == {"person": CARD, "look": "dark"}


@pytest.mark.usefixtures("set_back")
def test_the_holder_of_the_card_is_seated_and_shown_and_the_photo_spoilt(clerk):
    seat_the_holder(clerk)
    shown = clerk.page.locator("#now-sitter img")
    expect(shown).to_have_js_property("naturalWidth", 400)
    before = shown.get_attribute("src")
    spoil_the_photo(clerk)
    assert shown.get_attribute("src") != before
    expect(shown).to_have_js_property("naturalWidth", 400)


@pytest.mark.usefixtures("set_back")
def test_without_script_somebody_is_found_among_many_and_the_camera_set(clerk_without_script):
    clerk, page = clerk_without_script, clerk_without_script.page
    seat_the_holder(clerk)
    spoil_the_photo(clerk)
    assert page.locator("#person option").count() == 200
    page.fill("#query", "visitor-01")
    page.keyboard.press("Enter")
    expect(page.locator("#person option")).to_have_count(10)
    page.select_option("#person", "visitor-012")
    page.locator(".sitter-choice button").click()
    assert clerk.demo.control("GET", "/sitter", device="camera") == {"person": "visitor-012", "look": "good"}
    page.select_option("#camera-size", "1000x750")
    page.check("#camera-turned")
    page.locator(".camera-settings button").click()
    expect(page.locator("#now [role=status]")).to_contain_text("The camera is set.")
    expect(page.locator("#camera-turned")).to_be_checked()
    told = clerk.demo.control("GET", "/camera", device="camera")
    assert told == {"size": "1000x750", "quality": "jpeg-fine", "battery": 80, "turned": True}
    page.locator("form.fault", has=page.locator("[name=fault][value=store-full]")).get_by_role("button").click()
    expect(page.locator("#now-faults button")).to_contain_text("Camera store-full")
    page.locator(".now-acts form button").click()
    expect(page.locator("#now-faults button")).to_have_count(0)
    assert clerk.demo.control("GET", "/camera", device="camera")["size"] == "4000x3000"
