"""A second person's word: for one problem of one field, in a draft and in a correction, kept with the record."""

from __future__ import annotations

from typing import Any

import pytest

from agent.accounts.service import SignedIn
from agent.errors import CodedError
from agent.register.errors import Problems
from agent.register.views import SecondWord
from peewee_models import schema
from peewee_models.approvals import Approval
from peewee_models.audit import AuditEntry
from peewee_models.outbox import OutboxRow
from peewee_models.register import AcceptedProblem

WRONG, OTHER_WRONG = "990000198506120012", "990000198506120013"
OWN = SecondWord("id_no", "ID-CHECK-DIGIT", "派出所证明")


def wrong_digits(view: Any) -> set[str]:
    return {one.field for one in view.problems if one.code == "ID-CHECK-DIGIT"}


def draft_with(office: Any, clerk: SignedIn, **values: str) -> Any:
    return office.register.type_fields(office.desk.open_draft(clerk).id, values, clerk)


def test_a_word_is_about_one_field_and_holds_while_others_are_typed(office: Any, clerk: SignedIn, numbers: Any) -> None:
    supervisor = ("supervisor", office.passwords["supervisor"])
    draft = draft_with(office, clerk, id_no=WRONG, guardian_id=OTHER_WRONG)
    assert wrong_digits(draft) == {"id_no", "guardian_id"}
    draft = office.register.second_person(draft.id, clerk, *supervisor, OWN)
    assert wrong_digits(draft) == {"guardian_id"}
    right = {"guardian_id": numbers("99000019850612005"), "name": "测试甲", "sex": "1"}
    draft = office.register.type_fields(draft.id, right, clerk)
    assert wrong_digits(draft) == set()
    assert [one.reason for one in draft.fields["id_no"].passed] == ["派出所证明"]
    draft = office.register.type_fields(draft.id, {"guardian_id": WRONG}, clerk)
    assert wrong_digits(draft) == {"guardian_id"}


def test_a_word_on_the_sex_goes_with_the_sex(office: Any, clerk: SignedIn, numbers: Any) -> None:
    supervisor = ("supervisor", office.passwords["supervisor"])
    draft = draft_with(office, clerk, id_no=numbers("99000019850612001"), sex="2")
    word = SecondWord("id_no", "ID-SEX-MISMATCH", "派出所证明")
    assert office.register.second_person(draft.id, clerk, *supervisor, word).problems == ()
    office.register.type_fields(draft.id, {"sex": "1"}, clerk)
    assert office.register.type_fields(draft.id, {"sex": "2"}, clerk).problems == ()
    other = {"id_no": numbers("99000019850612003"), "id_no_again": numbers("99000019850612003")}
    assert [one.code for one in office.register.type_fields(draft.id, other, clerk).problems] == ["ID-SEX-MISMATCH"]


def test_a_word_on_the_age_lets_the_birth_date_of_the_number_pass_too(
    office: Any, clerk: SignedIn, numbers: Any
) -> None:
    supervisor = ("supervisor", office.passwords["supervisor"])
    draft = draft_with(office, clerk, id_no=numbers("99000018950612001"))
    assert [one.code for one in draft.problems] == ["ID-AGE"]
    word = SecondWord("id_no", "ID-AGE", "派出所证明")
    assert office.register.second_person(draft.id, clerk, *supervisor, word).problems == ()
    other = office.register.type_fields(draft.id, {"birth_date": "1890-01-01"}, clerk)
    assert {one.code for one in other.problems} == {"ID-BIRTH-MISMATCH", "BIRTH-TOO-OLD"}


def test_a_correction_to_an_officially_wrong_number_passes_with_a_second_person(
    office: Any, clerk: SignedIn, people: Any
) -> None:
    record = office.register_person(clerk, people())
    supervisor = ("supervisor", office.passwords["supervisor"])
    typed, why = {"id_no": WRONG, "id_no_again": WRONG}, "证件号码如此"
    with pytest.raises(CodedError, match="PROBLEM-NOT-PASSABLE"):
        office.register.second_person_on_correction(record.id, clerk, *supervisor, OWN)
    office.register.keep_correction(record.id, typed, 1, clerk, why)
    assert wrong_digits(office.register.correction(record.id, clerk)) == {"id_no"}
    with pytest.raises(Problems):
        office.register.edit(record.id, typed, 1, clerk, why)
    with pytest.raises(CodedError, match="ACCOUNT-SAME-PERSON"):
        office.register.second_person_on_correction(record.id, clerk, "clerk", office.passwords["clerk"], OWN)
    office.register.second_person_on_correction(record.id, clerk, *supervisor, OWN)
    shown = office.register.correction(record.id, clerk)
    assert (shown.problems, shown.fields["id_no"].passed[0].by) == ((), "supervisor")
    another = {"id_no": OTHER_WRONG, "id_no_again": OTHER_WRONG}
    with pytest.raises(Problems):
        office.register.edit(record.id, another, 1, clerk, why)
    saved = office.register.edit(record.id, typed, 1, clerk, why)
    assert [(one.field, one.new, one.reason) for one in saved.history if one.field == "id_no"] == [
        ("id_no", WRONG, why)
    ]
    assert [(one.field, one.code, one.by, one.reason) for one in saved.accepted] == [
        ("id_no", "ID-CHECK-DIGIT", "supervisor", "派出所证明")
    ]
    sent = OutboxRow.select().order_by(OutboxRow.seq.desc()).get()
    assert [(one["field"], one["code"]) for one in sent.body["accepted"]] == [("id_no", "ID-CHECK-DIGIT")]
    (entry,) = AuditEntry.select().where(AuditEntry.action == "register.second-person")
    assert (str(entry.subject_id), entry.facts["field"]) == (record.id, "id_no")
    assert Approval.select().count() == 0
    assert office.register.edit(record.id, {"mobile": "13900000001"}, 2, clerk, why).version == 3


def test_what_was_typed_for_the_word_waits_until_it_is_given(office: Any, clerk: SignedIn, people: Any) -> None:
    begun = {"second_name": "supervisor", "second_reason": "派出所证明"}
    supervisor = ("supervisor", office.passwords["supervisor"])
    record = office.register_person(clerk, people())
    typed = {"id_no": OTHER_WRONG, "id_no_again": OTHER_WRONG}
    office.register.keep_correction(record.id, typed | begun, 1, clerk, "证件号码如此")
    shown = office.register.correction(record.id, clerk)
    assert {key: shown.fields[key].value for key in begun} == begun
    office.register.second_person_on_correction(record.id, clerk, *supervisor, OWN)
    shown = office.register.correction(record.id, clerk)
    assert ({shown.fields[key].value for key in begun}, shown.problems) == ({""}, ())
    office.register.keep_correction(record.id, typed | begun, 1, clerk, "证件号码如此")
    assert not begun.keys() & {line.field for line in office.register.edit(record.id, typed, 1, clerk, "如此").history}
    draft = draft_with(office, clerk, id_no=WRONG, **begun)
    assert {key: draft.fields[key].value for key in begun} == begun
    draft = office.register.second_person(draft.id, clerk, *supervisor, OWN)
    assert {draft.fields[key].value for key in begun} == {""}


def test_the_words_step_goes_down_and_up_with_words_in_it(
    office: Any, clerk: SignedIn, people: Any, rest: dict[str, str]
) -> None:
    supervisor = ("supervisor", office.passwords["supervisor"])
    office.tap(people(id_number=WRONG))
    draft = office.register.type_fields(office.draft(clerk).id, rest, clerk)
    office.register.second_person(draft.id, clerk, *supervisor, OWN)
    office.desk.save(draft.id, clerk)
    office.lift()
    draft = draft_with(office, clerk, id_no=OTHER_WRONG)
    office.register.second_person(draft.id, clerk, *supervisor, OWN)
    schema.downgrade(office.store, "0011_words_on_fields")
    assert "field" not in {column.name for column in office.store.get_columns("accepted_problem")}
    schema.upgrade(office.store)
    assert [(line.field, line.code) for line in AcceptedProblem.select()] == [("", "ID-CHECK-DIGIT")]
    assert wrong_digits(office.register.draft(draft.id, clerk)) == {"id_no"}
    assert wrong_digits(office.register.second_person(draft.id, clerk, *supervisor, OWN)) == set()
