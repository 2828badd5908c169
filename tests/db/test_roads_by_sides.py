"""How a block walks its roads, on both engines: one side after the other where its list says so, and in order."""

from __future__ import annotations

from typing import Any

import pytest

from agent.addresses.service import AddressService
from agent.register.board_views import Spot
from peewee_models.addresses import DoorPlate
from peewee_models.register import Registration

HEAD = "标准地址编号,居委会,责任块,队伍,路名,弄,号,单双号分走"
DOORS = (("", "10"), ("", "9"), ("", "2"), ("", "1"), ("3", "4"), ("3", "3"), ("4", "5"))
BY_NUMBER = ["1", "2", "9", "10", "3/3", "3/4", "4/5"]
BY_SIDES = ["1", "9", "3/3", "3/4", "2", "10", "4/5"]


@pytest.fixture
def base(office: Any) -> AddressService:
    made = AddressService(office.register.place)
    made.load()
    return made


def written(sides: str, *, first: str = "", left_out: str = "", committee: str = "测试一居") -> list[str]:
    of_road = [
        f"9900000{place},{committee},A01,测试一队,测试路,{lane},{no},{sides if place == 3 else ''}"
        for place, (lane, no) in enumerate(DOORS)
        if no != left_out
    ]
    other = f"99000010,{committee},A01,测试一队,测试东路,,1,"
    return [other, *of_road] if first else [*of_road, other]


def take(office: Any, base: AddressService, lines: list[str]) -> Any:
    boss = office.sign_in("supervisor")
    base.bring("\n".join((HEAD, *lines)).encode(), "测试文件", boss)
    run = base.dry_run(boss)
    base.take_in(run.seen, boss, withdraws_many=True)
    return run


def walked(office: Any, clerk: Any, what: str = "RG") -> list[str]:
    rows = {str(row.id): row for row in Registration.select()}
    ids = [line.id for line in office.register.board.lines(what, Spot("测试一居", block="A01"), clerk)]
    assert [line.address for line in office.register.board.walk(what, Spot("测试一居", block="A01"), clerk, 99)]
    return ["/".join(filter(None, (rows[key].lane, rows[key].no))) for key in ids]


def test_a_road_is_walked_side_by_side_where_its_list_says_so(office, base, clerk, people) -> None:
    for number, (lane, no) in enumerate(DOORS):
        office.register_person(clerk, people(2 * number + 1), road="测试路", lane=lane, no=no, committee="测试一居")
    take(office, base, written(""))
    assert walked(office, clerk) == BY_NUMBER
    run = take(office, base, written("是"))
    assert (run.reordered, run.steps) == (7, ())
    assert walked(office, clerk) == BY_SIDES
    take(office, base, written("是", left_out="9"))
    assert walked(office, clerk) == ["1", "3/3", "3/4", "2", "10", "4/5"], "a plate that is withdrawn has no block"
    take(office, base, written("否"))
    assert walked(office, clerk) == BY_NUMBER


def test_what_the_base_gives_out_walks_the_same(office, base, clerk) -> None:
    take(office, base, written("是"))
    boss = office.sign_in("supervisor")
    base.bring(base.csv(boss), "又一次", boss)
    assert (base.dry_run(boss).same, base.dry_run(boss).can_be_taken) == (8, False)
    assert {door.is_by_sides for door in office.register.place.doors.now.by_number.values() if door.lane} == {True}


def test_a_road_more_moves_the_others_with_all_their_plates(office, base) -> None:
    take(office, base, written(""))
    take(office, base, written("", left_out="9"))
    first = {row.addr_id: row.edition_id for row in DoorPlate.select()}
    run = take(office, base, written("是", first="测试东路", left_out="9"))
    assert (run.reordered, run.steps) == (7, ())
    held = {row.addr_id: (row.road, row.road_place, row.is_by_sides) for row in DoorPlate.select()}
    assert held.pop("99000010") == ("测试东路", 0, False)
    assert set(held.values()) == {("测试路", 1, True)}, "the one that is withdrawn, too: it is of the road still"
    gone = DoorPlate.get(DoorPlate.addr_id == "99000001")
    assert gone.withdrawn_at is not None
    assert all(row.edition_id != first[row.addr_id] for row in DoorPlate.select())


def test_plates_change_together_and_come_back(office, base) -> None:
    take(office, base, written(""))
    take(office, base, written("", left_out="9"))
    run = take(office, base, written("", committee="测试二居"))
    assert run.counts == {"withdrawn": 0, "changed": 7, "back": 1, "new": 0}
    plates = list(DoorPlate.select())
    assert {(row.committee, row.withdrawn_at) for row in plates} == {("测试二居", None)}
    assert {row.addr_id: (row.lane, row.no) for row in plates if row.road == "测试路"} == {
        f"9900000{place}": door for place, door in enumerate(DOORS)
    }
