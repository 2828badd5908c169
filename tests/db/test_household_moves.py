"""The household that a draft was opened for is the clerk's choice: no number takes it away, saving makes it a fact."""

from __future__ import annotations

from typing import Any

import pytest

from agent.accounts.service import SignedIn
from agent.register.record_views import RecordView
from agent.register.views import DraftView
from peewee_models import schema
from peewee_models.audit import AuditEntry
from peewee_models.drafts import Draft
from peewee_models.outbox import OutboxRow

REST = {
    "soldier": "0", "arrive_city_date": "2026-01-02", "arrive_here_date": "2026-01-03", "reason": "12",
    "proof_type": "2", "road": "测试路", "mobile": "13800000000", "education": "20", "notice_given": "1",
    "place_type": "30", "committee": "测试居委", "no": "12",
}  # fmt: skip
WHY = {"correction_reason": "本人申报搬家", "relation_to_head": "97"}


def answer(office: Any, clerk: SignedIn, choice: str) -> DraftView:
    question = office.desk.view(clerk).question
    assert question is not None
    office.desk.answer_question(clerk, question.id, choice)
    return office.draft(clerk)


def of_household(office: Any, clerk: SignedIn, people: Any) -> tuple[RecordView, RecordView]:
    """Two registered persons of two households at two addresses."""
    east = office.register_person(clerk, people(1), road="测试东路", lane="12", room="401")
    west = office.register_person(clerk, people(3), road="测试西路", room="7")
    return east, west


def test_a_registered_person_joins_the_household_of_the_form_on_the_desk(
    office: Any, clerk: SignedIn, people: Any
) -> None:
    east, west = of_household(office, clerk, people)
    office.desk.open_draft(clerk, east.id)
    office.register.type_fields(office.draft(clerk).id, {"name": "样例小", "id_type": "113"}, clerk)
    office.tap(people(3))
    draft = answer(office, clerk, "household-member")
    assert draft.existing_record is not None
    assert (draft.existing_record.id, draft.is_joining) == (west.id, True)
    assert {member.kind for member in draft.household} == {"draft", "record"}
    assert draft.move is not None
    assert (draft.move.old, [member.name_masked for member in draft.move.new]) == ((), ["测＊＊"])
    address = {key: (draft.fields[key].value, draft.fields[key].source) for key in ("road", "lane", "room")}
    assert address == {"road": ("测试东路", "household"), "lane": ("12", "household"), "room": ("401", "household")}
    assert [(offer.source, offer.value) for offer in draft.fields["road"].offers] == [("register", "测试西路")]
    saved = office.desk.save(office.register.type_fields(draft.id, WHY, clerk).id, clerk)
    assert (saved.id, saved.household, saved.fields["road"].value) == (west.id, east.household, "测试东路")
    (line,) = [line for line in saved.history if line.field == "household"]
    assert (line.old, line.new, line.reason) == (west.household, east.household, "本人申报搬家")
    assert line.members is not None
    assert (line.members.old, [member.id for member in line.members.new]) == ((), [east.id])
    sent = OutboxRow.select().order_by(OutboxRow.seq.desc()).get()
    assert (sent.kind, sent.version, sent.body["household"]) == ("registration.edited", 2, east.household)


def test_a_registered_persons_own_draft_joins_too(office: Any, clerk: SignedIn, people: Any) -> None:
    east, west = of_household(office, clerk, people)
    office.tap(people(3))
    own = office.draft(clerk).id
    office.lift()
    office.desk.open_draft(clerk, east.id)
    office.register.type_fields(office.draft(clerk).id, {"name": "样例小", "id_type": "113"}, clerk)
    office.tap(people(3))
    draft = answer(office, clerk, "household-member")
    assert draft.id == own
    assert draft.move is not None
    assert (draft.fields["road"].value, draft.fields["lane"].value, draft.fields["room"].value) == (
        "测试东路", "12", "401",
    )  # fmt: skip
    stays = office.register.leave_household(draft.id, clerk)
    assert (stays.move, stays.is_joining) == (None, False)
    assert {stays.fields[key].value for key in ("road", "lane", "room")} == {"测试西路", "", "7"}
    assert office.desk.save(stays.id, clerk).household == west.household


def test_a_mistyped_number_takes_neither_the_household_nor_its_dwelling(
    office: Any, clerk: SignedIn, people: Any
) -> None:
    east, west = of_household(office, clerk, people)
    draft = office.desk.open_draft(clerk, east.id)
    stranger, child = (people(number).id_number for number in (3, 5))
    draft = office.register.type_fields(draft.id, {"name": "样例小", "id_no": stranger}, clerk)
    assert draft.existing_record is not None
    assert draft.fields["mobile"].value == "13800000000"
    assert draft.move is not None
    draft = office.register.take_offer(draft.id, "road", "register", clerk)
    assert draft.fields["road"].value == "测试西路"
    draft = office.register.type_fields(draft.id, {"id_no": child} | WHY, clerk)
    assert (draft.existing_record, draft.move, draft.is_joining) == (None, None, True)
    assert draft.fields["road"].value == "测试东路"
    assert (draft.fields["lane"].value, draft.fields["room"].value, draft.fields["mobile"].value) == ("12", "401", "")
    assert draft.fields["verify_mode"].source == "station"
    assert [member.kind for member in draft.household] == ["record"]
    held = [offer.source for view in draft.fields.values() for offer in view.offers]
    assert "register" not in held
    assert west.household not in {str(row.household_id) for row in Draft.select()}


def test_a_draft_opened_for_nobody_has_the_household_of_its_record(office: Any, clerk: SignedIn, people: Any) -> None:
    _, west = of_household(office, clerk, people)
    office.tap(people(3))
    draft = office.draft(clerk)
    assert (draft.is_joining, draft.move) == (False, None)
    assert office.desk.save(draft.id, clerk).household == west.household


def test_unsaved_members_follow_the_one_who_turns_out_to_be_registered(
    office: Any, clerk: SignedIn, people: Any
) -> None:
    east, _ = of_household(office, clerk, people)
    office.desk.open_draft(clerk)
    head = office.register.type_fields(office.draft(clerk).id, {"name": "样例大", "road": "测试东路"}, clerk)
    office.tap(people(5))
    member = answer(office, clerk, "household-member")
    assert [one.id for one in member.household] == [head.id]
    office.lift()
    office.desk.resume(head.id, clerk)
    number = people(1).id_number
    head = office.register.type_fields(head.id, {"id_no": number, "id_no_again": number, "name": "测试二"}, clerk)
    assert head.move is None
    assert office.desk.save(head.id, clerk).household == east.household
    assert [one.id for one in office.desk.resume(member.id, clerk).household] == [east.id]


def test_a_member_joins_the_form_on_the_desk_and_not_whom_its_number_happens_to_hit(
    office: Any, clerk: SignedIn, people: Any
) -> None:
    _, west = of_household(office, clerk, people)
    office.desk.open_draft(clerk)
    stranger = people(3).id_number
    head = office.register.type_fields(office.draft(clerk).id, {"name": "样例大", "id_no": stranger}, clerk)
    assert head.existing_record is not None
    office.tap(people(5))
    member = answer(office, clerk, "household-member")
    assert [one.id for one in member.household] == [head.id]
    office.lift()
    office.desk.resume(head.id, clerk)
    office.register.type_fields(head.id, {"id_no": people(7).id_number}, clerk)
    member = office.desk.resume(member.id, clerk)
    assert [one.id for one in member.household] == [head.id]
    rest = {key: value for key, value in REST.items() if not member.fields[key].value}
    saved = office.desk.save(office.register.type_fields(member.id, rest | {"relation_to_head": "97"}, clerk).id, clerk)
    assert saved.household != west.household


def test_a_member_saved_first_goes_where_the_one_on_the_desk_is_registered(
    office: Any, clerk: SignedIn, people: Any
) -> None:
    _, west = of_household(office, clerk, people)
    office.tap(people(3))
    office.lift()
    office.tap(people(5))
    member = answer(office, clerk, "household-member")
    rest = {key: value for key, value in REST.items() if not member.fields[key].value}
    saved = office.desk.save(office.register.type_fields(member.id, rest | {"relation_to_head": "97"}, clerk).id, clerk)
    assert saved.household == west.household
    head = office.register.drafts(clerk)[0]
    assert office.desk.save(office.desk.resume(head.id, clerk).id, clerk).household == west.household


@pytest.mark.parametrize("typed", [{"road": "测试北路"}, {"town": "310112102"}])
def test_a_dwelling_is_never_half_of_one_and_half_of_another(
    office: Any, clerk: SignedIn, people: Any, typed: dict[str, str]
) -> None:
    of_household(office, clerk, people)
    office.desk.open_draft(clerk)
    draft = office.register.type_fields(office.draft(clerk).id, typed, clerk)
    draft = office.register.type_fields(draft.id, {"id_no": people(1).id_number}, clerk)
    assert draft.existing_record is not None
    assert {draft.fields[key].value for key in ("lane", "room", "proof_type")} == {""}
    assert [(offer.source, offer.value) for offer in draft.fields["lane"].offers] == [("register", "12")]
    assert draft.fields["mobile"].value == "13800000000"


def test_the_division_of_a_new_address_is_its_own(office: Any, clerk: SignedIn, people: Any) -> None:
    office.register_person(clerk, people(1, address="江苏省南京市玄武区测试路1号"))
    office.tap(people(1, address="安徽省合肥市庐阳区测试路1号"))
    draft = office.draft(clerk)
    assert (draft.fields["hukou_div"].value, draft.fields["hukou_div"].source) == ("340103", "derived")
    assert [(offer.source, offer.value) for offer in draft.fields["hukou_div"].offers] == [("register", "320102")]
    assert "correction_reason" not in draft.missing
    back = office.register.take_offer(draft.id, "hukou_address", "register", clerk)
    assert back.fields["hukou_div"].value == "320102"


def test_who_moves_a_person_is_in_the_audit_without_the_household(office: Any, clerk: SignedIn, people: Any) -> None:
    east, west = of_household(office, clerk, people)
    office.desk.open_draft(clerk, east.id)
    office.tap(people(3))
    office.desk.save(office.register.type_fields(office.draft(clerk).id, WHY, clerk).id, clerk)
    entry = AuditEntry.select().order_by(AuditEntry.seq.desc()).get()
    assert (entry.action, str(entry.subject_id), entry.facts) == ("register.edited", west.id, {"version": 2})


def test_the_choice_is_all_that_stays_of_a_drafts_household(office: Any, clerk: SignedIn, people: Any) -> None:
    """Up: what was made for one draft, or taken from its record, goes.  Down: every draft has one again."""
    east, west = of_household(office, clerk, people)
    alone = office.desk.open_draft(clerk)
    joining = office.desk.open_draft(clerk, east.id)
    office.tap(people(3))
    office.lift()
    office.desk.open_draft(clerk)
    office.tap(people(1))
    tied = office.draft(clerk)
    schema.downgrade(office.store, "0005_chosen_households")
    down = {str(row.id): str(row.household_id) for row in Draft.select(Draft.id, Draft.household)}
    assert down[joining.id] == down[tied.id] == east.household
    assert down[alone.id] not in {"None", east.household, west.household}
    schema.upgrade(office.store)
    up = {str(row.id): row.household_id and str(row.household_id) for row in Draft.select()}
    assert (up[alone.id], up[tied.id], up[joining.id]) == (None, None, east.household)
