"""Questions to documents, their pages and files, and the writing of them; always inside the caller's transaction."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from peewee import fn

from peewee_models.documents import CardPage, Document, Media, Page, ScanJob

MOST_ROWS = 1000
"""More pages than a document may have, those taken out among them."""


@dataclass(frozen=True, slots=True)
class Owner:
    """The draft or the record that documents belong to."""

    column: Literal["draft", "record"]
    id: uuid.UUID


def insert_media(at: datetime, **columns: Any) -> Any:
    """Write the row of a file that is on the disk."""
    return Media.create(created_at=at, **columns)


def media(media_id: uuid.UUID) -> Any:
    """The row of a file, or None."""
    return Media.get_or_none(Media.id == media_id)


def media_by_address() -> dict[str, uuid.UUID]:
    """The key of every row by its file's name."""
    return dict(Media.select(Media.address, Media.id).tuples())


def set_wrapped_key(media_id: uuid.UUID, wrapped_key: bytes) -> None:
    """Put a newly wrapped key in place of the old one."""
    Media.update(wrapped_key=wrapped_key).where(Media.id == media_id).execute()


def delete_media(media_ids: list[uuid.UUID]) -> list[str]:
    """Destroy the wrapped keys of files; give the files' names."""
    rows = list(Media.select(Media.address).where(Media.id.in_(media_ids)))
    Media.delete().where(Media.id.in_(media_ids)).execute()
    return [row.address for row in rows]


def documents_of(owner: Owner) -> list[Any]:
    """All documents of a draft or record, in the order of their kinds and then of their making."""
    return list(
        Document.select().where(_is_of(Document, owner)).order_by(Document.kind, Document.created_at, Document.id)
    )


def open_documents(owner: Owner, kind: str) -> list[Any]:
    """The open documents of this kind, in the order of their making."""
    wanted = _is_of(Document, owner) & (Document.kind == kind) & (Document.state == "open")
    return list(Document.select().where(wanted).order_by(Document.created_at, Document.id))


def close_document(document_id: uuid.UUID) -> None:
    """Let no page come to a document any more, so that another one begins."""
    Document.update(state="closed").where(Document.id == document_id).execute()


def insert_document(owner: Owner, user_id: uuid.UUID, at: datetime, **columns: Any) -> Any:
    """Make a document without pages; `columns` are its kind and what it proves."""
    return Document.create(**{owner.column: owner.id}, created_by=user_id, created_at=at, **columns)


def mark_dwelling(owner: Owner, kinds: Iterable[str], dwelling: Any) -> None:
    """Note which dwelling the documents of some kinds prove."""
    Document.update(dwelling=dwelling).where(_is_of(Document, owner) & Document.kind.in_(list(kinds))).execute()


def following(record_id: uuid.UUID, correction_id: uuid.UUID) -> list[Any]:
    """The documents of a record that came under a correction which is not saved yet."""
    return list(Document.select().where(_follows(record_id, correction_id)))


def release(record_id: uuid.UUID, correction_id: uuid.UUID) -> None:
    """Let the documents of a record follow a correction no more."""
    Document.update(correction=None).where(_follows(record_id, correction_id)).execute()


def last_position(document_id: uuid.UUID) -> int:
    """The position of a document's last page, 0 where it has none."""
    held = (Page.document == document_id) & Page.removed_at.is_null()
    return int(Page.select(fn.MAX(Page.position)).where(held).scalar() or 0)


def insert_page(document_id: uuid.UUID, position: int, media_id: uuid.UUID, **columns: Any) -> Any:
    """Put a page into a document; `columns` are side, doubts and origin."""
    return Page.create(document=document_id, position=position, original=media_id, **columns)


def page(page_id: uuid.UUID) -> Any:
    """A page with its document, or None."""
    return Page.select(Page, Document).join(Document).where(Page.id == page_id).first()


def held_pages(document_id: uuid.UUID) -> list[Any]:
    """The pages of a document in their order, without the removed ones."""
    held = (Page.document == document_id) & Page.removed_at.is_null()
    return list(Page.select().where(held).order_by(Page.position))


def removed_pages(document_id: uuid.UUID) -> list[Any]:
    """The pages that were taken out of a document, the last one first."""
    gone = (Page.document == document_id) & Page.removed_at.is_null(is_null=False)
    return list(Page.select().where(gone).order_by(Page.removed_at.desc(), Page.id))


def owner_of_page(page_id: uuid.UUID) -> Owner | None:
    """Whose a page is now: a draft's pages become its record's.  None where there is no such page any more."""
    row = page(page_id)
    return None if row is None else owner_of(row.document)


def owner_of(row: Any) -> Owner:
    """Whose a document or a scan job is."""
    return Owner("record", row.record_id) if row.draft_id is None else Owner("draft", row.draft_id)


def pages_without_look() -> list[uuid.UUID]:
    """The pages that nobody has looked at yet, those of drafts first."""
    is_plain = Page.id.not_in(CardPage.select(CardPage.page))
    unseen = is_plain & Page.crop.is_null() & Page.removed_at.is_null()
    rows = Page.select(Page.id).join(Document).where(unseen).order_by(Document.draft.is_null(), Page.id)
    return [page_id for (page_id,) in rows.tuples()]


def set_positions(ordered: list[Any]) -> None:
    """Number pages from 1 in this order; by way of free numbers, since no two pages may ever stand at one place."""
    moved = [(place, row) for place, row in enumerate(ordered, 1) if row.position != place]
    for shift in (len(ordered) + MOST_ROWS, 0):
        for place, row in moved:
            row.position = place + shift
            row.save()


def next_version(document_id: uuid.UUID) -> None:
    """Note that a document's pages have changed."""
    Document.update(version=Document.version + 1).where(Document.id == document_id).execute()


def document(document_id: uuid.UUID) -> Any:
    """A document, or None."""
    return Document.get_or_none(Document.id == document_id)


def last_job(owner: Owner) -> Any:
    """The job of a draft or record that was written down last, or None."""
    return ScanJob.select().where(_is_of(ScanJob, owner)).order_by(ScanJob.queued_at.desc(), ScanJob.id).first()


def job_of_session(job_id: uuid.UUID, session_id: uuid.UUID) -> Any:
    """A job that this session has wished for, or None."""
    return ScanJob.get_or_none(ScanJob.id == job_id, ScanJob.session_id == session_id)


def newest_page_at(owner: Owner) -> Any:
    """When the newest page of a draft or record was kept, a removed one too; None where there is none."""
    rows = Media.select(fn.MAX(Media.created_at)).join(Page, on=Page.original == Media.id).join(Document)
    return rows.where(_is_of(Document, owner)).scalar()


def last_removal_at(owner: Owner, kind: str) -> Any:
    """When a page of a kind was last taken out of a draft's or record's documents; None for never."""
    rows = Page.select(fn.MAX(Page.removed_at)).join(Document)
    return rows.where(_is_of(Document, owner) & (Document.kind == kind)).scalar()


def page_counts(owner: Owner) -> list[tuple[str, Any, int]]:
    """Kind, proven dwelling and number of pages of each document.

    Removed pages do not count, nor do the fronts that wait for their backs.
    """
    waiting = CardPage.select(CardPage.page).where(CardPage.back.is_null())
    rows = (
        Page.select(Document.kind, Document.dwelling, fn.COUNT(Page.id))
        .join(Document)
        .where(_is_of(Document, owner) & Page.removed_at.is_null() & Page.id.not_in(waiting))
        .group_by(Document.id, Document.kind, Document.dwelling)
    )
    return list(rows.tuples())


def media_of(owner: Owner) -> list[uuid.UUID]:
    """The keys of all files of a draft's or record's pages, those of removed pages too."""
    pages = Page.select(Page.original, Page.finished).join(Document).where(_is_of(Document, owner)).tuples()
    backs = CardPage.select(CardPage.back).join(Page).join(Document).where(_is_of(Document, owner)).tuples()
    return [key for row in (*pages, *backs) for key in row if key is not None]


def move(old: Owner, new: Owner) -> int:
    """Give all documents and jobs of one to another; says how many documents there were."""
    change = {old.column: None, new.column: new.id}
    ScanJob.update(**change).where(_is_of(ScanJob, old)).execute()
    moved: int = Document.update(**change, version=Document.version + 1).where(_is_of(Document, old)).execute()
    return moved


def delete_documents(owner: Owner) -> int:
    """Delete all documents with their pages, and all jobs; says how many documents there were."""
    ScanJob.delete().where(_is_of(ScanJob, owner)).execute()
    documents = Document.select(Document.id).where(_is_of(Document, owner))
    CardPage.delete().where(CardPage.page.in_(Page.select(Page.id).where(Page.document.in_(documents)))).execute()
    Page.delete().where(Page.document.in_(documents)).execute()
    deleted: int = Document.delete().where(_is_of(Document, owner)).execute()
    return deleted


def insert_job(owner: Owner, at: datetime, **columns: Any) -> Any:
    """Write down a wish to scan."""
    return ScanJob.create(**{owner.column: owner.id}, queued_at=at, facts={}, **columns)


def job(job_id: uuid.UUID) -> Any:
    """A scan job, or None."""
    return ScanJob.get_or_none(ScanJob.id == job_id)


def jobs_in(states: Iterable[str]) -> list[Any]:
    """All jobs in one of these states, the oldest first."""
    return list(ScanJob.select().where(ScanJob.state.in_(list(states))).order_by(ScanJob.queued_at, ScanJob.id))


def has_job_in(owner: Owner, states: Iterable[str]) -> bool:
    """Whether a draft or record has a job in one of these states."""
    return bool(ScanJob.select().where(_is_of(ScanJob, owner) & ScanJob.state.in_(list(states))).exists())


def _follows(record_id: uuid.UUID, correction_id: uuid.UUID) -> Any:
    return (Document.record == record_id) & (Document.correction == correction_id)


def _is_of(table: Any, owner: Owner) -> Any:
    return getattr(table, owner.column) == owner.id
