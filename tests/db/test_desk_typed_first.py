"""The clerk types and the chip speaks: nothing typed is lost, nothing garbled stays, and nobody's data mix."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
import pytest

from agent.accounts.service import SignedIn
from agent.errors import CodedError
from agent.register.desk import CardEvent
from peewee_models.drafts import Draft

KINDS = pytest.mark.parametrize("kind", ["verified", "single"])


def again(card: Any, kind: str) -> CardEvent:
    return CardEvent(kind, msgspec.structs.replace(card, readings=2 if kind == "verified" else 1))  # type: ignore[arg-type]


def codes(draft: Any) -> set[str]:
    return {problem.code for problem in draft.problems}


@KINDS
def test_a_number_retyped_between_differing_readings_leaves_a_draft_that_can_be_saved(
    office: Any, clerk: SignedIn, people: Any, rest: dict[str, str], numbers: Any, kind: Literal["verified", "single"]
) -> None:
    garbled = people(1, id_number=numbers("99000019850612903"), text_raw=b"garbled".ljust(256))
    office.desk.reader_event(CardEvent("read", garbled))
    office.register.type_fields(office.draft(clerk).id, {"id_no": numbers("99000019850612705")}, clerk)
    office.desk.reader_event(again(people(1), kind))
    view = office.desk.view(clerk)
    assert view.card_state == "changed"
    assert "READING-UNVERIFIED" not in codes(view.draft)
    assert view.draft.fields["name"].value == ""
    typed = {
        "name": "测试手",
        "ethnic": "01",
        "hukou_address": "测试地区手工路1号",
        "id_no": numbers("99000019850612705"),
        "id_no_again": numbers("99000019850612705"),
    }
    draft = office.register.type_fields(view.draft.id, rest | typed, clerk)
    assert office.desk.save(draft.id, clerk).fields["name"].value == "测试手"


@KINDS
def test_the_right_number_typed_over_a_garbled_one_is_verified_by_the_card(
    office: Any, clerk: SignedIn, people: Any, numbers: Any, kind: Literal["verified", "single"]
) -> None:
    office.desk.reader_event(CardEvent("read", people(1, id_number=numbers("99000019850612903"), text_raw=bytes(256))))
    office.register.type_fields(office.draft(clerk).id, {"id_no": people(1).id_number}, clerk)
    office.desk.reader_event(again(people(1), kind))
    view = office.desk.view(clerk)
    assert (view.card_state, view.draft.card.state) == (kind, kind)
    assert view.draft.fields["id_no"].value == people(1).id_number
    assert "READING-UNVERIFIED" not in codes(view.draft)


@KINDS
def test_a_card_without_a_number_is_not_called_verified_while_its_draft_is_not(
    office: Any, clerk: SignedIn, people: Any, kind: Literal["verified", "single"]
) -> None:
    office.desk.reader_event(CardEvent("read", people(1, id_number=None, name="乱码", text_raw=b"garbled".ljust(256))))
    office.desk.reader_event(again(people(1, id_number=None), kind))
    view = office.desk.view(clerk)
    assert (view.card_state, view.draft.fields["name"].value) == ("changed", "")
    assert "READING-UNVERIFIED" not in codes(view.draft)


@pytest.mark.parametrize("end", ["verified", "single", "changed"])
def test_a_typed_value_that_a_garbled_reading_happened_to_repeat_stays(
    office: Any, clerk: SignedIn, people: Any, end: Any
) -> None:
    typed = {"hukou_address": "测试地区手工路1号", "ethnic": "03"}
    office.register.type_fields(office.desk.open_draft(clerk).id, typed, clerk)
    garbled = people(1, address=typed["hukou_address"], ethnic_group="03", text_raw=b"garbled".ljust(256))
    office.desk.reader_event(CardEvent("read", garbled))
    office.desk.reader_event(CardEvent("changed") if end == "changed" else again(people(1), end))
    fields = office.draft(clerk).fields
    for key, text in typed.items():
        assert (fields[key].value, fields[key].source) == (text, "typed")
    offers = [(offer.source, offer.value) for offer in fields["ethnic"].offers]
    assert offers == ([] if end == "changed" else [("chip", "01")])


def test_a_typed_value_that_the_card_confirms_is_verified_and_comes_back_when_a_later_reading_differs(
    office: Any, clerk: SignedIn, people: Any
) -> None:
    office.register.type_fields(office.desk.open_draft(clerk).id, {"ethnic": "01"}, clerk)
    office.tap(people(1))
    ethnic = office.draft(clerk).fields["ethnic"]
    assert (ethnic.value, ethnic.source, ethnic.verified, ethnic.offers) == ("01", "chip", True, ())
    office.lift()
    office.desk.reader_event(CardEvent("read", people(1, ethnic_group="05", text_raw=b"garbled".ljust(256))))
    office.desk.reader_event(CardEvent("changed"))
    assert office.draft(clerk).fields["ethnic"].value == "01"


def test_a_typed_value_for_which_the_chips_was_taken_is_offered_and_comes_back_with_a_changed_card(
    office: Any, clerk: SignedIn, people: Any
) -> None:
    draft = office.desk.open_draft(clerk)
    office.register.type_fields(draft.id, {"ethnic": "03"}, clerk)
    office.desk.reader_event(CardEvent("read", people(1)))
    taken = office.register.take_offer(draft.id, "ethnic", "chip", clerk).fields["ethnic"]
    assert (taken.value, [(offer.source, offer.value) for offer in taken.offers]) == ("01", [("typed", "03")])
    office.desk.reader_event(CardEvent("changed"))
    ethnic = office.draft(clerk).fields["ethnic"]
    assert (ethnic.value, ethnic.source, ethnic.offers) == ("03", "typed", ())


TYPED_FIRST = [
    {"name": "测试二"},
    {"name": "测试手误"},
    {"birth_date": "1985-06-12"},
    {"name": "测试二", "id_no": "99000019"},
]


@pytest.mark.parametrize("typed", TYPED_FIRST)
@pytest.mark.parametrize("is_early", [False, True])
@KINDS
def test_it_is_the_same_person(
    office: Any,
    clerk: SignedIn,
    people: Any,
    typed: dict[str, str],
    is_early: bool,
    kind: Literal["verified", "single"],
) -> None:
    draft = office.desk.open_draft(clerk)
    office.register.type_fields(draft.id, typed | {"ethnic": "03"}, clerk)
    card = people()
    office.desk.reader_event(CardEvent("read", card))
    if not is_early:
        office.desk.reader_event(again(card, kind))
    question = office.desk.view(clerk).question
    assert question.kind == "maybe-same-person"
    is_likely = typed.get("name") != "测试手误"
    assert question.choices.index("same-person") == (0 if is_likely else 3)
    office.desk.answer_question(clerk, question.id, "same-person")
    if is_early:
        office.desk.reader_event(again(card, kind))
    view = office.desk.view(clerk)
    assert (view.question, view.draft.id, Draft.select().count()) == (None, draft.id, 1)
    assert (view.draft.card.state, view.card_state) == (kind, kind)
    fields = view.draft.fields
    for key, text in (typed | {"ethnic": "03"}).items():
        assert fields[key].value == text
    assert [(offer.source, offer.value) for offer in fields["ethnic"].offers] == [("chip", "01")]
    assert (fields["card_issuer"].value, fields["card_issuer"].source) == (card.issuer, "chip")
    wanted = card.id_number
    assert wanted in {fields["id_no"].value, *(offer.value for offer in fields["id_no"].offers)}


def test_a_whole_number_of_somebody_else_is_never_the_same_person(office: Any, clerk: SignedIn, people: Any) -> None:
    office.register.type_fields(office.desk.open_draft(clerk).id, {"id_no": people(3).id_number}, clerk)
    office.tap(people())
    question = office.desk.view(clerk).question
    assert (question.kind, "same-person" in question.choices) == ("other-person", False)
    with pytest.raises(CodedError, match="QUESTION-CHOICE"):
        office.desk.answer_question(clerk, question.id, "same-person")


def test_a_draft_filled_by_a_card_is_never_another_cards(office: Any, clerk: SignedIn, people: Any) -> None:
    office.tap(people(1))
    office.register.type_fields(office.draft(clerk).id, {"id_no": ""}, clerk)
    office.tap(people(2))
    assert "same-person" not in office.desk.view(clerk).question.choices


def test_a_person_who_has_a_draft_already_is_not_put_into_a_second_one(
    office: Any, clerk: SignedIn, people: Any
) -> None:
    office.tap(people())
    office.lift()
    office.register.type_fields(office.desk.open_draft(clerk).id, {"name": people().name}, clerk)
    office.tap(people())
    assert "same-person" not in office.desk.view(clerk).question.choices


def test_the_answer_goes_to_the_draft_that_the_question_was_asked_about(
    office: Any, clerk: SignedIn, people: Any
) -> None:
    office.register.type_fields(office.desk.open_draft(clerk).id, {"name": "测试二"}, clerk)
    office.tap(people())
    question = office.desk.view(clerk).question
    other = office.desk.open_draft(clerk)
    office.register.type_fields(other.id, {"name": "测试五"}, clerk)
    with pytest.raises(CodedError, match="QUESTION-GONE"):
        office.desk.answer_question(clerk, question.id, "same-person")
    assert office.draft(clerk).fields["id_no"].value == ""


@pytest.mark.parametrize("way", ["handed-over", "released"])
def test_a_card_that_was_read_for_somebody_else_is_told_and_its_data_are_not(
    office: Any, clerk: SignedIn, people: Any, way: str
) -> None:
    office.tap(people())
    other = office.sign_in("clerk")
    if way == "handed-over":
        office.desk.hand_over(other)
    else:
        office.desk.release(clerk.session_id)
        office.desk.take(other)
    view = office.desk.view(other)
    assert (view.card_state, view.card_since is not None) == ("unread", True)
    office.desk.reader_event(CardEvent("verified", msgspec.structs.replace(people(), readings=2)))
    assert office.desk.view(other).card_state == "unread"
    assert (view.question, view.notice) == (None, None)
    office.lift()
    assert office.desk.view(other).card_state == "none"
    office.tap(people(2))
    assert office.desk.view(other).card_state == "verified"


def test_a_card_that_nobody_has_read_yet_is_read_for_the_one_who_takes_the_desk(office: Any, people: Any) -> None:
    office.desk.reader_event(CardEvent("placed"))
    clerk = office.sign_in("clerk")
    office.desk.take(clerk)
    assert office.desk.view(clerk).card_state == "placed"
    office.desk.reader_event(CardEvent("read", people()))
    assert office.draft(clerk).fields["name"].value == people().name
