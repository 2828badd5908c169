"""Files that are there whole or not at all, also after a power cut.

Source: security requirements, finding 3 (without a sync of the file and of its folder a name may point to nothing).
"""

from __future__ import annotations

import ctypes
import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

_SYNC_FILE_RANGE_WRITE = 2
_libc = ctypes.CDLL(None)
_NEEDS_NAME = {errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL}


def sync_folder(path: Path) -> None:
    """Wait until the folder's names are on the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def begin_to_sync(descriptor: int) -> None:
    """Have the disk begin with what was written to a file, and go on; whether it can is told by the sync behind it.

    Source: sync_file_range(2), SYNC_FILE_RANGE_WRITE.
    """
    _libc.sync_file_range(descriptor, ctypes.c_int64(0), ctypes.c_int64(0), _SYNC_FILE_RANGE_WRITE)


@contextmanager
def growing(path: Path) -> Iterator[BinaryIO]:
    """Write a file piece by piece, mode 0600; at the end it is put in its place, in that of an older one too.

    Until then it has no name where the file system can do without: a process that is killed leaves nothing behind.

    Raises: OSError; behind any error nothing is left behind, and an older file stays.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        descriptor, is_nameless = _opened(part)
        with os.fdopen(descriptor, "w+b") as file:
            yield file
            file.flush()
            os.fsync(descriptor)
            if is_nameless:  # any descriptor of a folder makes it follow the link; an absolute path has no use for it
                os.link(f"/proc/self/fd/{descriptor}", part, src_dir_fd=descriptor, follow_symlinks=True)
        part.replace(path)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise
    sync_folder(path.parent)


def _opened(part: Path) -> tuple[int, bool]:
    """Open a file that has no name yet, else one of this name; says whether it has none.  Raises: OSError."""
    try:
        return os.open(part.parent, os.O_RDWR | os.O_TMPFILE, 0o600), True
    except OSError as error:
        if error.errno not in _NEEDS_NAME:
            raise
    return os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), False


def put_file(path: Path, content: bytes) -> None:
    """Put a whole file in its place; whoever looks finds the older one or this.  Raises: as of `growing`."""
    with growing(path) as file:
        file.write(content)


def put_anew(path: Path, content: bytes, mode: int) -> None:
    """Put a file in its place, whole or not at all, and for good; what a run that was cut short has left goes.

    Args:
        path: of a file that one process alone writes.
        content: of it.
        mode: of it, whatever the umask.

    Raises: OSError.
    """
    part = path.with_name(path.name + ".new")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        os.fchmod(file.fileno(), mode)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.rename(path)
    sync_folder(path.parent)
