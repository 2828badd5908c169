"""Show a saved registration: its row, its history and its cancellations put together into what the page renders."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from agent.register import fields, revision
from agent.register.draft_view import field_view, registered
from agent.register.evaluate import Judgement
from agent.register.form import Form
from agent.register.household_views import HouseholdMove
from agent.register.record_views import AcceptedLine, CancellationLine, ChangeLine, FullViewLine, RecordView
from peewee_models import cancellations, register_queries
from peewee_models.register import ACTIVE


def record_view(row: Any, judgement: Judgement, form: Form, required: frozenset[str]) -> RecordView:
    """Show a registration with its history, inside an open transaction."""
    cancelled = cancellations.of_record(row.id)
    lines = {one.id: cancellation_line(one) for one in cancelled}
    of_version = {one.version: lines[one.id] for one in cancelled}
    of_version |= {one.undone_version: lines[one.id] for one in cancelled if one.undone_version is not None}
    standing = next((one for one in cancelled if one.undone_at is None), None)
    return RecordView(
        id=str(row.id),
        version=row.version,
        fields={key: field_view(key, form.get(key), judgement, is_required=key in required) for key in fields.KEYS},
        history=tuple(_change_line(row, change, of_version) for change in register_queries.history_of(row.id)),
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


def _change_line(row: Any, change: Any, of_version: dict[int, CancellationLine]) -> ChangeLine:
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
        is_restored=change.key == revision.STATE and change.new == ACTIVE,
    )


def _households(change: Any, record_id: Any) -> HouseholdMove:
    """Who else belongs to the households that a change names."""
    old, new = (uuid.UUID(text) if text else None for text in (change.old, change.new))
    return HouseholdMove(registered(old, {record_id}), registered(new, {record_id}))
