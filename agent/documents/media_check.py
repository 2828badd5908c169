"""Whether the file of every page is there: for a look at a data folder, or a copy of one, that makes nothing."""

from __future__ import annotations

from pathlib import Path

from agent.accounts.storage import reading
from agent.documents.media_files import FOLDER, place_of
from agent.errors import Actor, CodedError, Retry
from peewee_models import document_queries
from peewee_models.database import SqlCipherStore


def lost_files(store: SqlCipherStore, folder: Path) -> int:
    """How many rows have lost their file; a folder of an older program has none."""
    if not store.table_exists("media"):
        return 0
    with reading(store):
        addresses = document_queries.media_by_address()
    return sum(not place_of(folder / FOLDER, address).is_file() for address in addresses)


def media_lost(count: int, folder: Path) -> CodedError:
    """What to say of files that are gone: the station works, their pages cannot be shown."""
    place = str(folder / FOLDER)
    return CodedError("MEDIA-LOST", Actor.TECHNICIAN, Retry.AFTER_ACTION, count=count, folder=place)
