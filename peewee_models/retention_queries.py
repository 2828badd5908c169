"""Which scanned files of records can go one day, and since when: pages taken out, originals of those put right."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from peewee import chunked

from peewee_models.documents import Document, Page, RetentionWait

AT_ONCE = 300


@dataclass(frozen=True, slots=True)
class Waiting:
    """A page of a record of which something can go.

    Attributes:
        page_id: the page.
        record_id: its record.
        state: how it came to that; another one whenever somebody has dealt with it again.
        is_removed: whether the page was taken out; else it was put right.
    """

    page_id: uuid.UUID
    record_id: uuid.UUID
    state: str
    is_removed: bool


def waiting() -> list[Waiting]:
    """All such pages, those taken out first."""
    rows = Page.select(Page.id, Page.removed_at, Page.finished, Document.record).join(Document)
    can_go = Page.removed_at.is_null(is_null=False) | Page.finished.is_null(is_null=False)
    found = rows.where(Document.record.is_null(is_null=False) & can_go).order_by(Page.id).objects()
    told = [Waiting(row.id, row.record, state_of(row), row.removed_at is not None) for row in found]
    return sorted(told, key=lambda one: not one.is_removed)


def state_of(row: Any) -> str:
    """How a page came to where it is."""
    removed_at = row.removed_at
    return f"finished {row.finished_id}" if removed_at is None else f"removed {removed_at.isoformat()}"


def waits() -> dict[uuid.UUID, tuple[str, int]]:
    """By page, in which state it waits and since which day."""
    return {row.page_id: (row.state, row.since_day) for row in RetentionWait.select()}


def begin(states: Mapping[uuid.UUID, str], day: int) -> None:
    """Let pages wait from this day on."""
    for some in chunked([(key, state, day) for key, state in states.items()], AT_ONCE):
        columns = [RetentionWait.page_id, RetentionWait.state, RetentionWait.since_day]
        RetentionWait.insert_many(some, fields=columns).execute()


def forget(page_ids: Collection[uuid.UUID]) -> None:
    """Let pages wait no more."""
    for some in chunked(list(page_ids), AT_ONCE):
        RetentionWait.delete().where(RetentionWait.page_id.in_(some)).execute()


def delete_page(page_id: uuid.UUID) -> None:
    """Delete the row of a page that was taken out."""
    Page.delete().where(Page.id == page_id).execute()
