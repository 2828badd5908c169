"""What goes with a draft besides its form: its papers and its photos, as one."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping

from agent.documents.papers import Papers
from agent.documents.people import Person
from agent.photos.album import Album


class Belongings:
    """The papers and photos of drafts and records, as the register hands them on.

    Every method works inside the caller's transaction.
    """

    def __init__(self, papers: Papers, album: Album) -> None:
        self._papers = papers
        self._album = album

    def draft_saved(self, draft_id: uuid.UUID, record_id: uuid.UUID, by: Person) -> tuple[int, Callable[[], None]]:
        """Hand them to the saved record; says how many documents and photos there were, and what is left to do after.

        Raises: CodedError SCAN-RUNNING, PHOTO-UNDER-WAY, MEDIA-FOREIGN.
        """
        documents, _ = self._papers.draft_saved(draft_id, record_id, by)
        photos, give_room_back = self._album.draft_saved(draft_id, record_id, by)
        return documents + photos, give_room_back

    def draft_discarded(self, draft_id: uuid.UUID, by: Person) -> Callable[[], None]:
        """Shred them; gives what is left to do after the transaction.  Raises: CodedError SCAN-RUNNING."""
        left = self._papers.draft_discarded(draft_id, by), self._album.draft_discarded(draft_id, by)

        def give_room_back() -> None:
            for one in left:
                one()

        return give_room_back

    def address_typed(
        self, record_id: uuid.UUID, correction_id: uuid.UUID, before: Mapping[str, str], now: Mapping[str, str]
    ) -> None:
        """Let papers follow what is typed under a correction."""
        self._papers.address_typed(record_id, correction_id, before, now)

    def correction_ended(self, record_id: uuid.UUID, correction_id: uuid.UUID) -> None:
        """Let papers follow it no more."""
        self._papers.correction_ended(record_id, correction_id)

    def record_corrected(self, record_id: uuid.UUID) -> None:
        """Let papers learn what a record's address says now."""
        self._papers.record_corrected(record_id)
