"""Small pictures of pages: made when they are first asked for, and held in bounded memory, never on the disk.

To make one takes 0.05 s of a processor; a row and a file of its own would cost each page two more waits for the disk
before it is acknowledged.  And what is not stored need not be shredded.
"""

from __future__ import annotations

import threading
import uuid
from collections import OrderedDict

from agent.documents.page_work import only
from agent.documents.papers import Papers
from agent.documents.pictures import Pictures
from peewee_models.document_queries import Owner

HELD_BYTES = 16_000_000
FAILED = "PAGE-UNREADABLE"


class Thumbnails:
    """The small pictures of pages.

    Args:
        papers: keep the pages.
        pictures: make them small.
        held_bytes: how much is held; what was not asked for the longest goes first.
    """

    def __init__(self, papers: Papers, pictures: Pictures, held_bytes: int = HELD_BYTES) -> None:
        self._papers = papers
        self._pictures = pictures
        self._held_bytes = held_bytes
        self._lock = threading.Lock()
        self._held: OrderedDict[uuid.UUID, bytes] = OrderedDict()

    def of(self, owner: Owner, page_id: uuid.UUID) -> bytes:
        """The small picture, a JPEG, of a page of this owner as it is shown.

        Raises: CodedError PAGE-UNKNOWN, PAGE-UNREADABLE and those of the media store.
        """
        key = self._papers.shown_file(owner, page_id)
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]
        page = self._papers.shown_content(owner, page_id)
        small = only(self._pictures.work("thumbnail", {}, [page.content], FAILED).pieces, b"\xff\xd8\xff", FAILED)
        with self._lock:
            self._held[key] = small
            while sum(map(len, self._held.values())) > self._held_bytes:
                self._held.popitem(last=False)
        return small
