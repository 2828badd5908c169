"""A look at each page that has come, in a thread of its own: pages are kept first, and nobody waits for a proposal."""

from __future__ import annotations

import logging
import queue
import threading
import uuid
from collections.abc import Callable

from peewee import PeeweeException

from agent.accounts.storage import Store, reading
from agent.documents.cards import Cards
from agent.documents.straightening import Straightening
from agent.errors import CodedError
from agent.events.service import Event
from peewee_models import card_queries, document_queries
from peewee_models.document_queries import Owner
from peewee_models.failures import StorageError

log = logging.getLogger("renhu")


class PageLooks:
    """Look at pages as they come, and at those of drafts that the last run had not looked at.

    Args:
        store: the database.
        straightening: looks.
        cards: put the sides of cards together.
        publish: takes events; must not block.
    """

    def __init__(
        self, store: Store, straightening: Straightening, cards: Cards, publish: Callable[[Event], None]
    ) -> None:
        self._store = store
        self._straightening = straightening
        self._cards = cards
        self._publish = publish
        self._wishes: queue.SimpleQueue[tuple[Owner, uuid.UUID] | None] = queue.SimpleQueue()
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

    def wish(self, owner: Owner, page_id: uuid.UUID) -> None:
        """Have a page looked at; never blocks."""
        self._wishes.put((owner, page_id))

    def _run(self) -> None:
        self._attempt(self._recall)
        while not self._is_over:
            wish = self._wishes.get()
            if wish is not None:
                self._attempt(lambda wish=wish: self._look(*wish))  # type: ignore[misc]
        self._store.close()

    def _recall(self) -> None:
        with reading(self._store):
            for owner, page_id in document_queries.pages_without_look():
                self.wish(owner, page_id)
            for draft_id, page_id in card_queries.uncomposed():
                self.wish(Owner("draft", draft_id), page_id)

    def _look(self, owner: Owner, page_id: uuid.UUID) -> None:
        with reading(self._store):
            is_card = card_queries.of_page(page_id) is not None
        is_news = self._cards.compose(owner, page_id) if is_card else self._straightening.proposes(owner, page_id)
        if is_news:
            self._publish(Event("documents", None, {owner.column: str(owner.id)}))

    @staticmethod
    def _attempt(deed: Callable[[], None]) -> None:
        """Do one thing; a page that cannot be looked at stays as it came."""
        try:
            deed()
        except (CodedError, StorageError, PeeweeException) as error:
            log.warning("page looks: %s", error.code if isinstance(error, CodedError) else type(error).__name__)
