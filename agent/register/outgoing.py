"""What others are told of a record: everything it holds, in one place, so that each version is whole.

Who came from elsewhere goes to the district's database, separated persons to the police's system.

People are named by their keys: the forms ask who collected, and the station knows whose key it is.
"""

from __future__ import annotations

from typing import Any, Final

from agent.register import leaving, revision, separation
from peewee_models import cancellations, merges, outbox, register_queries

SAVED: Final = "registration.saved"
EDITED: Final = "registration.edited"
VERIFIED: Final = "registration.verified"
CANCELLED: Final = "registration.cancelled"
RESTORED: Final = "registration.restored"
MERGED: Final = "registration.merged"
UNMERGED: Final = "registration.unmerged"


def kind_of(made: revision.Revision) -> str:
    """What a revision is called on its way: values that changed, or values as they were that are now vouched for.

    What was confirmed and has its plate's number by itself since is the latter, with that line of history.
    """
    return EDITED if made.is_change else VERIFIED


def send(kind: str, record: Any, at: Any) -> None:
    """Let those who are to know be told of this version of a record, inside the open transaction."""
    outbox.append(at, kind, record.id, record.version, body(record))


def body(record: Any) -> dict[str, Any]:
    """Everything the register holds of a record: its values, and what stands around them."""
    return register_queries.values_of(record) | {
        "form_no": record.form_no,
        "target": leaving.DISTRICT if record.form == separation.RG else leaving.POLICE,
        "person": str(record.person_id),
        "state": record.state,
        "household": None if record.household_id is None else str(record.household_id),
        "collected_by": str(record.collected_by_id),
        "collected_at": record.collected_at.isoformat(),
        "registered_at": record.registered_at.isoformat(),
        "verified_at": record.verified_at.isoformat(),
        "origins": {
            key: {"source": origin.source, "is_verified": bool(origin.is_verified), "at": origin.at.isoformat()}
            for key, origin in register_queries.stored_origins_of(record.id).items()
        },
        "accepted": [
            {
                "field": line.field,
                "code": line.code,
                "reason": line.reason,
                "user": str(line.user_id),
                "second_user": None if line.second_user_id is None else str(line.second_user_id),
                "at": line.at.isoformat(),
            }
            for line in register_queries.accepted_of(record.id)
        ],
        "changes": [
            {
                "key": line.key,
                "old": line.old,
                "new": line.new,
                "source": line.source,
                "is_verified": bool(line.is_verified),
                "reason": line.reason,
                "user": str(line.user_id),
                "at": line.at.isoformat(),
            }
            for line in register_queries.changes_of(record.id, record.version)
        ],
        "cancellations": [_cancellation(row) for row in cancellations.of_record(record.id)],
        "merges": [_merge(row) for row in merges.of_record(record.id)],
    }


def _merge(row: Any) -> dict[str, Any]:
    """One merge, the newest first: whose registrations are whose since, until it was undone."""
    return {
        "survivor": str(row.survivor_id),
        "other": str(row.other_id),
        "record": str(row.record_id),
        "evidence": row.evidence,
        "reason": row.reason,
        "entered_by": str(row.entered_by_id),
        "entered_at": row.entered_at.isoformat(),
        "approved_by": str(row.approved_by_id),
        "undone_by": None if row.undone_at is None else str(row.undone_by_id),
        "undone_approved_by": None if row.undone_at is None else str(row.undone_approved_by_id),
        "undone_at": None if row.undone_at is None else row.undone_at.isoformat(),
        "undo_reason": row.undo_reason,
    }


def _cancellation(row: Any) -> dict[str, Any]:
    """One cancellation, the newest first; of the person it says nothing that the values above do not."""
    is_undone = row.undone_at is not None
    return {
        "version": row.version,
        "kind": row.kind,
        "leave_date": row.leave_date,
        "leave_to": row.leave_to,
        "evidence": row.evidence,
        "visits": row.visits,
        "remark": row.remark,
        "targets": row.targets,
        "entered_by": str(row.entered_by_id),
        "entered_at": row.entered_at.isoformat(),
        "approved_by": str(row.approved_by_id),
        "approved_at": row.approved_at.isoformat(),
        "undone_version": row.undone_version,
        "undone_by": str(row.undone_by_id) if is_undone else None,
        "undone_approved_by": str(row.undone_approved_by_id) if is_undone else None,
        "undone_at": row.undone_at.isoformat() if is_undone else None,
        "undo_reason": row.undo_reason,
    }
