"""Two windows, one record: one cancels it while the other has it open; what was typed there is not lost."""

from __future__ import annotations

import re

import pytest

REST = {
    "hukou_div": "990000", "soldier": "0", "arrive_city_date": "2026.3.2", "arrive_here_date": "20260305",
    "reason": "12", "proof_type": "2", "town": "xzz", "road": "测试东路", "mobile": "13800000000",
    "education": "高中", "notice_given": "1",
}  # fmt: skip
NUMBERS = iter(
    ("990000198506120049", "990000198506120065", "990000198506120081", "990000198506120946", "990000198506120989")
)


@pytest.fixture
def number():
    return next(NUMBERS)


@pytest.fixture
def windows(house):
    """Two windows of the same clerk, at an empty desk."""
    one, other = house.signed_in("clerk"), house.signed_in("clerk")
    one.post("/language", {"language": "zh"})
    return one, other


@pytest.fixture
def record(house, windows, number):
    clerk = windows[0]
    house.lay(house.card("测试林", number))
    clerk.get("/desk")
    saved = clerk.post(clerk.action("save"), clerk.form(**REST, then="stay"))
    assert saved.status_code == 303, re.findall(r'class="problem".*', clerk.page)
    house.lift()
    return saved.headers["Location"]


def version(browser):
    return re.search(r'name="version" value="(\d+)"', browser.page)[1]


def cancelling(house, browser, **typed):
    who = house.sign_ins["supervisor"]
    shown = {"cancel_kind": "31", "leave_date": "20260401", "evidence_3": "1", "version": version(browser)}
    return shown | {"second_name": who["name"], "second_password": who["password"]} | typed


def cancel(house, browser, record):
    browser.get(f"{record}/cancel")
    answer = browser.post(f"{record}/cancel", cancelling(house, browser))
    assert (answer.status_code, answer.headers["Location"]) == (303, record)


def restore(house, browser, record):
    who = house.sign_ins["supervisor"]
    sent = {"undo_reason": "其实没有离开", "second_name": who["name"], "second_password": who["password"]}
    assert browser.post(f"{record}/restore", sent).status_code == 303


def test_a_correction_of_a_record_that_was_cancelled_meanwhile_waits(house, windows, record):
    one, other = windows
    one.get(f"{record}/edit")
    typed = one.form(road="我的路") | {"version": version(one), "edit_reason": "本人申报"}
    cancel(house, other, record)
    answer = one.post(f"{record}/edit", typed)
    assert answer.status_code == 409
    assert "已注销，不能更正" in one.page
    assert 'id="cancelled"' in one.page
    assert 'id="kept"' in one.page
    assert "测试东路" in one.page
    restore(house, other, record)
    one.get(f"{record}/edit")
    assert re.search(r'<input[^>]* id="road"[^>]* value="我的路"', one.page)
    assert "meanwhile" not in one.page
    again = one.form(road="我的路") | {"version": version(one), "edit_reason": "本人申报"}
    assert one.post(f"{record}/edit", again).status_code == 303


def test_what_waits_can_be_given_up_on_the_cancelled_record_whose_papers_stay(house, windows, record):
    one, other = windows
    one.get(f"{record}/edit")
    one.post(f"{record}/edit/keep", one.form(road="我的路") | {"version": version(one), "edit_reason": "x"})
    cancel(house, other, record)
    one.get(record)
    assert f'action="{record}/edit/give-up"' in one.page
    assert one.post(f"{record}/edit/give-up").headers["Location"] == record
    one.get(record)
    assert 'id="kept"' not in one.page
    key = record.rpartition("/")[2]
    assert [one.get(f"/{what}/record/{key}").status_code for what in ("documents", "photos")] == [200, 200]


def test_a_cancellation_of_a_record_that_was_corrected_meanwhile_is_shown_again_as_typed(house, windows, record):
    one, other = windows
    one.get(f"{record}/cancel")
    typed = cancelling(house, one, leave_to="测试外地")
    other.get(f"{record}/edit")
    edited = other.form(road="他的路") | {"version": version(other), "edit_reason": "同事更正"}
    assert other.post(f"{record}/edit", edited).status_code == 303
    answer = one.post(f"{record}/cancel", typed)
    assert answer.status_code == 409
    assert "刚刚由别人更正过" in one.page
    assert "他的路" in one.page
    assert re.search(r'id="leave_to"[^>]* value="测试外地"', one.page)
    assert one.post(f"{record}/cancel", cancelling(house, one, leave_to="测试外地")).status_code == 303
    other.get(f"{record}/cancel")
    assert "不能更正或再次注销" in other.page
    late = other.post(f"{record}/cancel", {**typed, "cancel_kind": "32"})
    assert late.status_code == 409
    assert "不能更正或再次注销" in other.page


@pytest.mark.parametrize("typed", [{}, {"mobile": "13911111111", "correction_reason": "来电"}])
def test_a_form_on_the_desk_says_that_its_record_was_cancelled(house, windows, record, number, typed):
    one, other = windows
    house.lay(house.card("测试林", number))
    one.get("/desk")
    assert 'id="existing"' in one.page
    form, act = one.form(**typed), one.action("save")
    cancel(house, other, record)
    assert one.post(act, form).status_code == 422
    sentence = re.search(r'id="sentence".*', one.page)[0]
    assert ("此人的登记刚刚由别人注销了" if not typed else "还有 8 处需要处理") in sentence
    assert "此人以前登记过" in re.search(r'id="former".*', one.page)[0]
    assert re.search(rf'id="mobile"[^>]* value="{typed.get("mobile", "13800000000")}"', one.page)
    assert re.search(r'id="road"[^>]* value=""', one.page)
    house.lift()
    one.post(one.action("discard"), {"discard_reason": "MISTAKE"})
