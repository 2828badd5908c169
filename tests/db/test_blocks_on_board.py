"""The board's figures by responsible block, on both engines: they follow the base, and lists come in walking order."""

from __future__ import annotations

from typing import Any

import pytest

from agent.addresses.service import AddressService
from agent.register.board_views import Spot
from peewee_models.register import Registration

HEAD = "标准地址编号,居委会,责任块,队伍,路名,弄,支弄,号,新门牌编号"
PLATES = (
    ("测试一居", "A01", "测试一队", "测试西路", "", "3"),
    ("测试一居", "A01", "测试一队", "测试东路", "88", "9"),
    ("测试一居", "A01", "测试一队", "测试东路", "88", "10"),
    ("测试一居", "A02", "测试二队", "测试路", "", "1"),
)


def written(*plates: tuple[str, ...]) -> bytes:
    """A list in which a door has the same number each time, with an old name of the first door."""
    numbers = {plate[3:]: f"9900000000000000000{place}" for place, plate in enumerate(PLATES)}
    lines = [",".join((numbers[plate[3:]], *plate[:5], "", plate[5], "")) for plate in plates]
    return "\n".join((HEAD, *lines, f"99000000000000000009,,,,测试老街,,,7,{numbers[PLATES[0][3:]]}")).encode()


@pytest.fixture
def base(office: Any) -> AddressService:
    made = AddressService(office.register.place)
    made.load()
    return made


def take(office: Any, base: AddressService, *plates: tuple[str, ...]) -> None:
    boss = office.sign_in("supervisor")
    base.bring(written(*plates), "测试文件", boss)
    base.take_in(base.dry_run(boss).seen, boss, withdraws_many=True)


@pytest.fixture
def register(office: Any, clerk: Any, people: Any, base: AddressService) -> dict[str, str]:
    """Two before there was a base, the others after; one of them at a door that it does not know."""
    made = {}
    doors = {
        "ten": ("测试东路", "88", "10"), "old": ("测试老街", "", "7"),
        "nine": ("测试东路", "88", "9"), "three": ("测试西路", "", "3"), "one": ("测试路", "", "1"),
        "unknown": ("测试路", "", "99"),
    }  # fmt: skip
    for number, (name, (road, lane, no)) in enumerate(doors.items()):
        if name == "nine":
            take(office, base, *PLATES)
        known = {"road": road, "lane": lane, "no": no, "committee": "测试一居" if name == "unknown" else "测试九居"}
        made[name] = office.register_person(clerk, people(2 * number + 1), **known).id
    return made


def figures(office: Any, clerk: Any) -> dict[str, tuple[str, int]]:
    return {one.block: (one.team, one.registered) for one in office.register.board.blocks("测试一居", clerk).places}


def test_each_block_has_its_figures_with_its_team(office, clerk, register) -> None:
    assert figures(office, clerk) == {"A01": ("测试一队", 4), "A02": ("测试二队", 1), "": ("", 1)}
    found = office.register.board.overview(clerk)
    assert {one.committee: one.registered for one in found.places} == {"测试一居": 6}
    assert [one.lane for one in office.register.board.lanes("测试一居", clerk).places] == [
        "测试东路88弄", "测试老街", "测试西路", "测试路",
    ]  # fmt: skip


def test_figures_follow_the_base_and_the_registrations_stay_as_they_are(office, base, clerk, register) -> None:
    take(office, base, *(plate if plate[4] != "88" else (plate[0], "A02", "测试二队", *plate[3:]) for plate in PLATES))
    assert figures(office, clerk) == {"A01": ("测试一队", 2), "A02": ("测试二队", 3), "": ("", 1)}
    assert {row.version for row in Registration.select()} == {1}
    take(office, base, *PLATES[1:])
    assert figures(office, clerk)["A01"] == ("测试一队", 4), "whose plate is withdrawn stays in its block"


def test_a_list_goes_block_by_block_and_road_by_road_as_the_base_has_them(office, clerk, register) -> None:
    names = {key: name for name, key in register.items()}

    def walked(committee: str | None, block: str | None) -> list[str]:
        spot = Spot(committee, block=block)
        lines = office.register.board.lines("RG", spot, clerk)
        assert len(lines) == len(office.register.board.walk("RG", spot, clerk, 100))
        return [names[line.id] for line in lines]

    assert walked("测试一居", "A01") == ["three", "nine", "ten", "old"]
    assert walked("测试一居", "A02") == ["one"]
    assert walked("测试一居", "") == ["unknown"]
    assert walked(None, None) == ["three", "nine", "ten", "old", "one", "unknown"]
    on_paper = office.register.board.walk("RG", Spot(), clerk, 100)
    assert [(line.block, line.team) for line in on_paper] == [("A01", "测试一队")] * 4 + [("A02", "测试二队"), ("", "")]


def test_without_a_base_there_are_no_blocks(office, base, clerk, people) -> None:
    office.register_person(clerk, people(), committee="测试一居")
    assert office.register.board.blocks("测试一居", clerk).places == ()
    assert len(office.register.board.lines("RG", Spot("测试一居"), clerk)) == 1


AT_HOME = "上海市闵行区莘庄镇"
MOVED_IN_AREA = {
    "soldier": "0", "proof_type": "1", "place_type": "30", "mobile": "13800000000", "education": "20",
    "notice_given": "1", "separation_reason": "10", "residence_reason": "6", "owner_relation": "01",
    "road": "测试路", "lane": "", "no": "1", "h_committee": "测试九居",
}  # fmt: skip


def test_who_moved_in_the_area_stands_in_the_block_of_the_household(office, base, clerk, people) -> None:
    names = {}
    doors = {"ten": "测试东路88弄10号", "three": "测试西路3号", "nine": "测试东路88弄9号", "unknown": "测试路66弄9号"}
    for number, (name, door) in enumerate(doors.items()):
        if name == "nine":
            take(office, base, *PLATES)
        office.tap(people(2 * number + 1, address=f"{AT_HOME}{door}101室"))
        draft = office.register.type_fields(office.draft(clerk).id, MOVED_IN_AREA | {"committee": "测试一居"}, clerk)
        values = {"relation_to_head": "97"} if "relation_to_head" in draft.missing else {}
        draft = office.register.type_fields(draft.id, values | {"h_committee": "测试九居"}, clerk)
        names[office.desk.save(draft.id, clerk).id] = name
        office.lift()
    board = office.register.board
    moved = {one.block: (one.team, one.registered, one.also) for one in board.blocks("测试一居", clerk).places}
    assert moved == {"A01": ("测试一队", 0, 3), "A02": ("测试二队", 4, 0)}
    assert [(one.block, one.also) for one in board.blocks("测试九居", clerk).places] == []
    assert {one.committee: one.also for one in board.overview(clerk).places} == {"测试一居": 3, "测试九居": 1}
    assert {one.lane: one.also for one in board.lanes("测试一居", clerk).places} == {
        "测试东路88弄": 2, "测试西路": 1, "测试路": 0,
    }  # fmt: skip

    def walked(spot: Spot) -> list[str]:
        return [names[line.id] for line in board.lines("moved", spot, clerk)]

    assert walked(Spot("测试一居", block="A01")) == ["three", "nine", "ten"]
    assert walked(Spot("测试一居", block="A02")) == []
    assert walked(Spot("测试一居", "测试东路", "88")) == ["nine", "ten"]
    assert walked(Spot("测试九居", block="")) == ["unknown"]
    on_paper = board.walk("moved", Spot(), clerk, 100)
    assert [(line.block, line.team) for line in on_paper] == [("A01", "测试一队")] * 3 + [("", "")]


def test_a_block_in_which_nobody_is_but_a_household_is_listed_too(office, base, clerk, people) -> None:
    take(office, base, *PLATES)
    office.tap(people(7, address=f"{AT_HOME}测试西路3号101室"))
    typed = MOVED_IN_AREA | {"no": "99", "committee": "测试二居"}
    office.desk.save(office.register.type_fields(office.draft(clerk).id, typed, clerk).id, clerk)
    (only,) = office.register.board.blocks("测试一居", clerk).places
    assert (only.block, only.team, only.registered, only.also) == ("A01", "测试一队", 0, 1)
    assert office.register.board.blocks("测试二居", clerk).places == ()
