"""Two windows, one record: one cancels it while the other has it open; what was typed there is not lost."""

from __future__ import annotations

import re

import pytest


@pytest.fixture
def windows(house, clerk):
    """Two windows of the same clerk."""
    return clerk, house.signed_in("clerk")


def version(browser):
    return re.search(r'name="version" value="(\d+)"', browser.page)[1]


def test_a_correction_of_a_record_that_was_cancelled_meanwhile_waits(windows, record, cancel, undoing):
    one, other = windows
    one.get(f"{record}/edit")
    typed = one.form(road="我的路") | {"version": version(one), "edit_reason": "本人申报"}
    cancel(other, record)
    answer = one.post(f"{record}/edit", typed)
    assert answer.status_code == 409
    assert "已注销，不能更正" in one.page
    assert 'id="cancelled"' in one.page
    assert 'id="kept"' in one.page
    assert "测试东路" in one.page
    assert other.post(f"{record}/restore", undoing).status_code == 303
    one.get(f"{record}/edit")
    assert re.search(r'<input[^>]* id="road"[^>]* value="我的路"', one.page)
    assert "meanwhile" not in one.page
    again = one.form(road="我的路") | {"version": version(one), "edit_reason": "本人申报"}
    assert one.post(f"{record}/edit", again).status_code == 303


def test_what_waits_can_be_given_up_on_the_cancelled_record_whose_papers_stay(windows, record, cancel):
    one, other = windows
    one.get(f"{record}/edit")
    one.post(f"{record}/edit/keep", one.form(road="我的路") | {"version": version(one), "edit_reason": "x"})
    cancel(other, record)
    one.get(record)
    assert f'action="{record}/edit/give-up"' in one.page
    assert one.post(f"{record}/edit/give-up").headers["Location"] == record
    one.get(record)
    assert 'id="kept"' not in one.page
    key = record.rpartition("/")[2]
    assert [one.get(f"/{what}/record/{key}").status_code for what in ("documents", "photos")] == [200, 200]


def test_a_cancellation_of_a_record_that_was_corrected_meanwhile_is_shown_again_as_typed(windows, record, filled):
    one, other = windows
    one.get(f"{record}/cancel")
    typed = filled(one, leave_to="测试外地")
    other.get(f"{record}/edit")
    edited = other.form(road="他的路") | {"version": version(other), "edit_reason": "同事更正"}
    assert other.post(f"{record}/edit", edited).status_code == 303
    answer = one.post(f"{record}/cancel", typed)
    assert answer.status_code == 409
    assert "刚刚由别人更正过" in one.page
    assert "他的路" in one.page
    assert re.search(r'id="leave_to"[^>]* value="测试外地"', one.page)
    assert one.post(f"{record}/cancel", filled(one, leave_to="测试外地")).status_code == 303
    other.get(f"{record}/cancel")
    assert "不能更正或再次注销" in other.page
    late = other.post(f"{record}/cancel", {**typed, "cancel_kind": "32"})
    assert late.status_code == 409
    assert "不能更正或再次注销" in other.page


@pytest.mark.parametrize("typed", [{}, {"mobile": "13911111111", "correction_reason": "来电"}])
def test_a_form_on_the_desk_says_that_its_record_was_cancelled(house, windows, record, number, cancel, typed):
    one, other = windows
    house.lay(house.card("测试林", number))
    one.get("/desk")
    assert 'id="existing"' in one.page
    form, act = one.form(**typed), one.action("save")
    cancel(other, record)
    assert one.post(act, form).status_code == 422
    sentence = re.search(r'id="sentence".*', one.page)[0]
    assert ("此人的登记刚刚由别人注销了" if not typed else "还有 11 处需要处理") in sentence
    assert "此人以前登记过" in re.search(r'id="former".*', one.page)[0]
    assert re.search(rf'id="mobile"[^>]* value="{typed.get("mobile", "13800000000")}"', one.page)
    assert re.search(r'id="road"[^>]* value=""', one.page)
    house.lift()
    one.post(one.action("discard"), {"discard_reason": "MISTAKE"})
