"""Open the station's database and read or write in it, with failures as coded errors.

Only here are the plain exceptions of `peewee_models` given their codes; every service goes through `writing`/`reading`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from agent.errors import Actor, CodedError, Exit, Retry, StartRefused
from peewee_models import database, failures, schema, station

FolderKind = Literal["practice", "register"]
Store = database.Store
FILE_NAME = "renhu.db"


def database_path(folder: Path) -> Path:
    """Where the database of a data folder stands."""
    return folder / FILE_NAME


def is_database_there(folder: Path) -> bool:
    """Whether the folder holds a database, so that no key may be made for it any more."""
    path = database_path(folder)
    return path.exists() or Path(f"{path}-wal").exists()


def open_station_database(folder: Path, key: bytes, kind: FolderKind) -> Store:
    """Open the folder's database, or make it in a folder without one, and bring it to the newest schema.

    Args:
        folder: the data folder; it exists and is held by this process.
        key: 32 bytes.
        kind: what the folder is to be; a folder keeps for life what it was born as.

    Raises: StartRefused with DATABASE-OLD-COMPONENT, DATABASE-WRONG-KEY, DATABASE-DAMAGED, DATABASE-NEWER-SCHEMA,
        DATABASE-DISK-FULL, DATABASE-DISK, DATABASE-IN-USE or DATABASE-FOLDER-KIND.
    """
    path = database_path(folder)
    try:
        if not is_database_there(folder):
            database.create_sqlcipher(path, key, lambda store: _prepare(store, kind))
        store = database.open_sqlcipher(path, key)
        schema.upgrade(store)
        born_as = station.folder_kind()
    except failures.StorageError as error:
        raise _start_refused(error) from error
    except OSError as error:
        raise StartRefused("DATABASE-DISK", Exit.CONFIGURATION) from error
    if born_as != kind:
        store.close()
        raise StartRefused("DATABASE-FOLDER-KIND", Exit.CONFIGURATION, found=str(born_as), wanted=kind)
    return store


def _prepare(store: Store, kind: FolderKind) -> None:
    schema.upgrade(store)
    with store.write():
        station.set_folder_kind(kind)


def _start_refused(error: failures.StorageError) -> StartRefused:
    code, exit_code = _CASES[type(error)]
    if isinstance(error, failures.ComponentTooOld):
        return StartRefused(code, exit_code, found=error.found, needed=error.needed)
    return StartRefused(code, exit_code)


_CASES: dict[type[failures.StorageError], tuple[str, Exit]] = {
    failures.ComponentTooOld: ("DATABASE-OLD-COMPONENT", Exit.TOO_OLD),
    failures.WrongKey: ("DATABASE-WRONG-KEY", Exit.LOCKED),
    failures.Damaged: ("DATABASE-DAMAGED", Exit.DAMAGED),
    failures.DatabaseMissing: ("DATABASE-DAMAGED", Exit.DAMAGED),
    failures.DatabaseExists: ("DATABASE-DAMAGED", Exit.DAMAGED),
    failures.NewerSchema: ("DATABASE-NEWER-SCHEMA", Exit.DAMAGED),
    failures.DiskFull: ("DATABASE-DISK-FULL", Exit.DISK_FULL),
    failures.DiskFailed: ("DATABASE-DISK", Exit.CONFIGURATION),
    failures.StorageBusy: ("DATABASE-IN-USE", Exit.IN_USE),
}


@contextmanager
def writing(store: Store) -> Iterator[None]:
    """Open the one writing transaction.  Raises: CodedError when the store fails; nothing of the write is kept then."""
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
    return CodedError(_CASES[type(error)][0], Actor.TECHNICIAN, Retry.AFTER_ACTION)
