"""Files that are there whole or not at all, also after a power cut.

Source: security requirements, finding 3 (without a sync of the file and of its folder a name may point to nothing).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO


def sync_folder(path: Path) -> None:
    """Wait until the folder's names are on the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def growing(path: Path) -> Iterator[BinaryIO]:
    """Write a file piece by piece, mode 0600; at the end it is put in its place, in that of an older one too.

    Raises: OSError; behind any error nothing is left behind, and an older file stays.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise
    sync_folder(path.parent)


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
