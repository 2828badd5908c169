"""A look at each page that has come, in a thread of its own: pages are kept first, and nobody waits for a proposal.

Whose a page is, is asked when it is looked at: its draft may have been saved as a record since, or in the very middle.
"""

from __future__ import annotations

import logging
import queue
import threading
import uuid
from collections.abc import Callable
from functools import partial

from agent.accounts.storage import Store, reading
from agent.documents.card_sides import FAILED
from agent.documents.cards import Cards
from agent.documents.pictures import Pictures
from agent.documents.straightening import Straightening
from agent.errors import CodedError
from agent.events.service import Event
from drivers.api import Clock
from peewee_models import card_queries, document_queries
from peewee_models.document_queries import Owner
from peewee_models.failures import DATABASE_ERRORS

log = logging.getLogger("renhu")

PATIENCE_S = 10.0
ASK_EVERY_S = 0.05


class PageLooks:
    """Look at pages as they come, and at those that the last run had not looked at.

    Args:
        store: the database.
        straightening: looks.
        cards: put the sides of cards together.
        pictures: work on the pixels for both.
        publish: takes events; must not block.
        clock: the time.
        is_scanning: whether the scanner is at work, or has only just been.
    """

    def __init__(
        self,
        store: Store,
        straightening: Straightening,
        cards: Cards,
        pictures: Pictures,
        publish: Callable[[Event], None],
        clock: Clock,
        is_scanning: Callable[[], bool],
    ) -> None:
        self._store = store
        self._straightening = straightening
        self._cards = cards
        self._pictures = pictures
        self._publish = publish
        self._clock = clock
        self._is_scanning = is_scanning
        self._wishes: queue.SimpleQueue[uuid.UUID | None] = queue.SimpleQueue()
        self._is_over = False
        self._thread = threading.Thread(target=self._run, name="page-looks")

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """End soon; what was not looked at is looked at after the next start."""
        self._is_over = True
        self._wishes.put(None)
        self._thread.join()

    def wish(self, page_id: uuid.UUID) -> None:
        """Have a page looked at; never blocks."""
        self._wishes.put(page_id)

    def _run(self) -> None:
        self._attempt(self._recall)
        while not self._is_over:
            page_id = self._wishes.get()
            if page_id is not None:
                self._let_scans_go_first()
            if page_id is not None and not self._is_over:
                self._attempt(partial(self._look, page_id))
        self._store.close()

    def _let_scans_go_first(self) -> None:
        """Wait while pages come, but not for ever: a look takes as much of the machine as a page, and can wait."""
        until_s = self._clock.monotonic() + PATIENCE_S
        while not self._is_over and self._is_scanning() and self._clock.monotonic() < until_s:
            self._clock.sleep(ASK_EVERY_S)

    def _recall(self) -> None:
        with reading(self._store):
            for page_id in (*card_queries.uncomposed(), *document_queries.pages_without_look()):
                self.wish(page_id)

    def _look(self, page_id: uuid.UUID) -> None:
        """Look at a page; once more where it has changed hands in the middle of that."""
        owner = self._owner(page_id)
        if owner is None:
            return
        try:
            is_news = self._looked(owner, page_id)
        except CodedError as error:
            if self._owner(page_id) != owner:
                self.wish(page_id)
                return
            if error.code == FAILED:
                self._tell(owner)
            raise
        if is_news:
            self._tell(owner)

    def _owner(self, page_id: uuid.UUID) -> Owner | None:
        with reading(self._store):
            return document_queries.owner_of_page(page_id)

    def _looked(self, owner: Owner, page_id: uuid.UUID) -> bool:
        """Look at a page; says whether its owner's documents show something new."""
        with reading(self._store):
            is_card = card_queries.of_page(page_id) is not None
        return self._cards.compose(owner, page_id) if is_card else self._straightening.proposes(owner, page_id)

    def _tell(self, owner: Owner) -> None:
        self._publish(Event("documents", None, {owner.column: str(owner.id)}))

    def _attempt(self, deed: Callable[[], None]) -> None:
        """Do one thing; a page that cannot be looked at stays as it came.

        What the agent's own end cuts short is no failure: it is looked at after the next start.
        """
        try:
            deed()
        except (CodedError, *DATABASE_ERRORS) as error:
            if not (isinstance(error, CodedError) and self._pictures.is_over):
                log.warning("page looks: %s", error.code if isinstance(error, CodedError) else type(error).__name__)
