"""The figures of the board against a count by hand: places, forms, gaps, what expires, what was entered late."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from agent.accounts.service import SignedIn
from agent.errors import CodedError, RightsDenied
from agent.register.board_views import Spot
from peewee_models.register import Person, Registration

IN_AREA = "上海市闵行区莘庄镇测试路66弄9号101室"
OF_RZ = {
    "soldier": "0", "proof_type": "1", "road": "测试东路", "lane": "88", "no": "12", "room": "301",
    "place_type": "30",
    "mobile": "13800000000", "education": "20", "notice_given": "1", "committee": "测试一居",
    "separation_reason": "10", "residence_reason": "6", "owner_relation": "01", "h_committee": "测试二居",
}  # fmt: skip
OF_HZ = {
    "lives_here": "0", "separation_scope": "4", "separation_reason": "1", "house_use": "2", "informant": "3",
    "present_address": "测试省测试市测试大道6号", "h_committee": "测试一居",
}  # fmt: skip


def separated(office: Any, clerk: SignedIn, card: Any, values: dict[str, str]) -> Any:
    office.tap(card)
    record = office.desk.save(office.register.type_fields(office.draft(clerk).id, values, clerk).id, clerk)
    office.lift()
    return record


@pytest.fixture
def register(office: Any, clerk: SignedIn, people: Any) -> dict[str, Any]:
    """Five in force and one who has left: two committees, and none."""
    whole = {"committee": "测试一居", "road": "测试东路", "place_type": "30"}
    made = {
        "ten": office.register_person(clerk, people(1), **whole, lane="88", no="10"),
        "nine": office.register_person(clerk, people(3), **whole, lane="88", no="9"),
        "nowhere": office.register_person(clerk, people(5)),
        "moved": separated(office, clerk, people(7, address=IN_AREA), OF_RZ),
        "away": separated(office, clerk, people(9, address=IN_AREA), OF_HZ),
        "left": office.register_person(clerk, people(11), **whole),
    }
    # As they came from older times, when less was asked.
    Registration.update(committee="", no="", place_type="").where(Registration.id == made["nowhere"].id).execute()
    Registration.update(place_type="").where(Registration.id == made["moved"].id).execute()
    left = {"cancel_kind": "D2", "evidence": "1", "second_name": "supervisor"}
    office.register.cancel(made["left"].id, left, 1, clerk, ("supervisor", office.passwords["supervisor"]))
    return made


def places(office: Any, by: SignedIn) -> dict[str, Any]:
    office.clock.forward(61)  # what was counted is shown for a minute
    return {one.committee: one for one in office.register.board.overview(by).places}


def test_each_person_counts_once_where_they_live_or_their_household_is(
    office: Any, clerk: SignedIn, register: dict[str, Any]
) -> None:
    found = places(office, clerk)
    assert {name: (one.counts["RG"], one.counts["RZ"], one.counts["HZ"], one.registered, one.also) for name, one in
            found.items()} == {
        "测试一居": (2, 1, 1, 4, 0),
        "测试二居": (0, 0, 0, 0, 1),
        "": (1, 0, 0, 1, 0),
    }  # fmt: skip
    assert list(found) == ["测试一居", "测试二居", ""], "by name, not by figure"
    total = office.register.board.overview(clerk).total
    assert (total.registered, total.also) == (5, 1)
    lanes = office.register.board.lanes("测试一居", clerk).places
    assert [(one.lane, one.registered) for one in lanes] == [("测试东路88弄", 3), ("测试路66弄", 1)]


def test_what_is_lacking_is_counted_by_field_and_by_person(
    office: Any, clerk: SignedIn, register: dict[str, Any]
) -> None:
    found = places(office, clerk)
    assert found["测试一居"].gaps == {
        "committee": 0, "no": 0, "place_type": 1, "mobile": 0, "education": 0, "photo": 3,
    }  # fmt: skip
    assert found[""].gaps == {"committee": 1, "no": 1, "place_type": 1, "mobile": 0, "education": 0, "photo": 1}
    assert (found["测试一居"].counts["gaps"], found[""].counts["gaps"]) == (3, 1)
    child = Registration.get_by_id(register["ten"].id).person
    Person.update(birth_date=office.clock.today() - timedelta(days=365 * 5), education="", mobile="").execute()
    Person.update(guardian_mobile="13900000000").where(Person.id == child).execute()
    found = places(office, clerk)
    assert (found["测试一居"].gaps["mobile"], found["测试一居"].gaps["education"]) == (2, 0)


def test_a_registration_expires_a_year_after_somebody_looked_last(
    office: Any, clerk: SignedIn, register: dict[str, Any]
) -> None:
    office.clock.forward(86_400 * 334)
    assert places(office, clerk)["测试一居"].counts["expiring"] == 0
    office.clock.forward(86_400 * 2)
    by = office.sign_in("supervisor")
    assert places(office, by)["测试一居"].counts["expiring"] == 4
    Registration.update(verified_at=office.clock.now()).where(Registration.id == register["nine"].id).execute()
    assert places(office, by)["测试一居"].counts["expiring"] == 3
    office.clock.forward(86_400 * 30)
    counts = places(office, by)["测试一居"].counts
    assert (counts["expiring"], counts["expired"]) == (0, 3)


def test_what_was_entered_late_is_told_of_places(office: Any, clerk: SignedIn, register: dict[str, Any]) -> None:
    row = Registration.get_by_id(register["nine"].id)
    row.collected_at = row.registered_at - timedelta(days=8)
    row.save()
    found = places(office, clerk)
    assert (found["测试一居"].counts["late"], found[""].counts["late"]) == (1, 0)
    assert found["测试一居"].lag_days == pytest.approx(2.0, abs=0.01)
    assert office.register.board.overview(clerk).total.lag_days == pytest.approx(8 / 5, abs=0.01)


def test_the_registrations_behind_a_figure_come_in_the_order_of_a_walk(
    office: Any, clerk: SignedIn, register: dict[str, Any]
) -> None:
    def names(what: str, committee: str | None) -> list[str]:
        return [line.id for line in office.register.board.lines(what, Spot(committee), clerk)]

    assert names("RG", "测试一居") == [register["nine"].id, register["ten"].id], "9号 before 10号"
    Registration.update(no="26").where(Registration.id == register["nine"].id).execute()
    Registration.update(no="26甲").where(Registration.id == register["ten"].id).execute()
    assert names("RG", "测试一居") == [register["nine"].id, register["ten"].id], "26号 before 26甲号"
    Registration.update(no="100").where(Registration.id == register["nine"].id).execute()
    assert names("RG", "测试一居") == [register["ten"].id, register["nine"].id], "26甲号 before 100号"
    assert names("RG", "") == [register["nowhere"].id]
    assert names("HZ", "测试一居") == [register["away"].id]
    assert len(names("gaps", None)) == 4
    assert names("gaps", "测试二居") == []
    counts = office.register.board.overview(clerk).total.counts
    for what, count in counts.items():
        assert len(names(what, None)) == count, what


def test_only_known_figures_are_listed_and_only_for_readers(office: Any, clerk: SignedIn) -> None:
    with pytest.raises(CodedError, match="BOARD-UNKNOWN"):
        office.register.board.lines("best", Spot(), clerk)
    technician = office.sign_in("technician")
    for ask in (
        lambda: office.register.board.overview(technician),
        lambda: office.register.board.lanes("", technician),
        lambda: office.register.board.lines("RG", Spot(), technician),
    ):
        with pytest.raises(RightsDenied):
            ask()


def test_a_printed_list_has_no_number_in_full_and_no_childs_name(
    office: Any, clerk: SignedIn, register: dict[str, Any]
) -> None:
    nine, _ = office.register.board.walk("RG", Spot("测试一居"), clerk, 10)
    number = register["nine"].fields["id_no"].value
    assert (nine.address, nine.last_four, nine.form) == ("莘庄镇测试东路88弄9号", number[-4:], "RG")
    assert nine.name == register["nine"].fields["name"].value
    Person.update(birth_date=office.clock.today() - timedelta(days=365 * 17)).execute()
    child, _ = office.register.board.walk("RG", Spot("测试一居"), clerk, 10)
    assert (child.name, child.last_four) == ("测＊＊", "")
    assert len(office.register.board.walk("RG", Spot("测试一居"), clerk, 1)) == 1


def test_who_moved_inside_the_area_is_listed_with_the_household_too(
    office: Any, clerk: SignedIn, register: dict[str, Any], people: Any
) -> None:
    moved = register["moved"].id

    def listed(what: str, spot: Spot) -> list[str]:
        return [line.id for line in office.register.board.lines(what, spot, clerk)]

    assert listed("moved", Spot("测试二居")) == listed("moved", Spot()) == [moved]
    assert listed("moved", Spot("测试一居")) == []
    assert moved in listed("RZ", Spot("测试一居"))
    (lane,) = office.register.board.lanes("测试二居", clerk).places
    assert (lane.lane, lane.spot, lane.registered, lane.also) == (
        "测试路66弄", Spot("测试二居", "测试路", "66"), 0, 1,
    )  # fmt: skip
    assert listed("moved", lane.spot) == [moved]
    near = separated(office, clerk, people(13, address=IN_AREA.replace("9号", "10号")), OF_RZ).id
    far = separated(office, clerk, people(15, address=IN_AREA.replace("9号", "2号")), OF_RZ | {"no": "99"}).id
    assert listed("moved", Spot("测试二居")) == [far, moved, near], "in the order of a walk past the households"
    (line, *_) = office.register.board.walk("moved", lane.spot, clerk, 10)
    assert (line.household, line.present) == ("莘庄镇测试路66弄2号101室", "莘庄镇测试东路88弄99号301室")
    Registration.update(h_town="310112102").execute()
    assert listed("moved", Spot()) == []
    assert places(office, clerk)["测试一居"].also == 0


def test_each_figure_of_a_lane_leads_to_its_registrations(
    office: Any, clerk: SignedIn, register: dict[str, Any], people: Any
) -> None:
    west = office.register_person(clerk, people(17), committee="测试一居", road="测试西路", lane="88")
    for committee in ("测试一居", "测试二居", ""):
        for lane in office.register.board.lanes(committee, clerk).places:
            for what, count in (*lane.counts.items(), ("moved", lane.also)):
                listed = office.register.board.lines(what, lane.spot, clerk)
                assert len(listed) == count, (lane.lane, what)
                assert len(office.register.board.walk(what, lane.spot, clerk, 10)) == count
    east, other, _ = office.register.board.lanes("测试一居", clerk).places
    assert [line.id for line in office.register.board.lines("RG", other.spot, clerk)] == [west.id]
    assert [line.id for line in office.register.board.lines("RG", east.spot, clerk)] == [
        register["nine"].id, register["ten"].id,
    ]  # fmt: skip


def test_both_addresses_of_who_is_away(office: Any, clerk: SignedIn, register: dict[str, Any]) -> None:
    def addresses(what: str) -> tuple[str, str]:
        line, *_ = office.register.board.lines(what, Spot("测试一居"), clerk)
        return line.addresses

    assert addresses("HZ") == ("莘庄镇测试路66弄9号101室", "测试省测试市测试大道6号")
    assert addresses("RG") == ("测试地区测试路1号", "莘庄镇测试东路88弄9号")
    Registration.update(present_address="", separation_scope="5").execute()
    assert addresses("HZ")[1] == "境外"
    Registration.update(h_road="").where(Registration.form == "HZ").execute()
    assert office.register.board.lines("HZ", Spot("测试一居"), clerk)[0].addresses[0] == IN_AREA
