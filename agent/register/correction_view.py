"""A correction as its page shows it: the form as typed, the stored values beside it, what others did meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from agent.register import draft_view, fields, revision
from agent.register.evaluate import Judgement
from agent.register.form import Form
from agent.register.record_views import ChangeLine, RecordView
from agent.register.views import FieldView, Offer, Problem
from peewee_models import register_queries


@dataclass(frozen=True, slots=True)
class CorrectionView:
    """The form of a registration's correction.

    Attributes:
        record: the registration as it is stored now.
        fields: the form as it was typed; where that differs from the stored value, the latter is offered (`register`).
        reason: as it was typed.
        problems: what blocks saving, those of no single field first, then in form order.
        meanwhile: by field, what others have changed since the typing began: from the value that the clerk saw to the
            stored one.
        kept_at: when the typed values were kept last; None where nothing is typed.
    """

    record: RecordView
    fields: dict[str, FieldView]
    reason: str
    problems: tuple[Problem, ...]
    meanwhile: dict[str, ChangeLine]
    kept_at: datetime | None


def correction_view(
    record: RecordView, kept: Any, form: Form, judgement: Judgement, wanted: Mapping[str, bool]
) -> CorrectionView:
    """Put a correction together, inside an open transaction.

    Args:
        record: as it is stored.
        kept: the row of what was typed, or None.
        form: the stored values with the typed ones over them.
        judgement: what is wrong, or worth a look, with the typed values alone.
        wanted: the fields that the page has, and whether each must not be empty.
    """
    typed = {} if kept is None else kept.typed
    held = {key: view.value for key, view in record.fields.items()}
    shown = {}
    for key in fields.CORRECTED_KEYS:
        if key not in wanted:
            continue
        if key == fields.CONSENT and not wanted[key] and not (typed.get(key) or held[key]):
            continue
        view = draft_view.field_view(key, form.get(key), judgement, is_required=wanted[key])
        if key in typed and key in held and typed[key] != held[key]:
            view = replace(view, offers=(Offer("register", held[key], fields.shown(key, held[key])),))
        shown[key] = view
    place = {key: place for place, key in enumerate((None, *fields.DRAFT_KEYS))}
    return CorrectionView(
        record=record,
        fields=shown,
        reason="" if kept is None else kept.reason,
        problems=tuple(sorted(judgement.problems, key=lambda problem: place[problem.field])),
        meanwhile={} if kept is None else since(register_queries.history_of(kept.registration_id), kept.version),
        kept_at=None if kept is None else kept.at,
    )


def since(history: Iterable[Any], version: int) -> dict[str, ChangeLine]:
    """The changes of fields after a version, newest first as they come, as one for each field."""
    changes: dict[str, ChangeLine] = {}
    for row in history:
        if row.version > version and row.key not in revision.NO_FIELDS:
            last = changes.setdefault(row.key, ChangeLine(row.at, row.user.name, row.key, "", row.new, row.reason))
            changes[row.key] = replace(last, old=row.old)
    return changes
