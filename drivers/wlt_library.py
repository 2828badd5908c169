"""The photo decoder's process: call a vendor's library once, confined, and hand on what it drew.

`python -m drivers.wlt_library CONFIG` reads 1024 photo bytes from stdin, or none: then it only looks whether the
library can be loaded and has its function.  stdout is one JSON line with the layers of
confinement, written before the library is loaded; then one JSON line `{"code", "result", "size"}`, then `size` bytes:
the picture as 126 rows of 102 RGB pixels.  The reader of all this must not believe a library that forges it.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from drivers import wlt_picture, wlt_sandbox
from drivers.wlt_picture import BMP_BYTES, RGB_BYTES, PictureWrong

_OUT_BYTES: Final = 64 * 1024
# What the buffer holds before the call: how much of it was written, tells bare rows from other sizes.
_UNTOUCHED: Final = 0xA5
_COMPANIONS: Final = ("base.dat", "license.lic", "license.dat")


class LibraryRefused(Exception):
    """The library said no: `result` is its own number."""

    def __init__(self, result: int) -> None:
        super().__init__(result)
        self.result = result


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a library.

    Attributes:
        library: where it lies.
        symbol: the function's name in it.
        flag: the last argument, where the shape has one.
        sam_id: the module that read the card, for libraries whose licence is bound to it.
    """

    library: Path
    symbol: str
    flag: int
    sam_id: str


@dataclass(frozen=True, slots=True)
class Shape:
    """One way in which the function is called.

    Attributes:
        call: makes the call; gives the function's result and how many bytes it says it wrote (None: does not say).
        symbol: the function's usual name.
        flag: the usual last argument.
        colours: order of the colours in bare rows.
        is_one_good: whether the result 1, and nothing else, means success; else the picture alone decides.
    """

    call: Callable[[Call, ctypes.CDLL, bytes, ctypes.Array[ctypes.c_char]], tuple[int, int | None]]
    symbol: str
    flag: int
    colours: str
    is_one_good: bool


def _three(call: Call, library: ctypes.CDLL, photo: bytes, out: ctypes.Array[ctypes.c_char]) -> tuple[int, None]:
    return int(getattr(library, call.symbol)(photo, out, ctypes.c_int(call.flag))), None


def _four(call: Call, library: ctypes.CDLL, photo: bytes, out: ctypes.Array[ctypes.c_char]) -> tuple[int, int]:
    size = ctypes.c_int(len(out))
    result = getattr(library, call.symbol)(photo, ctypes.c_int(len(photo)), out, ctypes.byref(size))
    return int(result), size.value


def _cv(call: Call, library: ctypes.CDLL, photo: bytes, out: ctypes.Array[ctypes.c_char]) -> tuple[int, int]:
    folder = call.library.parent
    base = (folder / "base.dat").read_bytes() if (folder / "base.dat").exists() else b""
    licence = folder / "license.lic"
    if licence.exists():
        result = int(library.CV_InitializeEx(call.sam_id.encode(), base, os.fsencode(licence)))
    else:
        result = int(library.CV_Initialize(call.sam_id.encode(), base))
    if result != 1:
        return result, 0
    size = ctypes.c_int(len(out))
    decode = getattr(library, call.symbol)
    result = int(decode(photo, ctypes.c_int(len(photo)), out, ctypes.c_int(call.flag), ctypes.byref(size)))
    library.CV_Finalize()
    return result, size.value


# Source: reader protocol notes, 3.3, the libraries of Linux.  Colours: libwlt2bmp and libwlt_wei write RGB, ZK BGR.
SHAPES: Final = {
    "unpack": Shape(_three, "unpack", 0, "rgb", is_one_good=True),
    "_Z6unpackPcS_i": Shape(_three, "_Z6unpackPcS_i", 752, "rgb", is_one_good=True),
    "wlt2bmp": Shape(_three, "wlt2bmp", 198, "rgb", is_one_good=False),
    "_Unpack": Shape(_four, "_Unpack", 0, "rgb", is_one_good=True),
    "ZKID_Wlt2bmpBuffer": Shape(_three, "ZKID_Wlt2bmpBuffer", BMP_BYTES, "bgr", is_one_good=False),
    "ZKID_PHunpack": Shape(_three, "ZKID_PHunpack", RGB_BYTES, "bgr", is_one_good=False),
    "CV": Shape(_cv, "CV_Decode", 0, "rgb", is_one_good=True),
}


def readable_files(library: Path) -> Iterator[Path]:
    """The library's own files: itself, the libraries beside it, its tables and licence.  Never its whole folder."""
    yield library
    yield from library.parent.glob("*.so*")
    yield from (library.parent / name for name in _COMPANIONS)


def draw(shape: Shape, call: Call, photo: bytes, colours: str, rows: str) -> bytes:
    """Load the library and have it draw `photo`.

    Args:
        shape: how to call it.
        call: what to call.
        photo: 1024 bytes.
        colours: "rgb", "bgr", or "" for what is usual: the shape's for bare rows, BGR for a BMP file.
        rows: "bottom-up" or "top-down", for bare rows.

    Returns: 126 rows of 102 RGB pixels.
    Raises: OSError when it cannot be loaded; AttributeError when it has no such function; LibraryRefused; PictureWrong.
    """
    loaded = ctypes.CDLL(str(call.library))
    out = ctypes.create_string_buffer(bytes([_UNTOUCHED]) * _OUT_BYTES, _OUT_BYTES)
    result, said_bytes = shape.call(call, loaded, photo, out)
    if shape.is_one_good and result != 1:
        raise LibraryRefused(result)
    written = out.raw
    if written.startswith(b"BM"):
        if said_bytes not in {None, BMP_BYTES}:
            raise PictureWrong("size")
        return wlt_picture.from_bmp(written, colours or "bgr")
    touched_bytes = len(written.rstrip(bytes([_UNTOUCHED]))) if said_bytes is None else said_bytes
    if not RGB_BYTES - wlt_picture.ROW_BYTES < touched_bytes <= RGB_BYTES:
        raise PictureWrong("size")
    return wlt_picture.from_rows(written[:RGB_BYTES], colours or shape.colours, rows)


def _attempt(config: dict[str, str | int], photo: bytes) -> tuple[str | None, int, bytes]:
    shape = SHAPES[str(config["shape"])]
    library = Path(str(config["library"]))
    symbol = str(config["symbol"]) or shape.symbol
    call = Call(library, symbol, int(config.get("flag", shape.flag)), str(config["sam_id"]))
    try:
        if not photo:
            getattr(ctypes.CDLL(str(library)), symbol)
            return None, 0, b""
        return None, 0, draw(shape, call, photo, str(config["colours"]), str(config["rows"]))
    except (OSError, AttributeError):
        return "PHOTO-LIBRARY-UNUSABLE", 0, b""
    except LibraryRefused as refusal:
        return "PHOTO-LIBRARY-REFUSED", refusal.result, b""
    except PictureWrong:
        return "PHOTO-LIBRARY-NONSENSE", 0, b""


def _send(wire: int, line: dict[str, object], rest: bytes = b"") -> None:
    message = memoryview(json.dumps(line).encode() + b"\n" + rest)
    while message:
        message = message[os.write(wire, message) :]


def main(config: dict[str, str | int]) -> None:
    """Confine this process, report the layers, then draw the photo that comes on stdin, if a library is named."""
    wire = os.dup(1)
    silence = os.open(os.devnull, os.O_RDWR)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    photo = sys.stdin.buffer.read(wlt_picture.WLT_BYTES + 1)
    library = str(config["library"])
    try:
        layers = wlt_sandbox.confine(readable_files(Path(library)) if library else (), Path.cwd())
    except wlt_sandbox.ConfinementMissing:
        _send(wire, {"confinement": []})
        _send(wire, {"code": "PHOTO-NO-CONFINEMENT", "result": 0, "size": 0})
        return
    _send(wire, {"confinement": layers})
    if library:
        code, result, picture = _attempt(config, photo)
        _send(wire, {"code": code, "result": result, "size": len(picture)}, picture)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
    # Not by way of the library's own exit handlers.
    os._exit(0)
