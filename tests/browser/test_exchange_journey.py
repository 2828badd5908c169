"""A supervisor takes a file in and gives one away, with the keys alone, in both languages, and without a script."""

from __future__ import annotations

import csv
import hashlib
import io

import pytest
from playwright.sync_api import expect

from drivers.id_number import check_digit
from tests.browser import looking

HAS_ITS_OWN_DEMO = True

HEADS = (
    *("姓名", "身份证号", "民族", "户籍地址", "来沪日期", "入住日期", "居住事由", "证明类别"),
    *("街道", "路名", "号", "室", "手机", "文化程度"),
)


def number(one: int) -> str:
    head = f"99000019770612{one:03d}"
    return head + check_digit(head)


def a_file(first: int, count: int) -> dict[str, object]:
    """So many people, and one whose number has been a float."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADS)
    days, where = ["2026-01-02", "2026-01-03"], ["莘庄镇", "测试东路"]
    for one in range(first, first + count):
        rest = [str(one), "101", f"138{one:08d}", "高中"]
        writer.writerow(["测试甲", number(one), "汉族", "测试地区测试路1号", *days, "随迁亲属", "2", *where, *rest])
    writer.writerow(
        ["测试乙", "9.90000198506E+17", "汉族", "测试地区", *days, "随迁亲属", "2", *where, "1", "1", "", ""]
    )
    return {"name": "people.csv", "mimeType": "text/csv", "buffer": text.getvalue().encode("gb18030")}


def look(person, language):
    """Look at the page with all that is folded open."""
    person.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    looking.look(person.page, language)


def stored(demo, first, count):
    """How many of the file's people are registered, each told to the district and audited."""
    found = demo.row(
        "SELECT count(*) AS n, count(o.seq) AS told, count(a.seq) AS audited, min(f.source) AS source"
        " FROM registration r JOIN person p ON p.id = r.person_id"
        " LEFT JOIN outbox_row o ON o.subject_id = r.id"
        " LEFT JOIN field_origin f ON f.registration_id = r.id AND f.key = '*'"
        " LEFT JOIN audit_entry a ON a.subject_id = r.id AND a.action = 'register.imported'"
        " WHERE p.id_no BETWEEN ? AND ?",
        number(first),
        number(first + count - 1),
    )
    assert found == {"n": count, "told": count, "audited": count, "source": "import"}


def given_away(demo, content):
    """The newest record of something given away, which names the file's hash."""
    found = demo.row("SELECT * FROM provision ORDER BY at DESC LIMIT 1")
    assert found["sha256"] == hashlib.sha256(content).hexdigest()
    assert (found["receiver"], found["purpose"]) == ("测试接收单位", "测试用途")
    acts = demo.row("SELECT count(*) AS n FROM audit_entry WHERE subject_id = ?", found["id"])
    assert acts["n"] == 1
    return found


@pytest.mark.parametrize(("language", "first"), [("zh", 1), ("en", 101)])
def test_a_file_comes_in_and_one_goes_out_with_the_keys_alone(clerk, language, first, tmp_path):
    page, demo, own = clerk.page, clerk.demo, clerk.demo.people["supervisor"]["password"]
    clerk.sign_in("supervisor", language=language)
    page.goto(f"{demo.url}/import")
    look(clerk, language)
    page.set_input_files("#file", a_file(first, 20))
    page.keyboard.press("F9")
    expect(page.locator("#check-form")).to_be_visible()
    page.select_option("#constant_soldier", "0")
    page.select_option("#constant_notice_given", "1")
    page.select_option("#constant_place_type", "30")
    page.fill("#constant_committee", "测试居委")
    look(clerk, language)
    page.keyboard.press("F9")
    expect(page.locator("#run-form")).to_be_visible()
    expect(page.locator("#result tbody tr")).to_have_count(1)
    look(clerk, language)
    page.focus("#run-password")
    page.keyboard.type("not this one")
    page.keyboard.press("F9")
    expect(page.locator("#sentence")).to_be_visible()
    page.focus("#run-password")
    page.keyboard.type(own)
    page.keyboard.press("Enter")
    expect(page.locator("#done")).to_be_visible()
    look(clerk, language)
    stored(demo, first, 20)

    page.goto(f"{demo.url}/export")
    look(clerk, language)
    page.fill("#receiver", "测试接收单位")
    page.fill("#export-password", own)
    page.keyboard.press("F9")
    expect(page.locator("#sentence")).to_be_visible()
    look(clerk, language)
    page.fill("#purpose", "测试用途")
    page.focus("#export-password")
    page.keyboard.type(own)
    page.keyboard.press("Enter")
    expect(page.locator("#made")).to_be_visible()
    look(clerk, language)
    with page.expect_download() as coming:
        page.keyboard.press("d")
    coming.value.save_as(tmp_path / "taken.xlsx")
    assert coming.value.suggested_filename == "register.xlsx"
    assert given_away(demo, (tmp_path / "taken.xlsx").read_bytes())["is_full"] == 0
    clerk.said = [said for said in clerk.said if "409" not in said]


def test_the_same_goes_without_a_script(clerk_without_script, tmp_path):
    person = clerk_without_script
    page, demo, own = person.page, person.demo, person.demo.people["supervisor"]["password"]
    person.sign_in("supervisor")
    page.get_by_role("link", name="导入", exact=True).click()
    page.set_input_files("#file", a_file(201, 20))
    page.locator("#upload-form button").click()
    page.select_option("#constant_soldier", "0")
    page.select_option("#constant_notice_given", "1")
    page.select_option("#constant_place_type", "30")
    page.fill("#constant_committee", "测试居委")
    page.locator("#check-form button").click()
    expect(page.locator("#run-form")).to_be_visible()  # a page that works says itself when it is to be loaded anew
    page.fill("#run-password", own)
    page.locator("#run-form button").click()
    expect(page.locator("#done")).to_be_visible()
    stored(demo, 201, 20)
    with page.expect_download() as coming:
        page.locator("#rejections").click()
    coming.value.save_as(tmp_path / "rejections.csv")
    (_, rejected) = csv.reader(io.StringIO((tmp_path / "rejections.csv").read_text("utf-8-sig")))
    assert rejected[0] == "22"
    assert "末几位已经丢失" in rejected[2]

    page.get_by_role("link", name="导出", exact=True).click()
    page.fill("#receiver", "测试接收单位")
    page.fill("#purpose", "测试用途")
    page.check("[name=is_full]")
    page.fill("#full_reason", "测试核对")
    page.select_option("#file_kind", "csv")
    page.fill("#export-password", own)
    page.locator("#export-form .btn-primary").click()
    with page.expect_download() as coming:
        page.locator("#take").click()
    coming.value.save_as(tmp_path / "taken.csv")
    content = (tmp_path / "taken.csv").read_bytes()
    assert (given_away(demo, content)["is_full"], number(201) in content.decode("utf-8-sig")) == (1, True)
