"""What the agent does about memory: not look for what can be given up while it loads, and really give up the rest."""

from __future__ import annotations

import ctypes
import gc
import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

Buffer = bytes | bytearray | memoryview
"""Bytes as they lie somewhere, to be handed on without a copy."""
LARGE_BYTES = 256 * 1024
MOST_KEPT_BYTES = 32 * 1024**2
"""The C library keeps no larger blocks.  Source: mallopt(3), DEFAULT_MMAP_THRESHOLD_MAX."""
ARENAS = 2
_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3
_M_ARENA_MAX = -8


@contextmanager
def loading() -> Iterator[None]:
    """Look for no garbage while modules are loaded: nearly all of them stays, and each look takes its time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def give_back_large_blocks() -> None:
    """Have every large block go back to the system as soon as it is freed.  Call it before threads are started.

    Left alone, the C library takes the first freed page of a document for the usual size, and keeps the next ones in a
    heap of its own for each thread: the agent grew with every page that was scanned.

    Source: mallopt(3), M_MMAP_THRESHOLD and M_ARENA_MAX.
    """
    library = ctypes.CDLL(None)
    library.mallopt(_M_MMAP_THRESHOLD, LARGE_BYTES)
    library.mallopt(_M_ARENA_MAX, ARENAS)


def keep_large_blocks() -> None:
    """Use freed blocks of up to 32 MiB again: for a process whose children do one piece of work each.

    To touch a page for the first time costs more than most of what is done with it: a picture of 9 MB has 2,200 pages.

    Source: mallopt(3), M_MMAP_THRESHOLD and M_TRIM_THRESHOLD.
    """
    library = ctypes.CDLL(None)
    library.mallopt(_M_MMAP_THRESHOLD, MOST_KEPT_BYTES)
    library.mallopt(_M_TRIM_THRESHOLD, 2**31 - 1)


def room(size_bytes: int, *, is_touched: bool = False) -> memoryview:
    """Room for so many bytes.

    That of many is pages which nobody has touched: whoever fills them waits for each, but holds up no other thread, as
    a `bytearray` would that writes them full of zeros first.  With `is_touched` it is waited for here, in the same way.
    """
    if size_bytes < LARGE_BYTES:
        return memoryview(bytearray(size_bytes))
    pages = memoryview(mmap.mmap(-1, size_bytes, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS))
    if is_touched:
        with Path("/dev/zero").open("rb", buffering=0) as zeros:
            zeros.readinto(pages)
    return pages


def give_back_what_is_free() -> None:
    """Give what is free among what is in use back to the system: worth its time after much passing work.

    Source: malloc_trim(3).
    """
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
