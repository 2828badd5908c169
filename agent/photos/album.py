"""The photos of drafts and records: they are kept, framed anew, taken for good, change hands, and are shredded.

The camera's picture is on the disk for good before anything is made of it.  It stays as long as its clerk may choose
another frame: until the draft is saved, and a day of a record's; what remains of it then is the photo alone.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

import msgspec

from agent.accounts import audit
from agent.accounts.audit import Act, SignedInIds
from agent.accounts.storage import Store, reading, writing
from agent.documents.errors import refused
from agent.documents.media_envelope import Binding
from agent.documents.media_store import MediaStore
from agent.documents.papers import require
from agent.documents.people import Person
from agent.errors import Actor, CodedError, Retry
from agent.memory import Buffer
from agent.photos.making import Looked, Photo
from agent.photos.under_way import UnderWay
from drivers.api import Clock
from drivers.stored_text import storable
from peewee_models import photo_queries
from peewee_models.document_queries import Owner

STILL, PICTURE = "photo-still", "photo"
JPEG: Final = "image/jpeg"
REASON_LENGTH: Final = (2, 200)
_KEEP_STILL: Final = timedelta(days=1)
_AT_ONCE: Final = 20
_LOOK_EVERY_S: Final = 600.0


class Album:
    """The photos of this station's drafts and records.

    Args:
        store: the database.
        clock: the time.
        media: the files.

    Attributes:
        under_way: whose photo is just being taken or made.
    """

    def __init__(self, store: Store, clock: Clock, media: MediaStore) -> None:
        self._store = store
        self._clock = clock
        self._media = media
        self.under_way = UnderWay()
        self._look_s = clock.monotonic()

    def keep_still(self, owner: Owner, still: Buffer, by: Person) -> uuid.UUID:
        """Keep a camera's picture for good; one of which no photo was made goes.

        Raises: CodedError DRAFT-UNKNOWN, RECORD-UNKNOWN, DATABASE-FULL, DATABASE-FAILED; nothing is kept then.
        """
        stored = self._media.put(still, JPEG, Binding(owner.id, STILL))
        with writing(self._store):
            try:
                require(owner, by)
            except CodedError:
                self._media.abandon(stored)
                raise
            unmade = [each for each in photo_queries.photos_of(owner) if each.picture_id is None]
            addresses = [address for each in unmade for address in self._shred(each)]
            row = photo_queries.insert(owner, self._media.keep(stored), uuid.UUID(by.user_id), self._clock.now())
            self._note(by, Act.PHOTO_TAKEN, owner, photo=str(row.id))
        self._media.unlink(addresses)
        key: uuid.UUID = row.id
        return key

    def still(self, owner: Owner, photo_id: uuid.UUID) -> tuple[Any, bytes]:
        """A photo's row, and the camera's picture of it.

        Raises: CodedError PHOTO-UNKNOWN, PHOTO-STILL-GONE; MEDIA-MISSING, MEDIA-DAMAGED, MEDIA-FOREIGN.
        """
        with reading(self._store):
            row = self.row(owner, photo_id)
        if row.still_id is None:
            raise refused("PHOTO-STILL-GONE")
        return row, self._media.get(row.still_id, owner.id, STILL)

    def picture(self, owner: Owner, photo_id: uuid.UUID) -> bytes:
        """The photo itself.  Raises: CodedError PHOTO-UNKNOWN; MEDIA-MISSING, MEDIA-DAMAGED, MEDIA-FOREIGN."""
        with reading(self._store):
            row = self.row(owner, photo_id)
        if row.picture_id is None:
            raise _unknown()
        return self._media.get(row.picture_id, owner.id, PICTURE)

    def keep_photo(
        self, owner: Owner, photo_id: uuid.UUID, seen: Looked, made: Photo, by: Person, version: int | None = None
    ) -> None:
        """Keep what was made of a camera's picture; without flaws it counts from now on.

        What waited for a decision until now goes.  What counts already goes on to count as it is until a frame with
        flaws is decided on: that waits beside it.

        Args:
            owner: whose.
            photo_id: which.
            seen: what was found in the camera's picture.
            made: the photo.
            by: who has taken or framed it.
            version: as the clerk saw it; None right behind the release.

        Raises: CodedError PHOTO-UNKNOWN, PHOTO-CHANGED, DATABASE-FULL, DATABASE-FAILED; the photo stays as it was then.
        """
        stored = self._media.put(made.content, JPEG, Binding(owner.id, PICTURE))
        with writing(self._store):
            try:
                row = self._seen(owner, photo_id, version)
            except CodedError:
                self._media.abandon(stored)
                raise
            goes_on = row.used_at is not None and bool(made.flaws)
            addresses = self._shred_waiting(owner, row, by) if goes_on or row.picture_id is None else []
            if goes_on:
                row = self._beside(owner, row)
            old = row.picture_id
            row.picture = self._media.keep(stored)
            row.seen, row.frame = msgspec.to_builtins(seen), msgspec.to_builtins(made.frame)
            row.flaws, row.reason = [msgspec.to_builtins(flaw) for flaw in made.flaws], ""
            is_used = not made.flaws
            user_id = row.taken_by_id if version is None else uuid.UUID(by.user_id)
            row.used_at, row.used_by = (self._from_now_on(owner), user_id) if is_used else (None, None)
            self._keep(row)
            addresses += self._media.forget([old] if old else [])
            if version is not None:
                self._note(by, Act.PHOTO_FRAMED, owner, photo=str(row.id))
            if is_used:
                self._note(by, Act.PHOTO_USED, owner, photo=str(row.id), flaws=0)
        self._media.unlink(addresses)

    def use(self, owner: Owner, photo_id: uuid.UUID, version: int, reason: str, by: Person) -> None:
        """Take a photo for good; one with flaws for a reason.  An earlier one goes on as it was let pass, and by whom.

        Raises: CodedError PHOTO-UNKNOWN, PHOTO-CHANGED, PHOTO-REASON.
        """
        said = " ".join(storable(reason).split())
        with writing(self._store):
            row = self._seen(owner, photo_id, version)
            if row.picture_id is None:
                raise _unknown()
            if row.used_at is None:
                if row.flaws and not REASON_LENGTH[0] <= len(said) <= REASON_LENGTH[1]:
                    raise refused("PHOTO-REASON", least=REASON_LENGTH[0], most=REASON_LENGTH[1])
                row.reason, row.used_by = said if row.flaws else "", uuid.UUID(by.user_id)
            row.used_at = self._from_now_on(owner)
            self._keep(row)
            self._note(by, Act.PHOTO_USED, owner, photo=str(row.id), flaws=len(row.flaws))

    def drop(self, owner: Owner, photo_id: uuid.UUID, version: int, by: Person) -> None:
        """Shred a photo that is not used.  Raises: CodedError PHOTO-UNKNOWN, PHOTO-CHANGED, PHOTO-USED."""
        with writing(self._store):
            row = self._seen(owner, photo_id, version)
            if row.used_at is not None:
                raise refused("PHOTO-USED")
            addresses = self._shred(row)
            self._note(by, Act.PHOTO_SHREDDED, owner, photos=1)
        self._media.unlink(addresses)

    def drop_unmade(self, owner: Owner, photo_id: uuid.UUID, by: Person) -> None:
        """Shred a camera's picture of which no photo can be made."""
        addresses: list[str] = []
        with writing(self._store):
            row = photo_queries.photo(photo_id)
            if row is not None and _is_of(row, owner) and row.picture_id is None:
                addresses = self._shred(row)
                self._note(by, Act.PHOTO_SHREDDED, owner, photos=1)
        self._media.unlink(addresses)

    def draft_saved(self, draft_id: uuid.UUID, record_id: uuid.UUID, by: Person) -> tuple[int, Callable[[], None]]:
        """Hand the photos that are used to the saved record, in the caller's transaction; the rest is shredded.

        Returns: how many were handed on, and what is left to do after the transaction.
        Raises: CodedError PHOTO-UNDER-WAY while one is being taken or made: it would come too late.
        """
        old, new = Owner("draft", draft_id), Owner("record", record_id)
        self.under_way.refuse(old)
        addresses: list[str] = []
        rows = photo_queries.photos_of(old)
        self._note_shredded(by, new, sum(row.used_at is None for row in rows))
        for row in rows:
            if row.used_at is None:
                addresses += self._shred(row)
                continue
            addresses += self._forget_still(row)
            self._media.rebind([row.picture_id], draft_id, record_id)
        moved = photo_queries.move(old, new)
        if moved:
            self._note(by, Act.PHOTOS_MOVED, new, photos=moved)
        return moved, partial(self._media.unlink, addresses)

    def draft_discarded(self, draft_id: uuid.UUID, by: Person) -> Callable[[], None]:
        """Shred the photos of a draft, inside the caller's transaction; gives what is left to do after it."""
        addresses: list[str] = []
        rows = photo_queries.photos_of(Owner("draft", draft_id))
        for row in rows:
            addresses += self._shred(row)
        if rows:
            self._write(by, Act.PHOTO_SHREDDED, ("draft", None), photos=len(rows))
        return partial(self._media.unlink, addresses)

    def keep_house(self) -> None:
        """Shred the camera's pictures that records need no longer, and what nobody has decided on for as long.

        Raises: CodedError when the database fails.
        """
        if self._clock.monotonic() < self._look_s:
            return
        self._look_s = self._clock.monotonic() + _LOOK_EVERY_S
        addresses: list[str] = []
        with writing(self._store):
            for row in photo_queries.stills_of_records(self._clock.now() - _KEEP_STILL, _AT_ONCE):
                if row.used_at is not None:
                    addresses += self._forget_still(row)
                    continue
                addresses += self._shred(row)
                self._write(None, Act.PHOTO_SHREDDED, ("record", row.record_id), photos=1)
        self._media.unlink(addresses)

    def row(self, owner: Owner, photo_id: uuid.UUID) -> Any:
        """The row of a photo of this owner, inside the caller's transaction.  Raises: CodedError PHOTO-UNKNOWN."""
        row = photo_queries.photo(photo_id)
        if row is None or not _is_of(row, owner):
            raise _unknown()
        return row

    def _seen(self, owner: Owner, photo_id: uuid.UUID, version: int | None) -> Any:
        row = self.row(owner, photo_id)
        if version is not None and row.version != version:
            raise refused("PHOTO-CHANGED")
        return row

    def _from_now_on(self, owner: Owner) -> datetime:
        """The time at which a photo begins to count: behind that of every other, though the clock was set back."""
        now, newest = self._clock.now(), photo_queries.current(owner)
        return now if newest is None else max(now, newest.used_at + timedelta(microseconds=1))

    def _keep(self, row: Any) -> None:
        row.version += 1
        row.save()

    def _beside(self, owner: Owner, row: Any) -> Any:
        """The row of what is made anew of the camera's picture of a photo that goes on to count: it takes it over."""
        still_id = row.still_id
        row.still = row.seen = row.frame = None
        self._keep(row)
        return photo_queries.insert(owner, still_id, row.taken_by_id, row.taken_at)

    def _forget_still(self, row: Any) -> list[str]:
        still_id = row.still_id
        row.still = row.seen = row.frame = None
        row.save()
        return [] if still_id is None else self._media.forget([still_id])

    def _shred_waiting(self, owner: Owner, but: Any, by: Person) -> list[str]:
        waiting = [row for row in photo_queries.photos_of(owner) if row.used_at is None and row.id != but.id]
        self._note_shredded(by, owner, len(waiting))
        return [address for row in waiting for address in self._shred(row)]

    def _shred(self, row: Any) -> list[str]:
        files = photo_queries.files_of(row)
        photo_queries.delete(row)
        return self._media.forget(files)

    def _note_shredded(self, by: Person, owner: Owner, photos: int) -> None:
        if photos:
            self._note(by, Act.PHOTO_SHREDDED, owner, photos=photos)

    def _note(self, by: Person, act: Act, owner: Owner, **facts: str | int) -> None:
        self._write(by, act, (owner.column, owner.id), **facts)

    def _write(self, by: Person | None, act: Act, subject: tuple[str, uuid.UUID | None], **facts: str | int) -> None:
        who = None if by is None else SignedInIds(by.user_id, by.session_id)
        audit.write(self._clock, who, act, subject, **facts)


def _is_of(row: Any, owner: Owner) -> bool:
    is_of: bool = getattr(row, f"{owner.column}_id") == owner.id
    return is_of


def _unknown() -> CodedError:
    return CodedError("PHOTO-UNKNOWN", Actor.CLERK, Retry.NEVER)
