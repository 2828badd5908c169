"""A record's numbers are masked, and shown for a reason: by keyboard, without JavaScript, in either language."""

from __future__ import annotations

import re
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.looking import HAN


def record(clerk: Any) -> dict[str, Any]:
    """What the register holds of the page's record."""
    key = clerk.page.url[-36:].replace("-", "")
    query = "SELECT id_no, mobile FROM person JOIN registration ON person_id = person.id WHERE registration.id = ?"
    return dict(clerk.demo.row(query, key))


def opened(clerk: Any, name: str) -> None:
    """Find the record by the name, without a script if need be."""
    page = clerk.page
    page.goto(f"{clerk.demo.url}/register")
    page.fill("#query", name)
    page.keyboard.press("Enter")
    page.get_by_role("link", name=name, exact=True).first.click()
    expect(page.locator("#numbers")).to_be_visible()


def shown(clerk: Any, key: str) -> str:
    value = clerk.page.locator(f"dd[data-field={key}]").get_attribute("data-value")
    assert value is not None
    return str(value)


def test_v_and_enter_show_the_numbers_and_v_and_enter_mask_them(clerk: Any) -> None:
    page = clerk.page
    clerk.sign_in()
    clerk.clear_desk()
    clerk.register("resident-039")
    held = record(clerk)
    assert shown(clerk, "id_no") == f"{held['id_no'][:6]}********{held['id_no'][-4:]}"
    assert held["id_no"] not in page.content()
    assert held["mobile"] not in page.content()
    page.keyboard.press("v")
    expect(page.locator("#first-reason")).to_be_focused()
    assert held["mobile"] not in page.content(), "a letter alone shows nothing"
    page.keyboard.press("Enter")
    expect(page.locator("#numbers [role=status]")).to_be_visible()
    assert (shown(clerk, "id_no"), shown(clerk, "mobile")) == (held["id_no"], held["mobile"])
    assert Axe().run(page).response["violations"] == []
    facts = clerk.demo.row("SELECT facts FROM audit_entry WHERE action = 'register.shown-in-full' AND subject_id = ?",
                           page.url[-36:].replace("-", ""))  # fmt: skip
    assert facts == {"facts": '{"reason":"COMPARE"}'}
    page.keyboard.press("v")
    expect(page.locator("#first-reason")).to_be_visible()
    assert held["mobile"] not in page.content()
    expect(page.locator(".timeline")).to_contain_text("看过完整号码")
    assert Axe().run(page).response["violations"] == []


def test_ones_own_reason_does_it_without_javascript(clerk_without_script: Any) -> None:
    clerk, page = clerk_without_script, clerk_without_script.page
    clerk.sign_in()
    clerk.clear_desk()
    clerk.demo.lay("resident-050")
    page.locator("form[action$='/desk/read-card'] button").click()
    clerk.complete()
    page.locator("#acts button[value=stay]").click()
    expect(page).to_have_url(re.compile(r"/register/[0-9a-f-]+$"))
    for language in ("zh", "en"):
        clerk.context.clear_cookies()
        clerk.sign_in("supervisor", language)
        opened(clerk, clerk.demo.names["resident-050"])
        ones_own_reason(clerk, language)


def ones_own_reason(clerk: Any, language: str) -> None:
    page = clerk.page
    held = record(clerk)
    assert held["mobile"] not in page.content()
    page.focus("#full-words")
    page.keyboard.press("Enter")
    expect(page.locator("#numbers [role=alert]")).to_be_visible()
    assert held["mobile"] not in page.content()
    page.fill("#full-words", "own words")
    page.keyboard.press("Enter")
    expect(page.locator("#numbers [role=status]")).to_be_visible()
    assert shown(clerk, "mobile") == held["mobile"]
    if language == "en":
        assert not HAN.search(page.locator("#numbers").inner_text())
    page.locator("#numbers form button").click()
    expect(page.locator("#full-words")).to_be_visible()
    assert held["mobile"] not in page.content()
