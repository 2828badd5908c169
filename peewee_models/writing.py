"""One way to read and to write on either engine, with failures told apart."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from peewee import DatabaseError


class Writing:
    """What both engines share: one `write()`, one `read()`, and failures told apart."""

    driver_error: type[Exception]
    write_lock: threading.RLock

    @contextmanager
    def write(self: Any) -> Iterator[None]:
        """Open the one writing transaction: all of it is kept, or nothing.

        Raises: DiskFull; DiskFailed; Damaged; StorageBusy.
        """
        with self.translating(), self.write_lock, self.begin_write():
            yield
            self.settle()

    @contextmanager
    def writing_many(self) -> Iterator[None]:
        """Make this thread's connection ready to write very many rows; the thread closes it afterwards."""
        yield

    def settle(self) -> None:
        """Bring up to date what follows from the facts, before the transaction ends; nothing, where all does itself."""

    @contextmanager
    def read(self: Any) -> Iterator[None]:
        """Open a transaction that sees one state of the data.  Raises: Damaged; DiskFailed; StorageBusy."""
        with self.translating(), self.atomic():
            yield

    @contextmanager
    def translating(self: Any) -> Iterator[None]:
        """Turn the engine's words for a broken store into our exceptions; leave mistakes in queries as they are."""
        try:
            yield
        except (DatabaseError, self.driver_error) as error:
            failure = self.name_failure(error)
            if failure is None:
                raise
            raise failure from error


def chain(error: BaseException) -> Iterator[BaseException]:
    """An error and those behind it, the latest first."""
    one: BaseException | None = error
    while one is not None:
        yield one
        one = one.__cause__ or one.__context__
