"""Whether the register of a data folder would open, with its page files and its audit rows; nothing is changed."""

from __future__ import annotations

from agent.accounts.trail import TrailView, read_mark, view
from agent.clock import SystemClock
from agent.config import Config
from agent.documents.media_check import check_files
from agent.documents.media_key import KeySources, check_media_key
from agent.folder import DataFolder, FolderKind
from agent.store import check_store
from peewee_models.audit_chain import is_chained, look_over
from peewee_models.database import SqlCipherStore


def check_register(config: Config, noted: str = "") -> TrailView | None:
    """Look at all of the data folder that could refuse the start of the daemon, and over its audit rows.

    Args:
        config: of the daemon.
        noted: a mark of the audit rows, as it was noted elsewhere.

    Returns: what the look over the audit rows has found; None for a folder not yet made, which is well.

    Raises: StartRefused as the start would; CodedError AUDIT-MARK, MEDIA-LOST.
    """
    mark = read_mark(noted)
    if not config.folder.exists():
        return None
    found: list[TrailView] = []

    def look(store: SqlCipherStore) -> None:
        check_media_key(sources, folder, store)
        check_files(store, folder.path)
        if is_chained(store):
            found.append(view(look_over(store, mark), SystemClock(config.time_zone).now(), mark))

    folder = DataFolder.look_into(config.folder, FolderKind.REGISTER)
    try:
        sources = KeySources(config.media_key, config.key)
        check_store(folder, config.key, look)
    finally:
        folder.release()
    return found[0] if found else None
