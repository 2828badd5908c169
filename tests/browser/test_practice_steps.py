"""The practice page by keyboard and without JavaScript: a card from a closed group, a fault with a value, the desk."""

import re

from playwright.sync_api import expect

HAS_ITS_OWN_DEMO = True
CARD = "leap-day"


def test_a_newcomer_finds_a_card_lays_it_and_comes_to_the_filled_form(clerk_without_script):
    clerk, page = clerk_without_script, clerk_without_script.page
    clerk.sign_in(language="en")
    clerk.clear_desk()
    page.goto(f"{clerk.demo.url}/practice")
    group = page.locator("details.lessons", has=page.locator(f"button[value={CARD}]"))
    expect(group).not_to_have_attribute("open", "")
    group.locator("> summary").focus()
    page.keyboard.press("Enter")
    page.locator(f"button[value={CARD}]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#now [role=status]")).to_contain_text("The card lies on the reader.")
    expect(page.locator("#now-card")).to_contain_text(clerk.demo.names[CARD])
    expect(group).to_have_attribute("open", "")
    expect(page.locator(f"button[value={CARD}]")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Tab")
    expect(page.locator("#now-card button")).to_be_focused()
    page.locator("#to-desk").focus()
    page.keyboard.press("Enter")
    read = page.locator("form[action$='/desk/read-card'] button")
    expect(page.locator("#name").or_(read)).to_be_visible()
    if read.count():  # the desk that this session holds may have read the card by itself
        read.click()
    expect(page.locator("#name")).to_have_value(clerk.demo.names[CARD])
    clerk.clear_desk()


def test_a_fault_is_switched_on_with_a_value_shown_and_cleared(clerk_without_script):
    clerk, page = clerk_without_script, clerk_without_script.page
    clerk.sign_in()
    page.goto(f"{clerk.demo.url}/practice")
    fault = page.locator("form.fault", has=page.locator("[name=fault][value=slow-plate]"))
    fault.get_by_role("link").click()
    page.fill("#reader-slow-plate-count", "2")
    fault.get_by_role("button").click()
    expect(page.locator("#now-faults button")).to_have_text(re.compile(r"slow-plate"))
    told = clerk.demo.control("GET", "/")["faults"]
    assert [one["values"]["left"] for one in told if one["active"]] == [2]
    page.locator(".now-acts form button").click()
    expect(page.locator("#now [role=status]")).to_contain_text("已全部清除。")
    expect(page.locator("#now-faults button")).to_have_count(0)
    assert not any(one["active"] for one in clerk.demo.control("GET", "/")["faults"])
