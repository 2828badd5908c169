"""What is said of the one before ends with the next card or form: a question, or that they were saved."""

from __future__ import annotations

from typing import Any

import pytest

from agent.accounts.service import SignedIn
from agent.errors import CodedError
from agent.register.desk import CardEvent
from peewee_models.drafts import Draft


@pytest.mark.parametrize("way", ["saved", "discarded", "aside", "another-opened", "another-resumed"])
def test_a_question_ends_with_its_form(
    office: Any, clerk: SignedIn, people: Any, rest: dict[str, str], everything_stored: Any, way: str
) -> None:
    desk = office.desk
    office.tap(people(3))
    resting = office.draft(clerk).id
    desk.put_aside(resting, clerk)
    office.lift()
    office.tap(people())
    draft = office.register.type_fields(office.draft(clerk).id, rest, clerk)
    office.lift()
    office.tap(people(2))
    question = desk.view(clerk).question
    assert "household-member" in question.choices
    match way:
        case "saved":
            desk.save(draft.id, clerk)
        case "discarded":
            desk.discard(draft.id, clerk, "MISTAKE")
        case "aside":
            desk.put_aside(draft.id, clerk)
        case "another-opened":
            desk.open_draft(clerk)
        case "another-resumed":
            desk.resume(resting, clerk)
    view, drafts = desk.view(clerk), Draft.select().count()
    assert (view.question, view.card_state) == (None, "unread"), "and the card that was not used is to be given back"
    for choice in question.choices:
        with pytest.raises(CodedError, match="QUESTION-GONE"):
            desk.answer_question(clerk, question.id, choice)
    assert Draft.select().count() == drafts
    assert people(2).id_number not in everything_stored()
    if way == "aside":
        assert desk.resume(draft.id, clerk).id == draft.id
        assert desk.view(clerk).question is None, "a form that is gone on with was left"
    office.lift()
    assert desk.view(clerk).card_state == "none"


@pytest.mark.parametrize("sign", ["placed", "reading", "refused"])
def test_a_question_outlives_its_card_but_not_the_next_one(
    office: Any, clerk: SignedIn, people: Any, sign: Any
) -> None:
    office.tap(people())
    office.tap(people(2))
    office.lift()
    assert office.desk.view(clerk).question is not None, "the card is given back at once"
    office.desk.reader_event(CardEvent(sign, code="READER-CARD" if sign == "refused" else None))
    assert office.desk.view(clerk).question is None


def test_a_form_that_is_not_left_keeps_its_question(office: Any, clerk: SignedIn, people: Any) -> None:
    office.tap(people(3))
    resting = office.draft(clerk).id
    office.desk.put_aside(resting, clerk)
    office.tap(people())
    office.tap(people(2))
    office.desk.resume(office.draft(clerk).id, clerk)
    office.desk.discard(resting, clerk, "MISTAKE")
    assert office.desk.view(clerk).question is not None


def test_whose_card_lies_there_is_told_beside_a_form(office: Any, clerk: SignedIn, people: Any) -> None:
    office.tap(people())
    assert office.desk.view(clerk).other_card is None, "it has filled the form"
    office.tap(people(2))
    view = office.desk.view(clerk)
    assert view.other_card == view.question.name_masked
    office.desk.answer_question(clerk, view.question.id, "ignore")
    assert office.desk.view(clerk).other_card == view.question.name_masked, "it is nobody else's for being left out"
    office.lift()
    assert office.desk.view(clerk).other_card is None
    office.tap(people(2))
    office.desk.answer_question(clerk, office.desk.view(clerk).question.id, "own-draft")
    assert office.desk.view(clerk).other_card is None, "it has filled this one"
    office.desk.open_draft(clerk)
    assert office.desk.view(clerk).other_card == view.question.name_masked, "it has filled the one before"


@pytest.mark.parametrize("way", ["card", "refused", "another-opened", "another-resumed"])
def test_that_somebody_was_saved_is_told_until_the_next_card_or_form(
    office: Any, clerk: SignedIn, people: Any, rest: dict[str, str], way: str
) -> None:
    desk = office.desk
    resting = desk.open_draft(clerk).id
    desk.put_aside(resting, clerk)
    office.tap(people())
    saved = desk.save(office.register.type_fields(office.draft(clerk).id, rest, clerk).id, clerk)
    office.lift()
    assert desk.last_saved(clerk)[1].id == saved.id
    match way:
        case "card":
            office.tap(people(2))
        case "refused":
            desk.reader_event(CardEvent("refused", code="READER-REFUSED"))
        case "another-opened":
            desk.open_draft(clerk)
        case "another-resumed":
            desk.resume(resting, clerk)
    assert desk.last_saved(clerk) is None
