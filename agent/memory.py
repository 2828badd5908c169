"""What the agent does about memory: not look for what can be given up while it loads, and really give up the rest."""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager

LARGE_BYTES = 256 * 1024
ARENAS = 2
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


def give_back_what_is_free() -> None:
    """Give what is free among what is in use back to the system: worth its time after much passing work.

    Source: malloc_trim(3).
    """
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
