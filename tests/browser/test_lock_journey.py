"""A page that nobody uses locks: its names leave the screen, and the password brings back what was there."""

import pytest
from playwright.sync_api import expect

NAME = "测试锁屏"
LANGUAGES = pytest.mark.parametrize(("language", "words"), [("zh", "已锁定"), ("en", "Locked")])


@LANGUAGES
def test_names_leave_the_screen_and_come_back_with_the_password(clerk, language, words):
    page = clerk.page
    clerk.sign_in(language=language)
    clerk.clear_desk()
    page.keyboard.press("n")
    page.fill("#name", NAME)
    expect(page.locator("#field-name")).to_have_class("field cols-3 from-typed")
    clerk.demo.leave_alone()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("h1")).to_have_text(words)
    assert NAME not in page.content()
    assert clerk.demo.people["clerk"]["name"] in page.content()
    page.go_back()
    expect(page.locator("h1")).to_have_text(words)
    assert NAME not in page.content()
    page.locator("#password").fill(clerk.demo.people["clerk"]["password"])
    page.keyboard.press("Enter")
    expect(page.locator("#name")).to_have_value(NAME)


def test_the_same_holds_without_javascript(clerk_without_script):
    clerk, page = clerk_without_script, clerk_without_script.page
    clerk.sign_in()
    clerk.clear_desk()
    page.locator("form[action$=without-card] button").click()
    page.fill("#name", NAME)
    clerk.demo.leave_alone()
    page.locator("#acts button[value=next]").click()
    expect(page.locator("h1")).to_have_text("已锁定")
    assert NAME not in page.content()
    page.locator("#password").fill("not the password")
    page.locator("button.btn-primary").click()
    expect(page.locator(".problem")).to_be_visible()
    page.locator("#password").fill(clerk.demo.people["clerk"]["password"])
    page.locator("button.btn-primary").click()
    expect(page.locator("h1")).not_to_have_text("已锁定")
    page.goto(f"{clerk.demo.url}/desk")
    expect(page.locator("#name")).to_have_value(NAME)
