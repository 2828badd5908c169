"""The data folder: one agent at a time, born `practice` or `register`, new or used, its database, where its key lies.

Source: the contract, "keys" and "exit codes".
"""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
import stat
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO

from agent.disk import put_anew
from agent.errors import Exit, StartRefused
from peewee_models.database import has_stood

KEY_BYTES = 32
DATABASE = "register.db"
MEDIA = "media"
MEDIA_ASIDE = "media-aside"
LOCK = "agent.lock"
DEFAULT_KEY_FILE = Path("/etc/renhu/renhu.key")
DEFAULT_CREDENTIAL = "renhu.key"


class FolderKind(StrEnum):
    """A practice folder holds made-up people; a register holds real ones.  Born so, never changed."""

    PRACTICE = "practice"
    REGISTER = "register"


@dataclass(slots=True)
class DataFolder:
    """A locked data folder."""

    path: Path
    kind: FolderKind
    _lock: IO[bytes] | None

    @classmethod
    def take(cls, path: Path, kind: FolderKind) -> DataFolder:
        """Make the folder where it is missing, mode 0700, and lock it.

        Raises: StartRefused: DATA-IN-USE (3), DATA-UNREACHABLE (2).
        """
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = (path / LOCK).open("ab")
        except OSError as error:
            raise _unreachable(path, error) from error
        return cls(path, kind, _locked(lock, path))

    @classmethod
    def look_into(cls, path: Path, kind: FolderKind) -> DataFolder:
        """Lock a folder and make nothing in it; where no agent has been yet, there is nothing to lock.

        Raises: as `take`.
        """
        if not os.access(path, os.W_OK | os.X_OK):
            raise _unreachable(path, PermissionError(errno.EACCES, os.strerror(errno.EACCES)))
        try:
            lock = (path / LOCK).open("rb")
        except FileNotFoundError:
            return cls(path, kind, None)
        except OSError as error:
            raise _unreachable(path, error) from error
        return cls(path, kind, _locked(lock, path))

    @property
    def database(self) -> Path:
        """Where the database file is, or will be."""
        return self.path / DATABASE

    @property
    def is_new(self) -> bool:
        """Whether there is no database yet, and no trace of one that was: neither of its own nor a scanned file."""
        return not has_stood(self.database) and not self._has_media()

    def _has_media(self) -> bool:
        return any(file.is_file() for part in (MEDIA, MEDIA_ASIDE) for file in (self.path / part).rglob("*"))

    def release(self) -> None:
        """Let another agent have the folder."""
        if self._lock is not None:
            self._lock.close()


def _locked(lock: IO[bytes], folder: Path) -> IO[bytes]:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.close()
        raise StartRefused("DATA-IN-USE", Exit.IN_USE, folder=str(folder)) from error
    return lock


def _unreachable(folder: Path, error: OSError) -> StartRefused:
    return StartRefused("DATA-UNREACHABLE", Exit.CONFIGURATION, folder=str(folder), reason=error.strerror or "")


def find_key(source: str, folder: DataFolder) -> bytes:
    """Read the database key, or make it together with a new, empty data folder; never where a database exists.

    Args:
        source: `credential:NAME`, `file:PATH`, or "" for the credential `renhu.key` where given, else
            `/etc/renhu/renhu.key`.
        folder: the locked data folder; a practice folder keeps its key inside.
    Raises: StartRefused: KEY-MISSING, KEY-NOT-GIVEN, KEY-LENGTH, KEY-OPEN-TO-OTHERS, KEY-UNREADABLE, KEY-UNWRITABLE
        (all 10), KEY-IN-FOLDER (2).
    """
    path, may_make = key_path(source, folder)
    refuse_inside(path, folder)
    if path.exists():
        return read_key(path, is_credential=not may_make)
    if not folder.is_new:
        raise StartRefused("KEY-MISSING", Exit.LOCKED, path=str(path))
    if not may_make:
        raise _not_given(source)
    return make_key(path)


def check_new_key(source: str, folder: DataFolder) -> None:
    """Look whether the key of a new folder is there, or could be made; makes nothing.  Raises: as `find_key`."""
    path, may_make = key_path(source, folder)
    check_place(path, folder, may_make=may_make, missing=_not_given(source))


def check_place(path: Path, folder: DataFolder, *, may_make: bool, missing: StartRefused) -> None:
    """Look whether a key that nothing is known of yet is there, or could be made there; else raise `missing`."""
    refuse_inside(path, folder)
    if path.exists():
        read_key(path, is_credential=not may_make)
    elif may_make:
        refuse_unwritable(path)
    else:
        raise missing


def _not_given(source: str) -> StartRefused:
    """There is no register yet, so nothing can be put back."""
    return StartRefused("KEY-NOT-GIVEN", Exit.LOCKED, source=source)


def key_path(source: str, folder: DataFolder) -> tuple[Path, bool]:
    """Say where the key is, or will be, and whether it is a file that may be made there."""
    credentials = os.environ.get("CREDENTIALS_DIRECTORY", "")
    kind, _, rest = source.partition(":")
    if kind == "credential":
        return Path(credentials or "/nonexistent") / rest, False
    if kind == "file":
        return Path(rest), True
    if folder.kind is FolderKind.PRACTICE:
        return folder.path / "practice.key", True
    if credentials and (Path(credentials) / DEFAULT_CREDENTIAL).exists():
        return Path(credentials) / DEFAULT_CREDENTIAL, False
    return DEFAULT_KEY_FILE, True


def refuse_inside(path: Path, folder: DataFolder) -> None:
    """Refuse a key beside what it protects; a practice folder may hold its own.  Raises: StartRefused KEY-IN-FOLDER."""
    if folder.kind is FolderKind.REGISTER and path.resolve().is_relative_to(folder.path.resolve()):
        raise StartRefused("KEY-IN-FOLDER", Exit.CONFIGURATION, path=str(path))


def read_key(path: Path, *, is_credential: bool) -> bytes:
    """Read a key that only its owner may read; a credential's mode is systemd's own matter.

    Raises: StartRefused KEY-UNREADABLE, KEY-OPEN-TO-OTHERS, KEY-LENGTH.
    """
    try:
        key = path.read_bytes()
        mode = stat.S_IMODE(path.stat().st_mode)
    except OSError as error:
        raise StartRefused("KEY-UNREADABLE", Exit.LOCKED, path=str(path)) from error
    if not is_credential and mode & 0o077:
        raise StartRefused("KEY-OPEN-TO-OTHERS", Exit.LOCKED, path=str(path), mode=f"{mode:04o}")
    if len(key) != KEY_BYTES:
        raise StartRefused("KEY-LENGTH", Exit.LOCKED, path=str(path), length=len(key))
    return key


def refuse_unwritable(path: Path) -> None:
    """Refuse a place where no key could be made.  Raises: StartRefused KEY-UNWRITABLE."""
    number = errno.EACCES if path.parent.is_dir() else errno.ENOENT
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise _unwritable(path, OSError(number, os.strerror(number)))


def _unwritable(path: Path, error: OSError) -> StartRefused:
    return StartRefused("KEY-UNWRITABLE", Exit.LOCKED, path=str(path), reason=error.strerror or "")


def make_key(path: Path) -> bytes:
    """Make a key where there is none, mode 0400, on the disk for good: whole or not at all, whenever it is cut short.

    Raises: StartRefused KEY-UNWRITABLE.
    """
    key = secrets.token_bytes(KEY_BYTES)
    try:
        put_anew(path, key, 0o400)
    except OSError as error:
        raise _unwritable(path, error) from error
    return key
