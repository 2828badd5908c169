"""Pictures, EXIF blocks and live-view frames as the faults of a simulated camera leave them."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from dataclasses import replace

from PIL import Image

from simulators.camera_fault_table import CAPTURE, HOSTILE_NAMES, PREVIEW
from simulators.camera_files import Contents
from simulators.camera_store import NewFile
from simulators.fault_board import FaultBoard, Strike
from simulators.jpeg_spoilt import HTML, bomb, flipped

EXIF_HEAD = b"Exif\0\0"
FRAME_HEAD_BYTES = 384
_TURNED = 6
_MARKUP = b"<script>alert(1)</script>\x1b[2J\xff%s%n\0"
_HUGE_FRAME_BYTES = 8 << 20


def spoil_file(file: NewFile, faults: FaultBoard) -> NewFile:
    """Let the faults do to a JPEG what they do."""
    for name, spoil in _FILES.items():
        if (strike := faults.take(name, CAPTURE)) is not None:
            file = replace(file, contents=spoil(file.contents, strike))
    if (strike := faults.take("hostile-name", CAPTURE)) is not None:
        file = replace(file, name=HOSTILE_NAMES[str(strike.value("text"))])
    if (strike := faults.take("wrong-length", CAPTURE)) is not None:
        wrong, what = strike.number("wrong_bytes"), strike.value("what")
        if what == "info":
            return replace(file, announced_bytes=file.contents.size + wrong)
        return replace(file, announced_more=wrong if what == "more" else -min(wrong, file.contents.size))
    return file


def spoil_exif(block: bytes, faults: FaultBoard) -> bytes:
    """Give a picture another EXIF block, if that fault is on."""
    strike = faults.take("hostile-exif", CAPTURE)
    if strike is None:
        return block
    blocks: dict[str, Callable[[], bytes]] = {
        "garbage": lambda: EXIF_HEAD + strike.rng.randbytes(4000),
        "loop": lambda: _tiff(((0x8769, 4, 1, 8), (0x8825, 4, 1, 8)), following=8),
        "huge-count": lambda: _tiff(((0x010E, 2, 0xFFFFFFFF, 8), (0x0111, 4, 0x7FFFFFFF, 0xFFFFFFF0))),
        "markup": lambda: _tiff(((0x010E, 2, len(_MARKUP), 26), (0x013B, 2, len(_MARKUP), 26)), more=_MARKUP),
        "turned": lambda: _tiff(((0x0112, 3, 1, _TURNED),)),
        "thumbnail-bomb": _thumbnail_bomb,
        "cut": lambda: block[: len(block) // 2],
    }
    return blocks[str(strike.value("what"))]()


def spoil_frame(frame: bytes, faults: FaultBoard) -> bytes:
    """Put the header before a frame of the live view, and let the faults do what they do."""
    head = bytes(FRAME_HEAD_BYTES)
    strike = faults.take("garbage-frame", PREVIEW)
    if strike is None:
        return head + frame
    frames: dict[str, Callable[[], bytes]] = {
        "noise": lambda: head + strike.rng.randbytes(len(frame)).replace(b"\xff\xd8", b"\xff\x00"),
        "half": lambda: head + frame[: len(frame) // 2],
        "empty": lambda: b"",
        "no-header": lambda: frame,
        "huge": lambda: head + frame + bytes(_HUGE_FRAME_BYTES),
    }
    return frames[str(strike.value("kind"))]()


def _other_kind(contents: Contents, strike: Strike) -> Contents:
    kind = strike.value("kind")
    if kind == "html":
        return Contents(HTML)
    if kind == "noise":
        return Contents(strike.rng.randbytes(min(contents.size, 1 << 20)))
    out = io.BytesIO()
    Image.new("RGB", (640, 480), (200, 200, 200)).save(out, "PNG")
    return Contents(out.getvalue())


def _bomb(strike: Strike) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (16, 16), (128, 128, 128)).save(out, "JPEG")
    return bomb(out.getvalue(), strike.number("edge_px"))


_FILES: dict[str, Callable[[Contents, Strike], Contents]] = {
    "bad-jpeg": lambda contents, strike: Contents(flipped(contents.whole(), strike)),
    "truncated-jpeg": lambda contents, strike: contents.head(contents.size * strike.number("percent_kept") // 100),
    "zero-byte": lambda *_: Contents(),
    "huge-file": lambda contents, strike: contents.longer(strike.number("megabytes") * 1_000_000),
    "bomb": lambda _, strike: Contents(_bomb(strike)),
    "not-a-jpeg": _other_kind,
}


def _tiff(entries: tuple[tuple[int, int, int, int], ...], following: int = 0, more: bytes = b"") -> bytes:
    """An EXIF block of one directory: tag, type, count and value of each entry.

    Args:
        entries: in the order of their tags.
        following: where the next directory is said to be.
        more: what lies behind the directory.
    """
    packed = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return EXIF_HEAD + struct.pack("<2sHIH", b"II", 42, 8, len(entries)) + packed + struct.pack("<I", following) + more


def _thumbnail_bomb() -> bytes:
    """A small picture inside that says that it is enormous.  The second directory begins at 26, the picture at 56."""
    out = io.BytesIO()
    Image.new("RGB", (16, 16)).save(out, "JPEG")
    small = bomb(out.getvalue(), 65_500)
    second = (
        struct.pack("<H", 2) + struct.pack("<HHII", 0x0201, 4, 1, 56) + struct.pack("<HHII", 0x0202, 4, 1, len(small))
    )
    return _tiff(((0x0112, 3, 1, 1),), following=26, more=second + bytes(4) + small)
