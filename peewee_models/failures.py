"""What can be wrong with a database, told apart.  Plain exceptions: the agent gives them codes and words."""

from __future__ import annotations

from peewee import PeeweeException


class StorageError(Exception):
    """Something is wrong with the database itself."""


class ComponentTooOld(StorageError):
    """The SQLite inside is one that can corrupt its log (3.7.0 to 3.51.2)."""

    def __init__(self, found: str, needed: str) -> None:
        super().__init__(f"SQLite {found}, {needed} needed")
        self.found = found
        self.needed = needed


class ExtensionMissing(StorageError):
    """The PostgreSQL server lacks an extension that finding needs."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the server has no extension {name}; in Debian it comes with postgresql-15")


class WrongKey(StorageError):
    """The key does not open this database.  Says nothing about the data: it is not touched."""


class Damaged(StorageError):
    """The key is right, but the data cannot be read."""


class NewerSchema(StorageError):
    """A newer program has worked on this database."""


class DatabaseMissing(StorageError):
    """No database stands at the path."""


class DatabaseExists(StorageError):
    """A database stands where a new one was to be made."""


class DiskFull(StorageError):
    """The disk took no more; nothing of this write was kept."""


class StorageBusy(StorageError):
    """Another process holds the database for too long."""


class DiskFailed(StorageError):
    """The disk answered with an error that is not lack of room, or may not be written."""


# What any work on the database can raise: the store's own failures, and those that nobody has foreseen.
DATABASE_ERRORS = (StorageError, PeeweeException)
