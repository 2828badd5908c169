"""A page scanned anew takes the old one's place and side, also in a full document, which another one follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import peewee
import pytest

from agent.documents.papers import MOST_PAGES
from peewee_models import document_queries

if TYPE_CHECKING:
    from conftest import Room


def test_the_last_page_that_a_document_can_have_is_scanned_anew_in_its_place_and_as_its_side(room: Room) -> None:
    room.scanned(MOST_PAGES)
    old = room.board().documents[0].pages[1]
    assert old.side == "back"
    room.clock.forward(1)
    room.scan(replaces=old.id)
    room.show(1)
    room.show(2)
    room.scanner.end(2)
    assert room.until_ended() == ("done", 1, "")
    [document] = room.board().documents
    assert len(document.pages) == MOST_PAGES
    assert [page.side for page in document.pages[:3]] == ["front", "back", "front"]
    assert document.pages[1].id != old.id
    assert [page.id for page in document.removed] == [old.id]


def test_a_document_that_is_full_ends_the_scan_with_a_word_and_the_next_scan_begins_another(room: Room) -> None:
    room.scanned(MOST_PAGES - 3)
    for room_left, pages, told in ((2, 2, MOST_PAGES), (MOST_PAGES, 1, None)):
        room.clock.forward(1)
        room.scan()
        assert room.scanner.asked[-1]["page_limit"] == room_left, "whole sheets"
        for number in range(1, pages + 1):
            room.show(number)
        room.scanner.end(pages)
        assert room.until_ended() == ("done", pages, "")
        assert room.board().job.facts.get("limit") == told
    assert [len(document.pages) for document in room.board().documents] == [MOST_PAGES - 1, 1]


def test_a_page_of_a_document_that_another_follows_is_scanned_anew_in_its_own(room: Room) -> None:
    room.scanned(MOST_PAGES)
    room.clock.forward(1)
    room.scan()
    room.show(1)
    room.scanner.end(1)
    assert room.until_ended() == ("done", 1, "")
    before = [[page.id for page in document.pages] for document in room.board().documents]
    assert [len(pages) for pages in before] == [MOST_PAGES, 1]
    room.clock.forward(1)
    room.scan(replaces=before[0][1])
    room.show(1)
    room.show(2)
    room.scanner.end(2)
    assert room.until_ended() == ("done", 1, "")
    after = [[page.id for page in document.pages] for document in room.board().documents]
    assert after[1] == before[1]
    assert after[0][1] not in before[0]
    assert after[0][:1] + after[0][2:] == before[0][:1] + before[0][2:]


def test_a_page_that_cannot_be_kept_leaves_the_old_one_in_its_place(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.scanned(2)
    old = room.board().documents[0].pages[0]
    room.scan(replaces=old.id)

    def refuse(*_: object, **__: object) -> None:
        raise peewee.IntegrityError

    monkeypatch.setattr(document_queries, "insert_page", refuse)
    room.show(1)
    room.until(lambda: room.scanner.cancels == 1)
    room.scanner.fail("SCANNER-CANCELLED")
    room.until_ended()
    [document] = room.board().documents
    assert document.pages[0].id == old.id
    assert document.removed == []
