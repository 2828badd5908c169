"""A record's page masks numbers, shows them after one press with a reason, and asks again where that is missing."""

from __future__ import annotations

import re

import pytest

NUMBER = "990000198506120073"
MOBILE = "13811112222"
REST = {
    "hukou_div": "990000", "soldier": "0", "arrive_city_date": "2026.3.2", "arrive_here_date": "20260305",
    "reason": "12", "proof_type": "2", "town": "xzz", "road": "测试路", "mobile": MOBILE, "education": "20",
    "place_type": "30", "committee": "测试居委", "no": "12",
    "notice_given": "1",
}  # fmt: skip


@pytest.fixture(scope="module")
def place(house):
    """The address of a saved record."""
    clerk = house.signed_in("clerk")
    house.lift()
    while re.search(r'formaction="/desk/draft/[^"]+/aside"', clerk.page):
        clerk.post(clerk.action("aside"))
        clerk.get("/desk")
    house.lay(house.card("测试掩", NUMBER, sex="1"))
    clerk.get("/desk")
    answer = clerk.post(clerk.action("save"), clerk.form(**REST, then="stay"))
    assert answer.status_code == 303, re.findall(r'class="problem".*', clerk.page)
    house.lift()
    return answer.headers["Location"]


def shown(browser):
    return dict(re.findall(r'data-field="([^"]+)" data-value="([^"]*)"', browser.page))


@pytest.mark.parametrize("role", ["clerk", "supervisor"])
def test_one_press_shows_the_numbers_and_another_masks_them(house, place, role):
    reader = house.signed_in(role)
    answer = reader.get(place)
    assert shown(reader)["id_no"] == "990000********0073"
    assert shown(reader)["mobile"] == "138****2222"
    assert not [text for text in (NUMBER, MOBILE, "1985-06-12", "19850612") if text in reader.page]
    assert "Refresh" not in answer.headers
    pressed = reader.post(f"{place}/full", {"reason": "CONTACT"})
    assert (pressed.status_code, pressed.headers["Location"]) == (303, place)
    answer = reader.get(place)
    assert (shown(reader)["id_no"], shown(reader)["mobile"]) == (NUMBER, MOBILE)
    assert 290 <= int(answer.headers["Refresh"]) <= 301
    assert answer.headers["Cache-Control"] == "no-store"
    assert reader.post(f"{place}/mask").status_code == 303
    reader.get(place)
    assert shown(reader)["mobile"] == "138****2222"
    assert "联系本人或监护人" in reader.page


def test_the_other_reason_needs_words_and_the_page_says_so(house, place):
    reader = house.signed_in("supervisor")
    for form, sentence in (
        ({"reason": "OTHER", "words": " "}, "请用几个字写明原因。"),
        ({}, "请选择要看完整号码的原因。"),
        ({"reason": "<b>"}, "请选择要看完整号码的原因。"),
    ):
        assert reader.post(f"{place}/full", form).status_code == 422
        assert sentence in reader.page
        assert MOBILE not in reader.page
    assert reader.post(f"{place}/full", {"reason": "OTHER", "words": "核对<名单>"}).status_code == 303
    reader.get(place)
    assert MOBILE in reader.page
    assert "核对&lt;名单&gt;" in reader.page


def test_a_record_that_is_not_there_is_no_record_in_full(house):
    reader = house.signed_in("supervisor")
    assert reader.post("/register/00000000-0000-4000-8000-000000000000/full", {"reason": "COMPARE"}).status_code == 404


def test_the_list_says_how_a_number_is_typed(house):
    reader = house.signed_in("supervisor")
    reader.post("/register/search", {"query": "没有的人"})
    assert "号码要连着键入三位以上" in reader.page
    assert "最近登记" not in reader.page
