"""Whether what a camera sent is a whole picture, by its bytes and by nothing that it says of itself."""

from __future__ import annotations

from typing import Final

from drivers import camera_errors

LARGEST_BYTES: Final = 40_000_000
"""Longer ones are not taken from a camera."""
LARGEST_PX: Final = 80_000_000
"""Pictures that say they have more elements are not taken either: a small file can say so."""
LARGEST_FRAME_BYTES: Final = 4_000_000
"""The same of the live view's pictures."""

_START, _END = b"\xff\xd8\xff", b"\xff\xd9"
_SCAN: Final = 0xDA
_BARE: Final = frozenset({0x01, *range(0xD0, 0xD8)})
"""JPEG markers without a length.  Source: ITU-T T.81, B.1.1.3."""
_FRAMES: Final = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""JPEG markers behind which height and width stand.  Source: the same, table B.1."""
_RAW_STARTS: Final = (b"II*\0", b"MM\0*", b"IIRO", b"IIRS", b"MMOR", b"IIU\0", b"FUJIFILMCCD-RAW", b"FOVb", b"\0MRM")
_RAW_BOXES: Final = b"ftypcrx "
_START_BYTES: Final = 32
_PIECE_BYTES: Final = 64 * 1024
_RAW_SUFFIXES: Final = frozenset(
    {"3fr", "arw", "cr2", "cr3", "crw", "dng", "fff", "iiq", "mrw", "nef", "nrw", "orf", "pef", "raf", "raw", "rw2"}
    | {"rwl", "sr2", "srf", "srw", "x3f"}
)


def is_named_raw(name: str) -> bool:
    """Whether a file's name is that of a RAW file."""
    _, dot, suffix = name.rpartition(".")
    return bool(dot) and suffix.lower() in _RAW_SUFFIXES


def check(content: bytes | memoryview) -> None:
    """See that this is a whole JPEG, as far as that can be seen.

    Raises: LinkError CAMERA-PICTURE; NeedsOperator CAMERA-RAW-ONLY for a RAW file, whatever its name is.
    """
    size_bytes, start = len(content), bytes(content[:_START_BYTES])
    if not content:
        raise camera_errors.bad_picture("empty", size_bytes)
    if size_bytes > LARGEST_BYTES:
        raise camera_errors.bad_picture("large", size_bytes)
    if start.startswith(_START):
        size_px = jpeg_size_px(content)
        if size_px is None:
            raise camera_errors.bad_picture("broken", size_bytes)
        if size_px[0] * size_px[1] > LARGEST_PX:
            raise camera_errors.bad_picture("large", size_bytes)
    elif start.startswith(_RAW_STARTS) or start[4:12] == _RAW_BOXES:
        raise camera_errors.raw_only()
    else:
        raise camera_errors.bad_picture("unknown", size_bytes)


def jpeg_size_px(content: bytes | memoryview) -> tuple[int, int] | None:
    """Width and height of a JPEG that is whole; None of one that is not.

    It has all its segments and, behind the first scan, an end; what follows that is of no account.  The thumbnail
    within has an end too, so the way there leads over the segments.  Source: ITU-T T.81, B.1 and B.2.2.
    """
    at = len(_START) - 1
    size_px: tuple[int, int] | None = None
    while True:
        head = content[at : at + 9]
        if len(head) < 4 or head[0] != 0xFF:
            return None
        marker = head[1]
        if marker == _SCAN:
            return size_px if _has_end(content, at) else None
        if marker in _FRAMES:
            size_px = (int.from_bytes(head[7:9], "big"), int.from_bytes(head[5:7], "big"))
        if marker == 0xFF:
            at += 1
        elif marker in _BARE:
            at += 2
        else:
            at += 2 + int.from_bytes(head[2:4], "big")


def _has_end(content: bytes | memoryview, at: int) -> bool:
    """Whether there is an end behind this place: nearly always at the very end, so it is looked for from there."""
    stop = len(content)
    while stop > at:
        start = max(at, stop - _PIECE_BYTES)
        if _END in bytes(content[start:stop]):
            return True
        stop = start + len(_END) - 1 if start > at else at
    return False


def is_frame(content: bytes) -> bool:
    """Whether this may be shown as a picture of the live view."""
    return content.startswith(_START) and content.endswith(_END) and len(content) <= LARGEST_FRAME_BYTES
