"""One more person of a household that is registered already, in a real browser and by keyboard."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_household_is_found_as_its_address_is_typed_and_one_more_person_joins_it(clerk, language):
    clerk.language = language
    room = {"zh": "811", "en": "812"}[language]
    head, other = {"zh": ("resident-024", "resident-025"), "en": ("resident-026", "resident-027")}[language]
    clerk.sign_in()
    clerk.clear_desk()
    page = clerk.page
    clerk.tap(head)
    clerk.complete()
    page.fill("#room", room)
    expect(page.locator("#missing")).to_have_count(0)
    page.keyboard.press("F9")
    expect(page.locator("#query")).to_be_visible()
    clerk.demo.lift()
    expect(page.locator("#live")).to_have_attribute("data-sound", "none")
    page.locator("h1").click()
    page.keyboard.press("h")
    expect(page.locator(".find")).to_be_visible()
    page.wait_for_load_state()
    page.locator("#query").press_sequentially(f"测试路 {room}")
    expect(page.locator(".households li")).to_have_count(1)
    assert page.url.endswith("/households")
    expect(page.locator("[aria-current=page]")).to_have_attribute("href", "/desk")
    assert Axe().run(page).violations_count == 0
    page.keyboard.press("Control+1")
    expect(page.locator("#room")).to_have_value(room)
    expect(page.locator("#household li")).to_have_count(1)
    expect(page.locator("#name")).to_have_value("")
    clerk.demo.lay(other)
    expect(page.locator("#name")).to_have_value(clerk.demo.names[other])
    expect(page.locator("#soldier")).to_be_focused()
    expect(page.locator("#room")).to_have_value(room)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_household_without_changes_is_confirmed_by_one_key(clerk, language):
    clerk.sign_in(language=language)
    clerk.clear_desk()
    page, room = clerk.page, {"zh": "813", "en": "814"}[language]
    clerk.tap({"zh": "resident-028", "en": "resident-029"}[language])
    clerk.complete()
    page.fill("#room", room)
    expect(page.locator("#missing")).to_have_count(0)
    page.keyboard.press("F9")
    expect(page.locator("#query")).to_be_visible()
    clerk.demo.lift()
    expect(page.locator("#live")).to_have_attribute("data-sound", "none")
    page.locator("h1").click()
    page.keyboard.press("h")
    expect(page.locator("form.find[action$='/households']")).to_be_visible()
    expect(page.locator("body.live")).to_have_count(1)
    page.locator("#query").press_sequentially(f"测试路 {room}")
    expect(page.locator(".households li")).to_have_count(1)
    page.keyboard.press("Alt+1")
    expect(page.locator("#confirmed")).to_be_visible()
    expect(page.locator("#query")).to_have_value(f"测试路 {room}")
    expect(page.locator(".households li")).to_have_count(1)
    assert Axe().run(page).violations_count == 0
    row = clerk.demo.row("SELECT version, verified_at > registered_at AS later FROM registration WHERE room = ?", room)
    assert row == {"version": 2, "later": 1}


def test_without_a_script_the_button_finds_it(clerk):
    clerk.sign_in()
    page = clerk.page
    page.goto(f"{clerk.demo.url}/households")
    page.fill("#query", "没有这条路")
    page.keyboard.press("Enter")
    expect(page.locator("#found .quiet")).to_be_visible()
    expect(page.locator("#query")).to_have_value("没有这条路")


def test_the_register_is_searched_as_one_types(clerk):
    clerk.sign_in()
    page = clerk.page
    page.goto(f"{clerk.demo.url}/register")
    page.wait_for_load_state()
    expect(page.locator("body.live")).to_have_count(1)
    page.locator("#query").press_sequentially("zzzz")
    expect(page.locator("#found td")).to_have_count(1)
    expect(page.locator("#query")).to_be_focused()
    assert page.url.endswith("/register")
    page.fill("#query", "")
    expect(page.locator("#found h2")).to_have_count(1)
