"""The address base on both engines: lists looked at and taken in, what follows from a plate in forms and records."""

from __future__ import annotations

from typing import Any

import pytest

from agent.addresses.service import AddressService
from agent.errors import CodedError, RightsDenied
from agent.exchange.mapping import Mapping
from agent.exchange.taking import RowReader
from peewee_models import outbox
from peewee_models.addresses import AddressEdition, DoorPlate, ResponsibleBlock
from peewee_models.audit import AuditEntry
from peewee_models.outbox import OutboxRow
from peewee_models.register import Change, Registration

HEAD = "标准地址编号,居委会,责任块,队伍,路名,弄,支弄,号,新门牌编号"
NEW, OTHER, OLD = "99000000000000000001", "99000000000000000002", "99000000000000000009"
LIST = (
    f"{NEW},测试一居,A01,测试一队,测试东路,88,,12,",
    f"{OTHER},测试二居,B01,测试二队,测试西路,,,3甲,",
    f"{OLD},,,,测试老街,,,5,{NEW}",
)


def written(*lines: str) -> bytes:
    return "\r\n".join((HEAD, *lines)).encode()


@pytest.fixture
def base(office: Any) -> AddressService:
    made = AddressService(office.register.place)
    made.load()
    return made


@pytest.fixture
def boss(office: Any) -> Any:
    return office.sign_in("supervisor")


def take(base: AddressService, boss: Any, *lines: str, many: bool = True) -> None:
    base.bring(written(*lines), "测试文件", boss)
    base.take_in(base.dry_run(boss).seen, boss, withdraws_many=many)


def code_of(act: Any) -> str:
    with pytest.raises(CodedError) as refused:
        act()
    return refused.value.code


def typed(office: Any, clerk: Any, **values: str) -> Any:
    return office.register.type_fields(office.draft(clerk).id, values, clerk)


def told(draft: Any) -> list[tuple[str, str | None]]:
    return [(one.code, one.field) for one in draft.warnings if one.code.startswith("PLATE-")]


def test_a_list_is_looked_at_and_then_taken_in_with_audit_and_outbox(base, boss) -> None:
    base.bring(written(*LIST, "99000000000000000003,测试一居,,,测试东路,,,1,"), "测试文件", boss)
    run = base.dry_run(boss)
    assert (run.counts, run.rows, run.same) == ({"withdrawn": 0, "changed": 0, "back": 0, "new": 3}, 3, 0)
    assert [(one.number, one.code) for one in run.refused] == [(5, "PLATE-BLOCK-MISSING")]
    assert DoorPlate.select().count() == 0, "a dry run writes nothing"
    base.take_in(run.seen, boss)
    plates = {row.addr_id: row for row in DoorPlate.select()}
    assert {key: (row.committee, row.block.code, row.road, row.no) for key, row in plates.items()} == {
        NEW: ("测试一居", "A01", "测试东路", "12"),
        OTHER: ("测试二居", "B01", "测试西路", "3甲"),
        OLD: ("测试一居", "A01", "测试老街", "5"),
    }
    edition = AddressEdition.get()
    assert (edition.number, edition.source, edition.encoding, edition.rejected) == (1, "测试文件", "UTF-8", 1)
    acts = [row.action for row in AuditEntry.select().order_by(AuditEntry.seq)]
    assert acts[-2:] == ["addresses.brought", "addresses.taken-in"]
    sent = OutboxRow.get(OutboxRow.kind == "addresses.taken-in")
    assert (sent.subject_id, sent.version, sent.body["sha256"]) == (edition.id, 1, edition.sha256)
    assert [(one["code"], one["team"]) for one in sent.body["blocks"]] == [("A01", "测试一队"), ("B01", "测试二队")]
    assert code_of(lambda: base.take_in(run.seen, boss)) == "PLATES-GONE"


def test_what_leaves_the_list_is_withdrawn_and_comes_back_and_is_never_erased(base, boss) -> None:
    take(base, boss, *LIST)
    base.bring(written(LIST[0].replace("A01,测试一队", "A02,测试三队")), "测试文件", boss)
    run = base.dry_run(boss)
    assert run.withdraws_many
    assert [(one.kind, one.addr_id) for one in run.steps] == [
        ("withdrawn", OLD), ("withdrawn", OTHER), ("changed", NEW),
    ]  # fmt: skip
    assert [(one.code, one.before, one.after) for one in run.blocks] == [
        ("A01", "测试一居 测试一队", ""), ("A02", "", "测试一居 测试三队"), ("B01", "测试二居 测试二队", ""),
    ]  # fmt: skip
    assert code_of(lambda: base.take_in(run.seen, boss)) == "PLATES-WITHDRAWS-MANY"
    base.take_in(run.seen, boss, withdraws_many=True)
    assert {row.addr_id: row.withdrawn_at is None for row in DoorPlate.select()} == {
        NEW: True,
        OTHER: False,
        OLD: False,
    }
    assert {row.code: row.withdrawn_at is None for row in ResponsibleBlock.select()} == {
        "A01": False, "A02": True, "B01": False,
    }  # fmt: skip
    base.bring(written(*LIST), "测试文件", boss)
    assert base.dry_run(boss).counts == {"withdrawn": 0, "changed": 1, "back": 2, "new": 0}
    base.take_in(base.dry_run(boss).seen, boss)
    assert all(row.withdrawn_at is None for row in DoorPlate.select())
    base.bring(written(*LIST), "测试文件", boss)
    assert not base.dry_run(boss).can_be_taken
    assert code_of(lambda: base.take_in(base.dry_run(boss).seen, boss)) == "PLATES-NOTHING-NEW"


def test_a_plate_whose_row_is_left_out_stays_as_it_is(base, boss) -> None:
    take(base, boss, *LIST)
    base.bring(written(LIST[0], LIST[1].replace("B01", ""), LIST[2]), "测试文件", boss)
    run = base.dry_run(boss)
    assert (run.rejected, run.can_be_taken) == (1, False)
    assert b"99000000000000000002" in base.rejections(boss)


def test_a_list_seen_against_another_base_is_looked_at_anew(office, base, boss) -> None:
    base.bring(written(*LIST), "测试文件", boss)
    seen = base.dry_run(boss).seen
    other = AddressService(office.register.place)
    take(other, boss, LIST[0])
    assert code_of(lambda: base.take_in(seen, boss)) == "PLATES-CHANGED"
    assert base.dry_run(boss).counts["new"] == 2


def test_the_base_is_given_out_as_it_can_be_taken_in_again(base, boss) -> None:
    take(base, boss, *LIST, "99000000000000000005,=1+1,C01,测试五队,测试路,,,26-1,")
    base.bring(base.csv(boss), "又一次", boss)
    run = base.dry_run(boss)
    assert (run.same, run.can_be_taken, run.rejected) == (4, False, 0)
    assert b'"\'=1+1"' in base.csv(boss), "no spreadsheet calculates it"


def test_nobody_but_the_supervisor_keeps_the_base(base, boss, clerk) -> None:
    for act in (base.look, base.csv, base.dry_run, base.rejections, base.give_up, base.practice_list):
        with pytest.raises(RightsDenied):
            act(clerk)
    with pytest.raises(RightsDenied):
        base.bring(written(*LIST), "x", clerk)
    with pytest.raises(RightsDenied):
        base.choices("测", boss)
    assert code_of(lambda: base.dry_run(boss)) == "PLATES-GONE"


def test_a_list_waits_an_hour_and_can_be_given_up(office, base, boss) -> None:
    base.bring(written(*LIST), "测试文件", boss)
    base.give_up(boss)
    assert code_of(lambda: base.dry_run(boss)) == "PLATES-GONE"
    base.bring(written(*LIST), "测试文件", boss)
    office.clock.forward(3601)
    assert code_of(lambda: base.dry_run(boss)) == "PLATES-GONE"


def test_committee_and_number_follow_from_the_door(office, base, boss, clerk, people) -> None:
    take(base, boss, *LIST)
    office.tap(people())
    draft = typed(office, clerk, town="310112101", road="测试东路", lane="八十八弄", no="12号")
    assert (draft.door.addr_id, draft.door.block, draft.door.team) == (NEW, "A01", "测试一队")
    assert (draft.fields["committee"].value, draft.fields["committee"].source) == ("测试一居", "derived")
    assert told(draft) == []
    draft = typed(office, clerk, lane="", road="测试西路", no="3号甲")
    assert (draft.door.addr_id, draft.fields["committee"].value) == (OTHER, "测试二居")
    draft = typed(office, clerk, no="4")
    assert (draft.door, draft.fields["committee"].value, told(draft)) == (None, "", [("PLATE-UNKNOWN", "road")])
    draft = typed(office, clerk, town="310112102")
    assert told(draft) == [], "another town is none of this base's business"


def test_a_committee_that_was_typed_stays_and_is_told(office, base, boss, clerk, people) -> None:
    take(base, boss, *LIST)
    office.tap(people())
    draft = typed(office, clerk, town="310112101", road="测试西路", no="3甲", committee="测试一居")
    assert (draft.fields["committee"].value, told(draft)) == ("测试一居", [("PLATE-COMMITTEE", "committee")])
    draft = office.register.take_offer(draft.id, "committee", "proposal", clerk)
    assert (draft.fields["committee"].value, told(draft)) == ("测试二居", [])


@pytest.mark.parametrize("as_one", [True, False])
def test_an_old_name_leads_to_the_new_one(office, base, boss, clerk, people, as_one: bool) -> None:
    take(base, boss, *LIST)
    office.tap(people())
    parts = {"road": "测试老街5号101室"} if as_one else {"road": "测试老街", "no": "5", "room": "101"}
    draft = typed(office, clerk, town="310112101", **parts)
    if not as_one:
        assert (draft.door.addr_id, told(draft)) == (NEW, [("PLATE-OLD", "road")])
        assert [offer.value for offer in draft.fields["road"].offers] == ["测试东路88弄12号"]
        draft = office.register.take_offer(draft.id, "road", "proposal", clerk)
    said = {key: draft.fields[key].value for key in ("road", "lane", "sublane", "no", "room", "committee")}
    assert said == {
        "road": "测试东路", "lane": "88", "sublane": "", "no": "12", "room": "101", "committee": "测试一居",
    }  # fmt: skip
    assert (draft.door.addr_id, told(draft), draft.fields["road"].offers) == (NEW, [], ())


def test_a_number_is_never_typed(office, base, boss, clerk, people) -> None:
    take(base, boss, *LIST)
    record = office.register_person(clerk, people(), road="测试东路", lane="88", no="12")
    office.tap(people(2))
    for key in ("addr_id", "block"):
        with pytest.raises(ValueError, match="a field that no form has"):
            office.register.type_fields(office.draft(clerk).id, {key: OTHER}, clerk)
        with pytest.raises(ValueError, match="a field that no form has"):
            office.register.edit(record.id, {key: OTHER}, 1, clerk, "测试")
    assert Registration.get_by_id(record.id).addr_id == NEW


def test_a_record_keeps_its_number_and_its_block_follows_the_base(office, base, boss, clerk, people) -> None:
    take(base, boss, *LIST)
    record = office.register_person(clerk, people(), road="测试东路", lane="88", no="12", committee="")
    take(base, boss, LIST[0].replace("A01,测试一队", "A02,测试三队"), *LIST[1:])
    shown = office.register.record(record.id, clerk)
    assert (shown.door.addr_id, shown.door.block, shown.door.team) == (NEW, "A02", "测试三队")
    assert (shown.version, shown.values["committee"]) == (1, "测试一居"), "the registration itself is not touched"
    sent = OutboxRow.get(OutboxRow.kind == "registration.saved")
    assert sent.body["addr_id"] == NEW


def test_a_correction_of_the_address_changes_the_number_with_history(office, base, boss, clerk, people) -> None:
    take(base, boss, *LIST)
    record = office.register_person(clerk, people(), road="测试东路", lane="88", no="12", committee="")
    office.register.edit(record.id, {"mobile": "13900000000"}, 1, clerk, "测试")
    edited = office.register.edit(record.id, {"road": "测试西路3甲号", "lane": "", "no": ""}, 2, clerk, "搬家")
    row = Registration.get_by_id(record.id)
    assert (row.addr_id, row.committee, row.road, row.no) == (OTHER, "测试二居", "测试西路", "3甲")
    changes = {line.key: (line.old, line.new) for line in Change.select().where(Change.version == edited.version)}
    assert changes["addr_id"] == (NEW, OTHER)
    assert changes["committee"] == ("测试一居", "测试二居")
    office.register.edit(record.id, {"no": "5", "committee": "测试三居"}, edited.version, clerk, "更正")
    row = Registration.get_by_id(record.id)
    assert (row.addr_id, row.committee) == ("", "测试三居"), "a door that nobody knows has no number"


def test_a_base_withdrawn_while_a_draft_is_open(office, base, boss, clerk, people) -> None:
    take(base, boss, *LIST)
    whole = {"road": "测试东路", "lane": "88", "no": "12", "committee": ""}
    kept = office.register_person(clerk, people(2), **whole)
    office.tap(people())
    rest = {"arrive_city_date": "2026-01-02", "arrive_here_date": "2026-01-03", "reason": "12", "proof_type": "2"}
    rest |= {"place_type": "30"}
    rest |= {"town": "310112101", "mobile": "13800000000", "education": "20", "notice_given": "1", "soldier": "0"}
    draft = typed(office, clerk, **rest, **whole)
    assert draft.door.addr_id == NEW
    take(base, boss, LIST[1])
    draft = office.register.draft(draft.id, clerk)
    assert ("PLATE-WITHDRAWN", "road") in told(draft)
    record = office.desk.save(draft.id, clerk)
    row = Registration.get_by_id(record.id)
    assert (row.addr_id, row.committee) == ("", "测试一居"), "a plate that is withdrawn has no number to give"
    office.lift()
    assert Registration.get_by_id(kept.id).addr_id == NEW
    office.tap(people(2))
    again = office.desk.save(office.draft(clerk).id, clerk)
    assert (again.is_as_before, Registration.get_by_id(kept.id).addr_id) == (True, NEW), "who had it keeps it"


def test_who_was_registered_before_there_was_a_base_has_it_without_a_reason(office, base, boss, clerk, people) -> None:
    record = office.register_person(clerk, people(), road="测试东路", lane="88", no="12")
    assert Registration.get_by_id(record.id).addr_id == ""
    Registration.update(committee="").execute()
    take(base, boss, *LIST)
    office.tap(people())
    draft = office.draft(clerk)
    assert "correction_reason" not in draft.missing
    office.desk.save(draft.id, clerk)
    row = Registration.get_by_id(record.id)
    assert (row.addr_id, row.committee, row.version) == (NEW, "测试一居", 2)


def test_a_station_without_a_base_works_as_before(office, base, clerk, people) -> None:
    assert not base.is_there
    assert base.choices("测试", clerk) == []
    office.tap(people())
    draft = typed(office, clerk, town="310112101", road="测试东路88弄12号", committee="测试一居", no="4")
    assert (draft.fields["road"].value, draft.door, told(draft)) == ("测试东路88弄12号", None, [])


def test_a_taking_in_that_fails_leaves_everything_as_it_was(office, base, boss, monkeypatch) -> None:
    take(base, boss, LIST[0])
    before = [(row.addr_id, row.withdrawn_at, row.edition_id) for row in DoorPlate.select()]
    base.bring(written(*LIST[1:2]), "测试文件", boss)
    seen = base.dry_run(boss).seen
    with monkeypatch.context() as broken:
        broken.setattr(outbox, "append", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            base.take_in(seen, boss, withdraws_many=True)
    assert [(row.addr_id, row.withdrawn_at, row.edition_id) for row in DoorPlate.select()] == before
    assert office.register.place.doors.now.at("310112101", "测试东路", "88", "", "12").addr_id == NEW
    base.take_in(seen, boss, withdraws_many=True)
    assert office.register.place.doors.now.at("310112101", "测试东路", "88", "", "12").is_withdrawn


def test_the_base_is_there_again_after_a_restart(office, base, boss) -> None:
    take(base, boss, *LIST)
    held = office.register.place.doors.now
    again = AddressService(office.register.place)
    again.load()
    now = office.register.place.doors.now
    assert now is not held
    assert (now.by_number, now.teams, now) == (held.by_number, held.teams, held)


def test_rows_of_a_file_have_number_and_committee_too(office, base, boss) -> None:
    take(base, boss, *LIST)
    how = Mapping(1, ("住址",), ("address",), {"town": "310112101"})
    reader = RowReader(how, office.register.place.setting(), office.clock.now())
    known, unknown = (reader.read(2, [text]) for text in ("测试老街5号101室", "测试老街6号"))
    assert (known.values["addr_id"], known.values["committee"]) == (NEW, "测试一居")
    assert (unknown.values["addr_id"], unknown.values["committee"]) == ("", "")
    assert not {"PLATE-UNKNOWN", "PLATE-OLD"} & {one.code for one in (*known.problems, *unknown.problems)}
