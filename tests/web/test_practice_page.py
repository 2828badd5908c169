"""The practice page by plain forms: what lies where and which faults are on, what was just done, and where to go on."""

from __future__ import annotations

import re

import pytest

TEXT = re.compile(r"<[^>]+>")
DONE = {
    "/practice/plate": ({"card": "r01"}, "证件已放上读卡器。"),
    "/practice/plate/lift": ({}, "证件已拿起。"),
    "/practice/feeder": ({"paper": "lease"}, "纸张已放进送纸器。"),
    "/practice/glass": ({"glass": "lease:back"}, "纸张已放在平板上。"),
    "/practice/empty": ({}, "扫描仪里的纸已取出。"),
    "/practice/sitter": ({"person": "h01"}, "人已坐到相机前。"),
    "/practice/sitter/leave": ({}, "相机前没有人了。"),
    "/practice/camera": ({"size": "1000x750", "quality": "jpeg", "battery": "50"}, "相机已设好。"),
    "/practice/camera/card": ({}, "存储卡已清空。"),
    "/practice/faults/on": ({"fault": "silent"}, "故障已打开。"),
    "/practice/faults/off": ({"fault": "silent"}, "故障已关闭。"),
    "/practice/clear": ({}, "已全部清除。"),
}


def now(page: str, place: str) -> str:
    """What the page says of one place, without its markup."""
    found = re.search(rf'<dd id="now-{place}">(.*?)</dd>', page, re.DOTALL)
    assert found, place
    return " ".join(TEXT.sub(" ", found[1]).split())


def test_the_practice_panel_lays_cards_and_switches_faults(house):
    technician = house.signed_in("technician")
    technician.get("/practice")
    technician.post("/practice/plate", {"card": "r01"})
    technician.post("/practice/faults/on", {"fault": "silent", "parameter.count": "3", "parameter.skip": ""})
    technician.post("/practice/faults/off", {"fault": "card-pulled"})
    technician.post("/practice/plate/lift")
    technician.post("/practice/feeder", {"paper": "lease"})
    technician.post("/practice/glass", {"glass": "lease:back"})
    technician.post("/practice/faults/on", {"fault": "jam", "device": "scanner", "parameter.page": "2"})
    technician.post("/practice/empty")
    technician.post("/practice/clear")
    assert house.scanner_panel.asked == [
        ("feeder", "lease"),
        ("glass", "lease", "back"),
        ("on", "jam", {"page": "2"}),
        ("empty",),
        ("all-off",),
        ("empty",),
    ]
    assert house.panel.asked == [
        ("lay", "r01"),
        ("on", "silent", {"count": "3", "skip": ""}),
        ("off", "card-pulled"),
        ("lift",),
        ("all-off",),
        ("lift",),
    ]


def test_it_says_what_lies_where_and_what_is_switched_on(house):
    clerk = house.signed_in("clerk")
    clerk.get("/practice")
    assert now(clerk.page, "card") == "测试[U+E863] 港澳台居民居住证 拿起证件"
    assert now(clerk.page, "feeder") == "测试证明 取出全部纸张"
    assert now(clerk.page, "glass") == "测试合同 · 背面"
    assert now(clerk.page, "faults") == "读卡器 card-pulled · 关闭 扫描仪 card-pulled · 关闭 相机 card-pulled · 关闭"


def test_a_technician_is_told_what_lies_there_by_its_number(house):
    technician = house.signed_in("technician")
    technician.get("/practice")
    assert now(technician.page, "card").startswith("h01 ")
    assert 'href="/devices"' in technician.page
    assert 'id="to-desk"' not in technician.page


@pytest.mark.parametrize("path", DONE)
def test_each_press_is_answered_beside_the_way_to_the_desk_and_its_group_stays_open(house, path):
    fields, said = DONE[path]
    clerk = house.signed_in("clerk")
    clerk.get("/practice")
    assert said not in clerk.page
    answer = clerk.post(path, {**fields, "open": "start"})
    assert answer.status_code == 303
    place = answer.headers["Location"]
    assert place.endswith("&open=start#now")
    clerk.get(place.partition("#")[0])
    assert said in clerk.page
    assert '<a class="btn btn-primary" id="to-desk" href="/desk">' in clerk.page
