"""The simulated camera on the practice page: who sits before it and how, found among many, how the camera is set."""

from __future__ import annotations

import html
import re

import pytest

TEXT = re.compile(r"<[^>]+>")


def text(page: str, start: str, end: str) -> str:
    """What the page says between two pieces of markup."""
    found = re.search(f"{re.escape(start)}(.*?){re.escape(end)}", page, re.DOTALL)
    assert found, start
    return html.unescape(" ".join(TEXT.sub(" ", found[1]).split()))


def offered(page: str) -> list[str]:
    """The numbers of those who can be chosen, each with its group."""
    chooser = re.search(r'<select[^>]* id="person".*?</select>', page, re.DOTALL)
    return re.findall(r'optgroup label="([^"]+)"|option value="([^"]+)"', chooser[0]) if chooser else []


def test_people_sit_down_and_leave_and_the_camera_is_set(house):
    clerk = house.signed_in("clerk")
    clerk.get("/practice")
    clerk.post("/practice/sitter", {"person": "h01"})
    clerk.post("/practice/sitter", {"person": "v01", "look": "dark"})
    clerk.post("/practice/sitter/leave")
    clerk.post("/practice/camera", {"size": "1000x750", "quality": "raw", "battery": "5", "turned": "yes"})
    clerk.post("/practice/camera/card")
    clerk.post("/practice/faults/on", {"fault": "asleep", "device": "camera", "parameter.how": "silent"})
    clerk.post("/practice/faults/off", {"fault": "asleep", "device": "camera"})
    clerk.post("/practice/clear")
    assert house.camera_panel.asked == [
        ("seat", "h01", "good"),
        ("seat", "v01", "dark"),
        ("leave",),
        ("set", {"size": "1000x750", "quality": "raw", "battery": "5", "turned": "yes"}),
        ("empty-card",),
        ("on", "asleep", {"how": "silent"}),
        ("off", "asleep"),
        ("all-off",),
        ("begin-anew",),
    ]


def test_it_says_and_shows_who_sits_there_and_how(house):
    clerk = house.signed_in("clerk")
    clerk.get("/practice")
    assert text(clerk.page, '<dd id="now-sitter">', "</dd>") == "测试访客 · 男 · 30 岁 太暗 请离开 请本人坐到相机前"
    assert text(clerk.page, '<span id="camera-kept">', "</span>") == "存储卡上有 3 张照片。"
    place = html.unescape(re.search(r'<img class="sitter" src="([^"]+)"', clerk.page)[1])
    shown = clerk.get(place)
    assert (shown.mimetype, shown.data) == ("image/png", b"v01 dark")
    assert "no-store" in shown.headers["Cache-Control"]


def test_the_group_of_the_present_look_is_open(house):
    clerk = house.signed_in("clerk")
    clerk.get("/practice")
    assert re.search(r"<details[^>]* open>(?:(?!</details>).)*太暗", clerk.page, re.DOTALL)
    assert re.search(r'value="dark" aria-pressed="true"', clerk.page)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [("有证件的人", ""), ("", "h01"), ("没有证件的访客", ""), ("", "v01")]),
        (" 访客 ", [("没有证件的访客", ""), ("", "v01")]),
        ("H0", [("有证件的人", ""), ("", "h01")]),
        ("nobody", []),
    ],
)
def test_somebody_is_found_by_name_or_number(house, query, found):
    clerk = house.signed_in("clerk")
    clerk.get(f"/practice?query={query}")
    assert offered(clerk.page) == found
    assert ("没有找到。" in clerk.page) is (found == [])


def test_what_was_looked_for_stays_when_somebody_sits_down(house):
    clerk = house.signed_in("clerk")
    clerk.get("/practice?query=访客")
    assert clerk.page.count('name="query" value="访客"') == 2, "the form to choose takes along what was looked for"
    place = clerk.post("/practice/sitter", {"person": "v01", "query": "访客"}).headers["Location"]
    clerk.get(place.partition("#")[0])
    assert offered(clerk.page) == [("没有证件的访客", ""), ("", "v01")]


def test_a_technician_is_told_who_sits_there_by_number(house):
    technician = house.signed_in("technician")
    technician.get("/practice")
    assert text(technician.page, '<dd id="now-sitter">', "</dd>").startswith("v01 · 男")
    assert "测试访客" not in technician.page
