"""From what a page's address says to the keys of rows."""

from __future__ import annotations

import uuid
from typing import Final

from agent.accounts.service import SignedIn
from agent.documents.errors import refused, unknown_page
from agent.documents.views import OwnerRef
from agent.errors import RightsDenied
from peewee_models.document_queries import Owner

CLERK: Final = "clerk"


def owner_of(ref: OwnerRef) -> Owner:
    """The draft or record that is meant.  Raises: CodedError DRAFT-UNKNOWN, RECORD-UNKNOWN."""
    try:
        return Owner(ref.kind, uuid.UUID(ref.id))
    except ValueError as error:
        raise refused("DRAFT-UNKNOWN" if ref.kind == "draft" else "RECORD-UNKNOWN") from error


def changing(ref: OwnerRef, by: SignedIn) -> Owner:
    """The draft or record of which this person wants to change papers.  Raises: as `owner_of`; RightsDenied."""
    if by.role != CLERK:
        raise RightsDenied
    return owner_of(ref)


def key_of(text: str) -> uuid.UUID:
    """The key of a page, document or job.  Raises: CodedError PAGE-UNKNOWN."""
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise unknown_page() from error
