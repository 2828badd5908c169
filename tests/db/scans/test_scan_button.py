"""The scanner's own button on the desk: it scans what F2 would, once the form's own page answers, or says why not."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest

from agent.devices.wire import Sign, raw
from agent.documents.papers import NewPage
from agent.documents.service import OwnerRef
from drivers.scanner_api import ColourMode, PaperEdge, ScannerOffers, Source, SourceOffer
from peewee_models.document_queries import Owner

if TYPE_CHECKING:
    from conftest import Room


@pytest.fixture
def turns(room: Room) -> list[int]:
    """The turns of the desk, which the room's clerk has just taken."""
    seen: list[int] = []
    room.office.desk.on_holder_changed = lambda _session, turn: seen.append(turn)
    assert room.office.desk.take(room.by)
    return seen


def press(room: Room, turn: int, *, is_seen: bool = True) -> None:
    """Press, and see it dealt with: the desk's thread takes one thing after the other.  The form's page answers."""
    before = len(room.office.events)
    room.desk.put(Sign("button", turn=turn))
    room.until(lambda: len(room.office.events) > before)
    if is_seen:
        for event in room.office.events[before:]:
            if event.name == "scan-button":
                room.button.take(event.facts["draft"], room.by)


def told(room: Room, who: Any = None) -> str | None:
    notice = room.scans.notices.of(who or room.by)
    return None if notice is None else notice.code


def test_a_press_scans_the_first_missing_paper_into_the_open_form(room: Room, turns: list[int]) -> None:
    press(room, turns[-1])
    room.until(lambda: room.scanner.asked)
    assert room.board().job.kind.code == "D01"
    room.show(1)
    room.scanner.end(1)
    assert room.until_ended() == ("done", 1, "")
    assert told(room) is None
    assert room.board().card is not None, "a card has a back too"
    press(room, turns[-1])
    room.until(lambda: len(room.scanner.asked) == 2)
    room.show(1)
    room.scanner.end(1)
    room.until_ended()
    assert (room.board().card, len(room.board().documents[0].pages)) == (None, 1)


def test_a_press_asks_for_nothing_that_the_persons_record_has(
    room: Room, turns: list[int], people: Any, rest: dict[str, str]
) -> None:
    room.office.tap(people())
    draft = room.office.draft(room.by)
    room.office.register.type_fields(draft.id, rest, room.by)
    page = NewPage(b"\xff\xd8\xff card", "image/jpeg")
    room.papers.store_page(Owner("draft", uuid.UUID(draft.id)), "D01", page, room.by)
    room.office.desk.save(draft.id, room.by)
    room.office.lift()
    room.office.tap(people())
    press(room, turns[-1])
    room.until(lambda: room.scanner.asked)
    assert room.board(OwnerRef("draft", room.office.draft(room.by).id)).job.kind.code == "D02"
    room.scanner.end(0)
    room.until(lambda: room.desk.under_way() is None)


def test_a_press_takes_a_card_from_the_feeder_where_there_is_no_glass(room: Room, turns: list[int]) -> None:
    both = SourceOffer(Source.DUPLEX_FEEDER, (ColourMode.COLOUR,), (300,), 216, 356, PaperEdge.CENTER)
    room.desk.put(Sign("offers", raw(ScannerOffers((both,), has_button=True))))
    press(room, turns[-1])
    room.until(lambda: room.scanner.asked)
    assert (room.scanner.asked[0]["source"], room.scanner.asked[0]["page_limit"]) == ("adf-duplex", 2)
    room.scanner.end(0)
    room.until_ended()


def test_a_press_without_an_open_form_is_answered_quietly_and_for_a_moment(room: Room, turns: list[int]) -> None:
    room.office.desk.put_aside(room.ref.id, room.by)
    press(room, turns[-1])
    assert (told(room), room.scanner.asked) == ("SCAN-BUTTON-NO-FORM", [])
    assert told(room, room.office.sign_in("supervisor")) is None
    room.clock.forward(30)
    assert told(room) is None


def test_a_press_while_a_scan_runs_says_so(room: Room, turns: list[int]) -> None:
    room.scan()
    press(room, turns[-1])
    assert (told(room), len(room.scanner.asked)) == ("SCAN-UNDER-WAY", 1)
    room.scanner.end(0)
    room.until_ended()


def test_a_press_in_a_turn_that_is_over_or_at_a_locked_desk_does_nothing(room: Room, turns: list[int]) -> None:
    for turn, seconds in ((turns[-1] - 1, 0), (turns[-1], 301)):
        room.clock.forward(seconds)
        before = len(room.scanner.asked)
        room.desk.put(Sign("button", turn=turn))
        room.scan(kind="D05")
        assert len(room.scanner.asked) == before + 1, "the thread takes one thing after the other"
        assert (room.board().job.kind.code, told(room)) == ("D05", None)
        room.scanner.end(0)
        room.until_ended()


def test_nothing_is_scanned_as_long_as_no_page_shows_the_form(room: Room, turns: list[int]) -> None:
    press(room, turns[-1], is_seen=False)
    [event] = [event for event in room.office.events if event.name == "scan-button"]
    assert (event.session, event.facts) == (room.by.session_id, {"draft": room.ref.id})
    assert (told(room), room.scanner.asked) == ("SCAN-BUTTON-PRESSED", [])
    room.button.take(room.draft().id, room.by)
    room.button.take(room.ref.id, room.office.sign_in("clerk"))
    room.button.take(room.ref.id, room.by)
    assert (room.desk.under_way(), told(room)) == (None, "SCAN-BUTTON-PRESSED"), "another form lies on the desk now"
    room.office.desk.resume(room.ref.id, room.by)
    press(room, turns[-1], is_seen=False)
    room.clock.forward(21)
    room.button.take(room.ref.id, room.by)
    assert (room.desk.under_way(), told(room)) == (None, None), "it was long ago"
    press(room, turns[-1])
    room.until(lambda: room.scanner.asked)
    room.button.take(room.ref.id, room.by)
    assert (len(room.scanner.asked), told(room)) == (1, None), "a press is answered once"
    room.scanner.end(0)
    room.until_ended()
