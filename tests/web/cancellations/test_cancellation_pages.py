"""The cancellation of a record by plain forms: one page, errors at their place, typed things kept, undone, told."""

from __future__ import annotations

import html
import importlib.util
import re
import uuid
from datetime import timedelta
from pathlib import Path

from agent.accounts.storage import writing
from peewee_models.accounts import Session
from peewee_models.cancellations import Cancellation, CancellationForm

SPEC = importlib.util.spec_from_file_location("plain_page_of_cancelling", Path(__file__).parents[1] / "plain_page.py")
plain_page = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(plain_page)


def kept_of(record):
    """What is typed and not entered of one record."""
    of_record = CancellationForm.registration == uuid.UUID(record.rpartition("/")[2])
    return [row.typed for row in CancellationForm.select().where(of_record)]


def value_of(browser, key):
    found = re.search(rf'<input[^>]* id="{key}"[^>]* value="([^"]*)"', browser.page.replace("\n", " "))
    return html.unescape(found[1])


def test_a_record_is_cancelled_on_one_page_and_says_so_wherever_it_stands(house, clerk, record, number, filled):
    clerk.get(record)
    assert f'href="{record}/cancel"' in clerk.page
    clerk.get(f"{record}/cancel")
    whose = re.search(r'<p id="whose">.*', clerk.page)[0]
    assert "测试林" in whose
    assert f"{number[:6]}********{number[-4:]}" in whose
    assert number[6:14] not in clerk.page, "whoever walks past could read it"
    answer = clerk.post(f"{record}/cancel", filled(clerk, leave_to="测试外地", cancel_remark="房东来电"))
    assert (answer.status_code, answer.headers["Location"]) == (303, record), clerk.page
    clerk.get(record)
    told = re.search(r'<section class="callout bad cancelled".*?</section>', clerk.page, re.DOTALL)[0]
    for text in ("2026-04-01 离开", "31 离沪", "测试外地", "3 房东", "房东来电", "clerk", "supervisor", "区信息资源库"):
        assert text in told, text
    assert f"{record}/edit" not in clerk.page
    assert f"{record}/cancel" not in clerk.page
    assert "/member" not in clerk.page
    assert 'id="undo"' in clerk.page
    clerk.get("/register")
    row = re.search(rf'<tr><td><a href="{record}"[^>]*>.*?</tr>', clerk.page)[0]
    assert "已注销" in row
    supervisor = house.signed_in("supervisor")
    supervisor.get(record)
    assert 'id="cancelled"' in supervisor.page
    assert 'id="undo"' not in supervisor.page
    for act in ("edit", "cancel"):
        clerk.get(f"{record}/{act}")
        assert "已注销，不能更正或再次注销" in clerk.page


def test_each_mistake_stands_at_its_field_and_what_was_typed_is_there_still(house, clerk, record, filled):
    clerk.get(f"{record}/cancel")
    assert len(re.findall(r"<[^>]* autofocus", clerk.page)) == 1
    assert 'class="problem"' not in clerk.page
    wrong = filled(
        clerk, cancel_kind="99", leave_date="20250101", evidence_3="", evidence_8="1",
        visit_1="20260402 1830", visit_2="晚上", second_password="",
    )  # fmt: skip
    answer = clerk.post(f"{record}/cancel", wrong)
    assert answer.status_code == 422
    links = re.findall(r'<li class="problem">.*?<a href="#([^"]+)">', clerk.page)
    assert links == ["leave_date", "visit_1", "visit_1", "cancel_remark", "second_password"]
    assert "还有 5 处需要处理" in clerk.page
    for key in ("leave_date", "cancel_remark", "second_password", "visit_2"):
        assert re.search(rf'id="{key}"[^>]*aria-invalid="true"', clerk.page), key
    assert len(re.findall(r"<[^>]* autofocus", clerk.page)) == 1
    assert re.search(r'id="leave_date"[^>]* autofocus', clerk.page)
    shown = {key: value_of(clerk, key) for key in ("cancel_kind", "leave_date", "visit_1", "visit_2")}
    assert shown == {
        "cancel_kind": "99 其他", "leave_date": "2025-01-01", "visit_1": "2026-04-02 18:30", "visit_2": "晚上",
    }  # fmt: skip
    assert re.search(r'id="evidence_8"[^>]* checked', clerk.page)
    assert 'id="second_password" name="second_password" type="password"' in clerk.page
    assert house.sign_ins["supervisor"]["password"] not in clerk.page


def test_a_second_person_who_is_none_leaves_all_as_it_was_typed(house, clerk, record, filled):
    clerk.get(f"{record}/cancel")
    me = house.sign_ins["clerk"]
    answer = clerk.post(f"{record}/cancel", filled(clerk, second_name=me["name"], second_password=me["password"]))
    assert answer.status_code == 422
    assert "须由另一个人确认" in re.search(r'id="second-sentence".*', clerk.page)[0]
    assert re.search(r'id="second_name"[^>]* autofocus', clerk.page)
    assert value_of(clerk, "leave_date") == "2026-04-01"
    assert 'id="problems"' not in clerk.page


def test_typed_behind_the_lock_or_put_aside_it_comes_back_and_can_be_given_up(house, clerk, record, filled):
    clerk.get(f"{record}/cancel")
    typed = filled(clerk, leave_to="锁前写的", second_password="")
    with writing(house.station.register.place.store):
        Session.update(last_seen_at=house.station.clock.now() - timedelta(minutes=6)).execute()
    answer = clerk.post(f"{record}/cancel", typed)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/locked?back={record}/cancel")
    clerk.get(answer.headers["Location"])
    assert "锁前写的" not in clerk.page
    clerk.post("/locked", {"password": house.sign_ins["clerk"]["password"], "back": f"{record}/cancel"})
    clerk.get(f"{record}/cancel")
    assert value_of(clerk, "leave_to") == "锁前写的"
    aside = clerk.post(f"{record}/cancel/keep", filled(clerk, leave_to="后来写的", then="leave"))
    assert aside.headers["Location"] == record
    clerk.get(record)
    assert "继续注销" in clerk.page
    clerk.get(f"{record}/cancel")
    assert value_of(clerk, "leave_to") == "后来写的"
    assert clerk.post(f"{record}/cancel/give-up", filled(clerk)).headers["Location"] == record
    assert kept_of(record) == []


def test_no_button_of_the_form_loses_what_was_typed(clerk, record):
    clerk.get(f"{record}/cancel")
    page = plain_page.PlainPage(clerk.page)
    assert len(page.forms) == 1, "a form of its own loses what was typed beside it"
    assert page.leaving == [], "a link leaves behind what was typed"
    [form] = page.forms
    assert page.address(page.first_submit(form)) == f"{record}/cancel/keep"
    for button in page.submits():
        if page.address(button).endswith("/sign-out"):
            continue
        address, _, sent = page.sent(button, {"leave_to": f"测试{page.address(button)}"})
        clerk.client.post(
            address, base_url="http://127.0.0.1:8731", data=dict(sent),
            headers={"Sec-Fetch-Site": "same-origin", "Origin": "http://127.0.0.1:8731"},
        )  # fmt: skip
        kept = [typed["leave_to"] for typed in kept_of(record)]
        assert kept == ([] if address.endswith("/give-up") else [f"测试{page.address(button)}"]), address
    of_record = Cancellation.registration == uuid.UUID(record.rpartition("/")[2])
    assert Cancellation.select().where(of_record).count() == 0


def test_it_is_undone_on_the_record_and_a_refusal_keeps_the_reason(clerk, record, filled, undoing):
    clerk.get(f"{record}/cancel")
    form = filled(clerk)
    for _ in range(2):
        assert clerk.post(f"{record}/cancel", form).headers["Location"] == record
    clerk.get(record)
    answer = clerk.post(f"{record}/restore", undoing | {"second_password": "wrong"})
    assert answer.status_code == 422
    assert value_of(clerk, "undo-reason") == "其实没有离开"
    assert "姓名或密码不对" in re.search(r'id="undo-sentence".*', clerk.page)[0]
    for nothing in ("undo_reason", "second_password"):
        assert clerk.post(f"{record}/restore", undoing | {nothing: ""}).status_code == 422
    for _ in range(2):
        answer = clerk.post(f"{record}/restore", undoing)
        assert (answer.status_code, answer.headers["Location"]) == (303, record), clerk.page
    clerk.get(record)
    assert 'id="cancelled"' not in clerk.page
    timeline = re.sub(r"<[^>]+>|\s", "", re.search(r'<ol class="timeline">(.*?)</ol>', clerk.page, re.DOTALL)[1])
    assert "注销已撤销" in timeline
    assert "其实没有离开" in timeline
    assert "已注销：31离沪·2026-04-01" in timeline


def test_the_one_who_comes_back_is_told_on_the_desk_and_both_records_lead_to_each_other(
    house, clerk, record, number, rest, cancel, undoing
):
    cancel(clerk, record)
    house.lay(house.card("测试林", number))
    clerk.get("/desk")
    assert 'id="former"' in clerk.page
    assert 'id="existing"' not in clerk.page
    again = clerk.post(clerk.action("save"), clerk.form(**rest, then="stay"))
    house.lift()
    assert again.status_code == 303, re.findall(r'class="problem".*', clerk.page)
    new = again.headers["Location"]
    clerk.get(new)
    assert f'href="{record}"' in clerk.page
    clerk.get(record)
    assert f'href="{new}"' in clerk.page
    assert "这份注销不能再撤销" in clerk.page
    assert clerk.post(f"{record}/restore", undoing).status_code == 409
    assert "这份注销不能再撤销。请到新的登记里更正" in clerk.page
