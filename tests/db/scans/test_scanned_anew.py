"""A page that is scanned anew takes the old one's place and side, also in a full document; or nothing changes."""

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
