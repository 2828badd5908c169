"""The media store: encrypted files and the rows that own them.

To store is two acts: `put` brings the bytes to the disk for good, outside any transaction; `keep` writes their row in
the transaction of the fact that refers to them.  So a row never lacks its file, and a file without a row is swept.
A swept file is set aside for a month: a file of a row that an older copy of the database lacks is no rubbish.
To delete is two acts too: `forget` destroys the wrapped key in the transaction, which is what makes the content
unreadable for ever; `unlink` then gives the room back.

Source: security requirements 5.2, findings 3 and 12.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from agent.accounts.storage import Store, reading
from agent.documents import media_envelope
from agent.documents.errors import refused_file, unknown_page
from agent.documents.media_envelope import Binding, NotAuthentic
from agent.documents.media_files import MediaFiles, NotWhole
from agent.documents.media_key import MediaKey
from agent.memory import Buffer
from drivers.api import Clock
from peewee_models import document_queries

log = logging.getLogger("renhu")

IN_HAND_S = 3600.0


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that is on the disk and has no row yet."""

    address: str
    size_bytes: int
    content_type: str
    binding: Binding
    wrapped_key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep found.

    Attributes:
        orphans: files without a row, set aside.
        leftovers: half-written files, removed.
        missing: rows without a file; told, never deleted.
    """

    orphans: int
    leftovers: int
    missing: tuple[uuid.UUID, ...]


class MediaStore:
    """The station's encrypted files.

    Args:
        store: the database.
        files: the folder.
        key: the media key of this folder.
        clock: tells how long a file has been in hand.
    """

    def __init__(self, store: Store, files: MediaFiles, key: MediaKey, clock: Clock) -> None:
        self._store = store
        self._files = files
        self._key = key
        self._clock = clock
        self._lock = threading.Lock()
        self._in_hand: dict[str, float] = {}
        self._gone: set[str] = set()

    def put(self, content: Buffer | Iterable[bytes], content_type: str, binding: Binding) -> Stored:
        """Encrypt content and bring it to the disk for good.  Call it outside a transaction: it waits for the disk.

        Raises: CodedError DATABASE-FULL, DATABASE-FAILED; nothing is left behind then.
        """
        data_key = media_envelope.new_data_key()
        bound = binding.as_bytes(self._key.station)
        pieces = [content] if isinstance(content, Buffer) else content
        sealed = media_envelope.seal(pieces, data_key, self._key.key_id, bound)
        address, size_bytes = self._files.write(sealed, self._take_in_hand)
        wrapped = media_envelope.wrap(self._key.key, data_key, bound + address.encode())
        return Stored(address, size_bytes, content_type, binding, wrapped)

    def _take_in_hand(self, address: str) -> None:
        with self._lock:
            self._in_hand[address] = self._clock.monotonic()

    def keep(self, stored: Stored) -> uuid.UUID:
        """Write the row of a file, inside the caller's transaction; give its key."""
        row = document_queries.insert_media(
            at=self._clock.now(),
            address=stored.address,
            size_bytes=stored.size_bytes,
            content_type=stored.content_type,
            wrapped_key=stored.wrapped_key,
            subject_id=stored.binding.owner,
            kind=stored.binding.kind,
            revision=stored.binding.revision,
        )
        key: uuid.UUID = row.id
        return key

    def abandon(self, stored: Stored) -> None:
        """Remove a file whose row was not written after all."""
        self._files.remove(stored.address)

    def get(self, media_id: uuid.UUID, owner: uuid.UUID, kind: str) -> bytes:
        """The whole content of a file.  Arguments and errors as of `pieces`."""
        return b"".join(self.pieces(media_id, owner, kind))

    def pieces(self, media_id: uuid.UUID, owner: uuid.UUID, kind: str) -> Iterator[bytes]:
        """The content of a file piece by piece, checked against name, size, owner, kind and revision before the first.

        Args:
            media_id: the row's key.
            owner: the draft or record whose page refers to it: what is sealed for another is refused.
            kind: what the page takes it for; what was sealed as another kind is refused.

        Raises: CodedError PAGE-UNKNOWN, MEDIA-MISSING, MEDIA-DAMAGED (its bytes have changed), MEDIA-FOREIGN (whole,
            but sealed for another owner or under another key), DATABASE-FAILED.
        """
        row = self._row(media_id)
        try:
            with self._files.opened(row.address, row.size_bytes) as file:
                data_key = self._data_key(row, owner, kind)
                yield from media_envelope.unseal(file, data_key, self._key.key_id, self._birth(row))
        except FileNotFoundError as error:
            self._row(media_id)
            with self._lock:
                self._gone.add(row.address)
            raise self._refusal("MEDIA-MISSING", media_id) from error
        except NotWhole as error:
            raise self._refusal("MEDIA-DAMAGED", media_id) from error
        except NotAuthentic as error:
            raise self._refusal("MEDIA-FOREIGN", media_id) from error

    def rebind(self, media_ids: Iterable[uuid.UUID], old: uuid.UUID, new: uuid.UUID) -> None:
        """Hand files to a new owner, inside the caller's transaction: their keys are wrapped anew, no file is touched.

        Raises: CodedError MEDIA-FOREIGN where one is not of the old owner.
        """
        for media_id in media_ids:
            row = document_queries.media(media_id)
            try:
                data_key = self._data_key(row, old, row.kind)
            except NotAuthentic as error:
                raise self._refusal("MEDIA-FOREIGN", media_id) from error
            document_queries.set_wrapped_key(
                media_id, media_envelope.wrap(self._key.key, data_key, self._holder(row, new, row.kind))
            )

    def forget(self, media_ids: Iterable[uuid.UUID]) -> list[str]:
        """Destroy the keys of files, inside the caller's transaction; give their addresses, to `unlink` after it."""
        addresses = document_queries.delete_media(list(media_ids))
        with self._lock:
            self._gone.difference_update(addresses)
        return addresses

    def unlink(self, addresses: Iterable[str]) -> None:
        """Remove forgotten files; what cannot be removed now is swept later, and is unreadable already."""
        for address in addresses:
            self._files.remove(address)

    def sweep(self, day: int, *, is_start: bool = False) -> Swept:
        """Set files aside that belong to nobody, and tell which rows have lost theirs.

        Args:
            day: of work; what was set aside long before it is removed.
            is_start: nothing is in hand yet, so every file without a row goes; later one that was put within the last
                hour stays, because its row may be on its way.

        Raises: CodedError when disk or database fail.
        """
        leftovers = self._files.clear_incoming()
        addresses = self._files.addresses()
        with reading(self._store):
            rows = document_queries.media_by_address()
        now_s = self._clock.monotonic()
        with self._lock:
            self._in_hand = {address: at for address, at in self._in_hand.items() if now_s - at < IN_HAND_S}
            in_hand = set() if is_start else set(self._in_hand)
        orphans = [address for address in addresses if address not in rows and address not in in_hand]
        for address in orphans:
            self._files.set_aside(address, day)
        self._files.clear_aside(day)
        back = [address for address in rows.keys() - set(addresses) if self._files.bring_back(address)]
        missing = self._without_file(rows)
        if orphans or leftovers or back or missing:
            log.warning(
                "media: %d orphans set aside, %d leftovers removed, %d files brought back, %d missing",
                len(orphans), leftovers, len(back), len(missing),
            )  # fmt: skip
        return Swept(len(orphans), leftovers, missing)

    def look(self) -> tuple[uuid.UUID, ...]:
        """Tell which rows have lost their file.  Raises: CodedError when the database fails."""
        with reading(self._store):
            rows = document_queries.media_by_address()
        return self._without_file(rows)

    def lost(self) -> int:
        """How many rows have lost their file, as a sweep, a look or an opener has met it; one put back is not lost."""
        with self._lock:
            self._gone = {address for address in self._gone if not self._files.has(address)}
            return len(self._gone)

    def _without_file(self, rows: dict[str, uuid.UUID]) -> tuple[uuid.UUID, ...]:
        gone = {address: key for address, key in rows.items() if not self._files.has(address)}
        with reading(self._store):
            gone = {address: key for address, key in gone.items() if document_queries.media(key) is not None}
        with self._lock:
            self._gone = set(gone)
        return tuple(gone.values())

    def _row(self, media_id: uuid.UUID) -> Any:
        with reading(self._store):
            row = document_queries.media(media_id)
        if row is None:
            raise unknown_page()
        return row

    def _birth(self, row: Any) -> bytes:
        return Binding(row.subject_id, row.kind, row.revision).as_bytes(self._key.station)

    def _holder(self, row: Any, owner: uuid.UUID, kind: str) -> bytes:
        address: str = row.address
        return Binding(owner, kind, row.revision).as_bytes(self._key.station) + address.encode()

    def _data_key(self, row: Any, owner: uuid.UUID, kind: str) -> bytes:
        return media_envelope.unwrap(self._key.key, bytes(row.wrapped_key), self._holder(row, owner, kind))

    @staticmethod
    def _refusal(code: str, media_id: uuid.UUID) -> Exception:
        log.error("media %s: %s", media_id, code)
        return refused_file(code)
