"""The completeness board by keyboard: from a figure to the registrations behind it, in both languages."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.looking import look


@pytest.mark.parametrize(("language", "card"), [("zh", "family-b-2"), ("en", "family-b-3")])
def test_a_figure_leads_to_the_registrations_behind_it(clerk, language, card):
    clerk.sign_in(language=language)
    clerk.clear_desk()
    clerk.register(card)
    record = clerk.page.url
    page = clerk.page
    page.goto(f"{clerk.demo.url}/board")
    look(page, language)
    bare = page.locator("tbody tr").last
    expect(bare.locator("td").first).not_to_have_text("0")
    bare.locator("th a").focus()
    page.keyboard.press("Enter")
    expect(page.locator("tbody th").first).to_be_visible()
    look(page, language)
    page.keyboard.press("Escape")
    page.locator("tbody tr").last.locator("a[href*='what=gaps']").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#board-list tbody tr").first).to_be_visible()
    look(page, language)
    page.keyboard.press("F8")
    expect(page.locator("#own-password")).to_be_focused()
    page.keyboard.type(clerk.demo.people["clerk"]["password"])
    page.keyboard.press("Enter")
    expect(page.locator("img.paper").first).to_be_visible()
    look(page, language)
    page.go_back()
    for _ in range(20):
        link = page.locator(f"a[href='{record.removeprefix(clerk.demo.url)}']")
        if link.count():
            break
        page.keyboard.press("]")
        page.wait_for_load_state()
    link.focus()
    page.keyboard.press("Enter")
    expect(page.locator("dd[data-field=name]")).to_be_visible()
