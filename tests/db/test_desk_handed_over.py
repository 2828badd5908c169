"""A reading that was under way when another person took the desk is nobody's: the card is laid anew."""

from __future__ import annotations

import dataclasses
from typing import Any

import msgspec
import pytest

from agent.accounts.service import SignedIn
from agent.register.desk import FIRST_READING_LIMIT_S, CardEvent
from peewee_models.drafts import Draft


@pytest.fixture
def colleague(office: Any) -> SignedIn:
    """Another clerk, in a session of their own."""
    other = office.sign_in("clerk")
    return dataclasses.replace(other, user_id=office.sign_in("supervisor").user_id)


def hand_over(office: Any, clerk: SignedIn, to: SignedIn, way: str) -> None:
    if way == "handed-over":
        office.desk.hand_over(to)
    else:
        office.desk.release(clerk.session_id)
        assert office.desk.take(to)


WAYS = pytest.mark.parametrize("way", ["handed-over", "released"])


@WAYS
@pytest.mark.parametrize("end", ["verified", "single", "changed"])
def test_a_reading_that_ends_after_the_desk_was_handed_over_goes_to_nobody(
    office: Any, clerk: SignedIn, colleague: SignedIn, people: Any, everything_stored: Any, way: str, end: Any
) -> None:
    hand_over(office, clerk, colleague, way)
    office.clock.forward(FIRST_READING_LIMIT_S - 0.1)
    office.desk.reader_event(CardEvent("read", people()))
    assert office.desk.view(colleague).card_state == "unread"
    office.desk.reader_event(CardEvent(end, msgspec.structs.replace(people(), readings=2)))
    view = office.desk.view(colleague)
    assert (view.draft, view.question, view.notice, view.refusal) == (None, None, None, None)
    assert Draft.select().count() == 0
    assert people().name not in everything_stored()


@WAYS
def test_a_second_reading_of_it_goes_to_nobody_either(
    office: Any, clerk: SignedIn, colleague: SignedIn, people: Any, way: str
) -> None:
    office.desk.reader_event(CardEvent("read", people()))
    hand_over(office, clerk, colleague, way)
    office.desk.reader_event(CardEvent("read", people()))
    office.desk.reader_event(CardEvent("refused", code="READER-REFUSED"))
    view = office.desk.view(colleague)
    assert (view.card_state, view.draft, view.refusal) == ("unread", None, None)


def test_laid_anew_it_is_read_for_the_one_who_holds_the_desk(
    office: Any, colleague: SignedIn, clerk: SignedIn, people: Any
) -> None:
    assert office.desk.view(clerk).is_mine
    office.desk.hand_over(colleague)
    office.desk.reader_event(CardEvent("read", people()))
    office.lift()
    assert office.desk.view(colleague).card_state == "none"
    office.desk.reader_event(CardEvent("read", people()))
    assert office.draft(colleague).fields["name"].value == people().name


def test_a_card_laid_later_is_read_at_once(office: Any, colleague: SignedIn, clerk: SignedIn, people: Any) -> None:
    assert office.desk.view(clerk).is_mine
    office.desk.hand_over(colleague)
    office.clock.forward(FIRST_READING_LIMIT_S)
    office.desk.reader_event(CardEvent("read", people()))
    assert office.draft(colleague).fields["name"].value == people().name


def test_a_card_found_while_nobody_held_the_desk_is_read_at_once(
    office: Any, colleague: SignedIn, clerk: SignedIn, people: Any
) -> None:
    office.desk.release(clerk.session_id)
    office.desk.reader_event(CardEvent("placed"))
    assert office.desk.take(colleague)
    office.desk.reader_event(CardEvent("read", people()))
    assert office.draft(colleague).fields["name"].value == people().name


def test_another_session_of_the_same_clerk_goes_on_at_once(office: Any, clerk: SignedIn, people: Any) -> None:
    again = office.sign_in("clerk")
    assert again.user_id == clerk.user_id
    office.desk.hand_over(again)
    office.desk.reader_event(CardEvent("read", people()))
    assert office.draft(again).fields["name"].value == people().name
