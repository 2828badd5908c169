"""Whether the file of every page is there: for a look at a data folder, or a copy of one, that makes nothing."""

from __future__ import annotations

from pathlib import Path

from agent.accounts.storage import reading
from agent.documents.media_files import FOLDER, place_of
from agent.errors import Actor, CodedError, Retry
from peewee_models import document_queries
from peewee_models.database import SqlCipherStore


def check_files(store: SqlCipherStore, folder: Path) -> None:
    """Look for the files of all rows; a folder of an older program has none.

    Raises: CodedError MEDIA-LOST when some are not there.
    """
    if not store.table_exists("media"):
        return
    with reading(store):
        addresses = document_queries.media_by_address()
    lost = sum(not place_of(folder / FOLDER, address).is_file() for address in addresses)
    if lost:
        raise CodedError("MEDIA-LOST", Actor.TECHNICIAN, Retry.AFTER_ACTION, count=lost, folder=str(folder / FOLDER))
