"""An address of the city as one text is taken apart: real shapes of door plates, and texts that say too little."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.register.address_parts import PARTS, door_key, parts_of

MINHANG, XINZHUANG = "310112", "310112101"


def said(road: str, no: str = "", lane: str = "", sublane: str = "", room: str = "") -> dict[str, str]:
    parts = {"road": road, "lane": lane, "sublane": sublane, "no": no, "room": room}
    return {key: text for key, text in parts.items() if text}


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("测试路123号", said("测试路", "123")),
        ("测试路207-1号", said("测试路", "207-1")),
        ("测试路２０７—１号", said("测试路", "207-1")),
        ("测试路26甲号2楼", said("测试路", "26甲")),
        ("测试路26号甲", said("测试路", "26甲")),
        ("测试路515b号", said("测试路", "515B")),
        ("测试路2898弄43号", said("测试路", "43", lane="2898")),
        ("测试路119弄128支弄16号", said("测试路", "16", lane="119", sublane="128")),
        ("测试路119弄128支弄1-16号", said("测试路", "1-16", lane="119", sublane="128")),
        ("测试路1460弄5号临", said("测试路", "5临", lane="1460")),
        ("测试路2501弄301号301室", said("测试路", "301", lane="2501", room="301")),
        ("测试路1019弄42号后门", said("测试路", "42", lane="1019")),
        ("测试路5530弄129号-2", said("测试路", "129-2", lane="5530")),
        ("测试路158弄7号甲", said("测试路", "7甲", lane="158")),
        ("测试路1655弄29支弄样例公寓11号304", said("测试路", "11", lane="1655", sublane="29", room="304")),
        ("测试路951号5幢2楼201室", said("测试路", "951", room="201")),
        ("测试路3弄4号2-1102", said("测试路", "4", lane="3", room="2-1102")),
        ("测试新村12号101-102室", said("测试新村", "12", room="101-102")),
        ("五一路十二弄三号二百零三室", said("五一路", "3", lane="12", room="203")),
        ("五一路二〇三号", said("五一路", "203")),
        ("七莘路2号", said("七莘路", "2")),
        ("上海路3号", said("上海路", "3")),
        ("上海市闵行区莘庄镇测试路88弄12支弄3号101室",
         {"district": MINHANG, "town": XINZHUANG} | said("测试路", "3", lane="88", sublane="12", room="101")),
        ("上海市 闵行区，江川路街道测试路1号",
         {"district": MINHANG, "town": "310112001"} | said("测试路", "1")),
        ("上海上海市浦东新区测试路1号", {"district": "310115"} | said("测试路", "1")),
        ("上海市测试区测试镇测试路1号", said("测试路", "1")),
        ("江川路15号", said("江川路", "15")),
        ("上海市闵行区测试路", {"district": MINHANG} | said("测试路")),
        ("上海市闵行区", {}),
        ("闵行区", {}),
        ("", {}),
        ("12号", {}),
    ],
)  # fmt: skip
def test_shapes(text: str, parts: dict[str, str]) -> None:
    assert parts_of(text) == parts


@given(st.text(max_size=60))
def test_any_text_is_taken(text: str) -> None:
    found = parts_of(text)
    assert found.keys() <= {"district", "town", *PARTS}
    assert not found or found["road"]


NUMBERS = st.integers(1, 3000).map(str)


@given(NUMBERS, st.just("") | NUMBERS, st.just("") | NUMBERS, st.just("") | NUMBERS)
def test_what_is_written_is_read(no: str, lane: str, sublane: str, room: str) -> None:
    sublane = sublane if lane else ""
    written = "上海市闵行区莘庄镇测试路" + "".join(
        text + unit for text, unit in ((lane, "弄"), (sublane, "支弄"), (no, "号"), (room, "室")) if text
    )
    assert parts_of(written) == {"district": MINHANG, "town": XINZHUANG} | said("测试路", no, lane, sublane, room)


@pytest.mark.parametrize(
    ("parts", "key"),
    [
        (("测试路", "", "", "26号甲"), "测试路26甲号"),
        (("测试路", "5530", "", "129号-2"), "测试路5530弄129-2号"),
        (("测试路", "1019弄", "", "42号后门"), "测试路1019弄42号"),
        (("测试 路", "１１９", "一百二十八支弄", "1—16"), "测试路119弄128支弄1-16号"),
        (("测试路", "1460", "", "5号临"), "测试路1460弄5临号"),
        (("测试路", "", "", "515b"), "测试路515B号"),
        (("测试路", "88", "", ""), "测试路88弄"),
        (("五一路", "", "", ""), "五一路"),
    ],
)
def test_a_door_has_one_key(parts: tuple[str, str, str, str], key: str) -> None:
    assert door_key(*parts) == key
