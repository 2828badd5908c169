"""The files of the media store on disk: named by the hash of their own bytes, there whole or not at all.

A file is written in `incoming`, synced, renamed to `ab/abcd…`, and its folder synced; only then may a row name it.
Only encrypted bytes come here.

A file that no row names is set aside before it goes for good: where an older copy of the database was put in place, its
row is in the newer copy.

Source: security requirements, finding 3 (without the two syncs every row pointed to an empty file after a power cut).
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
import stat
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from agent.disk import begin_to_sync, sync_folder
from agent.errors import Actor, CodedError, Retry
from agent.folder import MEDIA, MEDIA_ASIDE
from agent.memory import Buffer

FOLDER = MEDIA
INCOMING = "incoming"
ASIDE = MEDIA_ASIDE
ASIDE_DAYS = 30
_ADDRESS = re.compile(r"[0-9a-f]{64}")
_PIECE_BYTES = 1024 * 1024
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class Step(StrEnum):
    """What has just been done with a file that is being stored."""

    OPENED = "opened"
    WRITTEN = "written"
    SYNCED = "synced"
    RENAMED = "renamed"
    FOLDER_SYNCED = "folder-synced"


class NotWhole(Exception):
    """The bytes are not those that the name promises."""


class MediaFiles:
    """The folder of encrypted files.  Owned by one process; its threads may store at the same time.

    Args:
        folder: made where it is missing, mode 0700.
        at_step: called after each step of storing a file; a drill kills the process there.

    Raises: CodedError DATABASE-FULL, DATABASE-FAILED.
    """

    def __init__(self, folder: Path, at_step: Callable[[Step], None] = lambda _step: None) -> None:
        self._folder = folder
        self._incoming = folder / INCOMING
        self._aside = folder.with_name(ASIDE)
        self._at_step = at_step
        self._lock = threading.Lock()
        self._being_written: set[str] = set()
        # What the name is made of is reckoned while the disk writes.
        self._beside = ThreadPoolExecutor(1, thread_name_prefix="media-hash")
        with _coding():
            for part in (folder, self._incoming, self._aside, *(folder / f"{number:02x}" for number in range(256))):
                part.mkdir(mode=0o700, parents=True, exist_ok=True)
            sync_folder(folder)
            sync_folder(folder.parent)

    def write(self, pieces: Iterable[Buffer], announce: Callable[[str], None]) -> tuple[str, int]:
        """Keep a file for good.

        Args:
            pieces: its encrypted bytes; each is done with before the second one behind it is asked for.
            announce: is told the address before there is a file of that name, so that no sweep takes it.

        Returns: its address and its size in bytes; after a power cut it is still there, whole.
        Raises: CodedError DATABASE-FULL, DATABASE-FAILED; nothing is left behind then.
        """
        name = secrets.token_hex(16)
        unborn = self._incoming / name
        with self._lock:
            self._being_written.add(name)
        try:
            with _coding():
                return self._write(unborn, pieces, announce)
        finally:
            with suppress(OSError):
                unborn.unlink(missing_ok=True)
            with self._lock:
                self._being_written.discard(name)

    def _write(self, unborn: Path, pieces: Iterable[Buffer], announce: Callable[[str], None]) -> tuple[str, int]:
        digest, size_bytes = hashlib.sha256(), 0
        before: Future[None] | None = None
        with os.fdopen(os.open(unborn, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            self._at_step(Step.OPENED)
            for piece in pieces:
                hashed = self._beside.submit(digest.update, piece)
                file.write(piece)
                begin_to_sync(file.fileno())
                size_bytes += len(piece)
                if before is not None:
                    before.result()
                before = hashed
            file.flush()
            self._at_step(Step.WRITTEN)
            sync_file(file.fileno())
            self._at_step(Step.SYNCED)
        if before is not None:
            before.result()
        address = digest.hexdigest()
        announce(address)
        born = self._path(address)
        unborn.rename(born)
        self._at_step(Step.RENAMED)
        try:
            sync_folder(born.parent)
        except OSError:
            born.unlink(missing_ok=True)
            raise
        self._at_step(Step.FOLDER_SYNCED)
        return address, size_bytes

    @contextmanager
    def opened(self, address: str, size_bytes: int) -> Iterator[BinaryIO]:
        """Open a file whose bytes have just been compared with its name.

        Raises: FileNotFoundError; NotWhole; CodedError DATABASE-FAILED when the disk cannot read it.
        """
        with _open_plain(self._path(address)) as file:
            with _coding():
                digest, found_bytes = hashlib.sha256(), os.fstat(file.fileno()).st_size
                if found_bytes == size_bytes:
                    while piece := file.read(_PIECE_BYTES):
                        digest.update(piece)
                    file.seek(0)
            if found_bytes != size_bytes or digest.hexdigest() != address:
                raise NotWhole
            yield file

    def has(self, address: str) -> bool:
        """Whether there is a file of this name."""
        return self._path(address).is_file()

    def remove(self, address: str) -> None:
        """Remove a file; one that is not there is as good.  What cannot be removed now is swept later."""
        with suppress(OSError):
            self._path(address).unlink(missing_ok=True)

    def set_aside(self, address: str, day: int) -> None:
        """Take a file out of the store, but not off the disk, and mark it with the day of work."""
        with suppress(OSError):
            self._path(address).rename(self._aside / address)
            os.utime(self._aside / address, (day, day))

    def bring_back(self, address: str) -> bool:
        """Put a file back that was set aside; says whether there was one."""
        try:
            (self._aside / address).rename(self._path(address))
        except OSError:
            return False
        return True

    def clear_aside(self, day: int) -> None:
        """Remove what was set aside long enough before a day of work.

        A mark that is later, or a time of the clock, as on a file that was copied, counts from this day on.
        """
        with _coding():
            for path in self._aside.iterdir():
                if not _ADDRESS.fullmatch(path.name):
                    continue
                mark = path.stat().st_mtime
                if mark > day:
                    os.utime(path, (day, day))
                elif day - mark > ASIDE_DAYS:
                    path.unlink(missing_ok=True)

    def addresses(self) -> list[str]:
        """The names of all files.  Raises: CodedError DATABASE-FAILED."""
        with _coding():
            return [path.name for path in self._folder.glob("??/*") if _ADDRESS.fullmatch(path.name)]

    def clear_incoming(self) -> int:
        """Remove what a crash left half written; give how many.  What is being written now stays."""
        removed = 0
        with _coding():
            for path in self._incoming.iterdir():
                with self._lock:
                    is_leftover = path.name not in self._being_written
                if is_leftover:
                    path.unlink(missing_ok=True)
                    removed += 1
        return removed

    def _path(self, address: str) -> Path:
        if not _ADDRESS.fullmatch(address):
            raise NotWhole
        return place_of(self._folder, address)


def place_of(folder: Path, address: str) -> Path:
    """Where the file of this name lies."""
    return folder / address[:2] / address


def sync_file(descriptor: int) -> None:
    """Wait until the file's bytes are on the disk."""
    os.fsync(descriptor)


def _open_plain(path: Path) -> BinaryIO:
    """Open a plain file: never a link's target, never something that makes the reader wait."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        raise
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise NotWhole from error
        raise _coded(error) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise NotWhole
    return os.fdopen(descriptor, "rb")


@contextmanager
def _coding() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _coded(error) from error


def _coded(error: OSError) -> CodedError:
    code = "DATABASE-FULL" if error.errno in _NO_ROOM else "DATABASE-FAILED"
    return CodedError(code, Actor.TECHNICIAN, Retry.AFTER_ACTION)
