"""The history of a record as a timeline: each change with its old and new value, compared character by character."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from agent.register.differences import Difference, compare
from agent.register.views import RecordView
from webui.fields import read_out


@dataclass(frozen=True, slots=True)
class ShownChange:
    """One change of one field, as people read it."""

    at: datetime
    by: str
    field: str
    difference: Difference
    reason: str


def timeline(record: RecordView) -> list[ShownChange]:
    """The changes of a record, newest first."""
    return [
        ShownChange(
            change.at,
            change.by,
            change.field,
            compare(read_out(change.field, change.old), read_out(change.field, change.new)),
            change.reason,
        )
        for change in record.history
    ]
