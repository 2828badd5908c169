"""Whoever looks at scanned pages leaves an audit row: one for each document and session, not one for each picture."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from agent.documents import looks
from agent.documents.looks import Looks
from peewee_models.audit import AuditEntry

if TYPE_CHECKING:
    from conftest import Room

    from agent.accounts.service import SignedIn


def noted(room: Room) -> list[tuple[str, str]]:
    rows = AuditEntry.select().where(AuditEntry.action == "document.viewed").order_by(AuditEntry.seq)
    return [(str(row.subject_id), str(row.user_id)) for row in rows]


def test_each_session_that_looks_is_noted_once(room: Room) -> None:
    room.scanned(2)
    [document] = room.board().documents

    def look(by: SignedIn) -> None:
        for page in document.pages:
            room.service.page(room.ref, page.id, by)
            room.service.original(room.ref, page.id, by)

    assert noted(room) == []
    look(room.by)
    look(room.by)
    assert noted(room) == [(document.id, room.by.user_id)]
    look(room.office.sign_in("clerk"))
    assert noted(room) == [(document.id, room.by.user_id)] * 2


def test_the_memory_of_looks_is_bounded() -> None:
    seen, first = Looks(), uuid.uuid4()
    seen.saw("s", first)
    for _ in range(looks.MOST):
        seen.saw("s", uuid.uuid4())
    assert not seen.has_seen("s", first)
