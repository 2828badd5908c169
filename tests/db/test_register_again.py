"""A person who is registered already: what others have written meanwhile stays, and what is not new is not sent."""

from __future__ import annotations

from typing import Any

import pytest

from agent.accounts.service import SignedIn
from agent.register.desk import CardEvent
from agent.register.errors import Problems
from agent.register.views import SecondWord
from peewee_models.audit import AuditEntry
from peewee_models.outbox import OutboxRow

WHY = {"correction_reason": "本人申报"}
CHILD = {
    "name": "测试小儿", "sex": "1", "ethnic": "01", "birth_date": "2024-05-06", "id_type": "117",
    "hukou_address": "测试地区测试路1号", "hukou_div": "990000",
    "guardian_name": "测试母", "guardian_rel": "52", "guardian_mobile": "13900000000",
    "guardian_consent": "1",
}  # fmt: skip


def test_a_newer_edit_of_somebody_else_is_not_taken_back(office: Any, clerk: SignedIn, people: Any) -> None:
    record = office.register_person(clerk, people())
    office.tap(people())
    draft = office.draft(clerk)
    assert draft.fields["mobile"].source == "register"
    office.register.edit(record.id, {"mobile": "13911111111"}, 1, office.sign_in("clerk"), "本人来电")
    draft = office.register.type_fields(draft.id, {"employer": "测试新单位"} | WHY, clerk)
    again = office.desk.save(draft.id, clerk)
    assert (again.fields["mobile"].value, again.fields["employer"].value) == ("13911111111", "测试新单位")
    assert [line.field for line in again.history] == ["employer", "mobile"]


def test_what_the_clerk_types_over_the_registers_value_counts(office: Any, clerk: SignedIn, people: Any) -> None:
    office.register_person(clerk, people())
    office.tap(people())
    draft = office.register.type_fields(office.draft(clerk).id, {"mobile": "13922222222"} | WHY, clerk)
    assert office.desk.save(draft.id, clerk).fields["mobile"].value == "13922222222"


def test_a_person_registered_by_somebody_else_meanwhile_is_shown_with_the_differences(
    office: Any, clerk: SignedIn, people: Any, rest: dict[str, str]
) -> None:
    office.tap(people())
    mine = office.register.type_fields(office.draft(clerk).id, rest | {"mobile": "13922222222"}, clerk)
    office.lift()
    supervisor = office.sign_in("supervisor")
    _, code = office.accounts.users.add("录入员二", "clerk", supervisor, office.passwords["supervisor"])
    other = office.accounts.enrol(code.text, "录入员二", "a long new password")
    office.desk.hand_over(other)
    theirs = office.register_person(other, people()).id
    office.desk.hand_over(clerk)
    with pytest.raises(Problems) as refused:
        office.desk.save(mine.id, clerk)
    assert [problem.code for problem in refused.value.problems] == ["PERSON-REGISTERED"]
    draft = office.draft(clerk)
    assert draft.existing_record is not None
    assert draft.existing_record.id == theirs
    assert [(offer.source, offer.value) for offer in draft.fields["mobile"].offers] == [("register", "13800000000")]
    office.register.type_fields(mine.id, WHY, clerk)
    again = office.desk.save(mine.id, clerk)
    assert (again.id, again.fields["mobile"].value) == (theirs, "13922222222")


def test_saved_again_without_a_change_nothing_is_sent(office: Any, clerk: SignedIn, people: Any) -> None:
    record = office.register_person(clerk, people())
    office.tap(people())
    again = office.desk.save(office.draft(clerk).id, clerk)
    assert (again.id, again.version, again.history) == (record.id, 1, ())
    assert [row.kind for row in OutboxRow.select()] == ["registration.saved"]
    (entry,) = AuditEntry.select().where(AuditEntry.action == "register.confirmed")
    assert entry.subject_id == record.id or str(entry.subject_id) == record.id


def test_a_single_reading_is_never_shown_as_verified(office: Any, clerk: SignedIn, people: Any, rest: Any) -> None:
    office.desk.reader_event(CardEvent("read", people()))
    office.desk.reader_event(CardEvent("single", people()))
    record = office.desk.save(office.register.type_fields(office.draft(clerk).id, rest, clerk).id, clerk)
    assert not office.register.record(record.id, clerk).fields["name"].verified
    edited = office.register.edit(record.id, {"mobile": "13911111111"}, 1, clerk, "本人来电")
    assert edited.version == 2


def test_a_word_for_one_wrong_number_excuses_no_other(
    office: Any, clerk: SignedIn, people: Any, numbers: Any, rest: dict[str, str]
) -> None:
    right = numbers("99000019850612001")
    wrong = right[:-1] + ("0" if right[-1] != "0" else "1")
    office.tap(people(id_number=wrong))
    draft = office.register.type_fields(office.draft(clerk).id, rest, clerk)
    supervisor = ("supervisor", office.passwords["supervisor"])
    office.register.second_person(draft.id, clerk, *supervisor, SecondWord("id_no", "ID-CHECK-DIGIT", "派出所证明"))
    record = office.desk.save(draft.id, clerk)
    assert office.register.edit(record.id, {"mobile": "13911111111"}, 1, clerk, "本人来电").version == 2
    other = numbers("99000019850612003")
    with pytest.raises(Problems):
        office.register.edit(record.id, {"id_no": other[:-1] + ("0" if other[-1] != "0" else "1")}, 2, clerk, "x")
    twice = {"id_no": other, "id_no_again": other}
    assert office.register.edit(record.id, twice, 2, clerk, "x").fields["id_no"].value == other


@pytest.mark.parametrize("typed", [{"id_type": "113"}, {"guardian_name": "测试父"}, {"guardian_mobile": "13800000001"}])
def test_a_parents_card_laid_onto_a_childs_form_asks_first(
    office: Any, clerk: SignedIn, people: Any, typed: dict[str, str]
) -> None:
    draft = office.desk.open_draft(clerk)
    office.register.type_fields(draft.id, typed, clerk)
    office.tap(people())
    assert office.desk.view(clerk).question is not None
    assert office.draft(clerk).fields["name"].value == ""


def test_a_child_without_a_number_is_not_registered_twice_unnoticed(
    office: Any, clerk: SignedIn, rest: dict[str, str], numbers: Any
) -> None:
    def child(**values: str) -> Any:
        typed = CHILD | {"guardian_id": numbers("99000019900506002")} | values
        return office.register.type_fields(office.desk.open_draft(clerk).id, rest | typed, clerk)

    first = office.desk.save(child().id, clerk)
    assert first.alike == ()
    again = child()
    assert [line.id for line in again.alike] == [first.id]
    assert [line.id for line in child(birth_date="2024-05-07").alike] == [first.id]
    assert [line.id for line in child(guardian_id=numbers("99000019900506004")).alike] == [first.id]
    assert [line.id for line in child(id_no=numbers("99000020240506001")).alike] == [first.id]
    assert child(name="测试另名").alike == ()
    assert child(birth_date="2024-05-07", guardian_id=numbers("99000019900506004")).alike == ()
    second = office.desk.save(again.id, clerk)
    assert [line.id for line in office.register.record(first.id, clerk).alike] == [second.id]


def test_two_different_numbers_are_two_persons(office: Any, clerk: SignedIn, people: Any) -> None:
    office.register_person(clerk, people(1))
    office.tap(people(3, name=people(1).name))
    assert (office.draft(clerk).fields["id_no"].value, office.draft(clerk).alike) == (people(3).id_number, ())
