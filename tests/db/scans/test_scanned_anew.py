"""A page scanned anew takes the old one's place and side, also in a full document, which another one follows."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import peewee
import pytest

from agent.documents.arrivals import MOST_PAGES
from agent.documents.service import ScanWish
from peewee_models import document_queries
from peewee_models.documents import Document
from simulators.papers_drawn import FRONT

if TYPE_CHECKING:
    from conftest import Deal, Room

FEEDER = ScanWish("adf-duplex", "grey", 200)


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


def test_a_scan_that_is_refused_leaves_a_full_document_as_it_is(room: Room) -> None:
    room.scanned(MOST_PAGES - 1)
    room.scan(kind="D05")
    assert room.code_of(lambda: room.scans.scan(room.ref, "D04", FEEDER, room.by)) == "SCAN-UNDER-WAY"
    room.scanner.end(0)
    room.until_ended()
    assert [row.state for row in Document.select()] == ["open"]
    room.clock.forward(1)
    room.scanned(1, ScanWish("flatbed", "grey", 200))
    assert [len(document.pages) for document in room.board().documents] == [MOST_PAGES]


def test_a_card_for_a_full_document_begins_another_and_in_a_full_one_it_stays_one_page(deal: Deal) -> None:
    room = deal.room
    room.scanned(MOST_PAGES - 1, ScanWish("adf", "grey", 200), "D01")
    deal.scan(FRONT)
    card = room.board().documents[0].pages[-1].id
    deal.scan_back(page=card)
    [document] = room.board().documents
    assert len(document.pages) == MOST_PAGES
    split = partial(room.cards.change, room.ref, card, document.version, "split", room.by)
    assert room.code_of(split) == "DOCUMENT-FULL"
    deal.scan(FRONT)
    assert [len(document.pages) for document in room.board().documents] == [MOST_PAGES, 1]


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
