"""Whether every page of the database's file is whole: looked at while the station works, after the start and daily.

The start itself looks at all of a small file only, so that it never keeps the clerk waiting.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from agent.errors import Actor, CodedError, Retry
from agent.events.service import Event
from peewee_models.database import SqlCipherStore, find_damage, is_checked_at_opening
from peewee_models.failures import DATABASE_ERRORS, Damaged

log = logging.getLogger("renhu")

CODE: Final = "DATABASE-PAGES-DAMAGED"
DAILY_S: Final = 24 * 3600.0
STOP_LIMIT_S: Final = 1.0
_LOWEST: Final = 19


def pages_damaged(count: int, file: Path) -> CodedError:
    """What to say of damaged pages: the station works on, but not with what lies on them."""
    return CodedError(CODE, Actor.TECHNICIAN, Retry.AFTER_ACTION, count=count, path=str(file))


class DatabaseWatch:
    """Looks at the file in a thread of its own, of the lowest priority.

    Args:
        store: the open database.
        publish: takes events; must not block.

    Attributes:
        damaged_pages: how many were found damaged when they were last looked at.
    """

    def __init__(self, store: SqlCipherStore, publish: Callable[[Event], None]) -> None:
        self._store = store
        self._publish = publish
        self._is_over = threading.Event()
        self._looking = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="database-watch", daemon=True)
        self.damaged_pages = 0

    @property
    def file(self) -> Path:
        """The database's file."""
        return Path(self._store.database)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more; a look under way, which nothing can cut short, is not waited for long."""
        self._is_over.set()
        self._thread.join(STOP_LIMIT_S)

    def look(self) -> int:
        """Look at every page now; give how many are damaged.  About 5 ms a megabyte.

        A page in the middle of being written might seem damaged, so what was found is looked at again while nobody
        writes.
        """
        with self._looking:
            found = self._count()
            if found:
                with self._store.write_lock:
                    found = self._count()
        if found != self.damaged_pages:
            self.damaged_pages = found
            log.error("damaged pages in the database's file: %d [%s]", found, CODE)
            self._publish(Event("device"))
        return found

    def _count(self) -> int:
        try:
            return len(find_damage(self._store))
        except Damaged:
            return 1

    def _run(self) -> None:
        with suppress(OSError):  # systemd's filter may refuse it
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _LOWEST)
        wait_s = DAILY_S if is_checked_at_opening(self.file) else 0.0
        while not self._is_over.wait(wait_s):
            wait_s = DAILY_S
            try:
                self.look()
            except (*DATABASE_ERRORS, OSError) as error:
                log.warning("the database's file could not be looked at: %s", type(error).__name__)
            self._store.close()
