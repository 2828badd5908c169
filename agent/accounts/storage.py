"""Read and write in the station's database, with its failures as coded errors: every service goes through these two."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from agent.errors import Actor, CodedError, Retry
from peewee_models import failures
from peewee_models.database import Store

__all__ = ["Store", "reading", "writing"]

_CODES: dict[type[failures.StorageError], str] = {
    failures.DiskFull: "DATABASE-FULL",
    failures.Damaged: "DATABASE-DAMAGED",
    failures.StorageBusy: "DATABASE-BUSY",
}


@contextmanager
def writing(store: Store) -> Iterator[None]:
    """Open the one writing transaction.

    Raises: CodedError DATABASE-FULL, DATABASE-DAMAGED, DATABASE-BUSY or DATABASE-FAILED when the store fails; nothing
        of the write is kept then.
    """
    try:
        with store.write():
            yield
    except failures.StorageError as error:
        raise _coded(error) from error


@contextmanager
def reading(store: Store) -> Iterator[None]:
    """See one state of the data.  Raises: CodedError when the store fails."""
    try:
        with store.read():
            yield
    except failures.StorageError as error:
        raise _coded(error) from error


def _coded(error: failures.StorageError) -> CodedError:
    return CodedError(_CODES.get(type(error), "DATABASE-FAILED"), Actor.TECHNICIAN, Retry.AFTER_ACTION)
