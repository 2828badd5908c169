"""A form that was left open is shown again only with an audit row, once a turn and once an unlocking."""

from __future__ import annotations

from typing import Any

from agent.accounts.service import SignedIn
from peewee_models.audit import AuditEntry


def looks_at(draft_id: str, by: SignedIn) -> int:
    rows = AuditEntry.select().where(AuditEntry.action == "draft.viewed")
    return sum((str(row.subject_id), str(row.session_id)) == (draft_id, by.session_id) for row in rows)


def test_who_comes_back_to_an_open_form_is_noted_once(office: Any, clerk: SignedIn, people: Any) -> None:
    office.tap(people())
    draft = office.draft(clerk)
    assert looks_at(draft.id, clerk) == 0, "the card opened it before them"
    office.desk.release(clerk.session_id)
    again = office.sign_in("clerk")
    office.desk.take(again)
    assert (office.draft(again).id, office.draft(again).id) == (draft.id, draft.id)
    assert looks_at(draft.id, again) == 1
    assert office.desk.take(clerk) is False
    office.desk.hand_over(clerk)
    office.draft(clerk)
    assert (looks_at(draft.id, clerk), looks_at(draft.id, again)) == (1, 1), "the desk has changed hands meanwhile"


def test_an_unlocked_page_is_looked_at_anew(office: Any, clerk: SignedIn) -> None:
    draft = office.desk.open_draft(clerk)
    office.draft(clerk)
    assert looks_at(draft.id, clerk) == 0
    office.clock.forward(6 * 60)
    office.accounts.unlock(clerk, office.passwords["clerk"])
    assert (office.draft(clerk).id, office.draft(clerk).id) == (draft.id, draft.id)
    assert looks_at(draft.id, clerk) == 1
