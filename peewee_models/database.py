"""Make and open the station's database: SQLCipher in a file.

Source: security requirements, findings 1, 4 and 12 (`synchronous=FULL`, SQLite >= 3.51.3, temporary tables in memory).
"""

from __future__ import annotations

import hashlib
import hmac
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from peewee import DatabaseError
from playhouse.sqlcipher_ext import SqlCipherDatabase
from sqlcipher3 import dbapi2 as sqlcipher

from peewee_models import finding_index
from peewee_models.failures import (
    ComponentTooOld,
    Damaged,
    DatabaseExists,
    DatabaseMissing,
    DiskFailed,
    DiskFull,
    StorageBusy,
    StorageError,
    WrongKey,
)
from peewee_models.tables import TABLES
from peewee_models.writing import Writing, chain

if TYPE_CHECKING:
    from peewee_models.postgresql import PostgresqlStore

KEY_BYTES = 32
OLDEST_SQLITE = (3, 51, 3)
BUSY_TIMEOUT_S = 10.0
CHECKED_AT_OPENING_BYTES = 32 * 1024 * 1024
SMALLEST_BYTES = 4096
LOW_SPACE_BYTES = 1024 * 1024
MANY_CACHE_KIB = 256 * 1024
MANY_WAL_PAGES = 20_000
_PRAGMAS = (
    ("cipher_log_level", "NONE"),
    ("cipher_memory_security", 0),
    ("journal_mode", "wal"),
    ("synchronous", "full"),
    ("foreign_keys", 1),
    ("temp_store", "memory"),
    ("secure_delete", 1),
    ("trusted_schema", 0),
    ("cell_size_check", 1),
)


class SqlCipherStore(Writing, SqlCipherDatabase):  # type: ignore[misc]
    """The station's own engine: an encrypted SQLite file."""

    driver_error = sqlcipher.DatabaseError

    def __init__(self, path: Path, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            msg = f"the key must have {KEY_BYTES} bytes"
            raise ValueError(msg)
        super().__init__(str(path), pragmas=_PRAGMAS, timeout=BUSY_TIMEOUT_S, passphrase=f"x'{key.hex()}'")
        self.write_lock = threading.RLock()

    def begin_write(self) -> Any:
        """Take SQLite's one write lock at once, so that a reader never has to become a writer halfway."""
        return self.atomic("IMMEDIATE")

    @contextmanager
    def writing_many(self) -> Iterator[None]:
        """Hold more pages in memory, and write pages back less often: most are changed by many of the rows.

        What is left is written back at the end, so that the next save need not wait for it.
        """
        for pragma in (f"cache_size = -{MANY_CACHE_KIB}", f"wal_autocheckpoint = {MANY_WAL_PAGES}"):
            self.execute_sql(f"PRAGMA {pragma}").fetchall()
        yield
        self.execute_sql("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def settle(self) -> None:
        """Let the finding index follow."""
        finding_index.settle(self)

    def name_failure(self, error: Exception) -> StorageError | None:
        """Tell the failures of the file apart by SQLite's messages, which are part of its interface.

        SQLite rolls a full write back by itself; peewee's own rollback then fails too and hides the first error, so
        the errors behind it are read as well.
        """
        text = " / ".join(str(one) for one in chain(error))
        failure: StorageError | None = None
        if "is full" in text:
            failure = DiskFull(text)
        elif "malformed" in text or "not a database" in text:
            failure = Damaged(text)
        elif "is locked" in text or "is busy" in text:
            failure = StorageBusy(text)
        elif "disk I/O error" in text or "readonly" in text or "unable to open" in text:
            failure = DiskFull(text) if _has_no_room(Path(self.database)) else DiskFailed(text)
        return failure


Store: TypeAlias = "SqlCipherStore | PostgresqlStore"


def check_components(version: tuple[int, ...] = sqlcipher.sqlite_version_info) -> None:
    """Refuse a SQLite that can corrupt its write-ahead log.  Raises: ComponentTooOld."""
    if version < OLDEST_SQLITE:
        raise ComponentTooOld(".".join(map(str, version)), ".".join(map(str, OLDEST_SQLITE)))


def use(store: Store) -> None:
    """Bind all tables to this database."""
    store.bind(TABLES, bind_refs=False, bind_backrefs=False)


def has_stood(path: Path) -> bool:
    """Whether a database is or was there: itself, its log, or the mark of its key, which is made before it is born.

    A mark beside a database that was never born belongs to a creation cut short, which may be done again.
    """
    if path.exists() or Path(f"{path}-wal").exists():
        return True
    return _key_check_path(path).exists() and not _unborn(path).exists()


def create_sqlcipher(path: Path, key: bytes, prepare: Callable[[SqlCipherStore], None]) -> None:
    """Make a new database under another name, fill it, and only then give it its own: never half a database.

    Args:
        path: where; nothing may stand there, nor have stood.
        key: 32 bytes.
        prepare: makes the tables.

    Raises: DatabaseExists; ComponentTooOld; DiskFull.
    """
    check_components()
    if has_stood(path):
        raise DatabaseExists
    unborn = _unborn(path)
    _key_check_path(path).unlink(missing_ok=True)
    _sync(path.parent)
    for leftover in (unborn, Path(f"{unborn}-wal"), Path(f"{unborn}-shm")):
        leftover.unlink(missing_ok=True)
    os.close(os.open(unborn, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    store = SqlCipherStore(unborn, key)
    with store.translating():
        use(store)
        prepare(store)
        store.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        store.close()
    _sync(unborn)
    _sync(path.parent)
    _write_durably(_key_check_path(path), _key_check(key))
    unborn.rename(path)
    _sync(path.parent)


def open_sqlcipher(path: Path, key: bytes) -> SqlCipherStore:
    """Open an existing database.  Writes nothing when it cannot.

    Raises: DatabaseMissing; WrongKey; Damaged; ComponentTooOld; StorageBusy; DiskFailed.
    """
    check_components()
    if not path.exists():
        raise DatabaseMissing
    is_key_known = _is_key_known(path, key)
    if is_key_known is False:
        raise WrongKey
    store = SqlCipherStore(path, key)
    try:
        _look_into(store, path)
    except Damaged:
        with suppress(DatabaseError):
            store.close()
        if is_key_known is None:
            raise WrongKey from None
        raise
    use(store)
    return store


def find_damage(store: SqlCipherStore) -> list[str]:
    """Check the seal of every page of the file; an empty list when all are whole.  About 5 ms a megabyte.

    Raises: Damaged when not even the list of tables can be read.
    """
    with store.translating():
        return [str(row[0]) for row in store.execute_sql("PRAGMA cipher_integrity_check").fetchall()]


def is_checked_at_opening(path: Path) -> bool:
    """Whether the file is so small that `open_sqlcipher` looks at every page of it."""
    return path.stat().st_size <= CHECKED_AT_OPENING_BYTES


def _look_into(store: SqlCipherStore, path: Path) -> None:
    if path.stat().st_size < SMALLEST_BYTES:
        raise Damaged
    with store.translating():
        store.execute_sql("SELECT count(*) FROM sqlite_master").fetchall()
        if is_checked_at_opening(path) and find_damage(store):
            raise Damaged


def _has_no_room(path: Path) -> bool:
    state = os.statvfs(path.parent)
    return state.f_bavail * state.f_frsize < LOW_SPACE_BYTES


def _unborn(path: Path) -> Path:
    return path.with_name(path.name + ".new")


def _key_check_path(path: Path) -> Path:
    return path.with_name(path.name + ".key-check")


def _key_check(key: bytes) -> bytes:
    return hmac.new(key, b"renhu database key check 1", hashlib.sha256).hexdigest().encode() + b"\n"


def _is_key_known(path: Path, key: bytes) -> bool | None:
    """Compare with the mark left at creation: only it tells a wrong key from a damaged first page; None without it."""
    try:
        mark = _key_check_path(path).read_bytes()
    except FileNotFoundError:
        return None
    return hmac.compare_digest(mark, _key_check(key))


def _write_durably(path: Path, content: bytes) -> None:
    unborn = path.with_name(path.name + ".new")
    with unborn.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unborn.rename(path)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
