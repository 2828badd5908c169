"""Open or make the station's database, and put its failures into the contract's exit codes."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from agent.database_mark import note_birth, refuse_bare
from agent.errors import Exit, StartRefused
from agent.folder import DEFAULT_KEY_FILE, DataFolder, find_key
from peewee_models import failures
from peewee_models.database import SqlCipherStore, create_sqlcipher, find_damage, is_checked_at_opening, open_sqlcipher
from peewee_models.schema import refuse_newer, upgrade
from peewee_models.station import folder_kind, set_folder_kind

log = logging.getLogger("renhu")

HOME = DEFAULT_KEY_FILE.parent


def open_store(folder: DataFolder, key_source: str, home: Path = HOME) -> SqlCipherStore:
    """Open the folder's database, or make it together with its key where the folder is new; migrate it.

    Args:
        folder: the locked data folder.
        key_source: as the configuration says it, "" for the usual places.
        home: the configuration's folder.

    Raises: StartRefused: locked (10), damaged or newer (11), disk full (12), component too old (13), or of the other
    kind (2).  Nothing is overwritten in any of these cases.
    """
    is_new = _is_new(folder, key_source, home)
    key = find_key(key_source, folder)

    def prepare(store: SqlCipherStore) -> None:
        _bring_up_to_date(store)
        set_folder_kind(folder.kind)

    with refusing(folder.path):
        if is_new:
            create_sqlcipher(folder.database, key, prepare)
        store = open_sqlcipher(folder.database, key)
        try:
            _require_kind(folder)
            _bring_up_to_date(store)
        except (StartRefused, failures.StorageError):
            store.close()
            raise
    note_birth(key_source, folder, home)
    return store


def check_store(folder: DataFolder, key_source: str, look: Callable[[SqlCipherStore], None], home: Path = HOME) -> None:
    """Look whether the folder's database opens with its key, whole, and is not newer than this program; change nothing.

    Args:
        folder: the data folder.
        key_source: as the configuration says it, "" for the usual places.
        look: at what else has to fit the open database.
        home: the configuration's folder.

    Raises: StartRefused as `open_store` does, and what `look` refuses.
    """
    if _is_new(folder, key_source, home):
        return
    with refusing(folder.path):
        store = open_sqlcipher(folder.database, find_key(key_source, folder))
        try:
            refuse_newer(store)
            _require_kind(folder)
            if not is_checked_at_opening(folder.database) and find_damage(store):
                raise failures.Damaged
            look(store)
        finally:
            store.close()


def _is_new(folder: DataFolder, key_source: str, home: Path) -> bool:
    """Whether a database is to be made.

    Raises: StartRefused (11): an empty register would take the lost one's place.  DATABASE-MISSING for a used folder
        that has lost its own, whether its key is there or not; DATABASE-ELSEWHERE for a bare one where a register was.
    """
    is_new = folder.is_new
    if not is_new and not folder.database.exists():
        raise StartRefused("DATABASE-MISSING", Exit.DAMAGED, path=str(folder.database))
    if is_new:
        refuse_bare(key_source, folder, home)
    return is_new


def _bring_up_to_date(store: SqlCipherStore) -> None:
    """Apply what the schema lacks, and say how much that was."""
    steps = upgrade(store)
    if steps:
        log.info("the database's schema took %d steps and is at %s", len(steps), steps[-1])


def _require_kind(folder: DataFolder) -> None:
    born_as = folder_kind()
    if born_as != folder.kind:
        raise StartRefused("DATA-OTHER-KIND", Exit.CONFIGURATION, folder=str(folder.path), kind=born_as or "–")


@contextmanager
def refusing(folder: Path) -> Iterator[None]:
    """Turn a failure of the database into the refusal to start that the contract names."""
    try:
        yield
    except failures.ComponentTooOld as error:
        raise StartRefused("DATABASE-COMPONENT-OLD", Exit.TOO_OLD, found=error.found, needed=error.needed) from error
    except failures.StorageError as error:
        code, exit_code = _REFUSALS.get(type(error), ("DATABASE-FAILED", Exit.DAMAGED))
        raise StartRefused(code, exit_code, folder=str(folder)) from error


_REFUSALS: dict[type[failures.StorageError], tuple[str, Exit]] = {
    failures.WrongKey: ("KEY-WRONG", Exit.LOCKED),
    failures.Damaged: ("DATABASE-DAMAGED", Exit.DAMAGED),
    failures.NewerSchema: ("DATABASE-NEWER", Exit.DAMAGED),
    failures.DiskFull: ("DATABASE-FULL", Exit.DISK_FULL),
    failures.StorageBusy: ("DATABASE-BUSY", Exit.IN_USE),
}
