"""What a clerk does to the pages of a document: turn, move, take out, take back, settle.  The original never changes.

Every function works inside the caller's transaction and on pages of one owner only.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from agent.documents.card_sides import FAILED
from agent.documents.errors import refused, unknown_page
from peewee_models import document_queries
from peewee_models.document_queries import Owner

QUARTER_DEG = 90


def page_of(owner: Owner, page_id: uuid.UUID) -> Any:
    """The row of a page of this owner.  Raises: CodedError PAGE-UNKNOWN."""
    row = document_queries.page(page_id)
    if row is None or getattr(row.document, f"{owner.column}_id") != owner.id:
        raise unknown_page()
    return row


def document_of(owner: Owner, document_id: uuid.UUID) -> Any:
    """The row of a document of this owner.  Raises: CodedError PAGE-UNKNOWN."""
    row = document_queries.document(document_id)
    if row is None or getattr(row, f"{owner.column}_id") != owner.id:
        raise unknown_page()
    return row


def check_document(row: Any, version: int) -> None:
    """Refuse what was decided on a document that looks different now.  Raises: CodedError DOCUMENT-CHANGED."""
    if row.version != version:
        raise refused("DOCUMENT-CHANGED")


def check_version(row: Any, version: int) -> None:
    """Refuse what was decided on a page that looks different now.  Raises: CodedError DOCUMENT-CHANGED."""
    check_document(row.document, version)


def turn(row: Any, quarters: int) -> None:
    """Turn a page clockwise by quarters."""
    row.rotation_deg = (row.rotation_deg + quarters * QUARTER_DEG) % 360
    row.save()
    _changed(row)


def move(row: Any, position: int) -> None:
    """Put a page at another place; the others close up.  Raises: CodedError PAGE-UNKNOWN for a removed page."""
    if row.removed_at is not None:
        raise unknown_page()
    others = [page for page in document_queries.held_pages(row.document_id) if page.id != row.id]
    others.insert(max(0, min(position - 1, len(others))), row)
    document_queries.set_positions(others)
    _changed(row)


def remove(row: Any, at: datetime) -> None:
    """Take a page out; it keeps its place in mind and can be taken back."""
    if row.removed_at is None:
        row.removed_at = at
        row.save()
        document_queries.set_positions(document_queries.held_pages(row.document_id))
        _changed(row)


def settle(row: Any, code: str = "", side: str = "") -> None:
    """Drop what there was to look at on a page: the clerk has looked, and it is as it should be.

    What has failed is not settled by a look.

    Args:
        row: the page.
        code: of the one doubt that the clerk has looked at; "" for all of them.
        side: which side of a card that one is of.
    """
    left = [doubt for doubt in row.doubts if doubt["code"] == FAILED or not _is_of(doubt, code, side)]
    if left != row.doubts:
        row.doubts = left
        row.save()
        _changed(row)


def _is_of(doubt: dict[str, Any], code: str, side: str) -> bool:
    return not code or (doubt["code"], doubt.get("side", "")) == (code, side)


def keep(row: Any) -> None:
    """Keep a page that looks blank, on the clerk's word: it is not asked about again."""
    row.doubts = _without_blank(row)
    row.save()
    _changed(row)


def _without_blank(row: Any) -> list[Any]:
    return [doubt for doubt in row.doubts if doubt["code"] != "PAGE-BLANK"]


def restore(row: Any, most: int) -> None:
    """Take a page back to where it was; a blank one stays then, as if kept.  Raises: CodedError DOCUMENT-FULL."""
    if row.removed_at is None:
        return
    held = document_queries.held_pages(row.document_id)
    if len(held) >= most:
        raise refused("DOCUMENT-FULL", most=most)
    place = row.position
    row.position = len(held) + 1
    row.removed_at = None
    row.doubts = _without_blank(row)
    row.save()
    move(row, place)


def _changed(row: Any) -> None:
    document_queries.next_version(row.document_id)
