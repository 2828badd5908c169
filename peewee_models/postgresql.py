"""The same tables on PostgreSQL, where the district keeps its copy.

Needs the extra `postgresql`, imported before this package: a station goes without (see the package's top).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from peewee import PostgresqlDatabase

from peewee_models.database import use
from peewee_models.failures import Damaged, DiskFailed, DiskFull, StorageBusy, StorageError
from peewee_models.writing import Writing, chain

_WRITE_LOCK_NUMBER = 0x52454E48


class PostgresqlStore(Writing, PostgresqlDatabase):  # type: ignore[misc]
    """The same tables on PostgreSQL."""

    driver_error = psycopg.Error

    def __init__(self, dsn: str) -> None:
        super().__init__(dsn, prefer_psycopg3=True)
        self.write_lock = threading.RLock()

    @contextmanager
    def begin_write(self) -> Iterator[None]:
        """Serialise writers by one lock of the transaction: the numbers of audit and outbox have no gaps."""
        with self.atomic():
            self.execute_sql("SELECT pg_advisory_xact_lock(%s)", (_WRITE_LOCK_NUMBER,))
            yield

    def name_failure(self, error: Exception) -> StorageError | None:
        """Tell the server's failures apart by their SQLSTATE."""
        states = [one.sqlstate for one in chain(error) if isinstance(one, psycopg.Error) and one.sqlstate]
        state = states[-1] if states else ""
        named = {"53100": DiskFull, "XX001": Damaged, "XX002": Damaged, "55P03": StorageBusy, "58030": DiskFailed}
        return named[state](str(error)) if state in named else None


def open_postgresql(dsn: str) -> PostgresqlStore:
    """Open a PostgreSQL database by its `postgresql://` address."""
    store = PostgresqlStore(dsn)
    store.connect(reuse_if_open=True)
    use(store)
    return store
