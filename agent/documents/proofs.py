"""The clerk's word on which dwelling a record's proof is of: nobody else can tell a move from a mended spelling."""

from __future__ import annotations

import uuid
from typing import Any

from agent.accounts import audit
from agent.accounts.audit import Act
from agent.accounts.service import SignedIn
from agent.accounts.storage import Store, writing
from agent.documents import dwellings, sheets
from agent.documents.errors import refused, unknown_page
from agent.documents.papers import require
from agent.documents.refs import changing, key_of, owner_of
from agent.documents.views import OwnerRef
from drivers.api import Clock


class Proofs:
    """Proofs of dwellings."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def count(self, ref: OwnerRef, document_id: str, version: int, by: SignedIn) -> None:
        """Say that a record's document proves the dwelling that the record has now.

        Raises: CodedError PAGE-UNKNOWN, also for a draft's; DOCUMENT-CHANGED, also for what came under a correction of
            theirs and proves what is typed there.
        """
        with writing(self._store):
            row = self._row(ref, document_id, version, by)
            if row.dwelling is None:
                raise unknown_page()
            owner = owner_of(ref)
            if dwellings.awaits(row, dwellings.stored(owner.id), dwellings.own_correction(owner, by)):
                raise refused("DOCUMENT-CHANGED")
            dwellings.mark_present(row)
            self._note(by, row.id, "present-dwelling")

    def uncount(self, ref: OwnerRef, document_id: str, version: int, by: SignedIn) -> None:
        """Take that back.  Raises: CodedError PAGE-UNKNOWN, also where nobody has said so; DOCUMENT-CHANGED."""
        with writing(self._store):
            row = self._row(ref, document_id, version, by)
            if row.brought_for is None:
                raise unknown_page()
            dwellings.mark_as_before(row)
            self._note(by, row.id, "dwelling-as-before")

    def _row(self, ref: OwnerRef, document_id: str, version: int, by: SignedIn) -> Any:
        owner = changing(ref, by)
        require(owner, by)
        row = sheets.document_of(owner, key_of(document_id))
        sheets.check_document(row, version)
        return row

    def _note(self, by: SignedIn, document_id: uuid.UUID, what: str) -> None:
        audit.write(self._clock, by.audit_ids, Act.PAGE_CHANGED, ("document", document_id), what=what)
