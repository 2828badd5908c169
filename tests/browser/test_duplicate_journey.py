"""A clerk finds two records of one person, merges them with the keys alone, and parts them; in both languages."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.looking import look

HAS_ITS_OWN_DEMO = True

RECORD = re.compile(r"/register/[0-9a-f-]+$")


def two_records(clerk, card):
    """One person with a card, and once more without it: name, and the old number of 15 digits with one digit wrong."""
    page = clerk.page
    clerk.clear_desk()
    clerk.register(card)
    first = page.url
    number = clerk.demo.row(
        "SELECT p.id_no FROM person p JOIN registration r ON r.person_id = p.id WHERE r.id = ?", key_of(first)
    )["id_no"]
    wrong = number[:14] + str((int(number[14]) + 1) % 10) + number[15:17]
    page.goto(f"{clerk.demo.url}/desk")
    page.locator("form[action$='/desk/without-card'] button").click()
    expect(page.locator("#draft-form")).to_be_visible()
    old = wrong[:6] + wrong[8:]
    typed = {"name": clerk.demo.names[card], "ethnic": "01", "id_no": old, "id_no_again": old}
    for key, text in (typed | {"hukou_address": "测试地区测试路1号"}).items():
        page.fill(f"#{key}", text)
    clerk.complete()
    page.fill("#mobile", "13911111111")
    return first


def save_without_a_card(clerk):
    """Save the form on the desk; the address of the record."""
    page = clerk.page
    expect(page.locator("#missing")).to_have_count(0)
    page.keyboard.press("Shift+F9")
    page.wait_for_url(RECORD)
    return page.url


def key_of(record):
    return record[-36:].replace("-", "")


def state_of(clerk, record):
    return clerk.demo.row("SELECT state, version FROM registration WHERE id = ?", key_of(record))


def audited(clerk, action, record):
    asked = "SELECT count(*) AS n FROM audit_entry WHERE action = ? AND subject_id = ?"
    return clerk.demo.row(asked, action, key_of(record))["n"]


def sign_for(clerk, who):
    """The second person types name and password where the cursor stands."""
    clerk.page.keyboard.type(who["name"])
    clerk.page.keyboard.press("Tab")
    clerk.page.keyboard.type(who["password"])


def merge_by_keys(clerk, language):
    """From the register to the pair, to the evidence, the reason, the second person; first without any of them."""
    page = clerk.page
    expect(page.locator("body.live #found")).to_be_visible()
    page.keyboard.press("d")
    expect(page.locator("body.live #pairs li")).to_have_count(1)
    look(clerk.page, language)
    page.keyboard.press("Control+1")
    expect(page.locator("body.live #compare")).to_be_visible()
    look(clerk.page, language)
    page.keyboard.press("m")
    expect(page.locator("#evidence_1")).to_be_focused()
    page.keyboard.press("F9")
    expect(page.locator("#problems li")).to_have_count(4)
    expect(page.locator("#evidence_1")).to_be_focused()
    look(clerk.page, language)
    page.keyboard.press("Space")
    page.focus("#merge_reason")
    page.keyboard.type("同一人登了两次")
    page.keyboard.press("Enter")
    sign_for(clerk, clerk.demo.people["clerk"])
    page.keyboard.press("F9")
    expect(page.locator("#second-sentence")).to_be_visible()
    expect(page.locator("#second_name")).to_be_focused()
    expect(page.locator("#merge_reason")).to_have_value("同一人登了两次")
    page.keyboard.press("Control+A")
    sign_for(clerk, clerk.demo.people["supervisor"])
    page.keyboard.press("F9")
    page.wait_for_url(RECORD)


@pytest.mark.parametrize(("language", "card"), [("zh", "twenty-years"), ("en", "long-term")])
def test_two_records_of_one_person_are_merged_and_parted_with_the_keys_alone(clerk, language, card):
    page = clerk.page
    clerk.sign_in(language=language)
    first = two_records(clerk, card)
    expect(page.locator("#alike")).to_be_visible()
    second = save_without_a_card(clerk)
    expect(page.locator(f"#alike a[href*='{first[-36:]}']").first).to_be_visible()
    look(clerk.page, language)
    page.goto(f"{clerk.demo.url}/register")
    merge_by_keys(clerk, language)
    kept, gone = (first, second) if page.url == first else (second, first)
    assert page.url == kept
    look(clerk.page, language)
    assert (state_of(clerk, kept), state_of(clerk, gone)) == (
        {"state": "active", "version": 2}, {"state": "merged", "version": 2},
    )  # fmt: skip
    assert [audited(clerk, "register.merged", record) for record in (kept, gone)] == [1, 1]
    page.goto(gone)
    expect(page.locator("body.live #merged")).to_be_visible()
    look(clerk.page, language)
    page.keyboard.press("u")
    expect(page.locator("#undo-reason")).to_be_focused()
    page.keyboard.type("其实是两个人")
    page.keyboard.press("Tab")
    sign_for(clerk, clerk.demo.people["supervisor"])
    page.keyboard.press("Enter")
    expect(page.locator("#merged")).to_have_count(0)
    assert [state_of(clerk, record)["state"] for record in (kept, gone)] == ["active", "active"]
    assert audited(clerk, "register.unmerged", gone) == 1
    page.goto(f"{clerk.demo.url}/duplicates")
    expect(page.locator("body.live #pairs a")).to_have_count(1)
    page.keyboard.press("Control+1")
    expect(page.locator("body.live #compare")).to_be_visible()
    page.keyboard.press("n")
    expect(page.locator("#distinct-reason")).to_be_focused()
    page.keyboard.type("见过两个人")
    page.keyboard.press("Enter")
    page.wait_for_url("**/duplicates")
    expect(page.locator("#pairs a")).to_have_count(0)
    clerk.said = [said for said in clerk.said if "422" not in said]


def test_without_javascript_they_are_merged_and_parted_too(clerk_without_script):
    clerk, page = clerk_without_script, clerk_without_script.page
    supervisor = clerk.demo.people["supervisor"]
    clerk.sign_in()
    records = []
    for number in ("990000850612001", "990000850612003"):
        clerk.clear_desk()
        page.locator("form[action$='/desk/without-card'] button").click()
        typed = {"name": "测试同名", "ethnic": "01", "hukou_address": "测试地区测试路1号", "id_no": number}
        for key, text in (typed | {"id_no_again": number}).items():
            page.fill(f"#{key}", text)
        clerk.complete()
        page.locator("#acts button[value=stay]").click()
        page.wait_for_url(RECORD)
        records.append(page.url)
    page.locator("#alike a", has_text="对照").click()
    page.goto(f"{records[0]}/duplicate/{records[1][-36:]}")
    page.check("#evidence_2")
    page.fill("#merge_reason", "同一人登了两次")
    page.fill("#second_name", supervisor["name"])
    page.fill("#second_password", supervisor["password"])
    page.locator("#acts .btn-primary").click()
    page.wait_for_url(RECORD)
    assert state_of(clerk, records[1])["state"] == "merged"
    page.goto(records[1])
    page.locator("#undo summary").click()
    page.fill("#undo-reason", "其实是两个人")
    page.fill("#second-name", supervisor["name"])
    page.fill("#second-password", supervisor["password"])
    page.locator("#undo form button").click()
    page.wait_for_url(records[1])
    expect(page.locator("#merged")).to_have_count(0)
    assert state_of(clerk, records[1])["state"] == "active"
