"""What is kept of scanned pages only for a while: pages that were taken out, originals of pages that were put right.

Both can be taken back until the record has been saved for so many days, and the page was dealt with so many days ago,
days on which the station was at work; then nobody is going to decide otherwise, and what is not needed is destroyed:
its key with its row, then its file.
A draft keeps everything for as long as it is a draft.

Source: PIPL 19 and 47 (no longer than needed); security requirements 5.2 (deleting is destroying the wrapped key).
"""

from __future__ import annotations

import logging
import uuid
from typing import Any, Final

from agent.accounts import audit
from agent.accounts.audit import Act
from agent.accounts.storage import Store, reading, writing
from agent.config import KEEP_DAYS
from agent.documents.crop_state import Crop, crop_of
from agent.documents.media_envelope import Binding
from agent.documents.media_store import MediaStore, Stored
from agent.documents.page_sizes import A4, SIZES_MM
from agent.documents.papers import FINISHED, ORIGINAL
from agent.documents.worked_days import WorkedDays
from agent.errors import CodedError
from drivers.api import Clock
from peewee_models import card_queries, document_queries, retention_queries
from peewee_models.retention_queries import Waiting

log = logging.getLogger("renhu")

LOOK_EVERY_S: Final = 3600.0
AT_ONCE: Final = 20


class Retention:
    """Destroys what has had its time, a few pages at a time.

    Args:
        store: the database.
        clock: the time.
        media: the files.
        days: counts the days of work.
        keep_days: so many days a record's pages and originals can be taken back.
    """

    def __init__(
        self, store: Store, clock: Clock, media: MediaStore, days: WorkedDays, keep_days: int = KEEP_DAYS
    ) -> None:
        self.keep_days = keep_days
        self._store = store
        self._clock = clock
        self._media = media
        self._days = days
        self._due_s = clock.monotonic()
        self._unreadable: set[uuid.UUID] = set()

    def keep_house(self) -> None:
        """Destroy some of what has had its time; to be called as often as one likes.

        Raises: CodedError when disk or database fail.
        """
        if self._clock.monotonic() < self._due_s:
            return
        over = self._over(self._days.count())
        for one in over[:AT_ONCE]:
            if one.is_removed:
                self._destroy(one)
            else:
                self._settle(one)
        if len(over) <= AT_ONCE:
            self._due_s = self._clock.monotonic() + LOOK_EVERY_S

    def _over(self, day: int) -> list[Waiting]:
        """What has waited long enough; what is new begins to wait, what was dealt with again begins anew."""
        with writing(self._store):
            found = retention_queries.waiting()
            since = retention_queries.waits()
            known = {one.page_id for one in found if since.get(one.page_id, ("", 0))[0] == one.state}
            retention_queries.forget(since.keys() - known)
            retention_queries.begin({one.page_id: one.state for one in found if one.page_id not in known}, day)
        had_its_time = {key for key in known if day - since[key][1] > self.keep_days}
        return [one for one in found if one.page_id in had_its_time - self._unreadable]

    def _destroy(self, waiting: Waiting) -> None:
        """Destroy a page that was taken out and was not taken back meanwhile."""
        with writing(self._store):
            row = document_queries.page(waiting.page_id)
            if row is None or retention_queries.state_of(row) != waiting.state:
                return
            files = _files(row)
            card_queries.delete(row.id)
            retention_queries.delete_page(row.id)
            gone = self._media.forget(files)
            self._note(row, "removed", len(gone))
        self._media.unlink(gone)

    def _settle(self, waiting: Waiting) -> None:
        """Let what a page shows be its only file, and destroy what it was made of."""
        page_id, record_id = waiting.page_id, waiting.record_id
        with reading(self._store):
            row = document_queries.page(page_id)
            shown = None if row is None or retention_queries.state_of(row) != waiting.state else row.finished
        if shown is None:
            return
        try:
            content = self._media.get(shown.id, record_id, FINISHED)
        except CodedError:
            self._unreadable.add(page_id)
            log.warning("page %s: its original is kept, what was made of it cannot be read", page_id)
            return
        stored = self._media.put(content, shown.content_type, Binding(record_id, ORIGINAL))
        gone = self._exchange(page_id, shown.id, stored)
        if gone is None:
            self._media.abandon(stored)
        else:
            self._media.unlink(gone)

    def _exchange(self, page_id: uuid.UUID, shown_id: uuid.UUID, stored: Stored) -> list[str] | None:
        """Write the new file in place of the old ones; gives those, None where the page looks different meanwhile."""
        with writing(self._store):
            row = document_queries.page(page_id)
            if row is None or row.removed_at is not None or row.finished_id != shown_id:
                return None
            files, crop = _files(row), _as_it_is(row)
            card_queries.delete(page_id)
            row.original, row.finished, row.crop, row.doubts = self._media.keep(stored), None, crop.as_row(), []
            row.save()
            gone = self._media.forget(files)
            self._note(row, "original", len(gone))
        return gone

    def _note(self, row: Any, what: str, files: int) -> None:
        document_queries.next_version(row.document_id)
        audit.write(self._clock, None, Act.ORIGINALS_SHREDDED, ("page", row.id), what=what, files=files)


def _files(row: Any) -> list[uuid.UUID]:
    """All files of a page."""
    card = card_queries.of_page(row.id)
    files = (row.original_id, row.finished_id, None if card is None else card.back_id)
    return [key for key in files if key is not None]


def _as_it_is(row: Any) -> Crop:
    """A page like others, of the size that was cut out of its original; of a card, the sheet with both sides."""
    crop = crop_of(row)
    box = None if crop is None else crop.box
    size = SIZES_MM[A4] if crop is None or box is None else (box[2], box[3])
    return Crop("none", size, revision=0 if crop is None else crop.revision)
