"""How the C library keeps the memory that the agent has given up."""

from __future__ import annotations

import ctypes

LARGE_BYTES = 256 * 1024
ARENAS = 2
_M_MMAP_THRESHOLD = -3
_M_ARENA_MAX = -8


def give_back_large_blocks() -> None:
    """Have every large block go back to the system as soon as it is freed.  Call it before threads are started.

    Left alone, the C library takes the first freed page of a document for the usual size, and keeps the next ones in a
    heap of its own for each thread: the agent grew with every page that was scanned.

    Source: mallopt(3), M_MMAP_THRESHOLD and M_ARENA_MAX.
    """
    library = ctypes.CDLL(None)
    library.mallopt(_M_MMAP_THRESHOLD, LARGE_BYTES)
    library.mallopt(_M_ARENA_MAX, ARENAS)
