"""The correction of a record by plain forms: what was typed comes back, whatever has happened to it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from agent.accounts.storage import writing
from agent.register import fields
from peewee_models.accounts import Session
from peewee_models.corrections import Correction
from peewee_models.register import Change
from webui.typed import READ_ONLY

WANTED = {
    "hukou_div": "990000", "soldier": "0", "arrive_city_date": "20260302", "arrive_here_date": "20260305",
    "reason": "17", "reason_other": "测试事由", "proof_type": "2", "town": "310112101", "road": "测试路", "no": "12",
    "place_type": "30", "committee": "测试居委",
    "room": "301", "mobile": "13800000000", "education": "60", "employer": "无", "notice_given": "1",
}  # fmt: skip


@pytest.fixture(scope="module")
def record(house):
    """The address of a saved record."""
    browser = house.signed_in("clerk")
    house.lay(house.card())
    browser.get("/desk")
    saved = browser.post(browser.action("save"), browser.form(**WANTED, then="stay"))
    house.lift()
    assert saved.status_code == 303, browser.page
    return saved.headers["Location"]


@pytest.fixture
def clerk(house, record):
    browser = house.signed_in("clerk")
    browser.get(f"{record}/edit")
    browser.post(f"{record}/edit/give-up")
    browser.get(f"{record}/edit")
    return browser


def version(browser):
    return re.search(r'name="version" value="(\d+)"', browser.page)[1]


def filled(browser, **typed):
    return {**browser.form(**typed), "version": version(browser)}


def value_of(browser, key):
    found = re.search(rf'<input[^>]* id="{key}"[^>]* value="([^"]*)"', browser.page.replace("\n", " "))
    return found[1]


def test_a_form_sent_behind_the_lock_comes_back_as_typed(house, clerk, record):
    typed = filled(clerk, road="锁前路", edit_reason="本人申报")
    with writing(house.station.register.place.store):
        Session.update(last_seen_at=house.station.clock.now() - timedelta(minutes=6)).execute()
    answer = clerk.post(f"{record}/edit", typed)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/locked?back={record}/edit")
    clerk.get(answer.headers["Location"])
    assert "锁前路" not in clerk.page
    assert Change.select().count() == 0
    back = re.findall(r'name="back" value="([^"]+)"', clerk.page)[-1]
    opened = clerk.post("/locked", {"password": house.sign_ins["clerk"]["password"], "back": back})
    clerk.get(opened.headers["Location"])
    assert (value_of(clerk, "road"), value_of(clerk, "edit-reason")) == ("锁前路", "本人申报")
    assert re.search(r'formaction="[^"]+/edit/stored/road"[^>]*>名册所存：<span translate="no">测试路', clerk.page)
    clerk.get(record)
    assert 'id="kept"' in clerk.page
    clerk.get(f"{record}/edit")
    clerk.post(f"{record}/edit/stored/road", filled(clerk, road="锁前路", edit_reason="本人申报"))
    clerk.get(f"{record}/edit")
    assert (value_of(clerk, "road"), value_of(clerk, "edit-reason")) == ("测试路", "本人申报")


def test_a_faster_colleague_leaves_everything_typed_and_both_values(house, clerk, record):
    typed = filled(clerk, road="我的路", room="999", edit_reason="本人申报")
    clerk.post(f"{record}/edit", filled(clerk, road="他的路", employer="测试厂", edit_reason="同事更正"))
    answer = clerk.post(f"{record}/edit", typed)
    assert answer.status_code == 409
    assert "刚刚由别人更正过" in clerk.page
    shown = [value_of(clerk, key) for key in ("road", "room", "employer")]
    assert shown == ["我的路", "999", "测试厂"]
    for key, old, new in (("road", "测试路", "他的路"), ("employer", "无", "测试厂")):
        assert re.search(rf'<div class="says" id="says-{key}">\s*<p class="warning">.*?{old} → {new}', clerk.page)
        assert f'aria-describedby="says-{key}"' in clerk.page
        assert f'<a href="#{key}">' in clerk.page
    assert "edit/stored/road" in clerk.page
    assert "edit/stored/employer" not in clerk.page
    again = filled(clerk, road="我的路", room="999", edit_reason="本人申报")
    assert clerk.post(f"{record}/edit", again).status_code == 303
    clerk.get(record)
    assert all(text in clerk.page for text in ('data-value="我的路"', 'data-value="999"', 'data-value="测试厂"'))


def test_each_mistake_stands_at_its_field_with_a_link_from_the_top(clerk, record):
    answer = clerk.post(f"{record}/edit", filled(clerk, mobile="139", id_no="990000198506120946"))
    assert answer.status_code == 422
    for key in ("mobile", "id_no_again"):
        assert re.search(rf'<li class="problem">.*?<a href="#{key}">', clerk.page), key
        assert re.search(rf'id="{key}"[^>]*aria-invalid="true"[^>]*aria-describedby="says-{key}"', clerk.page), key
    assert '<a href="#edit-reason">' in clerk.page
    assert re.search(r'id="edit-reason"[^>]*aria-invalid="true"[^>]*aria-describedby="says-reason"', clerk.page)
    assert "还有 3 处" in clerk.page
    assert len(re.findall(r"<[^>]* autofocus", clerk.page)) == 1
    twice = filled(clerk, mobile="13900000000", id_no="990000198506120946", id_no_again="990000198506120954")
    clerk.post(f"{record}/edit", {**twice, "edit_reason": "更正"})
    assert re.search(r'<div class="says" id="says-id_no_again">\s*<p class="problem">', clerk.page)


def test_the_same_correction_sent_twice_leads_to_the_record(clerk, record):
    typed = filled(clerk, lane="8", edit_reason="更正")
    before = Change.select().count()
    for _ in range(2):
        answer = clerk.post(f"{record}/edit", typed)
        assert (answer.status_code, answer.headers["Location"]) == (303, record)
    assert (Change.select().count(), Correction.select().count()) == (before + 1, 0)


def test_a_change_of_language_comes_back_to_the_form_and_to_the_search(clerk, record):
    clerk.post(f"{record}/edit", filled(clerk, mobile="139"))
    back = f"{record}/edit"
    assert f'formaction="/language?back={back}"' in clerk.page
    answer = clerk.post("/language", {"language": "en", "back": back})
    clerk.get(answer.headers["Location"])
    assert ('<html lang="en"' in clerk.page, value_of(clerk, "mobile")) == (True, "139")
    assert clerk.post(f"{record}/edit/keep", filled(clerk, mobile="139")).headers["Location"] == f"{record}/edit"
    clerk.post("/register/search", {"query": "csl", "page": "1"})
    form = re.search(r'<form[^>]*action="/language".*?</form>', clerk.page, re.DOTALL)[0]
    carried = dict(re.findall(r'name="(back|query|page)" value="([^"]*)"', form))
    assert carried == {"back": "/register/search", "query": "csl", "page": "1"}
    answer = clerk.post("/language", {"language": "zh", **carried})
    assert (answer.status_code, answer.headers["Location"]) == (307, "/register/search")
    assert clerk.get("/register?page=2").status_code == 200
    assert 'name="back" value="/register?page=2"' in clerk.page


def test_a_draft_saved_or_erased_twice_leads_on(house, clerk):
    house.lay(house.card("测试双", "990000198506120989"))
    clerk.get("/desk")
    act, form = clerk.action("save"), clerk.form(**WANTED, then="stay")
    assert clerk.post(act, {**form, "mobile": "1"}).status_code == 422
    assert 'formaction="/language?back=/desk"' in clerk.page
    first, second = clerk.post(act, form), clerk.post(act, form)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["Location"] == second.headers["Location"]
    assert clerk.post(act, {**form, "then": "next"}).headers["Location"] == "/desk"
    assert house.signed_in("clerk").post(act.replace("save", "keep")).headers["Location"] == "/desk"
    house.lift()
    clerk.post("/desk/without-card")
    clerk.get("/desk")
    discard = clerk.action("discard")
    for _ in range(2):
        answer = clerk.post(discard, {"discard_reason": "MISTAKE"})
        assert (answer.status_code, answer.headers.get("Location")) == (303, "/desk"), clerk.page


def test_the_place_of_a_reason_takes_as_much_as_a_record_keeps(clerk):
    place = re.search(r'<input[^>]* id="edit-reason"[^>]*>', clerk.page)[0]
    assert f'maxlength="{fields.LONGEST_REASON}"' in place


def test_the_division_follows_a_typed_address_and_the_stored_one_is_offered_by_name(clerk, record):
    moved = {"hukou_address": "安徽省合肥市庐阳区测试路1号"}
    clerk.post(f"{record}/edit/keep", filled(clerk, **moved))
    clerk.get(f"{record}/edit")
    assert value_of(clerk, "hukou_div") == "340103"
    assert '<span translate="no">990000 测试地区</span>' in clerk.page
    clerk.post(f"{record}/edit/stored/hukou_div", filled(clerk, **moved))
    clerk.get(f"{record}/edit")
    assert value_of(clerk, "hukou_div") == "990000"
    assert "户籍地址里写的不是这个区划，请核对。" in clerk.page


@pytest.mark.parametrize("field", [*sorted(READ_ONLY), "was.nonsense"])
def test_a_field_that_nobody_types_is_refused_and_nothing_of_the_form_is_kept(clerk, record, field):
    before, lines = version(clerk), Change.select().count()
    form = filled(clerk, mobile="13922222222", edit_reason="本人来电")
    assert clerk.post(f"{record}/edit", form | {field: "1"}).status_code == 400
    assert Correction.select().count() == 0
    clerk.get(f"{record}/edit")
    assert (version(clerk), Change.select().count()) == (before, lines)
    assert value_of(clerk, "mobile") != "13922222222"
