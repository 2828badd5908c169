"""What is wished of an export: looked over, turned into the registrations that are meant, and bound by a hash; pure.

Source: security requirements S-20 (a word is bound to the very act and the very records) and S-21.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import uuid
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any, Final

from agent.errors import Actor, CodedError, Retry
from agent.exchange import columns, views
from agent.exchange.views import ExportWish
from agent.register import days, fields
from agent.register.form import as_date
from agent.register.rules import Parameters
from peewee_models.exchange_queries import Chosen

LONGEST_RECEIVER: Final = 200
LONGEST_PURPOSE: Final = 500
RAISED_AFTER_DAYS: Final = 7
"""So long the smaller of two values holds on, where the number that needs nobody else's word is raised."""


def checked(wish: ExportWish) -> ExportWish:
    """A wish as it is written down.  Raises: CodedError for what is missing."""
    known = [key for key in columns.given() if key in wish.columns]
    asked = dataclasses.replace(
        wish,
        forms=tuple(form for form in views.FORMS if form in wish.forms),
        states=tuple(state for state in views.STATES if state in wish.states),
        committee=fields.reason(wish.committee)[: fields.RULES["committee"].most],
        since=days.day(wish.since.strip()),
        until=days.day(wish.until.strip()),
        columns=tuple(known),
        receiver=fields.reason(wish.receiver)[:LONGEST_RECEIVER],
        purpose=fields.reason(wish.purpose)[:LONGEST_PURPOSE],
        full_reason=fields.reason(wish.full_reason)[:LONGEST_PURPOSE] if wish.is_full else "",
    )
    given = [day for day in (asked.since, asked.until) if day]
    since, until = as_date(asked.since), as_date(asked.until)
    wrong = {
        "EXPORT-FORMS": not asked.forms or not asked.states or asked.file_kind not in views.FILE_KINDS,
        "EXPORT-COLUMNS": not asked.columns,
        "EXPORT-DAYS": not all(map(as_date, given)) or (since is not None and until is not None and until < since),
        "EXPORT-RECEIVER": not asked.receiver,
        "EXPORT-PURPOSE": not asked.purpose,
        "EXPORT-FULL-REASON": asked.is_full and not asked.full_reason,
    }
    for code, is_so in wrong.items():
        if is_so:
            raise refused(code)
    return asked


def chosen(wish: ExportWish, zone: tzinfo) -> Chosen:
    """Which registrations a wish, as `checked` gives it, means; `zone` is the one in which the station counts days."""
    since, until = as_date(wish.since), as_date(wish.until)
    before = None if until is None else _midnight(until + timedelta(days=1), zone)
    first = None if since is None else _midnight(since, zone)
    return Chosen(wish.forms, wish.states, wish.committee, first, before)


def as_columns(wish: ExportWish) -> dict[str, Any]:
    """A wish as it is written down, with a request or with what was given away."""
    return {
        "receiver": wish.receiver,
        "purpose": wish.purpose,
        "is_full": wish.is_full,
        "full_reason": wish.full_reason,
        "file_kind": wish.file_kind,
        "criteria": {
            "forms": list(wish.forms),
            "states": list(wish.states),
            "committee": wish.committee,
            "since": wish.since,
            "until": wish.until,
        },
        "columns": list(wish.columns),
    }


def of_row(row: Any) -> ExportWish:
    """The wish that was written down with a request or a provision."""
    held = row.criteria
    return ExportWish(
        forms=tuple(held["forms"]),
        states=tuple(held["states"]),
        committee=held["committee"],
        since=held["since"],
        until=held["until"],
        columns=tuple(row.columns),
        file_kind=row.file_kind,
        receiver=row.receiver,
        purpose=row.purpose,
        is_full=bool(row.is_full),
        full_reason=row.full_reason,
    )


def bound(wish: ExportWish, records: Iterable[uuid.UUID]) -> str:
    """The SHA-256 that binds a word to what is done and to the records that it is done with."""
    said = json.dumps(dataclasses.asdict(wish), ensure_ascii=False, sort_keys=True)
    digest = hashlib.sha256(said.encode())
    for key in sorted(record.bytes for record in records):
        digest.update(key)
    return digest.hexdigest()


def needs_second_person(count: int, given_today: int, parameters: Parameters, today: date) -> bool:
    """Whether another supervisor has to agree first.

    Args:
        count: of the registrations in the file.
        given_today: how many the same person has given away today with nobody's word: a large file cut into small
            ones is a large one.
        parameters: of the rules, over time.
        today: the day of the station.
    """
    return count + given_today > most_alone(parameters, today)


def most_alone(parameters: Parameters, today: date) -> int:
    """How many registrations one supervisor gives away in a day; who raises it themselves does not gain by it today."""
    return min(parameters.on(today - timedelta(days=ago)).export_alone_most for ago in range(RAISED_AFTER_DAYS + 1))


def refused(code: str, **facts: int) -> CodedError:
    """The wish does not fit what is; the supervisor can do something about it."""
    return CodedError(code, Actor.SUPERVISOR, Retry.AFTER_ACTION, **facts)


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone)
