"""Separated persons from the card to the record: their form, what of it is stored, and how one form becomes another."""

from __future__ import annotations

from typing import Any

import pytest

from agent.accounts.service import SignedIn
from agent.exchange import columns
from agent.printing import sheets
from agent.register import in_force, rules
from agent.register.errors import Problems
from agent.register.separation import SEPARATED_KEYS
from peewee_models import register_queries
from peewee_models.database import SqlCipherStore
from peewee_models.outbox import OutboxRow
from peewee_models.register import Household, Person, Registration

ELSEWHERE = "上海市徐汇区测试西路3弄4号501室"
IN_AREA = "上海市闵行区莘庄镇测试路66弄9号101室"
OF_RZ = {
    "soldier": "0", "proof_type": "1", "road": "测试东路", "lane": "88", "no": "12", "room": "301",
    "place_type": "30", "committee": "测试居委",
    "mobile": "13800000000", "education": "20", "notice_given": "1",
    "separation_reason": "10", "residence_reason": "6", "owner_relation": "01",
}  # fmt: skip
OF_HZ = {
    "lives_here": "0", "separation_scope": "4", "separation_reason": "1", "house_use": "2", "informant": "3",
    "present_address": "测试省测试市测试大道6号", "h_committee": "测试一居",
}  # fmt: skip
OF_RG_ALONE = {"arrive_city_date": "2026-01-02", "arrive_here_date": "2026-01-03", "reason": "12", "declarer": "1"}


def saved(office: Any, clerk: SignedIn, card: Any, **values: str) -> Any:
    office.tap(card)
    draft = office.register.type_fields(office.draft(clerk).id, values, clerk)
    record = office.desk.save(draft.id, clerk)
    office.lift()
    return office.register.record(record.id, clerk)


def test_a_card_of_the_city_opens_the_form_of_who_lives_apart(office: Any, clerk: SignedIn, people: Any) -> None:
    office.tap(people(address=ELSEWHERE))
    draft = office.draft(clerk)
    assert (draft.residence.form, draft.residence.code, draft.scope.in_scope) == ("RZ", "CLASS-RZ", None)
    assert not {"arrive_city_date", "reason", "plan_stay", "present_address"} & draft.fields.keys()
    shown = {key: draft.fields[key].value for key in SEPARATED_KEYS if key in draft.fields}
    assert {key: text for key, text in shown.items() if text} == {
        "lives_here": "1", "h_district": "310104", "h_road": "测试西路", "h_lane": "3", "h_no": "4", "h_room": "501",
        "separation_scope": "3", "informant": "1", "result": "40",
    }  # fmt: skip
    assert {draft.fields[key].source for key, text in shown.items() if text} == {"derived"}
    assert {"owner_relation", "residence_reason", "separation_reason", "proof_type"} <= set(draft.missing)


def test_who_lives_apart_is_registered_and_the_police_are_told(office: Any, clerk: SignedIn, people: Any) -> None:
    record = saved(office, clerk, people(address=ELSEWHERE), **(OF_RZ | OF_RG_ALONE))
    assert record.form == "RZ"
    row = Registration.get()
    held = register_queries.values_of(row)
    assert {key: held[key] for key in OF_RZ} == OF_RZ
    assert (held["h_road"], held["h_no"], held["separation_scope"]) == ("测试西路", "4", "3")
    assert [held[key] for key in OF_RG_ALONE] == [""] * 4, "what the form does not ask for is not kept"
    assert row.arrive_here_date is None
    sent = OutboxRow.get()
    assert (sent.kind, sent.body["form"], sent.body["target"]) == ("registration.saved", "RZ", "POLICE")
    assert {key: sent.body[key] for key in OF_RZ} == OF_RZ
    assert office.register.find("测试东路", clerk)[0].form == "RZ"


@pytest.mark.parametrize("level", [0, 1, 2])
def test_whose_the_dwelling_is_can_be_said_whatever_the_district_wants_of_leases(
    office: Any, clerk: SignedIn, people: Any, level: int, request: pytest.FixtureRequest
) -> None:
    request.addfinalizer(lambda: in_force.put(None))
    own = {"asks_tenancy": [rules.Value(level, None, "RENHU", "", is_shipped=False)]}
    in_force.put(in_force.InForce(parameters=rules.shipped().with_values(own)))
    record = saved(office, clerk, people(address=ELSEWHERE), **(OF_RZ | {"place_type": "21", "proof_type": "1"}))
    assert record.fields["owner_relation"].value == OF_RZ["owner_relation"]
    assert "owner_relation" in columns.taken()


def test_who_came_from_elsewhere_is_told_to_the_district(office: Any, clerk: SignedIn, people: Any) -> None:
    record = office.register_person(clerk, people(), **OF_HZ)
    sent = OutboxRow.get()
    assert (record.form, sent.body["form"], sent.body["target"]) == ("RG", "RG", "DISTRICT")
    assert {sent.body[key] for key in SEPARATED_KEYS} == {""}


def test_who_lives_elsewhere_is_registered_by_what_a_neighbour_tells(
    office: Any, clerk: SignedIn, numbers: Any
) -> None:
    number = numbers("99000019850612003")
    draft = office.desk.open_draft(clerk)
    told = {
        "name": "测试外住", "sex": "1", "ethnic": "01", "id_no": number, "id_no_again": number,
        "hukou_address": IN_AREA, "birth_date": "1985-06-12",
    }  # fmt: skip
    draft = office.register.type_fields(draft.id, told | OF_HZ, clerk)
    assert (draft.residence.form, draft.missing, draft.scope.in_scope) == ("HZ", (), True)
    assert [one.code for one in draft.fields["informant"].warnings] == ["INFORMANT-NOT-MET"]
    assert not {"town", "road", "proof_type", "owner_relation"} & draft.fields.keys()
    office.desk.save(draft.id, clerk)
    held = register_queries.values_of(Registration.get())
    assert (held["form"], held["h_town"], held["h_lane"], held["town"]) == ("HZ", "310112101", "66", "")
    (line,) = office.register.find("测试外住", clerk)
    assert (line.form, line.address) == ("HZ", "莘庄镇测试路66弄9号101室")
    assert office.register.find("测试路66弄9号", clerk) == [line], "by the address of the household, which is here"
    assert office.register.find("测试大道", clerk) == []


def test_who_moves_away_and_back_stays_one_record_on_another_form(office: Any, clerk: SignedIn, people: Any) -> None:
    record = saved(office, clerk, people(address=IN_AREA), **OF_RZ)
    assert office.register.find(record.fields["id_no"].value, clerk)[0].form == "RZ"
    away = OF_HZ | {"separation_scope": "4"}
    corrected = office.register.edit(record.id, away, 1, clerk, "搬到外省")
    assert (corrected.form, corrected.version) == ("HZ", 2)
    assert (corrected.fields["road"].value, corrected.fields["h_road"].value) == ("", "测试路")
    lines = {line.field: (line.old, line.new) for line in corrected.history}
    assert lines["form"] == ("RZ", "HZ")
    assert lines["road"] == ("测试东路", "")
    assert {line.reason for line in corrected.history} == {"搬到外省", ""}
    back = OF_RZ | {"lives_here": "1", "separation_scope": "1", "informant": "1", "town": "310112101"}
    back |= {"district": "310112", "relation_to_head": "02", "household_kind": "1"}
    again = office.register.edit(record.id, back, 2, clerk, "又搬回来")
    assert (again.form, again.fields["present_address"].value) == ("RZ", "")
    assert again.fields["road"].value == "测试东路"
    assert Person.select().count() == Registration.select().count() == 1


def test_a_registration_from_elsewhere_does_not_become_one_of_a_separated_person(
    office: Any, clerk: SignedIn, people: Any
) -> None:
    record = office.register_person(clerk, people())
    office.tap(people(address=ELSEWHERE))
    draft = office.register.type_fields(office.draft(clerk).id, OF_RZ | {"correction_reason": "落户"}, clerk)
    assert draft.scope.reason.code == "FORM-OTHER"
    with pytest.raises(Problems) as refused:
        office.desk.save(draft.id, clerk)
    assert [one.code for one in refused.value.problems] == ["FORM-OTHER"]
    second = "supervisor", office.passwords["supervisor"]
    became = {"cancel_kind": "H1", "leave_date": "20261120", "evidence": "1", "second_name": "supervisor"}
    office.register.cancel(record.id, became, 1, clerk, second)
    office.register.type_fields(draft.id, {"remark": ""}, clerk)  # lets go of the record
    draft = office.register.type_fields(draft.id, OF_RZ, clerk)
    assert draft.scope.reason is None
    new = office.desk.save(draft.id, clerk)
    assert office.register.record(new.id, clerk).form == "RZ"
    assert Person.select().count() == 1
    assert [one.form for one in office.register.record(new.id, clerk).others] == ["RG"]


def test_one_dwelling_is_not_registered(office: Any, clerk: SignedIn, people: Any) -> None:
    office.tap(people(address=IN_AREA))
    same = {"road": "测试路", "lane": "66", "no": "9", "room": "101"}
    draft = office.register.type_fields(office.draft(clerk).id, OF_RZ | same, clerk)
    assert (draft.scope.in_scope, draft.scope.reason.code) == (False, "SCOPE-TOGETHER")
    with pytest.raises(Problems):
        office.desk.save(draft.id, clerk)
    assert Registration.select().count() == 0


def test_a_cancelled_separated_person_is_told_to_the_police(office: Any, clerk: SignedIn, people: Any) -> None:
    record = saved(office, clerk, people(address=ELSEWHERE), **OF_RZ)
    left = {"cancel_kind": "32", "leave_date": "2020-01", "evidence": "1", "second_name": "supervisor"}
    office.register.cancel(record.id, left, 1, clerk, ("supervisor", office.passwords["supervisor"]))
    assert office.register.record(record.id, clerk).cancellation.targets == ("POLICE",)


def test_a_further_person_of_who_is_away_gets_the_households_address(office: Any, clerk: SignedIn, people: Any) -> None:
    first = saved(office, clerk, people(address=IN_AREA), **OF_HZ)
    draft = office.desk.open_draft(clerk, first.id)
    draft = office.register.type_fields(draft.id, {"hukou_address": IN_AREA}, clerk)
    assert draft.residence.form == "HZ"
    assert (draft.fields["h_road"].value, draft.fields["h_road"].source) == ("测试路", "household")
    office.tap(people(3, address=IN_AREA))
    second = office.desk.save(office.register.type_fields(office.draft(clerk).id, OF_HZ, clerk).id, clerk)
    assert set(office.register.household_of(second.id, clerk)) == {first.id, second.id}
    assert Household.select().count() == 1


def test_the_parts_of_a_households_address_follow_it_unless_they_were_typed(
    office: Any, clerk: SignedIn, people: Any
) -> None:
    record = saved(office, clerk, people(address=ELSEWHERE), **OF_RZ)
    moved = office.register.edit(record.id, {"hukou_address": "上海市浦东新区测试北路9号"}, 1, clerk, "户口迁移")
    parts = ("hukou_div", "h_district", "h_road", "h_lane", "h_no", "h_room")
    assert [moved.fields[key].value for key in parts] == ["310115", "310115", "测试北路", "", "9", ""]
    typed = {"hukou_address": "上海市浦东新区测试南路8号", "h_road": "测试南路", "h_no": "8甲"}
    again = office.register.edit(record.id, typed, 2, clerk, "更正")
    assert (again.fields["h_road"].value, again.fields["h_no"].value) == ("测试南路", "8甲")


def test_who_leaves_the_household_of_somebody_away_leaves_its_address_too(
    office: Any, clerk: SignedIn, people: Any
) -> None:
    first = saved(office, clerk, people(address=IN_AREA), **OF_HZ)
    draft = office.desk.open_draft(clerk, first.id)
    office.register.type_fields(draft.id, {"hukou_address": ELSEWHERE}, clerk)
    draft = office.register.leave_household(draft.id, clerk)
    assert (draft.is_joining, draft.residence.form) == (False, "RZ")
    assert (draft.fields["h_road"].value, draft.fields["h_road"].source) == ("测试西路", "derived")


def test_a_receipt_is_for_who_has_declared(office: Any, clerk: SignedIn, people: Any) -> None:
    told = saved(office, clerk, people(address=ELSEWHERE), **(OF_RZ | {"informant": "3"}))
    declared = saved(office, clerk, people(3, address=ELSEWHERE), **OF_RZ)
    away = saved(office, clerk, people(5, address=IN_AREA), **OF_HZ)
    assert [sheets.is_declared(one) for one in (told, declared, away)] == [False, True, False]


def test_who_moved_is_found_by_the_households_address_too_and_never_by_a_mixture(
    office: Any, clerk: SignedIn, people: Any
) -> None:
    record = saved(office, clerk, people(address=IN_AREA), **(OF_RZ | OF_RG_ALONE))

    def found(query: str) -> list[str]:
        return [line.id for line in office.register.find(query, clerk)]

    for query in ("测试路66弄", "测试路66弄9号101室", "66弄", "测试东路88弄12号", "莘庄镇测试路", "9号 101室"):
        assert found(query) == [record.id], query
    for query in ("测试东路66弄", "测试路88弄", "66弄12号", "测试路66弄12号"):
        assert found(query) == [], query
    at = {address: office.register.households(address, clerk).lines for address in ("测试路66弄", "测试东路88弄")}
    assert ([len(at[address]) for address in at]) == [0, 1], "their household of today is where they live"


def test_the_second_address_has_an_index_on_the_district_server(office: Any, clerk: SignedIn, people: Any) -> None:
    if isinstance(office.store, SqlCipherStore):
        return
    with office.store.write():
        office.store.execute_sql("SET LOCAL enable_seqscan = off")
        asked = Registration.select().where((Registration.form == "RZ") & Registration.h_road.contains("测试东路"))
        sql, values = asked.sql()
        plan = office.store.execute_sql(f"EXPLAIN {sql}", values).fetchall()
    assert "finding_registration_h_road_moved" in repr(plan)
