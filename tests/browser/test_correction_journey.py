"""A correction in the browser is kept while it is typed, so that a page that locks brings it back."""

import re

from playwright.sync_api import expect

SAVE_AND_STAY = "#acts button[value=stay]"


def test_a_locked_page_brings_the_correction_back_as_it_was_typed(clerk):
    page = clerk.page
    clerk.sign_in()
    clerk.clear_desk()
    clerk.register("resident-033")
    page.locator("a[href$='/edit']").click()
    page.fill("#road", "锁前路")
    page.fill("#edit-reason", "本人申报")
    expect(page.locator("#kept .good-word")).to_be_visible()
    page.fill("#room", "999")
    clerk.demo.leave_alone()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("h1")).to_have_text("已锁定")
    page.locator("#password").fill(clerk.demo.people["clerk"]["password"])
    page.keyboard.press("Enter")
    for key, text in {"road": "锁前路", "edit-reason": "本人申报", "room": "999"}.items():
        expect(page.locator(f"#{key}")).to_have_value(text)
    page.focus("#room")
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator("#room")).to_have_value("301")
    page.keyboard.press("F9")
    expect(page.locator("[data-field=road]")).to_have_attribute("data-value", "锁前路")
    row = clerk.demo.row("SELECT road, room, version FROM registration WHERE id = ?", page.url[-36:].replace("-", ""))
    assert row == {"road": "锁前路", "room": "301", "version": 2}


def test_a_double_click_without_javascript_saves_once_and_shows_the_record(clerk_without_script):
    clerk, page = clerk_without_script, clerk_without_script.page
    clerk.sign_in()
    clerk.clear_desk()
    clerk.demo.lay("resident-034")
    page.locator("form[action$='/desk/read-card'] button").click()
    clerk.complete()
    page.locator(SAVE_AND_STAY).dblclick()
    expect(page).to_have_url(re.compile(r"/register/[0-9a-f-]+$"))  # the second click broke the first one's loading off
    expect(page.locator("h1")).to_contain_text("居住登记")
    expect(page.locator("[data-field=name]")).to_have_attribute("data-value", clerk.demo.names["resident-034"])
