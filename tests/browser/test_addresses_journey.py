"""A list of door plates is taken in and a door is chosen on the form, by keyboard, also without script."""

from __future__ import annotations

import json
from importlib import resources

import pytest
from playwright.sync_api import expect

from tests.browser.looking import look

HAS_ITS_OWN_DEMO = True
ACT = "SELECT * FROM audit_entry WHERE action = ? ORDER BY seq DESC LIMIT 1"
PLATE = "SELECT * FROM door_plate WHERE addr_id = ?"
RECORD = "SELECT * FROM registration ORDER BY registered_at DESC LIMIT 1"
NUMBERS = {"zh": "99000000000000009001", "en": "99000000000000009002", "script": "99000000000000009003"}


def a_list(folder, extra: str):
    """The practice list with one more plate."""
    text = resources.files("agent.addresses").joinpath("practice.csv").read_text("utf-8-sig")
    file = folder / "plates.csv"
    file.write_text(
        f"{text}{NUMBERS[extra]},莘庄镇,测试一居,A01,测试一队,测试东路,,,7{NUMBERS[extra][-1]},\r\n", "utf-8"
    )
    return file


def take_in(clerk, folder, language: str):
    """From the bar to the base that has the list."""
    page = clerk.page
    clerk.sign_in("supervisor", language)
    page.goto(f"{clerk.demo.url}/tables")
    page.locator("#addresses a").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/addresses")
    look(page, language)
    page.focus("#list-source")
    page.keyboard.insert_text("测试文件")
    page.set_input_files("#list-file", a_list(folder, language))
    page.keyboard.press("F9")
    page.wait_for_url("**/addresses/waiting")
    expect(page.locator("#verdict")).to_be_visible()
    expect(page.locator("[data-count=rejected]")).to_have_text("0")
    look(page, language)
    page.keyboard.press("F9")
    page.wait_for_url("**/addresses")
    expect(page.locator("#blocks tbody tr")).to_have_count(4)
    look(page, language)
    plate, act = clerk.demo.row(PLATE, NUMBERS[language]), clerk.demo.row(ACT, "addresses.taken-in")
    assert (plate["committee"], plate["no"], act["subject_id"]) == (
        "测试一居",
        f"7{NUMBERS[language][-1]}",
        plate["edition_id"],
    )
    assert json.loads(act["facts"])["new"] >= 1
    page.context.clear_cookies()


def choose_on_the_correction(page):
    """Another door, chosen on the form of a correction, comes back taken apart; then it is given up."""
    record = page.url
    page.goto(f"{record}/edit")
    page.focus("#road")
    page.keyboard.press("Control+A")
    page.keyboard.insert_text("西路66弄")
    expect(page.locator("#codes li").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#road")).to_have_value("测试西路")
    expect(page.locator("#lane")).to_have_value("66")
    expect(page.locator("#room")).to_be_focused()
    page.locator("button[formaction$='/give-up']").click()
    page.wait_for_url(record)


@pytest.mark.parametrize(("language", "card"), [("zh", "resident-031"), ("en", "resident-032")])
def test_a_door_is_chosen_by_keyboard_and_its_block_follows(clerk, tmp_path, language, card):
    take_in(clerk, tmp_path, language)
    page, demo = clerk.page, clerk.demo
    clerk.sign_in(language=language)
    clerk.clear_desk()
    clerk.tap(card)
    clerk.complete()
    page.fill("#committee", "")
    page.focus("#road")
    page.keyboard.press("Control+A")
    page.keyboard.insert_text("东路88弄1")
    expect(page.locator("#codes li").first).to_be_visible()
    look(page, language)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    chosen = page.locator("#codes li[aria-selected=true]")
    expect(chosen).to_have_text("测试东路88弄10号")
    page.keyboard.press("Enter")
    expect(page.locator("#room")).to_be_focused()
    expect(page.locator("#road")).to_have_value("测试东路")
    expect(page.locator("#lane")).to_have_value("88")
    expect(page.locator("#no")).to_have_value("10")
    expect(page.locator("#committee")).to_have_value("测试一居")
    expect(page.locator(".door-line")).to_contain_text("A01 测试一队")
    look(page, language)
    page.fill("#no", "999")
    expect(page.locator("#says-road .warning")).to_be_visible()
    expect(page.locator(".door-line")).to_have_count(0)
    look(page, language)
    page.fill("#lane", "")
    page.fill("#no", f"7{NUMBERS[language][-1]}")
    expect(page.locator(f"[data-door='{NUMBERS[language]}']")).to_be_visible()
    page.keyboard.press("Shift+F9")
    page.wait_for_url("**/register/*")
    expect(page.locator(f"[data-door='{NUMBERS[language]}']")).to_be_visible()
    choose_on_the_correction(page)
    record = demo.row(RECORD)
    assert (record["addr_id"], record["committee"], record["lane"]) == (NUMBERS[language], "测试一居", "")
    assert demo.row(ACT, "register.saved")["subject_id"] == record["id"]
    page.goto(f"{demo.url}/board/lanes?committee=测试一居")
    block = page.locator("#blocks tbody tr").first
    expect(block.locator("th")).to_have_text("A01 测试一队")
    look(page, language)
    block.locator("a[href*='what=RG']").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#board-list tbody tr").first).to_be_visible()
    look(page, language)
    page.keyboard.press("Escape")
    page.wait_for_url("**/board/lanes*")


def test_without_javascript_a_door_is_typed_in_one_and_taken_apart(clerk_without_script, tmp_path):
    clerk = clerk_without_script
    page, demo = clerk.page, clerk.demo
    clerk.sign_in("supervisor")
    page.goto(f"{demo.url}/addresses")
    page.fill("#list-source", "测试文件")
    page.set_input_files("#list-file", a_list(tmp_path, "script"))
    page.locator("#upload-form button").click()
    page.locator("button[formaction='/addresses/confirm']").click()
    expect(page.locator("#blocks tbody tr")).to_have_count(4)
    page.context.clear_cookies()
    clerk.sign_in()
    page.goto(f"{demo.url}/desk")
    if page.locator("#draft-form").count() == 0:
        page.locator("form[action='/desk/without-card'] button").click()
    page.fill("#road", "老街")
    page.locator("#draft-form > .keep-draft").click()
    option = page.locator("#list-doors-road option").first
    expect(option).to_have_attribute("value", "测试东路88弄12号")
    expect(option).to_have_attribute("label", "测试老街5号（旧）→ 测试东路88弄12号")
    page.fill("#road", "测试东路88弄12号301室")
    page.locator("#draft-form > .keep-draft").click()
    for key, text in {"road": "测试东路", "lane": "88", "no": "12", "room": "301", "committee": "测试一居"}.items():
        expect(page.locator(f"#{key}")).to_have_value(text)
    expect(page.locator(".door-line")).to_contain_text("A01 测试一队")
