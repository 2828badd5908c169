"""A draft's form read, changed and shown in one transaction, and the forms of its household that follow it."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable
from typing import Any

from agent.accounts import audit
from agent.accounts.storage import writing
from agent.events.service import Event
from agent.register import (
    alike,
    approvals,
    defaults,
    door_of_form,
    draft_view,
    evaluate,
    link,
    membership,
    relations,
)
from agent.register.derive import derive
from agent.register.doors import ADDR_ID
from agent.register.errors import key_of, unknown_draft
from agent.register.form import Entry, Form, doubts_as_json, entry_from_row, offers_as_json, source, value
from agent.register.views import DraftView, RecordLine
from agent.register.workplace import Person, Workplace
from peewee_models import draft_queries, register_queries
from peewee_models.register import ACTIVE


def own_draft(draft_id: str, by: Person) -> Any:
    """The row of a draft of this user.  Raises: CodedError DRAFT-UNKNOWN."""
    key, user = key_of(draft_id), key_of(by.user_id)
    row = None if key is None or user is None else draft_queries.of_user(key, user)
    if row is None:
        raise unknown_draft()
    return row


def load(row: Any) -> dict[str, Entry]:
    """Read a draft's form."""
    return {key: entry_from_row(field) for key, field in draft_queries.fields_of(row.id).items()}


def keep(place: Workplace, row: Any, before: Form, after: Form) -> dict[str, Entry]:
    """Derive what follows, write the fields that changed and the next version; give the form as it now is."""
    now = place.clock.now()
    form = derive(after, now, place.setting(row))
    for key, entry in form.items():
        if before.get(key) != entry:
            columns = {
                "value": entry.value,
                "source": entry.source,
                "is_verified": entry.is_verified,
                "at": entry.at,
                "offers": offers_as_json(entry),
                "doubts": doubts_as_json(entry),
            }
            draft_queries.put_field(row.id, key, columns)
    row.version += 1
    row.saved_at = now
    row.save()
    return form


def view(place: Workplace, row: Any, form: Form | None = None) -> DraftView:
    """Show a draft, inside an open transaction."""
    shown = load(row) if form is None else form
    record = membership.record_of(row)
    setting = place.setting_beside(row, record)
    judgement = evaluate.judge(shown, setting)
    approvals.let_pass(judgement, approvals.standing(row, shown))
    bare = draft_view.draft_view(row, shown, judgement, evaluate.shown_keys(shown, setting))
    return dataclasses.replace(
        bare,
        household=membership.others(row, record),
        existing_record=None if record is None else draft_view.record_line(record, place.zone),
        move=membership.move(row, record),
        alike=() if record is not None else alike.on_the_form(shown, row.person_id, place.zone),
        former=_former(place, row),
        residence=judgement.residence,
        door=door_of_form.view(place.doors.now, value(shown, ADDR_ID)),
    )


def _former(place: Workplace, row: Any) -> RecordLine | None:
    """The last registration of who comes back; nobody does where another record of theirs has been made since."""
    last = None if row.person_id is None else register_queries.last_of(row.person_id)
    return None if last is None or last.state == ACTIVE else draft_view.record_line(last, place.zone)


def change(
    place: Workplace,
    draft_id: str,
    by: Person,
    edit: Callable[[Any, Form], Form],
    *,
    is_only_verified: bool = False,
) -> DraftView:
    """Change a draft's form in one transaction and show it.  Raises: CodedError DRAFT-UNKNOWN."""
    with writing(place.store):
        row = own_draft(draft_id, by)
        before, household = load(row), row.household_id
        after, seen = link.linked(
            row, edit(row, before), defaults.of_station(place.area, place.clock.now()), place.clock.now()
        )
        if seen is not None:
            place.note(by, audit.Act.RECORD_VIEWED, ("record", seen))
        form = keep(place, row, before, after)
        _note_guardian(place, row, by, before, form)
        tell_followers = _follow_change(place, row, household, before, form)
        shown = view(place, row, form)
    place.tell_draft(by, row, is_only_verified=is_only_verified)
    tell_followers()
    return shown


def _follow_change(
    place: Workplace, row: Any, household: uuid.UUID | None, before: Form, form: Form
) -> Callable[[], None]:
    """Let the other forms follow a draft, where something changed that they follow; `household` is that of before."""
    is_followed = any(before.get(key) != form.get(key) for key in relations.FOLLOWED)
    if household == row.household_id and not is_followed:
        return lambda: None
    return follow(place, household, row.household_id, but=row.id)


def follow(place: Workplace, *households: uuid.UUID | None, but: uuid.UUID | None = None) -> Callable[[], None]:
    """Let all forms under work of some households follow what their other persons say by now, inside the transaction.

    Args:
        place: where.
        households: of which the forms are.
        but: a form that follows already.

    Returns: what is left to do after it: to tell the pages.
    """
    events = []
    for row in draft_queries.drafts_in({one for one in households if one is not None}):
        if row.id == but:
            continue
        form = load(row)
        fresh = derive(form, place.clock.now(), place.setting(row))
        if any(fresh.get(key) != form.get(key) for key in relations.FOLLOWING):
            keep(place, row, form, form)
            events.append(Event("draft", None, {"draft": str(row.id), "version": int(row.version)}))

    def tell() -> None:
        for event in events:
            place.publish(event)

    return tell


def _note_guardian(place: Workplace, row: Any, by: Person, before: Form, form: Form) -> None:
    """Note that a head's record was looked at where it has just given a child's form its guardian."""
    was, now = (source(one, "guardian_name") for one in (before, form))
    members = place.setting(row).household if now == "household" != was else ()
    head = relations.head_of(relations.living_with(form, members)) or relations.head_of(members)
    if head is not None and head.record_id:
        place.note(by, audit.Act.RECORD_VIEWED, ("record", uuid.UUID(head.record_id)))
