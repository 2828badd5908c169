"""A supervisor changes a code table and a rule by keyboard, in Chinese and English, and once without JavaScript."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

HAS_ITS_OWN_DEMO = True
EDITION = "SELECT * FROM code_edition WHERE name = 'reason' ORDER BY number DESC LIMIT 1"
ACT = "SELECT * FROM audit_entry WHERE action = ? ORDER BY seq DESC LIMIT 1"
LINE = "SELECT * FROM code_line WHERE edition_id = ? AND code = ? AND valid_to IS NULL"
VALUE = "SELECT * FROM rule_value WHERE key = ? AND withdrawn_at IS NULL ORDER BY valid_from DESC LIMIT 1"


def look(person) -> None:
    """No violation, and nothing that scrolls sideways."""
    result = Axe().run(person.page)
    assert result.violations_count == 0, result.generate_report()
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    for width in (390, 1366):
        person.page.set_viewport_size({"width": width, "height": 768})
        assert person.page.evaluate(wide) <= 0, (person.page.url, width)


def changed_file(person, folder: Path, code: str) -> Path:
    """The table of reasons as it is downloaded, with one code more and another word."""
    with person.page.expect_download() as waiting:
        person.page.keyboard.press("d")
    text = Path(waiting.value.path()).read_text("utf-8-sig")
    assert waiting.value.suggested_filename == "reason.csv"
    file = folder / "reason.csv"
    file.write_text(
        text.replace({"18": "旅游观光,", "19": "旅游18,"}[code], f"旅游{code},")
        + f"{code},测试事由{code},Made up {code},csz,,1,,\n",
        "utf-8",
    )
    return file


@pytest.mark.parametrize(("language", "code", "rule"), [("zh", "18", "schooled_from"), ("en", "19", "days_in_scope")])
def test_a_table_and_a_rule_are_changed_by_keyboard(clerk, tmp_path, language, code, rule):
    page, demo = clerk.page, clerk.demo
    clerk.sign_in("supervisor", language)
    page.locator("#bar-pages a[href='/tables']").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/tables")
    page.locator("#tables a[href='/tables/reason']").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/tables/reason")
    expect(page.locator("body.live")).to_have_count(1)
    file = changed_file(clerk, tmp_path, code)
    page.set_input_files("#table-file", file)
    page.focus("#table-edition")
    for text in ("测试版", "测试文件"):
        page.keyboard.insert_text(text)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tables/reason/waiting")
    expect(page.locator("#steps tbody tr")).to_have_count(2)
    expect(page.locator("#verdict")).to_be_visible()
    look(clerk)
    page.keyboard.press("F9")
    page.wait_for_url("**/tables/reason")
    expect(page.locator("#editions li").first).to_contain_text("测试版")
    edition = demo.row(EDITION)
    line = demo.row(LINE, edition["id"], code)
    assert (line["text_zh"], line["text_en"], edition["source"]) == (f"测试事由{code}", f"Made up {code}", "测试文件")
    act = demo.row(ACT, "tables.put-in-force")
    assert (act["subject_id"], json.loads(act["facts"])["new"]) == (edition["id"], 1)

    page.goto(f"{demo.url}/rules/{rule}")
    expect(page.locator("body.live")).to_have_count(1)
    page.focus("#rule-value")
    for text in (str(int(code) - 11), f"20990{code[1]}01", "", "", "测试理由"):
        if text:
            page.keyboard.insert_text(text)
        page.keyboard.press("Tab")
    page.keyboard.press("F9")
    expect(page.locator("#values")).to_contain_text("2099-")
    look(clerk)
    value = demo.row(VALUE, rule)
    assert (value["value"], value["reason"], value["valid_from"]) == (int(code) - 11, "测试理由", f"2099-0{code[1]}-01")
    assert demo.row(ACT, "tables.rule-changed")["subject_id"] == value["id"]
    page.keyboard.press("Escape")
    page.wait_for_url("**/tables")
    expect(page.locator("#rules")).to_contain_text(f"2099-0{code[1]}-01")


def test_without_javascript_a_file_is_refused_line_by_line_and_given_up(clerk_without_script, tmp_path):
    person = clerk_without_script
    page = person.page
    person.sign_in("supervisor")
    page.goto(f"{person.demo.url}/tables/reason")
    file = tmp_path / "reason.csv"
    file.write_text("code,zh,en\n17,其他,Other\n1,务工,Employment\n", "gb18030")
    page.set_input_files("#table-file", file)
    page.fill("#table-edition", "测试版")
    page.fill("#table-source", "测试文件")
    page.locator("form[action$='/upload'] button").click()
    page.wait_for_url("**/waiting")
    expect(page.locator("#refused tbody tr")).to_have_count(1)
    expect(page.locator("#refused tbody tr")).to_contain_text("3")
    assert page.locator("button[formaction$='/confirm']").count() == 0
    page.locator("button[formaction$='/give-up']").click()
    page.wait_for_url(re.compile(r"/tables/reason$"))
    page.goto(f"{person.demo.url}/tables")
    expect(page.locator("#tables")).to_contain_text("居住事由")
