"""Whether the register of a data folder would open: its keys, its database, its schema; nothing is made or changed."""

from __future__ import annotations

from agent.config import Config
from agent.documents.media_key import KeySources, check_media_key
from agent.folder import DataFolder, FolderKind
from agent.store import check_store


def check_register(config: Config) -> None:
    """Look at all of the data folder that could refuse the start of the daemon; a folder not yet made is well.

    Raises: StartRefused as the start would.
    """
    if not config.folder.exists():
        return
    folder = DataFolder.look_into(config.folder, FolderKind.REGISTER)
    try:
        sources = KeySources(config.media_key, config.key)
        check_store(folder, config.key, lambda store: check_media_key(sources, folder, store))
    finally:
        folder.release()
