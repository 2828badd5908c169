"""Questions to cards whose two sides stand on one page; always inside the caller's transaction."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from peewee_models.accounts import User
from peewee_models.documents import CardPage, Document, Page, ScanJob


def insert(page_id: uuid.UUID) -> Any:
    """Note that a page is the front of a card."""
    return CardPage.create(page=page_id, sides=[])


def of_page(page_id: uuid.UUID) -> Any:
    """The card on a page, or None."""
    return CardPage.get_or_none(CardPage.page == page_id)


def waiting(document_ids: list[uuid.UUID]) -> Any:
    """The page of the first of these documents that waits for the back of its card, or None."""
    unended = CardPage.back.is_null() & Page.removed_at.is_null() & Page.document.in_(document_ids)
    rows = CardPage.select(CardPage, Page).join(Page).switch(CardPage).where(unended)
    return rows.order_by(Page.document, Page.position).first()


def delete(page_id: uuid.UUID) -> None:
    """Let a page be a page like others; the file of the back stays for whoever refers to it."""
    CardPage.delete().where(CardPage.page == page_id).execute()


def last_jobs(most: int) -> Iterator[Any]:
    """The scans of this station with who wished for them, the last one first."""
    rows = ScanJob.select(ScanJob, User).join(User).order_by(ScanJob.queued_at.desc(), ScanJob.id)
    return iter(rows.limit(most))


def uncomposed() -> list[uuid.UUID]:
    """The pages of cards whose sides are both there and not yet put together, those of drafts first."""
    both = CardPage.back.is_null(is_null=False) & Page.finished.is_null()
    rows = CardPage.select(Page.id).join(Page).join(Document).where(both & Page.removed_at.is_null())
    return [page_id for (page_id,) in rows.order_by(Document.draft.is_null(), Page.id).tuples()]
