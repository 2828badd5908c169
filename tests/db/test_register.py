"""Drafts, saving, editing and finding: fact, audit row and outbox row together, and nothing of a person elsewhere."""

from __future__ import annotations

from typing import Any

import pytest

from agent.accounts.service import SignedIn
from agent.errors import CodedError
from agent.register.desk import CardEvent
from agent.register.service import Problems
from agent.register.views import SecondWord
from peewee_models.accounts import User
from peewee_models.audit import AuditEntry
from peewee_models.audit_chain import look_over
from peewee_models.drafts import Draft, DraftField
from peewee_models.outbox import OutboxRow
from peewee_models.register import AcceptedProblem, Change, FieldOrigin, Person, Registration


def actions() -> list[str]:
    return [row.action for row in AuditEntry.select().order_by(AuditEntry.seq)]


def problem_codes(office: Any, draft_id: str, by: SignedIn) -> set[tuple[str, str | None]]:
    with pytest.raises(Problems) as caught:
        office.register.save(draft_id, by)
    return {(problem.code, problem.field) for problem in caught.value.problems}


def typed_person(office: Any, by: SignedIn, rest: dict[str, str], **values: str) -> Any:
    base = {"name": "测试甲", "ethnic": "01", "hukou_address": "测试地区测试路1号"}
    if "id_no" in values:
        base["id_no_again"] = values["id_no"]
    draft = office.desk.open_draft(by)
    return office.register.type_fields(draft.id, rest | base | values, by)


def test_a_saved_record_is_whole(office: Any, clerk: SignedIn, people: Any) -> None:
    card = people(newest_addresses=("测试地区新路2号",))
    record = office.register_person(clerk, card, employer="测试公司")
    row = Registration.get()
    assert (row.person.name, row.person.id_no, row.person.sex) == (card.name, card.id_number, "1")
    assert row.person.birth_date.isoformat() == card.birth_date
    assert row.person.hukou_address == "测试地区新路2号"
    assert row.person.hukou_div == "990000"
    assert row.arrive_here_date.isoformat() == "2026-01-03"
    assert row.form_no == record.form_no == "310112101202611230001"
    assert (record.collected_by, record.version) == ("clerk", 1)
    assert record.fields["reason"].shown == "投靠亲友"
    assert (record.fields["name"].source, record.fields["name"].verified) == ("chip", True)
    assert (record.fields["employer"].source, record.fields["employer"].verified) == ("typed", False)
    assert {row.key for row in FieldOrigin.select()} == {key for key, view in record.fields.items() if view.value}
    outbox = OutboxRow.get()
    assert (outbox.kind, str(outbox.subject_id), outbox.version) == ("registration.saved", record.id, 1)
    assert outbox.body["id_no"] == card.id_number
    assert Draft.select().count() == DraftField.select().count() == 0
    assert actions()[-2:] == ["draft.opened", "register.saved"]
    assert look_over(AuditEntry._meta.database).bad_seq is None


def test_only_facts_of_the_register_go_to_the_outbox(office: Any, clerk: SignedIn, people: Any) -> None:
    office.tap(people())
    draft = office.draft(clerk)
    office.register.type_fields(draft.id, {"mobile": "138"}, clerk)
    office.desk.put_aside(draft.id, clerk)
    office.desk.resume(draft.id, clerk)
    office.desk.discard(draft.id, clerk, "MISTAKE")
    office.register.find("测", clerk)
    office.sign_in("supervisor")
    assert OutboxRow.select().count() == 0
    wanted = [
        "draft.opened",
        "draft.put-aside",
        "draft.resumed",
        "draft.viewed",
        "draft.discarded",
        "register.searched",
        "accounts.sign-in",
    ]
    assert actions()[-7:] == wanted


def test_audit_and_outbox_of_a_failed_save_are_not_there(
    office: Any, clerk: SignedIn, people: Any, rest: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    office.tap(people())
    draft = office.register.type_fields(office.draft(clerk).id, rest, clerk)
    before = actions()

    def fail(*_arguments: Any, **_named: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("peewee_models.outbox.OutboxRow.insert", fail)
    with pytest.raises(ZeroDivisionError):
        office.desk.save(draft.id, clerk)
    assert actions() == before
    assert Registration.select().count() == Person.select().count() == FieldOrigin.select().count() == 0
    assert office.draft(clerk) == draft


def test_what_is_missing_or_wrong_cannot_be_saved(office: Any, clerk: SignedIn, rest: dict[str, str]) -> None:
    draft = typed_person(office, clerk, rest, id_no="990000198506120012", mobile="1380000", road="")
    codes = problem_codes(office, draft.id, clerk)
    assert codes == {("ID-CHECK-DIGIT", "id_no"), ("MOBILE-SHORT", "mobile"), ("FIELD-MISSING", "road")}
    assert draft.missing == ("road",)
    assert Registration.select().count() == 0


def test_unverified_chip_values_cannot_be_saved(
    office: Any, clerk: SignedIn, people: Any, rest: dict[str, str]
) -> None:
    office.desk.reader_event(CardEvent("read", people()))
    draft = office.register.type_fields(office.draft(clerk).id, rest, clerk)
    assert problem_codes(office, draft.id, clerk) == {("READING-UNVERIFIED", None)}


def test_drafts_are_kept_as_they_are_typed(office: Any, clerk: SignedIn) -> None:
    draft = office.desk.open_draft(clerk)
    strange = {"arrive_here_date": "昨天", "sex": "不清楚", "mobile": "１３８ 00", "remark": "  某某  "}
    office.register.type_fields(draft.id, strange, clerk)
    held = office.register.draft(draft.id, clerk).fields
    assert held["arrive_here_date"].value == "昨天"
    assert [problem.code for problem in held["arrive_here_date"].problems] == ["FIELD-DATE"]
    assert held["sex"].value == "不清楚"
    assert held["mobile"].value == "13800"
    assert held["remark"].value == "某某"
    with pytest.raises(ValueError, match="no form has"):
        office.register.type_fields(draft.id, {"religion": "x"}, clerk)


def test_one_draft_is_open_and_the_others_wait(office: Any, clerk: SignedIn) -> None:
    first, second = office.desk.open_draft(clerk), office.desk.open_draft(clerk)
    assert office.draft(clerk).id == second.id
    assert office.register.draft(first.id, clerk).state == "aside"
    assert {line.id for line in office.register.drafts(clerk)} == {first.id, second.id}
    assert office.desk.resume(first.id, clerk).state == "open"
    assert office.register.draft(second.id, clerk).state == "aside"


def test_somebody_elses_draft_is_unknown(office: Any, clerk: SignedIn) -> None:
    draft = office.desk.open_draft(clerk)
    known = User.get(User.name == "clerk").password_hash
    User.create(name="other", role="clerk", password_hash=known, created_at=office.clock.now())
    other = office.accounts.sign_in("other", office.passwords["clerk"])
    for key in (draft.id, "nothing", "00000000-0000-0000-0000-000000000000"):
        for act in (
            lambda key: office.register.draft(key, other),
            lambda key: office.register.type_fields(key, {"mobile": "1"}, other),
            lambda key: office.register.save(key, other),
            lambda key: office.register.discard(key, other, "MISTAKE"),
            lambda key: office.register.chip_photo(key, other),
        ):
            with pytest.raises(CodedError, match="DRAFT-UNKNOWN"):
                act(key)
    assert office.register.drafts(other) == []


def test_a_child_without_a_card_is_typed_with_its_guardian(
    office: Any, clerk: SignedIn, rest: dict[str, str], numbers: Any
) -> None:
    del rest["mobile"], rest["education"]
    draft = typed_person(office, clerk, rest, id_type="117", birth_date="2024-05-06", sex="1")
    guarded = ("guardian_name", "guardian_id", "guardian_rel", "guardian_mobile", "guardian_consent")
    assert draft.missing == guarded
    assert draft.fields["declarer"].value == "2"
    guardian = {"guardian_name": "测试乙", "guardian_rel": "52", "guardian_mobile": "13900000000"}
    guardian |= {"guardian_consent": "1"}
    child = numbers("99000020150506002")
    draft = office.register.type_fields(draft.id, guardian | {"guardian_id": child}, clerk)
    assert {problem.code for problem in draft.problems} == {"GUARDIAN-AGE"}
    draft = office.register.type_fields(draft.id, {"guardian_id": numbers("99000019900506002")}, clerk)
    assert draft.problems == ()
    record = office.desk.save(draft.id, clerk)
    assert record.fields["id_no"].value == ""
    assert Person.get().id_no is None
    assert office.register.find("测试甲", clerk)[0].id == record.id


def test_a_typed_number_gives_sex_and_birth_date(
    office: Any, clerk: SignedIn, rest: dict[str, str], numbers: Any
) -> None:
    draft = typed_person(office, clerk, rest, id_no=numbers("99000019850612002"))
    assert (draft.fields["sex"].value, draft.fields["birth_date"].value) == ("2", "1985-06-12")
    assert draft.fields["sex"].source == draft.fields["birth_date"].source == "derived"
    draft = office.register.type_fields(draft.id, {"id_no": numbers("99000019900101001")}, clerk)
    assert (draft.fields["sex"].value, draft.fields["birth_date"].value) == ("1", "1990-01-01")
    draft = office.register.type_fields(draft.id, {"id_no": ""}, clerk)
    assert (draft.fields["sex"].value, draft.fields["birth_date"].value) == ("", "")


def test_fifteen_digits_are_upgraded_and_kept(office: Any, clerk: SignedIn, rest: dict[str, str]) -> None:
    draft = typed_person(office, clerk, rest, id_no="990000850612001")
    assert draft.fields["id_no"].value[:17] == "99000019850612001"
    office.desk.save(draft.id, clerk)
    assert Person.get().id_no_raw == "990000850612001"


def test_an_officially_wrong_number_needs_a_reason_and_a_second_person(
    office: Any, clerk: SignedIn, rest: dict[str, str]
) -> None:
    draft = typed_person(office, clerk, rest, id_no="990000198506120012")
    supervisor = ("supervisor", office.passwords["supervisor"])
    word = SecondWord("id_no", "ID-CHECK-DIGIT", "公安机关证明")
    with pytest.raises(CodedError, match="ACCOUNT-SAME-PERSON"):
        office.register.second_person(draft.id, clerk, "clerk", office.passwords["clerk"], word)
    with pytest.raises(CodedError, match="RIGHTS-DENIED"):
        office.register.second_person(draft.id, clerk, "technician", office.passwords["technician"], word)
    with pytest.raises(CodedError, match="ACCOUNT-WRONG"):
        office.register.second_person(draft.id, clerk, "supervisor", "wrong", word)
    with pytest.raises(CodedError, match="REASON-MISSING"):
        office.register.second_person(draft.id, clerk, *supervisor, SecondWord("id_no", "ID-CHECK-DIGIT", "  "))
    with pytest.raises(CodedError, match="PROBLEM-NOT-PASSABLE"):
        office.register.second_person(draft.id, clerk, *supervisor, SecondWord("mobile", "MOBILE-SHORT", "x"))
    passed = office.register.second_person(draft.id, clerk, *supervisor, word)
    assert passed == office.desk.view(clerk).draft
    assert (passed.problems, passed.fields["id_no"].problems) == ((), ())
    assert [(one.problem.code, one.by, one.reason) for one in passed.fields["id_no"].passed] == [
        ("ID-CHECK-DIGIT", "supervisor", "公安机关证明")
    ]
    guarded = office.register.type_fields(draft.id, {"guardian_id": "990000198506120013"}, clerk)
    assert not guarded.fields["guardian_id"].passed
    assert ("ID-CHECK-DIGIT", "guardian_id") in problem_codes(office, draft.id, clerk)
    office.register.type_fields(draft.id, {"guardian_id": ""}, clerk)
    changed = office.register.type_fields(draft.id, {"id_no": "990000198506120013"}, clerk)
    assert problem_codes(office, changed.id, clerk) == {("ID-CHECK-DIGIT", "id_no"), ("FIELD-MISSING", "id_no_again")}
    assert changed.fields["id_no"].passed == ()
    number = {"id_no": "990000198506120012", "id_no_again": "990000198506120012"}
    office.register.type_fields(draft.id, number, clerk)
    record = office.desk.save(draft.id, clerk)
    accepted = AcceptedProblem.get()
    assert (accepted.code, accepted.reason, accepted.user.name, accepted.second_user.name) == (
        "ID-CHECK-DIGIT",
        "公安机关证明",
        "clerk",
        "supervisor",
    )
    shown = office.register.record(record.id, clerk)
    assert [(line.code, line.by, line.reason) for line in shown.accepted] == [
        ("ID-CHECK-DIGIT", "supervisor", "公安机关证明")
    ]
    edited = office.register.edit(record.id, {"mobile": "13900000000"}, 1, clerk, "换号")
    assert edited.version == 2


def test_a_typed_number_opens_the_record_and_another_number_leaves_it(
    office: Any, clerk: SignedIn, people: Any, rest: dict[str, str], numbers: Any
) -> None:
    card = people()
    record = office.register_person(clerk, card, employer="测试公司")
    draft = office.register.type_fields(office.desk.open_draft(clerk).id, {"road": "别路"}, clerk)
    draft = office.register.type_fields(draft.id, {"id_no": str(card.id_number)}, clerk)
    assert draft.existing_record is not None
    assert draft.existing_record.id == record.id
    assert (draft.fields["employer"].value, draft.fields["employer"].source) == ("测试公司", "register")
    assert (draft.fields["road"].value, draft.fields["road"].offers[0].value) == ("别路", "测试路")
    assert actions()[-1] == "register.viewed"
    draft = office.register.type_fields(draft.id, {"id_no": numbers("99000019900101001")}, clerk)
    assert draft.existing_record is None
    assert {view.source for view in draft.fields.values()} <= {"", "typed", "station", "derived"}
    assert not any(view.offers for view in draft.fields.values())
    assert "测试公司" not in repr(list(DraftField.select().dicts()))


def test_the_draft_of_a_registered_card_cannot_become_another_person(
    office: Any, clerk: SignedIn, people: Any, numbers: Any
) -> None:
    record = office.register_person(clerk, people())
    office.tap(people())
    draft = office.register.type_fields(office.draft(clerk).id, {"id_no": numbers("99000019850612003")}, clerk)
    assert draft.existing_record is None
    assert draft.missing
    assert office.register.record(record.id, clerk).version == 1


def test_a_person_is_registered_once(office: Any, clerk: SignedIn, rest: dict[str, str], numbers: Any) -> None:
    number = numbers("99000019850612001")
    first = typed_person(office, clerk, rest, id_no=number)
    second = typed_person(office, clerk, rest, id_no=number)
    office.register.save(first.id, clerk)
    assert problem_codes(office, second.id, clerk) == {("PERSON-REGISTERED", "id_no")}
    office.register.type_fields(second.id, {"room": "101", "correction_reason": "补室号"}, clerk)
    assert office.register.save(second.id, clerk).version == 2
    assert Person.select().count() == Registration.select().count() == 1


def test_rights_are_checked_by_the_service(office: Any, clerk: SignedIn, people: Any) -> None:
    record = office.register_person(clerk, people())
    draft = office.desk.open_draft(clerk)
    service = office.register
    reading = (lambda by: service.find("测", by), service.recent, lambda by: service.record(record.id, by))
    writing = (
        service.drafts,
        service.open_draft,
        service.current_draft,
        lambda by: service.draft(draft.id, by),
        lambda by: service.type_fields(draft.id, {}, by),
        lambda by: service.take_offer(draft.id, "name", "chip", by),
        lambda by: service.put_aside(draft.id, by),
        lambda by: service.resume(draft.id, by),
        lambda by: service.discard(draft.id, by, "MISTAKE"),
        lambda by: service.save(draft.id, by),
        lambda by: service.edit(record.id, {}, 1, by, "x"),
        lambda by: service.chip_photo(draft.id, by),
        lambda by: service.second_person(draft.id, by, "clerk", "x", SecondWord("id_no", "ID-DATE", "x")),
    )
    before = actions()
    denied = [("technician", reading + writing), ("supervisor", writing)]
    for role, calls in denied:
        by = office.sign_in(role)
        for call in calls:
            with pytest.raises(CodedError, match="RIGHTS-DENIED"):
                call(by)
    assert actions() == [*before, "accounts.sign-in", "accounts.sign-in"]


def test_chip_data_is_erased_at_days_end(office: Any, clerk: SignedIn, people: Any) -> None:
    office.tap(people())
    draft = office.draft(clerk)
    assert office.register.chip_photo(draft.id, clerk) == people().photo_wlt
    assert office.register.erase_stale_chips() == 0
    office.clock.forward(24 * 3600)
    assert office.register.erase_stale_chips() == 1
    assert office.register.chip_photo(draft.id, clerk) is None
    assert Draft.get().card_text is None
    assert office.register.draft(draft.id, clerk).fields["name"].value == people().name


def test_whether_a_photo_can_be_decoded_is_kept(office: Any, clerk: SignedIn, people: Any) -> None:
    office.tap(people())
    draft = office.draft(clerk)
    assert draft.card.photo_decodable is None
    office.register.note_photo(draft.id, clerk, is_decodable=False)
    assert office.draft(clerk).card.photo_decodable is False


def test_what_is_cleared_on_the_desk_is_cleared_in_the_register(office: Any, clerk: SignedIn, people: Any) -> None:
    office.register_person(clerk, people(), employer="测试公司", lane="5")
    office.tap(people())
    cleared = {"employer": "", "lane": "", "correction_reason": "原来填错"}
    draft = office.register.type_fields(office.draft(clerk).id, cleared, clerk)
    record = office.desk.save(draft.id, clerk)
    assert (record.fields["employer"].value, record.fields["lane"].value) == ("", "")
    assert {("employer", "测试公司", ""), ("lane", "5", "")} <= {(row.key, row.old, row.new) for row in Change.select()}


def test_the_list_beside_the_desk_leaves_no_trace_and_no_names(office: Any, clerk: SignedIn, people: Any) -> None:
    office.register_person(clerk, people())
    before = actions()
    (line,) = office.register.lately_saved(clerk)
    assert line.name == line.name_masked != people().name
    assert actions() == before
    office.register.recent(clerk)
    assert actions() == [*before, "register.listed"]
