"""A person who is registered already, at the desk by plain forms: the reason is asked for, and the household told."""

from __future__ import annotations

import re

import pytest

REST = {
    "hukou_div": "990000", "soldier": "0", "arrive_city_date": "2026.3.2", "arrive_here_date": "20260305",
    "reason": "12", "proof_type": "2", "town": "xzz", "road": "测试东路", "mobile": "13800000000",
    "place_type": "30", "committee": "测试居委", "no": "12",
    "education": "高中", "notice_given": "1",
}  # fmt: skip


@pytest.fixture
def clerk(house):
    """A clerk at an empty desk, in Chinese."""
    browser = house.signed_in("clerk")
    browser.post("/language", {"language": "zh"})
    browser.get("/desk")
    while re.search(r'formaction="/desk/draft/[^"]+/aside"', browser.page):
        browser.post(browser.action("aside"))
        browser.get("/desk")
    return browser


def registered(house, clerk, name, number, **values):
    """The path of a record whose person came with a card."""
    house.lay(house.card(name, number))
    clerk.get("/desk")
    saved = clerk.post(clerk.action("save"), clerk.form(**REST | values, then="stay"))
    assert saved.status_code == 303, re.findall(r'class="problem".*', clerk.page)
    house.lift()
    return saved.headers["Location"]


def without_card(clerk, **typed):
    clerk.post("/desk/without-card")
    clerk.get("/desk")
    clerk.post(clerk.action("keep"), clerk.form(**typed))
    clerk.get("/desk")


def told(clerk):
    """What the history says, without marks and blanks."""
    timeline = re.search(r'<ol class="timeline">(.*?)</ol>', clerk.page, re.DOTALL)[1]
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", timeline))


def test_a_known_record_is_corrected_with_a_reason_and_joins_a_household(house, clerk):
    east = registered(house, clerk, "测试一", "990000198506120049")
    west = registered(house, clerk, "样例二", "990000198506120065", road="测试西路")
    without_card(clerk, id_no="990000198506120065", id_no_again="990000198506120065")
    assert 'id="correction_reason"' not in clerk.page
    assert "各栏与原登记没有不同。" in clerk.page
    refused = clerk.post(clerk.action("save"), clerk.form(mobile="13911111111"))
    assert refused.status_code == 422
    assert "不同之处列在各栏下。" in clerk.page
    assert 'href="#correction_reason">更正理由' in clerk.page
    assert 'id="correction_reason"' in clerk.page
    assert clerk.post(clerk.action("save"), clerk.form(correction_reason="本人来电", then="stay")).status_code == 303
    clerk.get(west)
    assert "手机原：138****0000现：139****1111本人来电" in told(clerk)

    clerk.post(f"/households/{east.rpartition('/')[2]}/member")
    house.lay(house.card("样例二", "990000198506120065"))
    clerk.get("/desk")
    assert "原：单独一户·现：测＊＊" in re.sub(r"\s+|<[^>]+>", "", clerk.page)
    assert (
        clerk.post(
            clerk.action("save"), clerk.form(correction_reason="同住", relation_to_head="97", then="stay")
        ).status_code
        == 303
    )
    house.lift()
    clerk.get(west)
    assert "同户原：单独一户现：测＊＊1985年生同住" in told(clerk)
    clerk.post("/language", {"language": "en"})
    clerk.get(west)
    assert "HouseholdWas:aloneNow:测＊＊" in told(clerk)


def test_a_household_that_was_chosen_by_mistake_is_left_again(house, clerk):
    east = registered(house, clerk, "测试三", "990000198506120081", road="测试南路")
    clerk.get(east)
    word = {"once": re.search(r'name="once" value="([^"]+)"', clerk.page)[1]}
    for _ in range(2):
        assert clerk.post(f"/households/{east.rpartition('/')[2]}/member", word).status_code == 303
    clerk.get("/desk")
    assert 'value="测试南路"' in clerk.page
    by = house.station.accounts.session(house.tokens["clerk"], is_attended=False)
    assert len(house.station.register.drafts(by)) == 1, "the second click has put no first form aside"
    assert clerk.post(clerk.action("leave-household"), clerk.form()).status_code == 303
    clerk.get("/desk")
    assert 'value="测试南路"' not in clerk.page
    assert 'id="household"' not in clerk.page


def test_what_only_a_card_has_vouched_for_is_told_in_words(house, clerk):
    without_card(
        clerk, name="测试四", id_no="990000198506120102", id_no_again="990000198506120102", ethnic="01",
        hukou_address="测试地区测试路1号", **REST,
    )  # fmt: skip
    saved = clerk.post(clerk.action("save"), clerk.form(then="stay"))
    assert saved.status_code == 303, re.findall(r'class="problem".*', clerk.page)
    house.lay(house.card("测试四", "990000198506120102"))
    clerk.get("/desk")
    assert clerk.post(clerk.action("save"), clerk.form(then="stay")).status_code == 303
    clerk.get(saved.headers["Location"])
    assert re.search("证件核对无误：[^原]*姓名、[^原]*▣芯片·已核验", told(clerk))


def test_the_notice_is_shown_at_the_desk_and_its_version_with_the_record(house, clerk):
    record = registered(house, clerk, "测试五", "990000198506120129")
    clerk.post("/desk/without-card")
    clerk.get("/desk")
    words = {"zh": ("谁在收集", "您的权利", "个人信息处理告知书"), "en": ("Who collects", "Your rights", "I have read")}
    assert all(word in clerk.page for word in words["zh"])
    shown = clerk.post(clerk.action("notice"), clerk.form(remark="测试备注"))
    assert (shown.status_code, shown.headers["Location"]) == (303, "/notice")
    path = clerk.get("/notice").headers["Location"]
    for language, said in words.items():
        clerk.post("/language", {"language": language})
        clerk.get(path)
        assert all(word in clerk.page for word in said), language
        assert "{station}" not in clerk.page
    clerk.get("/desk")
    assert "测试备注" in clerk.page
    clerk.get(record)
    assert f'href="{path}"' in clerk.page
    assert clerk.get("/notice/1999-01-01").status_code == 404


def test_a_child_who_may_be_registered_already_is_pointed_at_and_saved_all_the_same(house, clerk):
    child = {
        "name": "测试小宝", "sex": "1", "ethnic": "01", "birth_date": "20230506", "id_type": "117", "declarer": "2",
        "hukou_address": "测试地区测试路1号", "guardian_name": "测试母", "guardian_id": "990000198506120081",
        "guardian_rel": "52", "guardian_mobile": "13800000000",
    }  # fmt: skip
    without_card(clerk)
    assert 'id="guardian_consent"' not in clerk.page
    assert clerk.post(clerk.action("save"), clerk.form(**REST | child)).status_code == 422
    assert '<a href="#guardian_consent">监护人同意（未满 14 周岁）</a>' in clerk.page
    assert re.search(r'<input type="checkbox"[^>]* id="guardian_consent"[^>]* aria-required="true"', clerk.page)
    first, second = (saved_child(clerk, REST | child | {"guardian_consent": "1"}) for _ in range(2))
    assert first != second
    without_card(clerk, **child)
    hint = re.search(r'<div class="callout busy" id="alike">.*?</div>', clerk.page, re.DOTALL)[0]
    assert re.findall(r'<a href="([^"]+)" target="_blank"', hint) == [second, first]
    assert "测试小宝" not in hint
    clerk.get(first)
    assert f'<a href="{second}">' in clerk.page


def saved_child(clerk, values):
    without_card(clerk)
    saved = clerk.post(clerk.action("save"), clerk.form(**values, then="stay"))
    assert saved.status_code == 303, re.findall(r'class="problem".*', clerk.page)
    return saved.headers["Location"]


def test_it_is_told_whether_saving_has_changed_the_record(house, clerk):
    number = "990000198506120145"
    record = registered(house, clerk, "测试三", number)
    clerk.get(record)
    assert "已保存这份登记。" in clerk.page
    for then, page, word in (("stay", record, "登记内容没有变化。"), ("next", "/desk", "登记内容没有变化：")):
        house.lay(house.card("测试三", number))
        clerk.get(record)
        assert "已保存" not in clerk.page, "the next card was laid"
        clerk.get("/desk")
        assert clerk.post(clerk.action("save"), clerk.form(then=then)).status_code == 303
        house.lift()
        clerk.get(page)
        assert word in clerk.page
        assert "已保存" not in clerk.page
