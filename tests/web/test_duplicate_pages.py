"""Two records of one person by plain forms: compared, merged, parted, or found to be two; refusals lose nothing."""

from __future__ import annotations

import itertools
import re

import pytest

from drivers.id_number import check_digit

REST = {
    "hukou_div": "990000", "soldier": "0", "arrive_city_date": "2026.3.2", "arrive_here_date": "20260305",
    "reason": "12", "proof_type": "2", "town": "xzz", "road": "测试东路", "mobile": "13800000000",
    "place_type": "30", "committee": "测试居委", "no": "12",
    "education": "高中", "notice_given": "1",
}  # fmt: skip
SERIALS = itertools.count(502, 20)


@pytest.fixture
def clerk(house):
    browser = house.signed_in("clerk")
    browser.post("/language", {"language": "zh"})
    return browser


def saved(house, clerk, name, number, **typed):
    """The path of the record of a person who was registered with a card."""
    house.lay(house.card(name, number))
    clerk.get("/desk")
    answer = clerk.post(clerk.action("save"), clerk.form(**REST | typed, then="stay"))
    assert answer.status_code == 303, re.findall(r'class="problem".*', clerk.page)
    house.lift()
    return answer.headers["Location"]


@pytest.fixture
def two(house, clerk):
    """The paths of two records of a name, whose numbers are one slip apart."""
    serial = next(SERIALS)
    numbers = [head + check_digit(head) for head in (f"99000019850612{serial + 2 * more:03d}" for more in (0, 1))]
    name = f"测试同{'甲乙丙丁戊己庚辛'[serial // 20 % 8]}"
    first = saved(house, clerk, name, numbers[0])
    old = numbers[1][:6] + numbers[1][8:17]
    typed = {"name": name, "ethnic": "01", "hukou_address": "测试地区云杉路8号", "id_no": old, "id_no_again": old}
    clerk.post("/desk/without-card")
    clerk.get("/desk")
    clerk.post(clerk.action("keep"), clerk.form(**REST | typed | {"mobile": "13800000001"}))
    clerk.get("/desk")
    answer = clerk.post(clerk.action("save"), clerk.form(then="stay"))
    assert answer.status_code == 303, re.findall(r'class="problem".*', clerk.page)
    return [first, answer.headers["Location"]], numbers


def page_of(records):
    return f"{records[0]}/duplicate/{records[1].rpartition('/')[2]}"


def filled(house, clerk, **typed):
    """The form of the merge as the page has it, with a right second person."""
    who = house.sign_ins["supervisor"]
    kept = dict(re.findall(r'name="(version|other_version)" value="(\d+)"', clerk.page))
    radios = re.findall(r'<input type="radio"[^>]*name="(take_\w+)" value="(\w+)" checked>', clerk.page)
    right = {"evidence_1": "1", "merge_reason": "同一人登了两次"}
    return kept | dict(radios) | right | {"second_name": who["name"], "second_password": who["password"]} | typed


def test_the_list_leads_to_the_two_side_by_side_with_numbers_masked(house, clerk, two):
    records, numbers = two
    clerk.get("/register")
    assert 'href="/duplicates"' in clerk.page
    clerk.get("/duplicates")
    assert re.search(rf'href="({page_of(records)}|{page_of(records[::-1])})"', clerk.page)
    assert "身份号码只差一处" in clerk.page
    clerk.get(records[0])
    assert f'href="{page_of(records)}"' in re.search(r'id="alike".*?</div>', clerk.page, re.DOTALL)[0]
    assert clerk.get(page_of(records)).status_code == 200
    text = clerk.page
    assert not any(one[6:14] in text or one in text.replace(" ", "") for one in numbers)
    assert not any(hidden in text for hidden in ("13800000000", "1985-06-12"))
    assert re.search(r"身份号码第 1\d(、1\d)* 位不同", text)
    differing = re.findall(r'<tr class="differs"><th scope="row">(\S+) <span class="differs-mark">', text)
    assert {"公民身份号码", "证件有效期至", "手机"} <= set(differing), "each with a word, not by colour alone"
    assert not {"姓名", "出生日期", "路名"} & set(differing)
    clerk.post(f"{page_of(records)}/full", {"reason": "OTHER", "words": ""})
    assert "号码" in clerk.page
    assert clerk.post(f"{page_of(records)}/full", {"reason": "OTHER", "words": "核对"}).status_code == 303
    assert "Refresh" in clerk.get(page_of(records)).headers, "it masks them by itself"
    assert all(one in clerk.page.replace(" ", "").replace("<mark>", "").replace("</mark>", "") for one in numbers)
    assert clerk.post(f"{page_of(records)}/mask").status_code == 303
    assert "Refresh" not in clerk.get(page_of(records)).headers
    assert not any(one in clerk.page.replace(" ", "") for one in numbers)
    supervisor = house.signed_in("supervisor")
    assert supervisor.get(page_of(records)).status_code == 403
    supervisor.get(records[0])
    assert 'id="alike"' in supervisor.page
    assert "/duplicate/" not in supervisor.page


def test_merged_and_parted_again(house, clerk, two):
    records, _ = two
    at = page_of(records)
    clerk.get(at)
    form = filled(house, clerk, take_mobile="other")
    for _ in range(2):
        answer = clerk.post(f"{at}/merge", form)
        assert (answer.status_code, answer.headers.get("Location")) == (303, records[0]), clerk.page
    clerk.get(records[0])
    assert "138****0001" in clerk.page
    assert "已与另一份登记合并" in clerk.page
    assert 'id="alike"' not in clerk.page
    clerk.get(records[1])
    assert "已并入另一份登记" in re.search(r'id="merged-title".*', clerk.page)[0]
    assert f'href="{records[0]}"' in re.search(r'id="merged".*?</section>', clerk.page, re.DOTALL)[0]
    assert 'id="cancelled"' not in clerk.page
    key = records[1].rpartition("/")[2]
    assert [clerk.get(f"/{what}/record/{key}").status_code for what in ("documents", "photos")] == [200, 200]
    for what in (f"{records[1]}/edit", f"{records[1]}/cancel", at):
        clerk.get(what)
        assert 'role="alert"' in clerk.page, what
    who = house.sign_ins["supervisor"]
    undoing = {"undo_reason": "其实是两个人", "second_name": who["name"], "second_password": who["password"]}
    assert clerk.post(f"{records[1]}/part", undoing | {"second_password": "wrong"}).status_code == 422
    assert re.search(r'id="undo-reason"[^>]* value="其实是两个人"', clerk.page)
    assert clerk.post(f"{records[1]}/restore", undoing).status_code == 409
    for _ in range(2):
        assert clerk.post(f"{records[1]}/part", undoing).headers["Location"] == records[1]
    clerk.get(records[1])
    assert 'id="merged"' not in clerk.page
    assert "合并已撤销" in clerk.page
    clerk.get(records[0])
    assert "138****0000" in clerk.page


def test_a_refusal_stands_at_its_place_and_keeps_what_was_typed(house, clerk, two):
    records, _ = two
    at = page_of(records)
    clerk.get(at)
    typed = filled(house, clerk, take_mobile="other", evidence_1="", merge_reason="写好的理由")
    answer = clerk.post(f"{at}/merge", typed)
    assert answer.status_code == 422
    assert "依据" in re.search(r'id="problems".*?</ul>', clerk.page, re.DOTALL)[0]
    assert re.search(r'id="merge_reason"[^>]* value="写好的理由"', clerk.page)
    assert re.search(r'name="take_mobile" value="other" checked', clerk.page)
    assert house.sign_ins["supervisor"]["password"] not in clerk.page
    me = house.sign_ins["clerk"]
    typed = filled(house, clerk, evidence_2="1", second_name=me["name"], second_password=me["password"])
    assert clerk.post(f"{at}/merge", typed).status_code == 422
    assert "须由另一个人确认" in re.search(r'id="second-sentence".*', clerk.page)[0]
    assert re.search(r'id="evidence_2"[^>]* checked', clerk.page)
    other = house.signed_in("clerk")
    other.get(f"{records[1]}/edit")
    version = re.search(r'name="version" value="(\d+)"', other.page)[1]
    edited = other.form(road="他的路") | {"version": version, "edit_reason": "同事更正"}
    assert other.post(f"{records[1]}/edit", edited).status_code == 303
    late = clerk.post(f"{at}/merge", filled(house, clerk, merge_reason="写好的理由", version="1", other_version="1"))
    assert late.status_code == 409
    assert re.search(r'id="merge_reason"[^>]* value="写好的理由"', clerk.page)
    assert "他的路" in clerk.page


def test_a_record_that_was_cancelled_meanwhile_is_said_to_be_and_the_reason_stays(house, clerk, two):
    records, _ = two
    at = page_of(records)
    clerk.get(at)
    form = filled(house, clerk, merge_reason="写好的理由")
    who = house.sign_ins["supervisor"]
    left = {"cancel_kind": "31", "leave_date": "20260401", "evidence_3": "1", "version": "1"}
    left |= {"second_name": who["name"], "second_password": who["password"]}
    other = house.signed_in("clerk")
    other.get(f"{records[0]}/cancel")
    assert other.post(f"{records[0]}/cancel", left).headers["Location"] == records[0]
    assert clerk.post(f"{at}/merge", form).status_code == 409
    assert re.search(r'id="merge_reason"[^>]* value="写好的理由"', clerk.page)
    assert f'action="{page_of(records[::-1])}/merge"' in clerk.page, "the other one is who can go on"


def test_found_to_be_two_they_are_not_proposed_until_that_is_undone(house, clerk, two):
    records, _ = two
    at = page_of(records)
    assert clerk.post(f"{at}/distinct", {"distinct_reason": ""}).status_code == 422
    assert 'id="distinct-sentence"' in clerk.page
    assert clerk.post(f"{at}/distinct", {"distinct_reason": "见过两人"}).headers["Location"] == "/duplicates"
    keys = [record.rpartition("/")[2] for record in records]
    clerk.get("/duplicates")
    assert not any(f"/{key}" in clerk.page for key in keys)
    clerk.get("/duplicates?done=yes")
    assert "见过两人" in clerk.page
    assert re.search(rf"{keys[0]}/duplicate/{keys[1]}|{keys[1]}/duplicate/{keys[0]}", clerk.page)
    clerk.get(records[0])
    assert 'id="alike"' not in clerk.page
    clerk.get(at)
    assert "见过两人" in re.search(r'id="is-distinct".*', clerk.page)[0]
    assert clerk.post(f"{at}/distinct/undo", {"distinct_reason": "错了"}).headers["Location"] == at
    clerk.get("/duplicates")
    assert any(f"/{key}" in clerk.page for key in keys)


def test_the_desk_hints_before_anything_is_saved(house, clerk, two):
    records, numbers = two
    clerk.post("/desk/without-card")
    clerk.get("/desk")
    name = re.search(r'data-field="name" data-value="([^"]+)"', clerk.get(records[0]) and clerk.page)[1]
    clerk.get("/desk")
    typed = clerk.form(name=name, id_no=numbers[0][:6] + numbers[0][8:16] + "9")
    clerk.post(clerk.action("keep"), typed)
    clerk.get("/desk")
    hint = re.search(r'id="alike".*?</div>', clerk.page, re.DOTALL)[0]
    assert f'href="{records[0]}"' in hint
    assert name not in hint
    clerk.post(clerk.action("discard"), {"discard_reason": "MISTAKE"})
