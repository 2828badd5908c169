"""The history of a record as a timeline: each change with its old and new value, compared character by character."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from agent.register.differences import Difference, compare
from agent.register.household_views import HouseholdMove
from agent.register.record_views import CancellationLine, MergeLine, RecordView
from agent.register.revision import CARD
from webui.fields import read_out


@dataclass(frozen=True, slots=True)
class ShownChange:
    """One change of one field, as people read it.

    Attributes:
        source, verified: where the new value came from.
        vouched: where nothing changed, the fields that a card vouched for.
        members: where the household changed, who else belongs to the old and the new one.
        is_restored: of a change of state, whether the registration is active again; of a merge, whether it was undone.
        cancellation: of a change of state, what was entered or undone.
        merge: of what a merge has changed besides values, that merge.
    """

    at: datetime
    by: str
    field: str
    difference: Difference
    reason: str
    source: str
    verified: bool
    vouched: tuple[str, ...]
    members: HouseholdMove | None
    is_restored: bool
    cancellation: CancellationLine | None
    merge: MergeLine | None


def timeline(record: RecordView) -> list[ShownChange]:
    """The changes of a record, newest first."""
    return [
        ShownChange(
            change.at,
            change.by,
            change.field,
            compare(*(read_out(change.field, value, change.at) for value in (change.old, change.new))),
            change.reason,
            change.source,
            change.verified,
            tuple(change.new.split()) if change.field == CARD else (),
            change.members,
            change.is_restored,
            change.cancellation,
            change.merge,
        )
        for change in record.history
    ]
