"""To which document pages come: the open one of their kind and dwelling that has room for them, or else a new one.

Inside the caller's transaction, all of it.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agent.documents import kinds
from agent.documents.dwellings import is_of, mark, own_correction
from agent.documents.errors import refused
from agent.documents.people import Person
from drivers.api import Clock
from peewee_models import document_queries, register_queries
from peewee_models.document_queries import Owner

MOST_PAGES = 50


@dataclass(frozen=True, slots=True)
class Coming:
    """Where pages are to come.

    Attributes:
        owner: whose they will be.
        kind: D01 to D13.
        proves: the dwelling that they prove; None for none, or none yet.
        correction: key of the correction under which they come, which may say another dwelling yet; None for none.
    """

    owner: Owner
    kind: str
    proves: Mapping[str, str] | None
    correction: uuid.UUID | None = None


def coming(owner: Owner, kind: str, by: Person) -> Coming:
    """Say what a page proves that comes now.

    To a record that its clerk is just correcting comes what proves the address as it is typed, or will be.
    """
    one = kinds.kind(kind)
    record = None if owner.column == "draft" else register_queries.by_key(owner.id)
    if one is None or not one.is_of_dwelling or record is None:
        return Coming(owner, kind, None)
    kept = own_correction(owner, by)
    if kept is None:
        return Coming(owner, kind, mark(register_queries.values_of(record)))
    return Coming(owner, kind, mark({**register_queries.values_of(record), **kept.typed}), kept.id)


def room_for(owner: Owner, kind: str, by: Person, source: str) -> int:
    """How many pages a scan may bring in whole sheets, to the document that they would come to."""
    sides = 2 if source == "adf-duplex" else 1
    document = _open_one(coming(owner, kind, by))
    room = MOST_PAGES if document is None else _room_in(document)
    return (room if room >= sides else MOST_PAGES) // sides * sides


class Arrivals:
    """Finds the document for what comes; the pages of one scan stay together, whatever is typed while they come."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last: tuple[uuid.UUID, uuid.UUID] | None = None

    def document_for(self, owner: Owner, kind: str, pages: int, by: Person, job_id: uuid.UUID | None = None) -> Any:
        """The document of a kind that so many pages come to, from a job or from none.

        Proofs of two dwellings never come into one document.

        Raises: CodedError DOCUMENT-FULL for more pages than any document may have.
        """
        if pages > MOST_PAGES:
            raise refused("DOCUMENT-FULL", most=MOST_PAGES)
        last = self._of_job(job_id)
        if last is None:
            where = coming(owner, kind, by)
            document = _open_one(where)
        else:
            where = Coming(owner, kind, last.dwelling, last.correction)
            document = last if last.state == "open" else None
        if document is not None and pages > _room_in(document):
            document_queries.close_document(document.id)
            document = None
        if document is None:
            told = {"kind": kind, "dwelling": where.proves, "correction": where.correction}
            document = document_queries.insert_document(owner, uuid.UUID(by.user_id), self._clock.now(), **told)
        if job_id is not None:
            self._last = job_id, document.id
        return document

    def _of_job(self, job_id: uuid.UUID | None) -> Any:
        """The document that the page before came to which the same job brought; None for its first page."""
        if job_id is None or self._last is None or self._last[0] != job_id:
            return None
        return document_queries.document(self._last[1])


def _open_one(where: Coming) -> Any:
    """The owner's newest open document of a kind and dwelling, or None.

    What comes under a correction comes to what came under the same one, and to nothing else: only that will prove the
    same dwelling whatever is typed next.
    """
    open_ones = document_queries.open_documents(where.owner, where.kind)
    return next((one for one in reversed(open_ones) if _takes(one, where)), None)


def _takes(document: Any, where: Coming) -> bool:
    is_same = document.correction == where.correction
    return is_same and (where.correction is not None or is_of(document.dwelling, where.proves or {}))


def _room_in(document: Any) -> int:
    return MOST_PAGES - document_queries.last_position(document.id)
