"""Plates of a road and a lane alone: where the base has no number for a door, no form and no figure asks for one."""

from __future__ import annotations

from typing import Any

import pytest

from agent.addresses.service import AddressService
from agent.register.board_views import Spot
from agent.register.errors import Problems
from peewee_models.register import Registration

HEAD = "标准地址编号,居委会,责任块,队伍,路名,弄,支弄,号,新门牌编号"
LANE, OTHER, OLD = "99000000000000000001", "99000000000000000002", "99000000000000000003"
LIST = (
    f"{LANE},测试一居,A01,测试一队,测试东路,88,,,",
    f"{OTHER},测试二居,B01,测试二队,测试西路,,,3,",
    f"{OLD},,,,测试老街,5,,,{OTHER}",
)
AT_LANE = {"road": "测试东路88弄", "no": "", "committee": "", "room": "101"}
IN_AREA = "上海市闵行区莘庄镇测试路66弄9号101室"
OF_RZ = {
    "soldier": "0", "proof_type": "1", "place_type": "30", "mobile": "13800000000", "education": "20",
    "notice_given": "1", "separation_reason": "10", "residence_reason": "6", "owner_relation": "01",
    "h_committee": "测试二居",
}  # fmt: skip


@pytest.fixture
def base(office: Any) -> AddressService:
    made = AddressService(office.register.place)
    made.load()
    return made


def take(office: Any, base: AddressService, *lines: str) -> None:
    boss = office.sign_in("supervisor")
    base.bring("\n".join((HEAD, *lines)).encode(), "测试文件", boss)
    base.take_in(base.dry_run(boss).seen, boss, withdraws_many=True)


def lacking(office: Any, clerk: Any) -> int:
    office.clock.forward(61)
    return sum(one.gaps["no"] for one in office.register.board.overview(clerk).places)


def test_a_plate_of_a_lane_is_registered_without_a_number(office, base, clerk, people) -> None:
    take(office, base, *LIST)
    record = office.register_person(clerk, people(), **AT_LANE)
    row = Registration.get_by_id(record.id)
    assert (row.road, row.lane, row.no, row.addr_id, row.committee) == ("测试东路", "88", "", LANE, "测试一居")
    assert not office.register.record(record.id, clerk).fields["no"].required
    assert lacking(office, clerk) == 0
    assert {one.block: one.registered for one in office.register.board.blocks("测试一居", clerk).places} == {"A01": 1}
    edited = office.register.edit(record.id, {"mobile": "13900000009"}, 1, clerk, "测试")
    assert edited.version == 2


def test_so_is_who_has_a_household_elsewhere(office, base, clerk, people) -> None:
    take(office, base, *LIST)
    office.tap(people(7, address=IN_AREA))
    draft = office.register.type_fields(office.draft(clerk).id, OF_RZ | AT_LANE, clerk)
    row = Registration.get_by_id(office.desk.save(draft.id, clerk).id)
    assert (row.form, row.no, row.addr_id) == ("RZ", "", LANE)
    assert lacking(office, clerk) == 0


@pytest.mark.parametrize(
    "typed", [{"road": "测试东路", "lane": "89"}, {"road": "测试西路", "lane": ""}, {"road": "测试老街", "lane": "5"}]
)
def test_any_other_door_wants_its_number(office, base, clerk, people, typed: dict[str, str]) -> None:
    take(office, base, *LIST)
    with pytest.raises(Problems) as refused:
        office.register_person(clerk, people(), **typed, no="", committee="测试一居")
    assert {problem.field for problem in refused.value.problems if problem.code == "FIELD-MISSING"} == {"no"}


def test_without_a_base_a_lane_wants_a_number_and_the_board_counts_who_has_none(office, base, clerk, people) -> None:
    with pytest.raises(Problems):
        office.register_person(clerk, people(), road="测试东路", lane="88", no="")
    office.lift()
    before = office.register_person(clerk, people(3), road="测试东路", lane="88", no="12")
    Registration.update(no="").execute()
    assert lacking(office, clerk) == 1
    take(office, base, *LIST)
    assert lacking(office, clerk) == 0, "the base says of who was registered before that there is none"
    take(office, base, *LIST[1:])
    assert lacking(office, clerk) == 1
    assert [line.id for line in office.register.board.lines("gaps", Spot(), clerk)] == [before.id]


def test_a_plate_of_a_lane_warns_as_any_plate(office, base, clerk, people) -> None:
    take(office, base, *LIST)
    kept = office.register_person(clerk, people(), **AT_LANE)
    office.tap(people(3))
    draft = office.register.type_fields(office.draft(clerk).id, {**AT_LANE, "town": "310112101"}, clerk)
    draft = office.register.type_fields(draft.id, {"committee": "测试二居"}, clerk)
    assert [one.code for one in draft.warnings if one.code.startswith("PLATE")] == ["PLATE-COMMITTEE"]
    take(office, base, *LIST[1:])
    draft = office.register.draft(draft.id, clerk)
    codes = [one.code for one in draft.warnings if one.code.startswith("PLATE")]
    assert codes == ["PLATE-WITHDRAWN", "PLATE-COMMITTEE"]
    assert "no" in draft.missing
    office.lift()
    assert not office.register.record(kept.id, clerk).fields["no"].required, "who had the plate keeps it"
    assert lacking(office, clerk) == 0
