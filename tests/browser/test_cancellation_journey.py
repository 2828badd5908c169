"""A clerk cancels a registration with the keys alone, a colleague approves, it is undone, and who left comes back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.looking import look

HAS_ITS_OWN_DEMO = True

RECORD = re.compile(r"/register/[0-9a-f-]+$")


def registered(clerk, card):
    clerk.clear_desk()
    clerk.register(card)
    return clerk.page.url


def row_of(clerk, record):
    return clerk.demo.row(
        "SELECT r.state, r.version, c.kind, c.leave_date, c.evidence, c.undone_at IS NULL AS stands,"
        " e.name AS entered, a.name AS approved FROM registration r JOIN cancellation c ON c.registration_id = r.id"
        " JOIN station_user e ON e.id = c.entered_by_id JOIN station_user a ON a.id = c.approved_by_id"
        " WHERE r.id = ? ORDER BY c.version DESC",
        record[-36:].replace("-", ""),
    )


def audited(clerk, action, record):
    found = clerk.demo.row(
        "SELECT count(*) AS n FROM audit_entry WHERE action = ? AND subject_id = ?",
        action,
        record[-36:].replace("-", ""),
    )
    return found["n"]


def sign_for(clerk, who):
    """The second person types name and password where the cursor stands, and goes on from field to field by Enter."""
    page = clerk.page
    page.keyboard.type(who["name"])
    page.keyboard.press("Tab")
    page.keyboard.type(who["password"])


def fill_in_by_keys(clerk, language):
    """The form from top to bottom; a day before the arrival is refused first, with the cursor in its field."""
    page = clerk.page
    page.keyboard.press("x")
    expect(page.locator("#cancel_kind")).to_be_focused()
    look(clerk.page, language)
    page.keyboard.type("lh")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#leave_date")).to_be_focused()
    page.keyboard.type("202502")
    page.keyboard.press("Enter")
    page.keyboard.type("测试外地")
    page.keyboard.press("F9")
    expect(page.locator("#problems li")).to_have_count(4)
    expect(page.locator("#leave_date")).to_be_focused()
    look(clerk.page, language)
    page.keyboard.press("Control+A")
    page.keyboard.type("20260401")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator("#evidence_1")).to_be_focused()
    for _ in range(2):
        page.keyboard.press("Enter")
    page.keyboard.press("Space")
    expect(page.locator("#evidence_3")).to_be_checked()


def approve_by_keys(clerk, language):
    """Nobody approves their own; then the supervisor does."""
    page = clerk.page
    page.focus("#second_name")
    sign_for(clerk, clerk.demo.people["clerk"])
    page.keyboard.press("F9")
    expect(page.locator("#second-sentence")).to_be_visible()
    expect(page.locator("#second_name")).to_be_focused()
    expect(page.locator("#leave_date")).to_have_value("2026-04-01")
    look(clerk.page, language)
    page.keyboard.press("Control+A")
    sign_for(clerk, clerk.demo.people["supervisor"])
    page.keyboard.press("F9")
    page.wait_for_url(RECORD)


def restore_by_keys(clerk):
    page = clerk.page
    page.keyboard.press("u")
    expect(page.locator("#undo-reason")).to_be_focused()
    page.keyboard.type("其实没有离开")
    page.keyboard.press("Tab")
    sign_for(clerk, clerk.demo.people["supervisor"])
    page.keyboard.press("Enter")


@pytest.mark.parametrize(("language", "card"), [("zh", "resident-030"), ("en", "resident-031")])
def test_a_registration_is_cancelled_and_restored_with_the_keys_alone(clerk, language, card):
    page, people = clerk.page, clerk.demo.people
    clerk.sign_in(language=language)
    record = registered(clerk, card)
    fill_in_by_keys(clerk, language)
    approve_by_keys(clerk, language)
    expect(page.locator("#cancelled")).to_contain_text("2026-04-01")
    expect(page.locator("#cancel-panel")).to_have_count(0)
    look(clerk.page, language)
    assert row_of(clerk, record) == {
        "state": "cancelled", "version": 2, "kind": "31", "leave_date": "2026-04-01", "evidence": '["3"]',
        "stands": 1, "entered": people["clerk"]["name"], "approved": people["supervisor"]["name"],
    }  # fmt: skip
    assert audited(clerk, "register.cancelled", record) == 1
    page.goto(f"{clerk.demo.url}/register")
    expect(page.locator("tr", has=page.locator(f"a[href$='{record[-36:]}']")).locator(".state-mark")).to_be_visible()
    page.goto(record)
    restore_by_keys(clerk)
    expect(page.locator("#cancelled")).to_have_count(0)
    expect(page.locator("#cancel-panel")).to_be_visible()
    look(clerk.page, language)
    after = row_of(clerk, record)
    assert (after["state"], after["version"], after["stands"]) == ("active", 3, 0)
    assert audited(clerk, "register.restored", record) == 1
    clerk.said = [said for said in clerk.said if "422" not in said]


def test_what_is_typed_is_kept_as_it_is_typed_and_who_left_comes_back_as_the_same_person(clerk):
    page, supervisor = clerk.page, clerk.demo.people["supervisor"]
    clerk.sign_in()
    record = registered(clerk, "resident-032")
    page.goto(f"{record}/cancel")
    page.fill("#cancel_kind", "32")
    page.fill("#leave_date", "202604")
    expect(page.locator("#kept .good-word")).to_be_visible()
    page.check("#evidence_3")
    clerk.demo.leave_alone()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("h1")).to_have_text("已锁定")
    page.locator("#password").fill(clerk.demo.people["clerk"]["password"])
    page.keyboard.press("Enter")
    expect(page.locator("#leave_date")).to_have_value("2026-04")
    expect(page.locator("#evidence_3")).to_be_checked()
    page.fill("#second_name", supervisor["name"])
    page.fill("#second_password", supervisor["password"])
    page.keyboard.press("F9")
    expect(page.locator("#cancelled")).to_contain_text("2026-04")
    page.goto(f"{clerk.demo.url}/desk")
    clerk.tap("resident-032")
    expect(page.locator("#former")).to_be_visible()
    expect(page.locator("#mobile")).to_have_value("13800000000")
    expect(page.locator("#road")).to_have_value("")
    clerk.complete()
    expect(page.locator("#missing")).to_have_count(0)
    page.keyboard.press("Shift+F9")
    page.wait_for_url(RECORD)
    assert page.url != record
    expect(page.locator("#others a")).to_have_attribute("href", re.compile(record[-36:]))
    found = clerk.demo.row(
        "SELECT count(*) AS n, count(DISTINCT person_id) AS people FROM registration WHERE person_id ="
        " (SELECT person_id FROM registration WHERE id = ?)",
        record[-36:].replace("-", ""),
    )
    assert found == {"n": 2, "people": 1}


def test_without_javascript_it_is_cancelled_and_restored_too(clerk_without_script):
    clerk, page = clerk_without_script, clerk_without_script.page
    supervisor = clerk.demo.people["supervisor"]
    clerk.sign_in()
    clerk.clear_desk()
    clerk.demo.lay("resident-033")
    page.locator("form[action$='/desk/read-card'] button").click()
    clerk.complete()
    page.locator("#acts button[value=stay]").click()
    page.wait_for_url(RECORD)
    record = page.url
    page.locator("#cancel-panel a").click()
    page.fill("#cancel_kind", "离沪")
    page.fill("#leave_date", "20260401")
    page.check("#evidence_8")
    for place, time in enumerate(("20260402 1000", "20260402 1900", "20260404 0930"), 1):
        page.fill(f"#visit_{place}", time)
    page.fill("#second_name", supervisor["name"])
    page.fill("#second_password", "not this one")
    page.locator("#acts .btn-primary").click()
    expect(page.locator("#second-sentence")).to_be_visible()
    expect(page.locator("#visit_3")).to_have_value("2026-04-04 09:30")
    page.fill("#second_password", supervisor["password"])
    page.locator("#acts .btn-primary").click()
    page.wait_for_url(RECORD)
    expect(page.locator("#cancelled")).to_contain_text("2026-04-02 19:00")
    page.locator("#undo summary").click()
    page.fill("#undo-reason", "其实没有离开")
    page.fill("#second-name", supervisor["name"])
    page.fill("#second-password", supervisor["password"])
    page.locator("#undo form button").click()
    page.wait_for_url(record)
    expect(page.locator("#cancelled")).to_have_count(0)
    assert row_of(clerk, record)["state"] == "active"
