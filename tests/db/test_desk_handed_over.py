"""A card whose reading began when another person held the desk is nobody's: it is laid anew."""

from __future__ import annotations

import dataclasses
from typing import Any

import msgspec
import pytest

from agent.accounts.service import SignedIn
from agent.register.desk import CardEvent
from peewee_models.drafts import Draft


@pytest.fixture
def colleague(office: Any) -> SignedIn:
    """Another clerk, in a session of their own."""
    other = office.sign_in("clerk")
    return dataclasses.replace(other, user_id=office.sign_in("supervisor").user_id)


@pytest.fixture
def turns(office: Any, clerk: SignedIn) -> list[int]:
    """The desk's turns from the first clerk's on, as the reader is told of them."""
    told: list[int] = []
    office.desk.on_holder_changed = lambda _session, turn: told.append(turn)
    office.desk.release(clerk.session_id)
    assert office.desk.take(clerk)
    return told


def hand_over(office: Any, clerk: SignedIn, to: SignedIn, way: str) -> None:
    if way == "handed-over":
        office.desk.hand_over(to)
    else:
        office.desk.release(clerk.session_id)
        assert office.desk.take(to)


WAYS = pytest.mark.parametrize("way", ["handed-over", "released"])


@WAYS
@pytest.mark.parametrize("told_before", [True, False])
@pytest.mark.parametrize("end", ["verified", "single", "changed"])
def test_a_reading_that_ends_after_the_desk_was_handed_over_goes_to_nobody(
    office: Any,
    clerk: SignedIn,
    colleague: SignedIn,
    turns: list[int],
    people: Any,
    everything_stored: Any,
    way: str,
    end: Any,
    told_before: bool,
) -> None:
    turn = turns[-1]
    if told_before:
        office.desk.reader_event(CardEvent("reading", turn=turn))
        assert office.desk.view(clerk).card_state == "reading"
    hand_over(office, clerk, colleague, way)
    if not told_before:
        office.desk.reader_event(CardEvent("reading", turn=turn))
    assert office.desk.view(colleague).card_state == "unread"
    office.clock.forward(3600)
    office.desk.reader_event(CardEvent("read", people(), turn=turn))
    office.desk.reader_event(CardEvent(end, msgspec.structs.replace(people(), readings=2), turn=turn))
    view = office.desk.view(colleague)
    assert view.card_state == "unread"
    assert (view.draft, view.question, view.notice, view.refusal) == (None, None, None, None)
    assert Draft.select().count() == 0
    assert people().name not in everything_stored()


@WAYS
def test_a_second_reading_of_it_goes_to_nobody_either(
    office: Any, clerk: SignedIn, colleague: SignedIn, turns: list[int], people: Any, way: str
) -> None:
    turn = turns[-1]
    office.desk.reader_event(CardEvent("read", people(), turn=turn))
    hand_over(office, clerk, colleague, way)
    office.desk.reader_event(CardEvent("read", people(), turn=turn))
    office.desk.reader_event(CardEvent("refused", code="READER-REFUSED", turn=turn))
    view = office.desk.view(colleague)
    assert (view.card_state, view.draft, view.refusal) == ("unread", None, None)


def test_read_again_after_it_was_refused_to_another_it_is_still_nobodys(
    office: Any, colleague: SignedIn, turns: list[int], people: Any
) -> None:
    turn = turns[-1]
    office.desk.reader_event(CardEvent("refused", code="READER-REFUSED", turn=turn))
    office.desk.hand_over(colleague)
    office.lift()
    office.desk.reader_event(CardEvent("read", people(), turn=turn))
    assert (office.desk.view(colleague).card_state, office.desk.view(colleague).draft) == ("unread", None)


def test_a_card_whose_reading_begins_after_the_change_is_read_at_once(
    office: Any, colleague: SignedIn, turns: list[int], people: Any
) -> None:
    office.desk.reader_event(CardEvent("reading", turn=turns[-1]))
    office.desk.hand_over(colleague)
    office.desk.reader_event(CardEvent("removed"))
    office.desk.reader_event(CardEvent("reading", turn=turns[-1]))
    assert office.desk.view(colleague).card_state == "reading"
    office.desk.reader_event(CardEvent("read", people(), turn=turns[-1]))
    assert office.draft(colleague).fields["name"].value == people().name


def test_a_card_found_while_nobody_held_the_desk_is_read_at_once(
    office: Any, colleague: SignedIn, clerk: SignedIn, turns: list[int], people: Any
) -> None:
    office.desk.release(clerk.session_id)
    office.desk.reader_event(CardEvent("placed"))
    assert office.desk.take(colleague)
    assert office.desk.view(colleague).card_state == "placed"
    office.desk.reader_event(CardEvent("read", people(), turn=turns[-1]))
    assert office.draft(colleague).fields["name"].value == people().name


def test_a_card_that_a_command_was_reading_is_not_the_desks(
    office: Any, colleague: SignedIn, clerk: SignedIn, turns: list[int], people: Any
) -> None:
    office.desk.release(clerk.session_id)
    assert office.desk.take(colleague)
    office.desk.reader_event(CardEvent("read", people(), turn=turns[-2]))
    assert (office.desk.view(colleague).card_state, office.desk.view(colleague).draft) == ("unread", None)


@WAYS
def test_another_session_of_the_same_clerk_goes_on_with_the_reading(
    office: Any, clerk: SignedIn, turns: list[int], people: Any, way: str
) -> None:
    again = office.sign_in("clerk")
    assert again.user_id == clerk.user_id
    turn = turns[-1]
    office.desk.reader_event(CardEvent("reading", turn=turn))
    hand_over(office, clerk, again, way)
    assert office.desk.view(again).card_state == "reading"
    office.desk.reader_event(CardEvent("read", people(), turn=turn))
    assert office.draft(again).fields["name"].value == people().name
