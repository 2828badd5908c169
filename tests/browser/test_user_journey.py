"""A second person comes to the station: added by keyboard, in with the code, out again; also without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

NEW = "a long new password"


@pytest.fixture
def colleague(demo: Any, chromium: Browser) -> Iterator[Page]:
    """Another person at another browser."""
    context = chromium.new_context(viewport={"width": 1366, "height": 768})
    yield context.new_page()
    context.close()


def hears(page: Page) -> None:
    """The keys of the page act."""
    expect(page.locator("body.live")).to_have_count(1)


def type_into(page: Page, *texts: str) -> None:
    """Type into the focused field and those after it, with the keys that a person has."""
    for number, text in enumerate(texts):
        if number:
            page.keyboard.press("Tab")
        page.keyboard.insert_text(text)


def enrol(page: Page, url: str, name: str, code: str) -> None:
    """Go from the sign-in page to one's own password, without a mouse."""
    page.goto(f"{url}/sign-in")
    page.locator("a[href='/enrol']").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#name")).to_be_focused()
    type_into(page, name, code, NEW, NEW)
    page.keyboard.press("Enter")


@pytest.mark.parametrize(("language", "name"), [("zh", "测试员甲"), ("en", "测试员乙")])
def test_a_colleague_is_added_and_comes_in_by_keyboard_alone(clerk, colleague, language, name):
    page, demo = clerk.page, clerk.demo
    clerk.sign_in("supervisor", language)
    page.goto(f"{demo.url}/users")
    hears(page)
    page.keyboard.press("n")
    expect(page.locator("#user-name")).to_be_focused()
    type_into(page, name, "", demo.people["supervisor"]["password"])
    expect(page.locator("#user-role")).to_have_value("clerk")
    page.keyboard.press("Enter")
    code = page.locator("#one-time-code").inner_text()
    hears(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name=name)).to_be_visible()
    assert code not in page.content()

    enrol(colleague, demo.url, name, code)
    expect(colleague.locator(".who")).to_contain_text(name)
    user = demo.row("SELECT * FROM station_user WHERE name = ?", name)
    assert (user["role"], user["is_active"]) == ("clerk", 1)
    assert user["password_hash"].startswith("$argon2id$")
    made = demo.row(
        "SELECT count(*) AS n FROM audit_entry WHERE subject_id = ? AND action = 'accounts.user-made'", user["id"]
    )
    assert made["n"] == 1

    page.get_by_role("link", name=name).focus()
    page.keyboard.press("Enter")
    expect(page.locator("#disable-password")).to_be_visible()
    page.locator("#disable-password").focus()
    type_into(page, demo.people["supervisor"]["password"])
    page.keyboard.press("Enter")
    expect(page.locator("#enable-password")).to_be_visible()
    colleague.reload()
    expect(colleague.locator("#password")).to_be_visible()


def test_the_same_goes_without_javascript(clerk_without_script, colleague):
    clerk = clerk_without_script
    page, demo, name = clerk.page, clerk.demo, "测试员丙"
    own = demo.people["supervisor"]["password"]
    clerk.sign_in("supervisor")
    page.get_by_role("link", name="用户", exact=True).click()
    page.fill("#user-name", name)
    page.select_option("#user-role", "technician")
    page.fill("#add-password", "not this one")
    page.locator("#add-user .btn-primary").click()
    expect(page.locator("#sentence")).to_be_visible()
    expect(page.locator("#user-name")).to_have_value(name)
    expect(page.locator("#user-role")).to_have_value("technician")
    page.fill("#add-password", own)
    page.locator("#add-user .btn-primary").click()
    code = page.locator("#one-time-code").inner_text()
    page.locator("main a.btn").click()

    enrol(colleague, demo.url, name, "0000-0000-0000-0000")
    expect(colleague.locator("#sentence")).to_be_visible()
    expect(colleague.locator("#code")).to_be_focused()
    type_into(colleague, code.lower(), NEW, NEW)
    colleague.keyboard.press("Enter")
    expect(colleague.locator(".who")).to_contain_text(name)
    colleague.locator(".who").click()
    for key, text in (("old", NEW), ("password", NEW + "!"), ("again", NEW + "!")):
        colleague.fill(f"#{key}", text)
    colleague.keyboard.press("Enter")
    expect(colleague.locator(".callout.good")).to_be_visible()

    page.get_by_role("link", name=name).click()
    page.fill("#disable-password", own)
    page.locator("form[action$='/disable'] button").click()
    expect(page.locator("#enable-password")).to_be_visible()
    colleague.reload()
    expect(colleague.locator("#password")).to_be_visible()
    page.fill("#enable-password", own)
    page.locator("form[action$='/enable'] button").click()
    expect(page.locator("#disable-password")).to_be_visible()
