"""Which scanned files of records have had their time: pages taken out, originals of what was put right."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

from peewee_models.documents import Document, Media, Page
from peewee_models.register import Registration


def removed(before: datetime, most: int) -> list[uuid.UUID]:
    """Pages of records that were taken out before a time and whose record is older too."""
    rows = Page.select(Page.id).join(Document).join(Registration)
    wanted = (Registration.registered_at < before) & (Page.removed_at < before)
    return [page_id for (page_id,) in rows.where(wanted).order_by(Page.removed_at, Page.id).limit(most).tuples()]


def superseded(before: datetime, without: Collection[uuid.UUID], most: int) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """Pages of records, each with its record, that were put right before a time and whose record is older too."""
    rows = Page.select(Page.id, Document.record).join(Document).join(Registration).switch(Page)
    rows = rows.join(Media, on=Page.finished == Media.id)
    wanted = (Registration.registered_at < before) & (Media.created_at < before) & Page.id.not_in(list(without))
    return list(rows.where(wanted & Page.removed_at.is_null()).order_by(Page.id).limit(most).tuples())


def delete_page(page_id: uuid.UUID) -> None:
    """Delete the row of a page that was taken out."""
    Page.delete().where(Page.id == page_id).execute()
