"""A number typed over the card's: it ties to no registration, blocks until a second person's word, proves nothing."""

from __future__ import annotations

from typing import Any

import pytest

from agent.accounts.service import SignedIn
from agent.register.errors import Problems
from agent.register.views import SecondWord
from peewee_models.audit import AuditEntry
from peewee_models.register import Registration

CODE = "ID-NOT-OF-CARD"


def typed_over(office: Any, clerk: SignedIn, number: str, **values: str) -> Any:
    values |= {"id_no": number, "id_no_again": number}
    return office.register.type_fields(office.draft(clerk).id, values, clerk)


def test_two_persons_are_never_one_record(office: Any, clerk: SignedIn, people: Any, rest: dict[str, str]) -> None:
    other = office.register_person(clerk, people(3), mobile="13911111111", employer="测试厂")
    office.tap(people(1))
    seen = AuditEntry.select().where(AuditEntry.action == "record.viewed").count()
    draft = typed_over(office, clerk, people(3).id_number, **(rest | {"mobile": "", "correction_reason": "更正"}))
    assert [(one.code, one.field) for one in draft.problems] == [(CODE, "id_no")]
    assert (draft.existing_record, draft.fields["mobile"].value, draft.fields["employer"].value) == (None, "", "")
    assert AuditEntry.select().where(AuditEntry.action == "record.viewed").count() == seen
    draft = office.register.type_fields(draft.id, {"mobile": rest["mobile"]}, clerk)
    word = SecondWord("id_no", CODE, "派出所证明")
    office.register.second_person(draft.id, clerk, "supervisor", office.passwords["supervisor"], word)
    with pytest.raises(Problems) as refused:
        office.desk.save(draft.id, clerk)
    assert [one.code for one in refused.value.problems] == ["PERSON-REGISTERED"]
    assert office.register.record(other.id, clerk).version == 1
    draft = office.register.take_offer(draft.id, "id_no", "chip", clerk)
    assert draft.problems == ()
    assert office.desk.save(draft.id, clerk).fields["id_no"].verified


def test_a_number_that_a_second_person_lets_pass_is_not_read_from_the_card(
    office: Any, clerk: SignedIn, people: Any, rest: dict[str, str]
) -> None:
    office.tap(people(1))
    wrong = typed_over(office, clerk, people(3).id_number[:17] + "A")
    assert [one.code for one in wrong.problems] == [CODE, "ID-SHAPE"], "what is the matter comes first"
    draft = typed_over(office, clerk, people(3).id_number, **rest)
    with pytest.raises(Problems):
        office.desk.save(draft.id, clerk)
    word = SecondWord("id_no", CODE, "派出所证明")
    office.register.second_person(draft.id, clerk, "supervisor", office.passwords["supervisor"], word)
    saved = office.desk.save(draft.id, clerk)
    assert [(one.code, one.by) for one in saved.accepted] == [(CODE, "supervisor")]
    assert (Registration.get().reading, saved.fields["id_no"].verified) == ("", False)


def test_a_number_that_is_corrected_by_typing_is_no_longer_read(office: Any, clerk: SignedIn, people: Any) -> None:
    record = office.register_person(clerk, people(1))
    assert Registration.get().reading == "verified"
    typed = {"id_no": people(3).id_number, "id_no_again": people(3).id_number}
    office.register.edit(record.id, typed, 1, clerk, "派出所证明")
    assert Registration.get().reading == ""


def test_the_card_of_the_typed_number_opens_a_form_of_its_own(office: Any, clerk: SignedIn, people: Any) -> None:
    office.tap(people(1))
    first = typed_over(office, clerk, people(3).id_number)
    office.lift()
    office.tap(people(3))
    question = office.desk.view(clerk).question
    office.desk.answer_question(clerk, question.id, "own-draft")
    second = office.draft(clerk)
    assert (second.id != first.id, second.fields["name"].value) == (True, people(3).name)
    assert office.register.draft(first.id, clerk).fields["name"].value == people(1).name
