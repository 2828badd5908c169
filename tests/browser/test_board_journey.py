"""The completeness board by keyboard: from a figure to the registrations behind it, in both languages."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.looking import look

OF_RZ = {
    "place_type": "21", "committee": "测试二居",
    "soldier": "0", "proof_type": "1", "town": "310112101", "road": "测试东路", "no": "12", "room": "301",
    "separation_scope": "1", "separation_reason": "10", "residence_reason": "6", "separated_since": "202005",
    "owner_relation": "01", "mobile": "13800000000", "education": "60", "employer": "无", "h_committee": "测试九居",
}  # fmt: skip


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
    page.keyboard.press("F8")
    expect(page.locator("img.paper").first).to_be_visible()
    page.wait_for_function("() => document.querySelector('img.paper').naturalWidth > 0")
    box = page.locator("img.paper").first.bounding_box()
    assert box["width"] > box["height"], "the sheet lies"
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


def test_a_figure_of_a_lane_leads_to_its_registrations_and_back_to_the_lane(clerk):
    clerk.sign_in()
    clerk.clear_desk()
    clerk.register("resident-043")
    page = clerk.page
    page.goto(f"{clerk.demo.url}/board")
    page.locator("tbody tr").last.locator("th a").click()
    lane = page.locator("tbody tr").filter(has_text="测试路").first
    name, count = lane.locator("th").inner_text(), lane.locator("a[href*='what=RG']").inner_text()
    look(page, "zh")
    lane.locator("a[href*='what=RG']").focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text(name)
    expect(page.locator("#board-list tbody tr")).to_have_count(min(int(count), 20))
    look(page, "zh")
    page.keyboard.press("F8")
    page.keyboard.type("not this one")
    page.keyboard.press("Enter")
    expect(page.locator("#sentence")).to_be_visible()
    expect(page.locator("h1")).to_contain_text(name)
    page.keyboard.press("Escape")
    page.locator("tbody tr").filter(has_text=name).first.locator("a[href*='what=RG']").click()
    page.locator("#own-password").fill(clerk.demo.people["clerk"]["password"])
    page.keyboard.press("Enter")
    expect(page.locator("img.paper").first).to_be_visible()
    clerk.said = [said for said in clerk.said if "422" not in said]


def test_who_moved_in_the_area_is_on_the_list_of_the_households_committee(clerk):
    clerk.sign_in()
    clerk.clear_desk()
    page = clerk.page
    clerk.tap("resident-046")
    page.fill("#hukou_address", "上海市闵行区莘庄镇测试路66弄9号101室")
    page.keyboard.press("Enter")
    expect(page.locator("#h_committee")).to_be_visible()
    for key, text in OF_RZ.items():
        page.select_option(f"#{key}", text) if key == "soldier" else page.fill(f"#{key}", text)
    page.check("#notice_given")
    page.keyboard.press("Tab")
    expect(page.locator("#missing")).to_have_count(0)
    page.keyboard.press("Shift+F9")
    page.wait_for_url("**/register/*-*")
    record = page.url.removeprefix(clerk.demo.url)
    clerk.demo.lift()
    page.goto(f"{clerk.demo.url}/board/lanes?committee=测试九居")  # the overview is up to a minute old
    page.locator("tbody tr", has_text="测试路66弄").locator("a[href*='what=moved']").focus()
    page.keyboard.press("Enter")
    expect(page.locator(f"a[href='{record}']")).to_be_visible()
    row = page.locator("#board-list tbody tr").first
    expect(row).to_contain_text("测试路66弄9号101室")
    expect(row).to_contain_text("测试东路12号301室")
    look(page, "zh")
    page.locator("button[name=language]").click()
    expect(row).to_contain_text("测试路66弄9号101室")
    look(page, "en")
    page.keyboard.press("F8")
    page.keyboard.type(clerk.demo.people["clerk"]["password"])
    page.keyboard.press("Enter")
    expect(page.locator("img.paper").first).to_be_visible()
