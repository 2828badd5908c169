"""The form of a cancellation as its page shows it: the record, what was typed, and what is wrong with that."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from agent.register import leaving
from agent.register.record_views import RecordView
from agent.register.views import FieldView, Problem


@dataclass(frozen=True, slots=True)
class CancellationView:
    """The form of a cancellation.

    Attributes:
        record: the registration as it is stored now.
        fields: what was typed, by the keys of `leaving.KEYS`.
        evidence: the codes that are ticked.
        visits: the attempts at the door, as typed.
        problems: what blocks entering it, in form order; a form that was just opened blames nobody for empty fields.
        is_changed: whether the record has changed since the typing began.
        kept_at: when the typed values were kept last; None where nothing is typed.
    """

    record: RecordView
    fields: dict[str, FieldView]
    evidence: tuple[str, ...]
    visits: tuple[str, ...]
    problems: tuple[Problem, ...]
    is_changed: bool
    kept_at: datetime | None

    def with_problems(self, problems: Iterable[Problem]) -> CancellationView:
        """The same form, with what was found to be wrong when it was sent."""
        told = tuple(problems)
        fields = {key: replace(view, problems=_of(told, key)) for key, view in self.fields.items()}
        return replace(self, fields=fields, problems=told)


def cancellation_view(record: RecordView, kept: Any, problems: Sequence[Problem]) -> CancellationView:
    """Put the form together.

    Args:
        record: as it is stored.
        kept: the row of what was typed, or None.
        problems: what is wrong with it.
    """
    typed: dict[str, str] = {} if kept is None else kept.typed
    told = tuple(problem for problem in problems if problem.code != "FIELD-MISSING")
    required = leaving.required(typed.get(leaving.KIND, "")) | {leaving.SECOND}
    return CancellationView(
        record=record,
        fields={key: _field(key, typed.get(key, ""), told, is_required=key in required) for key in leaving.KEYS},
        evidence=leaving.evidence_of(typed),
        visits=leaving.visits_of(typed),
        problems=told,
        is_changed=kept is not None and kept.version != record.version,
        kept_at=None if kept is None else kept.at,
    )


def _field(key: str, text: str, problems: tuple[Problem, ...], *, is_required: bool) -> FieldView:
    most = max(100, 2 * leaving.LONGEST.get(key, 0))
    said = _of(problems, key)
    return FieldView(key, text, text, "", False, None, problems=said, required=is_required, typed_most=most)


def _of(problems: tuple[Problem, ...], key: str) -> tuple[Problem, ...]:
    return tuple(problem for problem in problems if problem.field == key)
