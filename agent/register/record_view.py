"""Show a saved registration: its row, its history and its cancellations put together into what the page renders."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from agent.register import fields, revision, undoing
from agent.register.draft_view import field_view, registered
from agent.register.evaluate import Judgement
from agent.register.form import Form
from agent.register.household_views import HouseholdMove
from agent.register.record_views import AcceptedLine, CancellationLine, ChangeLine, FullViewLine, MergeLine, RecordView
from peewee_models import cancellations, merges, register_queries
from peewee_models.register import ACTIVE, MERGED


def record_view(row: Any, judgement: Judgement, form: Form, required: frozenset[str]) -> RecordView:
    """Show a registration with its history, inside an open transaction."""
    cancelled = cancellations.of_record(row.id)
    lines = {one.id: cancellation_line(one) for one in cancelled}
    of_version = {one.version: lines[one.id] for one in cancelled}
    of_version |= {one.undone_version: lines[one.id] for one in cancelled if one.undone_version is not None}
    standing = next((one for one in cancelled if one.undone_at is None), None)
    merged = {one.id: merge_line(one) for one in merges.of_record(row.id)}
    mover = merges.that_moved(row.id)
    return RecordView(
        id=str(row.id),
        version=row.version,
        fields={key: field_view(key, form.get(key), judgement, is_required=key in required) for key in fields.KEYS},
        history=tuple(_change_line(row, change, of_version, merged) for change in _told(row.id)),
        accepted=tuple(
            AcceptedLine(line.field, line.code, line.at, (line.second_user or line.user).name, line.reason)
            for line in register_queries.accepted_of(row.id)
        ),
        full_views=tuple(
            FullViewLine(view.at, view.user.name, view.reason, view.words)
            for view in register_queries.full_views_of(row.id)
        ),
        collected_by=row.collected_by.name,
        collected_at=row.collected_at,
        registered_at=row.registered_at,
        verified_at=row.verified_at,
        form_no=row.form_no,
        form=row.form,
        household="" if row.household_id is None else str(row.household_id),
        notice_version=row.notice_version,
        id_no_raw=register_queries.values_of(row)["id_no_raw"],
        is_cancelled=row.state != ACTIVE,
        cancellation=None if standing is None else lines[standing.id],
        can_restore=standing is not None and register_queries.last_of(row.person_id).id == row.id,
        is_merged=row.state == MERGED,
        merge=None if mover is None else merged[mover.id],
    )


def _told(record_id: uuid.UUID) -> list[Any]:
    """The lines of the history that are shown; where the state says it, another person is not spoken of again."""
    lines = register_queries.history_of(record_id)
    stated = {line.version for line in lines if line.key == revision.STATE}
    return [line for line in lines if line.key != revision.PERSON or line.version not in stated]


def merge_line(row: Any) -> MergeLine:
    """Show a merge, inside an open transaction."""
    parts = merges.parts_of(row.id)
    return MergeLine(
        record=str(row.record_id),
        moved=tuple(str(part.registration_id) for part in reversed(parts)),
        evidence=tuple(row.evidence),
        reason=row.reason,
        entered_by=row.entered_by.name,
        entered_at=row.entered_at,
        approved_by=row.approved_by.name,
        undone_at=row.undone_at,
        undone_approved_by="" if row.undone_approved_by is None else row.undone_approved_by.name,
        can_undo=row.undone_at is None and undoing.can_undo(row),
    )


def cancellation_line(row: Any) -> CancellationLine:
    """Show a cancellation."""
    return CancellationLine(
        kind=row.kind,
        leave_date=row.leave_date,
        leave_to=row.leave_to,
        evidence=tuple(row.evidence),
        visits=tuple(map(datetime.fromisoformat, row.visits)),
        remark=row.remark,
        targets=tuple(row.targets),
        entered_by=row.entered_by.name,
        entered_at=row.entered_at,
        approved_by=row.approved_by.name,
        approved_at=row.approved_at,
        undone_at=row.undone_at,
        undone_by="" if row.undone_by is None else row.undone_by.name,
        undone_approved_by="" if row.undone_approved_by is None else row.undone_approved_by.name,
        undo_reason=row.undo_reason,
    )


def _change_line(
    row: Any, change: Any, of_version: dict[int, CancellationLine], merged: dict[uuid.UUID, MergeLine]
) -> ChangeLine:
    is_of_merge = change.key in {revision.PERSON, revision.MERGE} or MERGED in {change.old, change.new}
    by_time = (one for one in merged.values() if change.at in {one.entered_at, one.undone_at})
    return ChangeLine(
        at=change.at,
        by=change.user.name,
        field=change.key,
        old=change.old,
        new=change.new,
        reason=change.reason,
        source=change.source,
        verified=bool(change.is_verified),
        members=_households(change, row.id) if change.key == revision.HOUSEHOLD else None,
        cancellation=of_version.get(change.version) if change.key == revision.STATE else None,
        merge=next(by_time, None) if is_of_merge else None,
        is_restored=_is_back(change, row),
    )


def _is_back(change: Any, row: Any) -> bool:
    """Whether a line of the history says that something was undone."""
    if change.key == revision.PERSON:
        return any(change.old == str(one.survivor_id) for one in merges.of_record(row.id))
    return (change.key, change.new) in {(revision.STATE, ACTIVE), (revision.MERGE, "")}


def _households(change: Any, record_id: Any) -> HouseholdMove:
    """Who else belongs to the households that a change names."""
    old, new = (uuid.UUID(text) if text else None for text in (change.old, change.new))
    return HouseholdMove(registered(old, {record_id}), registered(new, {record_id}))
