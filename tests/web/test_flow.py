"""Desk, register and devices by plain forms, as a browser without JavaScript sends them."""

from __future__ import annotations

import html
import re
import uuid
from datetime import timedelta

import pytest

from drivers.api import CardKind, Doubt, DoubtReason
from peewee_models.accounts import Session

WANTED = {
    "hukou_div": "990000", "soldier": "0", "arrive_city_date": "2026.3.2", "arrive_here_date": "20260305",
    "reason": "17 其他", "reason_other": "测试事由", "proof_type": "2", "town": "xzz", "road": "测试路", "no": "12",
    "place_type": "30", "committee": "测试居委",
    "room": "301", "mobile": "138 0000 0000", "education": "高中", "employer": "无", "notice_given": "1",
}  # fmt: skip


@pytest.fixture
def clerk(house):
    """A clerk at an empty desk."""
    browser = house.signed_in("clerk")
    house.lift()
    while re.search(r'formaction="/desk/draft/[^"]+/aside"', browser.page):
        browser.post(browser.action("aside"))
        browser.get("/desk")
    return browser


def test_the_path_from_the_card_to_the_corrected_record(house, clerk):
    house.lay(house.card("测试一", "990000198506120049"))
    clerk.post("/desk/read-card")
    clerk.get("/desk")
    assert 'value="测试一"' in clerk.page
    refused = clerk.post(clerk.action("save"), clerk.form())
    assert refused.status_code == 422
    assert 'id="missing"' in clerk.page
    saved = clerk.post(clerk.action("save"), clerk.form(**WANTED, then="stay"))
    assert saved.status_code == 303, re.findall(r'class="problem".*', clerk.page)
    record = saved.headers["Location"]
    clerk.get(record)
    for key, value in {
        "name": "测试一",
        "arrive_city_date": "2026-03-02",
        "mobile": "138****0000",
        "town": "310112101",
    }.items():
        assert f'data-field="{key}" data-value="{value}"' in clerk.page
    clerk.get(f"{record}/edit")
    wrong = clerk.post(
        f"{record}/edit",
        {**clerk.form(mobile="139", employer="测试新单位"), "version": version(clerk), "edit_reason": "测试更正"},
    )
    assert wrong.status_code == 422
    assert 'value="139"' in clerk.page
    assert 'value="测试新单位"' in clerk.page
    assert 'name="edit_reason" value="测试更正"' in clerk.page
    stale = version(clerk)
    assert 'name="was.employer" value="测试新单位"' not in clerk.page
    changed = clerk.form(mobile="13900000001", employer="测试新单位")
    assert clerk.post(f"{record}/edit", {**changed, "version": stale, "edit_reason": "测试更正"}).status_code == 303
    clerk.get(record)
    assert 'data-field="employer" data-value="测试新单位"' in clerk.page
    assert ("13[8]****000[0]", "13[9]****000[1]") in changes(clerk)
    assert "测试更正" in clerk.page
    again = clerk.form()
    assert again == {}
    late = clerk.post(f"{record}/edit", {"mobile": "13900000002", "version": stale, "edit_reason": "测试更正"})
    assert late.status_code == 409
    for query in ("测试一", "csy", "990000198506120049"):
        found = clerk.post("/register/search", {"query": query})
        assert found.status_code == 200
        assert f'href="{record}"' in clerk.page
        assert query not in found.request.url


def changes(browser):
    """The timeline's old and new values, each changed run in brackets."""
    texts = re.findall(r'<span class="(?:was|now)" translate="no">(.*?)</span>', browser.page)
    shown = [html.unescape(re.sub(r"</(?:del|ins)>", "]", re.sub(r"<(?:del|ins)>", "[", text))) for text in texts]
    return list(zip(shown[::2], shown[1::2], strict=True))


def test_the_history_marks_the_changed_characters_and_nothing_typed_becomes_markup(house, clerk):
    house.lay(house.card("测试改", "990000198506120946"))
    clerk.get("/desk")
    record = clerk.post(clerk.action("save"), clerk.form(**WANTED, then="stay")).headers["Location"]
    values = [
        {"employer": '<b>测试&"公司</b>'},
        {"employer": '<i>测试&"公司</i>'},
        {"employer": ""},
        {"education": "小学"},
    ]
    for typed in values:
        clerk.get(f"{record}/edit")
        sent = {**clerk.form(**typed), "version": version(clerk), "edit_reason": "测试更正"}
        assert clerk.post(f"{record}/edit", sent).status_code == 303
    for language, words in (("en", ("Was: ", "Now: ")), ("zh", ("原：", "现："))):
        clerk.post("/language", {"language": language})
        clerk.get(record)
        assert all(word in clerk.page for word in words)
        assert "<b>" not in clerk.page
        assert "<i>" not in clerk.page
        assert changes(clerk)[1:] == [
            ('[<i>测试&"公司</i>]', "—"),
            ('<[b]>测试&"公司</[b]>', '<[i]>测试&"公司</[i]>'),
            ("[无]", '[<b>测试&"公司</b>]'),
        ]


def version(browser):
    return re.search(r'name="version" value="(\d+)"', browser.page)[1]


def test_a_page_from_before_the_card_does_not_wipe_out_what_the_card_filled(house, clerk):
    clerk.post("/desk/without-card")
    clerk.get("/desk")
    stale, act = clerk.form(mobile="1380"), clerk.action("keep")
    house.lay(house.card("测试二", "990000198506120065"))
    assert clerk.post(act, stale).status_code == 303
    clerk.get("/desk")
    assert 'value="测试二"' in clerk.page
    assert 'value="1380"' in clerk.page
    assert "还差 7 位" in clerk.page


def test_a_typed_value_stays_and_the_chips_is_offered(house, clerk):
    clerk.post("/desk/without-card")
    clerk.get("/desk")
    clerk.post(clerk.action("keep"), clerk.form(hukou_address="测试地区手工路1号"))
    house.lay(house.card("测试三", "990000198506120081"))
    clerk.get("/desk")
    assert 'value="测试地区手工路1号"' in clerk.page
    assert clerk.post(clerk.action("offer/hukou_address/chip"), clerk.form()).status_code == 303
    clerk.get("/desk")
    assert re.search(r'class="field [^"]*from-chip[^"]*" id="field-hukou_address"', clerk.page)


def test_another_persons_card_waits_for_an_answer(house, clerk):
    house.lay(house.card("测试四", "990000198506120102"))
    house.lift()
    house.lay(house.card("样例五", "990000198506120129"))
    clerk.get("/desk")
    assert 'value="测试四"' in clerk.page
    assert "样例五" not in clerk.page
    question = re.search(r'formaction="/desk/question.question=([^"]+)"', clerk.page)[1]
    assert clerk.post("/desk/question", {"question": question, "choice": "household-member"}).status_code == 303
    clerk.get("/desk")
    assert 'value="样例五"' in clerk.page
    assert 'value="测试四"' not in clerk.page
    assert 'id="household"' in clerk.page
    assert clerk.post("/desk/question", {"question": question, "choice": "own-draft"}).status_code == 404


def test_a_form_that_is_left_takes_its_question_along_and_two_persons_have_two_panels(house, clerk):
    house.lay(house.card("测试四", "990000198506120102"))
    house.lift()
    house.lay(house.card("样例五", "990000198506120129"))
    clerk.get("/desk")
    plate, own = clerk.page.partition('id="plate-panel"')[2].split('id="card-panel"')
    assert "样＊＊" in plate
    assert 'id="card-sentence"' in plate
    assert 'id="card-sentence"' not in own
    assert "测试四" not in plate
    clerk.post(clerk.action("aside"), clerk.form())
    clerk.get("/desk")
    assert 'id="question"' not in clerk.page
    assert "没有用在您的登记表里" in clerk.page


def test_a_card_out_of_scope_is_explained_and_not_kept(house, clerk):
    house.lay(house.card("测试外", "810000198506120049", kind=CardKind.HMT))
    clerk.get("/desk")
    assert "callout bad" in clerk.page
    assert "测试外" not in clerk.page
    assert "港澳台居民居住证" in clerk.page
    assert "测＊＊" in clerk.page
    assert "draft-form" not in clerk.page
    assert "这张证件的内容没有保存" in clerk.page


def test_a_draft_that_turns_out_of_scope_says_what_is_kept_and_goes_when_that_is_confirmed(house, clerk):
    clerk.post("/desk/without-card")
    clerk.get("/desk")
    clerk.post(clerk.action("keep"), clerk.form(name="测试兵", soldier="1"))
    clerk.get("/desk")
    said = re.search(r'<div class="callout bad" role="alert" id="out-of-scope">(.*?)</div>', clerk.page, re.DOTALL)[1]
    assert "现役军人不在这里登记" in said
    assert "保留到您确认为止" in said
    assert "没有保存" not in said
    act = re.search(r'form="draft-form" formaction="([^"]+)"', said)[1]
    assert clerk.post(act).status_code == 303
    clerk.get("/desk")
    assert "测试兵" not in clerk.page


def test_a_draft_is_erased_with_a_reason(house, clerk):
    house.lay(house.card("测试六", "990000198506120145"))
    clerk.get("/desk")
    act = clerk.action("discard")
    assert clerk.post(act, {"discard_reason": "because"}).status_code == 409
    assert clerk.post(act, {"discard_reason": "MISTAKE"}).status_code == 303


def test_a_refused_card_is_said_in_words(house, clerk):
    from agent.register.desk import CardEvent

    house.station.desk.reader_event(CardEvent("refused", None, "READER-CARD-REJECTED"))
    clerk.get("/desk")
    assert "READER-CARD-REJECTED" not in clerk.page
    assert "callout bad" in clerk.page


def test_the_technician_sees_no_person(house, clerk):
    house.lay(house.card("测试七", "990000198506120161"))
    technician = house.signed_in("technician")
    for path in ("/devices", "/practice"):
        technician.get(path)
        for secret in ("测试七", "测试甲", "测试乙", "990000198506120161"):
            assert secret not in technician.page, path


HOSTILE = [
    "\"><img src=x onerror=alert(1)>", "<script>alert(1)</script>", "{{7*7}}", "${7*7}", "'-alert(1)-'",
    "\u202etxt.exe", "</textarea><b>", "&lt;b&gt;", "\x1b[31m红", "javascript:alert(1)", "{% raw %}",
    "<svg/onload=alert(1)>",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_card_or_a_clerk_says_is_text_and_nothing_else(house, clerk, text):
    clerk.post("/desk/without-card")
    clerk.get("/desk")
    clerk.post(clerk.action("keep"), clerk.form(name=text, hukou_address=text, remark=text, employer=text))
    clerk.get("/desk")
    assert not re.search(r"<(img src=x|script>|svg/|b>)", clerk.page)
    assert "49" not in clerk.form()["name"]
    assert clerk.form()["remark"] == text.strip().replace("\x1b", clerk.form()["remark"][:1] if "\x1b" in text else "")


def test_the_language_is_kept_and_the_way_back_is_one_of_ours(house):
    visitor = house.visitor()
    visitor.get("/sign-in")
    for back in ("https://evil.test/", "//evil.test", "/\\evil.test", "/nowhere", "/register/../../x"):
        assert visitor.post("/language", {"language": "en", "back": back}).headers["Location"] == "/"
    assert visitor.post("/language", {"language": "en", "back": "/sign-in"}).headers["Location"] == "/sign-in"
    visitor.get("/sign-in")
    assert '<html lang="en"' in visitor.page
    assert "Sign in" in visitor.page


def test_unknown_and_foreign_things_give_the_same_answer(house, clerk):
    for path in ("/register/00000000-0000-4000-8000-000000000000", "/register/x", "/register/x/edit"):
        assert clerk.get(path).status_code == 404
    keep = "/desk/draft/00000000-0000-4000-8000-000000000000/keep"
    assert clerk.post(keep, {"mobile": "1"}).status_code == 404


def test_the_code_lists_come_with_the_page_and_not_with_its_refresh(house, clerk):
    waiting = clerk.get("/desk").get_data(as_text=True)
    assert '<datalist id="list-education">' in waiting.partition("</main>")[2]
    house.lay(house.card("测试列", "990000198506120049"))
    whole = clerk.get("/desk").get_data(as_text=True)
    assert '<datalist id="list-education">' in whole.partition("</main>")[2]
    live = clerk.get("/desk", **{"Renhu-Refresh": "1"}).get_data(as_text=True)
    assert 'list="list-education"' in live
    assert "<datalist" not in live
    assert len(live) < len(whole) / 1.5


def test_only_a_person_counts_as_being_seen(house, clerk):
    def last_seen():
        return Session.get(Session.id == session_id).last_seen_at

    token = clerk.client.get_cookie("__Host-sid", domain="127.0.0.1").value
    session_id = uuid.UUID(house.station.accounts.session(token).session_id)
    long_ago = house.station.clock.now() - timedelta(minutes=4)
    Session.update(last_seen_at=long_ago).where(Session.id == session_id).execute()
    assert clerk.get("/desk", **{"Renhu-Refresh": "1"}).status_code == 200
    stream = clerk.client.get("/events", base_url="http://127.0.0.1:8731", headers={"Sec-Fetch-Site": "same-origin"})
    assert stream.status_code == 200
    stream.close()
    assert last_seen() == long_ago
    clerk.get("/desk")
    assert last_seen() > long_ago


def test_a_proposed_character_is_shown_and_typed_only_when_taken(house, clerk):
    doubt = Doubt("name", DoubtReason.PRIVATE_USE, 2, "U+E863")
    house.lay(house.card("测试\ue863", "990000198506120049", doubtful=(doubt,)))
    clerk.get("/desk")
    assert 'name="name" autocomplete="off"' in clerk.page
    assert 'value="测试\ue863"' in clerk.page
    assert "第 3 字是专用区字符 U+E863，请与证面核对" in clerk.page
    assert re.search(r'<a href="#name">[^<]*</a>：芯片里的这一项有疑问', clerk.page)
    assert clerk.post(clerk.action("proposal/name"), clerk.form(mobile="13800000000")).status_code == 303
    clerk.get("/desk")
    assert 'value="测试\u4dae"' in clerk.page
    assert 'value="13800000000"' in clerk.page
    assert "/proposal/name" not in clerk.page
    clerk.post(clerk.action("offer/name/chip"), clerk.form())
    clerk.get("/desk")
    assert 'value="测试\ue863"' in clerk.page


def test_who_is_to_let_a_number_pass_and_why_stays_on_the_page_until_they_have(house, clerk):
    clerk.post("/desk/without-card")
    clerk.get("/desk")
    clerk.post(clerk.action("keep"), clerk.form(id_no="990000198506120012", id_no_again="990000198506120012"))
    clerk.get("/desk")
    act = html.unescape(re.search(r'formaction="(/desk/draft/[^"]+/second-person[^"]*)"', clerk.page)[1])
    begun = {"second_name": "supervisor", "second_reason": "派出所证明", "second_password": "not theirs"}
    assert clerk.post(clerk.action("keep"), clerk.form(**begun)).status_code == 303
    for look in (lambda: clerk.get("/desk"), lambda: clerk.post(act, clerk.form(second_password="not theirs"))):
        look()
        panel = clerk.page.split('id="second-person"')[1].split("</section>")[0]
        assert 'name="second_name" value="supervisor"' in panel
        assert 'name="second_reason" value="派出所证明"' in panel
        assert "<details data-act open>" in panel
        assert "not theirs" not in clerk.page
    right = {"second_password": house.sign_ins["supervisor"]["password"]}
    assert clerk.post(act, clerk.form(**right)).status_code == 303
    clerk.get("/desk")
    assert 'id="second-person"' not in clerk.page
    assert "已由 supervisor 确认放行" in clerk.page


@pytest.mark.parametrize(("to", "comes"), [("/register", "/register"), ("//evil.test", "/"), ("/events", "/")])
def test_the_ways_in_the_bar_lead_on_though_the_form_has_gone_and_to_pages_of_ours_alone(house, clerk, to, comes):
    gone = {"typed_in": "draft 00000000-0000-4000-8000-000000000000", "road": "测试路"}
    answer = clerk.post(f"/go-on?to={to}", gone)
    assert (answer.status_code, answer.headers["Location"]) == (303, comes)
