"""A list of door plates, read: which column is what, why a row is left out, and what the list makes of a base."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from agent.addresses import plan as plans
from agent.addresses import plate_list
from agent.addresses.plate_list import PlateList
from agent.errors import CodedError
from agent.exchange.tables_read import sheet_of
from agent.exchange.xlsx_writing import workbook
from agent.register.doors import Choice, Directory, Door

AREA = "310112101"
HEADS = ("标准地址编号", "街道、镇", "居委会", "责任块", "队伍", "路名", "弄", "支弄", "号", "新门牌编号", "单双号分走")
FIRST = ("990000001", "", "测试一居", "A01", "测试一队", "测试东路", "88", "", "12", "", "")
SECOND = ("990000002", "", "测试一居", "A01", "", "测试西路", "", "", "3", "", "")


def listed(*rows: tuple[str, ...], head: tuple[str, ...] = HEADS) -> PlateList:
    text = "\n".join(",".join(row) for row in (head, *rows))
    return plate_list.read(sheet_of(text.encode()), AREA)


def changed(row: tuple[str, ...], **cells: str) -> tuple[str, ...]:
    keys = list(plate_list.HEADS)
    return tuple(cells.get(key, text) for key, text in zip(keys, row, strict=True))


def reasons(*rows: tuple[str, ...]) -> list[tuple[int, str]]:
    return [(one.number, one.code) for one in listed(*rows).refused]


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"sides": "两边"}, "PLATE-SIDES"),
        ({"addr_id": ""}, "PLATE-NUMBER"),
        ({"addr_id": "9" * 21}, "PLATE-NUMBER"),
        ({"addr_id": "99 00"}, "PLATE-NUMBER"),
        ({"addr_id": "9.9E+19"}, "IMPORT-LOST-DIGITS"),
        ({"road": "测\ufffd路"}, "IMPORT-LOST-CHARACTER"),
        ({"road": "测\ue000路"}, "IMPORT-PRIVATE-CHARACTER"),
        ({"addr_id": "990000001"}, "PLATE-TWICE"),
        ({"addr_id": "990000001", "block": "A02"}, "PLATE-TWO-BLOCKS"),
        ({"road": "测试东路", "lane": "八十八弄", "no": "12号"}, "PLATE-DOOR-TWICE"),
        ({"road": ""}, "PLATE-ROAD"),
        ({"road": "测" * 41}, "PLATE-LONG"),
        ({"team": "队" * 41}, "PLATE-LONG"),
        ({"no": ""}, "PLATE-DOOR"),
        ({"town": "没有的镇"}, "PLATE-TOWN"),
        ({"committee": ""}, "PLATE-COMMITTEE-MISSING"),
        ({"block": ""}, "PLATE-BLOCK-MISSING"),
        ({"block": "A02"}, "PLATE-TEAM-MISSING"),
        ({"team": "测试二队"}, "PLATE-TWO-TEAMS"),
        ({"committee": "测试二居"}, "PLATE-BLOCK-COMMITTEE"),
        ({"alias_of": "990000009"}, "PLATE-ALIAS"),
        ({"alias_of": "990000002"}, "PLATE-ALIAS"),
    ],
)
def test_a_row_that_cannot_be_a_plate_of_one_block_is_left_out_with_its_reason(cells, code) -> None:
    assert reasons(FIRST, changed(SECOND, **cells)) == [(3, code)]


def test_every_reason_is_shown_here() -> None:
    source = Path(plate_list.__file__).read_text(encoding="utf-8")
    shown = Path(__file__).read_text(encoding="utf-8")
    assert [code for code in re.findall(r'"(PLATE-[A-Z-]+)"', source) if f'"{code}"' not in shown] == []


def test_a_block_has_its_team_from_the_row_that_says_it() -> None:
    made = listed(changed(FIRST, team=""), changed(SECOND, team="测试一队"))
    assert (made.blocks, made.refused) == ({"A01": ("测试一居", "测试一队")}, [])


def test_columns_are_known_in_any_order_and_language_below_a_title() -> None:
    english = ("Number", "Road", "Team", "Block", "Committee", "Standard address number", "note")
    made = listed(
        ("3", "测试路", "测试一队", "A01", "测试一居", "990000001", "x"),
        head=("名单", *[""] * 6, "\n" + english[0], *english[1:]),
    )
    assert (made.head_line, list(made.doors)) == (2, ["990000001"])
    with pytest.raises(CodedError) as refused:
        listed(FIRST[:6], head=HEADS[:6])
    assert (refused.value.code, refused.value.facts) == ("PLATES-HEAD", {"columns": "号"})


def test_a_workbook_says_the_same_as_its_csv() -> None:
    rows = [
        FIRST,
        SECOND,
        ("", *[""] * 10),
        changed(SECOND, addr_id="990000009", road="测试老街", alias_of="990000001"),
    ]
    made = plate_list.read(sheet_of(workbook(HEADS, rows)), AREA)
    assert made == listed(*rows)
    assert [(door.addr_id, door.block, door.alias_of) for door in made.doors.values()] == [
        ("990000001", "A01", ""), ("990000002", "A01", ""), ("990000009", "A01", "990000001"),
    ]  # fmt: skip


def test_roads_walk_in_the_order_of_the_list() -> None:
    third = changed(SECOND, addr_id="990000003", road="测试东路", no="5")
    assert [door.road_place for door in listed(SECOND, FIRST, third).doors.values()] == [0, 1, 1]
    base = Directory(listed(FIRST, SECOND).doors.values(), {"A01": "测试一队"}, 1)
    made = plans.plan(base, {"A01": ("测试一居", "测试一队")}, listed(SECOND, FIRST))
    assert (len(made.reordered), made.steps, made.is_anything) == (2, [], True)


@pytest.mark.parametrize(("said", "is_so"), [("是", True), ("1", True), ("YES", True), ("否", False), ("0", False)])
def test_one_plate_says_that_its_road_is_walked_by_sides(said: str, is_so: bool) -> None:
    third = changed(FIRST, addr_id="990000003", no="5")
    made = listed(FIRST, SECOND, changed(third, sides=said))
    assert [door.is_by_sides for door in made.doors.values()] == [is_so, False, is_so]
    base = Directory(listed(FIRST, SECOND, third).doors.values(), {"A01": "测试一队"}, 1)
    plan = plans.plan(base, {"A01": ("测试一居", "测试一队")}, made)
    assert (len(plan.reordered), plan.steps) == (2 if is_so else 0, [])


def directory(*doors: Door) -> Directory:
    return Directory(doors, {"A01": "测试一队"}, 1)


def door(number: str, road: str, no: str = "", lane: str = "", **other: str | bool) -> Door:
    return Door(number, str(other.pop("town", AREA)), "测试一居", "A01", road, lane, "", no, **other)  # type: ignore[arg-type]


def test_choices_are_roads_first_then_doors_and_old_names_lead_to_new_ones() -> None:
    base = directory(
        door("1", "测试东路", "12", "88"), door("2", "测试东路", "120"), door("3", "测试老街", "12", alias_of="1"),
        door("4", "样例路", "1"), door("5", "测试西路", "12", is_withdrawn=True),
    )  # fmt: skip
    assert base.choices("测试") == [
        Choice("测试东路"), Choice("测试东路88弄12号"), Choice("测试东路120号"),
        Choice("测试东路88弄12号", "测试老街12号"),
    ]  # fmt: skip
    assert base.choices("东路 １２０") == [Choice("测试东路120号")]
    assert base.choices("老街") == [Choice("测试东路88弄12号", "测试老街12号")]
    assert base.choices("csdl") == [Choice("测试东路")]
    assert base.choices("") == [Choice("测试东路"), Choice("样例路")]
    assert len(base.choices("测试", 2)) == 2
    assert Directory().choices("测试") == []


def test_a_door_in_two_towns_is_told_by_its_town() -> None:
    base = directory(door("1", "测试路", "1"), door("2", "测试路", "1", town="310112102"))
    assert base.at("", "测试路", no="1") is None
    found = base.at("310112102", "测试路", no="1")
    assert found is not None
    assert found.addr_id == "2"
    assert base.at("310112103", "测试路", no="1") is None
