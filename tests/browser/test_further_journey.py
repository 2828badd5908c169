"""What the forms have beyond the Shanghai form, with the keys alone: folded away, shown when called for, asked for."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.looking import look

HAS_ITS_OWN_DEMO = True
LEASE = {
    "owner_relation": "08", "owner_name": "测试房产公司", "owner_id": "91350100M000100Y43",
    "owner_mobile": "13700000000",
}  # fmt: skip
SAVED = (
    "SELECT r.owner_id, r.wants_permit, p.income_source, p.job FROM registration r JOIN person p ON p.id = r.person_id"
)


def unfold(page, section):
    page.locator(f"#section-{section} summary").focus()
    page.keyboard.press("Enter")


def put(page, key, text):
    page.locator(f"#{key}").focus()
    page.keyboard.insert_text(text)
    page.keyboard.press("Tab")


@pytest.mark.parametrize(("language", "card"), [("zh", "resident-031"), ("en", "resident-032")])
def test_a_tenant_who_wants_a_permit_is_registered_by_keyboard(clerk, language, card):
    clerk.sign_in(language=language)
    clerk.clear_desk()
    page = clerk.page
    clerk.tap(card)
    for section in ("tenancy", "work", "permit", "further"):
        expect(page.locator(f"#section-{section}")).not_to_have_attribute("open", re.compile(".*"))
    clerk.complete()
    unfold(page, "tenancy")
    for key, text in LEASE.items():
        put(page, key, text)
    unfold(page, "permit")
    expect(page.locator("#income_source")).to_have_count(0)
    page.locator("#wants_permit").focus()
    page.keyboard.press("1")
    page.keyboard.press("Tab")
    put(page, "income_source", "1")
    expect(page.locator("#school")).to_have_count(0)
    unfold(page, "work")
    expect(page.locator("#not_working_reason")).to_be_visible()
    expect(page.locator("#job")).to_have_count(0)
    put(page, "owner_id", "91350100M000100Y44")
    look(page, language)
    expect(page.locator("#says-owner_id")).to_be_visible()
    page.locator("#owner_id").fill(LEASE["owner_id"])
    page.keyboard.press("Tab")
    expect(page.locator("#says-owner_id")).to_have_count(0)
    expect(page.locator("#missing")).to_have_count(0)
    page.keyboard.press("Shift+F9")
    page.wait_for_url(re.compile(r"/register/[0-9a-f-]+$"))
    expect(page.locator("#main")).to_contain_text("913501********0Y43")
    look(page, language)
    row = clerk.demo.row(f"{SAVED} WHERE p.name = ?", clerk.demo.names[card])
    assert (row["owner_id"], row["wants_permit"], row["income_source"]) == (LEASE["owner_id"], "1", "1")


def test_a_supervisor_has_a_group_asked_for_and_the_next_form_wants_it(clerk):
    page = clerk.page
    clerk.sign_in("supervisor")
    page.goto(f"{clerk.demo.url}/rules/asks_work")
    expect(page.locator("#main")).to_contain_text("1 选填")
    look(page, "zh")
    today = clerk.demo.row("SELECT date('now', '+8 hours') AS day")["day"].replace("-", "")
    for key, text in {"rule-value": "2", "rule-from": today, "rule-reason": "测试要求"}.items():
        page.locator(f"#{key}").focus()
        page.keyboard.insert_text(text)
    page.keyboard.press("F9")
    expect(page.locator("#main")).to_contain_text("2 按表必填")
    clerk.context.clear_cookies()
    clerk.sign_in("clerk")
    clerk.clear_desk()
    clerk.tap("resident-033")
    put(page, "employer", "测试公司")
    expect(page.locator("#missing a[href='#job']")).to_be_visible()
    expect(page.locator("#section-work")).to_have_attribute("open", re.compile(".*"))
    look(page, "zh")
