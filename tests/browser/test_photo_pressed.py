"""How often the shutter is released: once for each press that is meant, and only for whom it was meant."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Demo
from tests.browser.sounds import REFUSAL, SPY, heard

HAS_ITS_OWN_DEMO = True
CAMERA_MS = 40_000
PAST_THE_COUNTDOWN_MS = 5_000
HELD = 12
WELL = ["990", "1320"]


@pytest.fixture
def at_desk(clerk: Any) -> Iterator[Callable[[str], Page]]:
    """Sign in, seat somebody, lay this person's card, and wait until the desk shows what the camera sees."""

    def open_form(card: str) -> Page:
        clerk.demo.control("PUT", "/sitter", {"person": card, "look": "good"}, device="camera")
        page: Page = clerk.page
        page.clock.install()
        clerk.sign_in()
        clerk.clear_desk()
        clerk.tap(card)
        expect(page.locator("#live-says")).to_have_class(re.compile("good-word"), timeout=CAMERA_MS)
        return page

    clerk.demo.control("DELETE", "/faults", device="camera")
    yield open_form
    clerk.demo.control("DELETE", "/faults", device="camera")


def releases(demo: Demo) -> int:
    """How often the shutter was released for photos that were kept, as the audit has it."""
    return int(demo.row("SELECT count(*) AS number FROM audit_entry WHERE action = 'photo.taken'")["number"])


def wait_until_used(page: Page) -> None:
    expect(page.locator("#photo-panel")).to_have_attribute("data-state", "used", timeout=CAMERA_MS)


def wait_for_all_that_was_pressed(page: Page) -> None:
    """Save something typed: a form sends one thing after the other."""
    with page.expect_response(re.compile(r"/keep$"), timeout=CAMERA_MS):
        page.fill("#employer", "测试单位")
        page.locator("#employer").press("Tab")


def test_pressed_twice_is_one_photo(demo: Demo, at_desk: Any) -> None:
    page, before = at_desk("resident-030"), releases(demo)
    page.keyboard.press("F4")
    page.keyboard.press("F4")
    wait_until_used(page)
    wait_for_all_that_was_pressed(page)
    assert releases(demo) - before == 1


def test_a_key_that_is_held_down_is_one_photo(demo: Demo, at_desk: Any) -> None:
    page, before = at_desk("resident-031"), releases(demo)
    for _ in range(HELD):
        page.keyboard.down("F4")
    wait_until_used(page)
    for _ in range(HELD):
        page.keyboard.down("F4")
    page.keyboard.up("F4")
    wait_for_all_that_was_pressed(page)
    assert releases(demo) - before == 1


def test_a_press_ends_the_countdown(demo: Demo, at_desk: Any) -> None:
    page, before = at_desk("resident-032"), releases(demo)
    page.keyboard.press("Shift+F4")
    expect(page.locator(".live-count")).to_be_visible()
    page.keyboard.press("F4")
    wait_until_used(page)
    page.clock.run_for(PAST_THE_COUNTDOWN_MS)
    wait_for_all_that_was_pressed(page)
    assert releases(demo) - before == 1


def test_a_countdown_is_seen_and_what_the_camera_sees_closes_behind_it(at_desk: Any) -> None:
    page = at_desk("resident-033")
    page.keyboard.press("F4")
    wait_until_used(page)
    first = page.locator("#photo-current").get_attribute("data-photo")
    expect(page.locator("#live-view")).to_be_hidden()
    page.keyboard.press("Shift+F4")
    expect(page.locator(".live-count")).to_be_visible()
    page.clock.run_for(PAST_THE_COUNTDOWN_MS)
    expect(page.locator("#photo-current")).not_to_have_attribute("data-photo", str(first), timeout=CAMERA_MS)
    expect(page.locator("#live-view")).to_be_hidden()


def test_a_countdown_ends_with_the_form_it_was_begun_on(demo: Demo, at_desk: Any) -> None:
    """The person on the chair is not the one whose form has come meanwhile."""
    page, before = at_desk("resident-034"), releases(demo)
    draft = str(page.locator("#live").get_attribute("data-draft"))
    page.locator("[data-count]").evaluate("(button) => { button.dataset.count = 60; }")
    page.keyboard.press("Shift+F4")
    expect(page.locator(".live-count")).to_be_visible()
    demo.lay("resident-035")
    page.locator("#question [data-key='Alt+1']").click()
    expect(page.locator("#live")).not_to_have_attribute("data-draft", draft)
    expect(page.locator("#live-view")).to_be_visible()
    page.clock.run_for(60_000 + PAST_THE_COUNTDOWN_MS)
    wait_for_all_that_was_pressed(page)
    assert releases(demo) == before


def test_a_press_that_failed_can_be_made_again(clerk: Any, demo: Demo, at_desk: Any) -> None:
    page = at_desk("resident-036")
    page.route(re.compile(r"/take\?"), lambda route: route.abort())
    page.keyboard.press("F4")
    expect(page.locator("#notice")).not_to_be_empty()
    page.unroute_all()
    clerk.said.clear()  # the browser says of a line that broke that it did
    page.keyboard.press("F4")
    wait_until_used(page)


def test_what_came_of_a_press_is_heard_and_the_keys_stay_where_they_were(clerk: Any, demo: Demo, at_desk: Any) -> None:
    """Who releases looks at the person; who hears the page is told, and has not lost the place."""
    clerk.page.add_init_script(f"({SPY})()")
    page = at_desk("resident-038")
    demo.control("PUT", "/sitter", {"person": "resident-038", "look": "tilted"}, device="camera")
    expect(page.locator("#live-says")).to_have_class(re.compile("problem"), timeout=CAMERA_MS)
    page.evaluate("sessionStorage.removeItem('heard')")
    page.locator("#take-photo").press("Enter")
    expect(page.locator("#photo-told")).to_have_text(re.compile("不合要求"), timeout=CAMERA_MS)
    expect(page.locator("#take-photo")).to_be_focused()
    assert heard(clerk) == REFUSAL

    demo.control("PUT", "/sitter", {"person": "resident-038", "look": "good"}, device="camera")
    expect(page.locator("#live-says")).to_have_class(re.compile("good-word"), timeout=CAMERA_MS)
    page.keyboard.press("Enter")
    expect(page.locator("#photo-told")).to_have_text(re.compile("检查通过"), timeout=CAMERA_MS)
    expect(page.locator("#photo-again summary")).to_be_focused()
    assert heard(clerk) == [*REFUSAL, *WELL]
