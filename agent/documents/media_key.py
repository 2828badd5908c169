"""The media key: which file or credential holds it, when it is made, and how a wrong one is told.

The rules are those of the database key: 32 bytes, mode 0400, never inside the data folder (practice folders excepted).
It is made once, together with a mark in the database that names it by a keyed hash; where the mark stands, a missing
or different key is refused and nothing is made.  A folder born before there were media has no mark: it gets its key
at the next start, because nothing can have been sealed yet.

The mark holds the folder's own identity too, to which every file is bound: the station's configured code may be
changed, this never.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import uuid
from dataclasses import dataclass, field
from pathlib import Path

from agent.documents.media_envelope import KEY_ID_BYTES
from agent.errors import Exit, StartRefused
from agent.folder import (
    DEFAULT_CREDENTIAL,
    DEFAULT_KEY_FILE,
    DataFolder,
    FolderKind,
    check_place,
    make_key,
    read_key,
    refuse_inside,
)
from agent.store import refusing
from peewee_models.database import Store
from peewee_models.station import media_mark, set_media_mark

NAME = "renhu-media.key"
PRACTICE_NAME = "practice-media.key"


@dataclass(frozen=True, slots=True)
class MediaKey:
    """The key that wraps the files' keys.

    Attributes:
        key: 32 bytes.
        key_id: stands in every file's header.
        station: the folder's own identity.
    """

    key: bytes = field(repr=False)
    key_id: bytes
    station: uuid.UUID

    @classmethod
    def of(cls, key: bytes, station: uuid.UUID) -> MediaKey:
        """Name a key by its keyed hash."""
        return cls(key, _keyed(key, b"id")[:KEY_ID_BYTES], station)


@dataclass(frozen=True, slots=True)
class KeySources:
    """What the configuration says of keys: `[data] media_key` and `[data] key`, each "" where it says nothing."""

    media: str
    database: str


def open_media_key(sources: KeySources, folder: DataFolder, store: Store) -> MediaKey:
    """Read the folder's media key; make it, and the mark, where the folder has never had one.

    Raises: StartRefused: MEDIA-KEY-MISSING, MEDIA-KEY-WRONG, KEY-LENGTH, KEY-OPEN-TO-OTHERS, KEY-UNREADABLE,
        KEY-UNWRITABLE (all 10), KEY-IN-FOLDER (2), and what the database refuses.
    """
    known = _mark(folder, store)
    if known is not None:
        return _known_key(sources, folder, known)
    path, may_make = _place(sources, folder)
    refuse_inside(path, folder)
    if path.exists():
        key = read_key(path, is_credential=not may_make)
    elif may_make:
        key = make_key(path)
    else:
        raise _missing(path)
    station = uuid.uuid4()
    with refusing(folder.path), store.write():
        set_media_mark(_keyed(key, b"check").hex(), station)
    return MediaKey.of(key, station)


def check_media_key(sources: KeySources, folder: DataFolder, store: Store) -> None:
    """Look whether the key is the one that the folder knows; makes nothing.  Raises as `open_media_key`."""
    known = _mark(folder, store)
    if known is None:
        check_new_media_key(sources, folder)
    else:
        _known_key(sources, folder, known)


def check_new_media_key(sources: KeySources, folder: DataFolder) -> None:
    """Look whether the key of a folder without a mark is there, or could be made.  Raises as `open_media_key`."""
    path, may_make = _place(sources, folder)
    check_place(path, folder, may_make=may_make, missing=_missing(path))


def _mark(folder: DataFolder, store: Store) -> tuple[str, uuid.UUID] | None:
    with refusing(folder.path), store.read():
        return media_mark()


def _known_key(sources: KeySources, folder: DataFolder, known: tuple[str, uuid.UUID]) -> MediaKey:
    path, may_make = _place(sources, folder)
    refuse_inside(path, folder)
    if not path.exists():
        raise _missing(path)
    key = read_key(path, is_credential=not may_make)
    check, station = known
    if not hmac.compare_digest(check, _keyed(key, b"check").hex()):
        raise StartRefused("MEDIA-KEY-WRONG", Exit.LOCKED, path=str(path))
    return MediaKey.of(key, station)


def _missing(path: Path) -> StartRefused:
    return StartRefused("MEDIA-KEY-MISSING", Exit.LOCKED, path=str(path))


def _place(sources: KeySources, folder: DataFolder) -> tuple[Path, bool]:
    """Say where the key is, and whether it may be made there.

    Without a word in the configuration it stands beside the database's key; where that is a credential this must be
    one too, because a key in clear would undo what the credential protects.
    """
    credentials = Path(os.environ.get("CREDENTIALS_DIRECTORY") or "/nonexistent")
    kind, _, rest = sources.media.partition(":")
    if kind == "file":
        place = Path(rest), True
    elif kind == "credential":
        place = credentials / rest, False
    elif folder.kind is FolderKind.PRACTICE:
        place = folder.path / PRACTICE_NAME, True
    elif (credentials / NAME).exists():
        place = credentials / NAME, False
    elif sources.database.startswith("file:"):
        place = Path(sources.database.removeprefix("file:")).with_name(NAME), True
    elif sources.database or (credentials / DEFAULT_CREDENTIAL).exists():
        place = credentials / NAME, False
    else:
        place = DEFAULT_KEY_FILE.with_name(NAME), True
    return place


def _keyed(key: bytes, purpose: bytes) -> bytes:
    return hmac.new(key, b"renhu media key 1 " + purpose, hashlib.sha256).digest()
