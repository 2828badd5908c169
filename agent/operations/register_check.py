"""Whether the register of a data folder would open, with its page files and its audit rows; nothing is changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from agent.accounts.trail import TrailView, read_mark, view
from agent.clock import SystemClock
from agent.config import Config
from agent.documents.media_check import lost_files
from agent.documents.media_key import KeySources, check_media_key, check_new_media_key
from agent.errors import StartRefused
from agent.folder import DataFolder, FolderKind, check_new_key
from agent.store import check_store
from peewee_models.audit_chain import NOTHING_BEFORE, ChainState, is_chained, look_over
from peewee_models.database import SqlCipherStore


@dataclass(frozen=True, slots=True)
class RegisterLook:
    """What was found in the data folder.

    Attributes:
        is_new: there is no register yet.
        lost: scanned files that are not there.
        trail: how the audit rows hang together; None where there are none yet and none were noted.
        refused: what would refuse the start of a register that is yet to be made, each thing by itself.
    """

    is_new: bool
    lost: int
    trail: TrailView | None
    refused: tuple[StartRefused, ...] = ()


def check_register(config: Config, noted: str = "") -> RegisterLook:
    """Look at all of the data folder that could refuse the start of the daemon, over its files and its audit rows.

    Args:
        config: of the daemon.
        noted: a mark of the audit rows, as it was noted elsewhere.

    Raises: StartRefused as the start would; CodedError AUDIT-MARK.
    """
    mark = read_mark(noted)
    is_new, lost, chain = True, 0, None

    def look(store: SqlCipherStore) -> None:
        nonlocal is_new, lost, chain
        check_media_key(sources, folder, store)
        is_new, lost = False, lost_files(store, folder.path)
        chain = look_over(store, mark) if is_chained(store) else None

    is_there = config.folder.exists()
    kind = FolderKind.REGISTER
    folder = DataFolder.look_into(config.folder, kind) if is_there else DataFolder(config.folder, kind, None)
    try:
        sources = KeySources(config.media_key, config.key)
        check_store(folder, config.key, look, config.home)
    finally:
        folder.release()
    if chain is None and mark is not None:
        chain = ChainState(0, NOTHING_BEFORE, "missing")
    at = SystemClock(config.time_zone).now()
    trail = None if chain is None else view(chain, at, mark)
    return RegisterLook(is_new, lost, trail, tuple(_refused_keys(sources, folder)) if is_new else ())


def _refused_keys(sources: KeySources, folder: DataFolder) -> Iterator[StartRefused]:
    """What is wrong with the keys that a new folder would be made with."""
    for check in (partial(check_new_key, sources.database), partial(check_new_media_key, sources)):
        try:
            check(folder)
        except StartRefused as refused:
            yield refused
