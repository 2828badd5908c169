"""Have a vendor's library draw a card's photo, in a process of its own, and give the picture as PNG.

The library is not trusted: its process gets the 1024 bytes and nothing else, may take a few seconds, and what it
answers is only ever taken as 38556 bytes of colour.  Any failure is a stated reason; the raw bytes stay with the draft.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from agent.devices import photo_png
from agent.devices.scratch import Scratch
from drivers.api import Clock, Deadline
from drivers.wlt_picture import RGB_BYTES, is_wlt

LIMIT_S: Final = 5.0
_ANSWER_BYTES: Final = RGB_BYTES + 4096
_COLOURS: Final = ("rgb", "bgr")
_ROWS: Final = ("bottom-up", "top-down")
SHAPES: Final = ("unpack", "_Z6unpackPcS_i", "wlt2bmp", "_Unpack", "ZKID_Wlt2bmpBuffer", "ZKID_PHunpack", "CV")


@dataclass(frozen=True, slots=True)
class PhotoSettings:
    """The section `[devices.reader.photo]`.

    Attributes:
        library: absolute path of the vendor's library; "" for none.
        shape: one of `SHAPES`.
        symbol: the function's name; "" for the shape's own.
        flag: the last argument; None for the shape's own.
        colours: "rgb" or "bgr" as the library writes; "" for what is usual with the shape.
        rows: "bottom-up" or "top-down" as the library writes bare rows.
    """

    library: str = ""
    shape: str = "unpack"
    symbol: str = ""
    flag: int | None = None
    colours: str = ""
    rows: str = "bottom-up"

    @classmethod
    def of(cls, section: Mapping[str, str | int | None]) -> PhotoSettings:
        """Read the section; the key `shape` is `NAME[:rgb|:bgr][:bottom-up|:top-down]`.

        Raises: ValueError when the shape is not understood.
        """
        name, *orders = str(section.get("shape") or "unpack").split(":")
        colours = [order for order in orders if order in _COLOURS]
        rows = [order for order in orders if order in _ROWS]
        if name not in SHAPES or len(colours) > 1 or len(rows) > 1 or len(orders) != len(colours) + len(rows):
            raise ValueError(section.get("shape"))
        flag = section.get("flag")
        return cls(
            library=str(section.get("library") or ""),
            shape=name,
            symbol=str(section.get("symbol") or ""),
            flag=None if flag is None else int(flag),
            colours=colours[0] if colours else "",
            rows=rows[0] if rows else "bottom-up",
        )


@dataclass(frozen=True, slots=True)
class Photo:
    """What became of a card's photo: either a picture or the reason why there is none.

    Attributes:
        png: the picture, 102 x 126 pixels.
        code: the reason, in the catalogue of messages.
        facts: what the reason's sentence may show: library, shape, result, signal, limit_s.
    """

    png: bytes | None
    code: str | None = None
    facts: Mapping[str, str | int | float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PhotoResult:
    """How a decoding ended, without the picture.  No personal data.

    Attributes:
        at: when.
        code: why there is no picture; None when there is one.
        facts: as in `Photo`.
    """

    at: datetime
    code: str | None
    facts: Mapping[str, str | int | float]


@dataclass(frozen=True, slots=True)
class PhotoState:
    """What a technician needs to know of the decoding.

    Attributes:
        library: path of the configured library; "" for none.
        shape: how it is called.
        symbol: the function's configured name; "" for the shape's own.
        is_there: whether there is such a file.
        last: how it went the last time; None when it was not called since the agent started.
    """

    library: str
    shape: str
    symbol: str
    is_there: bool
    last: PhotoResult | None


class _Layers(msgspec.Struct, frozen=True):
    confinement: tuple[str, ...]


class _Answer(msgspec.Struct, frozen=True):
    code: str | None
    result: int
    size: int


@dataclass(frozen=True, slots=True)
class _Ended:
    output: bytes
    exit_status: int
    is_late: bool


class PhotoDecoder:
    """Draws card photos with the configured library.  Any thread may call it; each call has a process of its own."""

    def __init__(self, settings: PhotoSettings, clock: Clock, limit_s: float = LIMIT_S) -> None:
        self._settings = settings
        self._clock = clock
        self._limit_s = limit_s
        self._last: PhotoResult | None = None

    @property
    def state(self) -> PhotoState:
        """Which library is called, and how it went the last time."""
        settings = self._settings
        is_there = Path(settings.library).is_file()
        return PhotoState(settings.library, settings.shape, settings.symbol, is_there, self._last)

    def decode(self, wlt: bytes, sam_id: str = "") -> Photo:
        """Draw one photo.  Takes up to the time limit.

        Args:
            wlt: the card's photo bytes as they came.
            sam_id: the module that read the card; some licences are bound to it.

        Returns: the picture, or the reason why there is none; never raises for what a library does.
        """
        photo = self._decoded(wlt, sam_id)
        self._last = PhotoResult(self._clock.now(), photo.code, photo.facts)
        return photo

    def _decoded(self, wlt: bytes, sam_id: str) -> Photo:
        if not self._settings.library:
            return Photo(None, "PHOTO-NOT-DECODABLE")
        if not is_wlt(wlt):
            return Photo(None, "PHOTO-HEADER")
        if not self.state.is_there:
            return Photo(None, "PHOTO-LIBRARY-MISSING", self._facts)
        return self._judged(self._run(self._settings.library, wlt, sam_id), self._facts)

    @property
    def _facts(self) -> dict[str, str | int | float]:
        return {"library": self._settings.library, "shape": self._settings.shape}

    def _judged(self, ended: _Ended, facts: dict[str, str | int | float]) -> Photo:
        if ended.is_late or ended.exit_status == -signal.SIGXCPU:
            return Photo(None, "PHOTO-LIBRARY-HUNG", facts | {"limit_s": self._limit_s})
        answer, picture = _understood(ended.output)
        if answer is None:
            return Photo(None, "PHOTO-LIBRARY-CRASHED", facts | {"signal": max(0, -ended.exit_status)})
        if answer.code is None and len(picture) == RGB_BYTES:
            return Photo(photo_png.code(picture))
        code = answer.code if answer.code in _CODES else "PHOTO-LIBRARY-NONSENSE"
        return Photo(None, code, facts | {"result": answer.result})

    def look(self) -> Photo:
        """Tell why this library will never draw anything here, if so: not there, not loadable, lacks its function."""
        if not self.state.is_there:
            return Photo(None, "PHOTO-LIBRARY-MISSING", self._facts)
        ended = self._run(self._settings.library, b"", "")
        answer, _ = _understood(ended.output)
        is_well = answer is not None and answer.code is None
        return Photo(None, None, self._facts) if is_well else self._judged(ended, self._facts)

    def confinement(self) -> tuple[str, ...]:
        """Ask a decoder process without a library which layers confine it here; empty when it may not load any."""
        first, _, _ = self._run("", b"", "").output.partition(b"\n")
        try:
            return msgspec.json.decode(first, type=_Layers).confinement
        except msgspec.MsgspecError:
            return ()

    def _run(self, library: str, wlt: bytes, sam_id: str) -> _Ended:
        settings = self._settings
        config: dict[str, str | int] = {
            "library": library,
            "shape": settings.shape,
            "symbol": settings.symbol,
            "colours": settings.colours,
            "rows": settings.rows,
            "sam_id": sam_id,
        }
        if settings.flag is not None:
            config["flag"] = settings.flag
        command = [sys.executable, "-I", "-B", "-m", "drivers.wlt_library", msgspec.json.encode(config).decode()]
        scratch = Scratch.make("photo", tempfile.gettempdir())
        try:
            return _converse(command, wlt, scratch.path, Deadline.after(self._clock, self._limit_s))
        finally:
            scratch.remove()


_CODES: Final = frozenset(
    {"PHOTO-LIBRARY-UNUSABLE", "PHOTO-LIBRARY-REFUSED", "PHOTO-LIBRARY-NONSENSE", "PHOTO-NO-CONFINEMENT"}
)


def _converse(command: list[str], wlt: bytes, scratch: str, deadline: Deadline) -> _Ended:
    """Start the process with nothing of ours in it, give it the photo, and collect what it says until it ends."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=scratch,
        env={"LC_ALL": "C.UTF-8", "HOME": scratch, "TMPDIR": scratch},
        close_fds=True,
        start_new_session=True,
    )
    assert process.stdin is not None  # noqa: S101 - for the type checker: both are pipes
    assert process.stdout is not None  # noqa: S101
    ended = os.pidfd_open(process.pid)
    output = bytearray()
    try:
        with contextlib.suppress(BrokenPipeError), process.stdin:
            process.stdin.write(wlt)
        with selectors.DefaultSelector() as waiting:
            waiting.register(ended, selectors.EVENT_READ)
            waiting.register(process.stdout, selectors.EVENT_READ)
            is_over = is_late = False
            while not (is_over or is_late) and len(output) <= _ANSWER_BYTES:
                ready = {key.fd for key, _ in waiting.select(deadline.remaining_s)}
                is_over = ended in ready
                is_late = not ready and deadline.is_expired
                if process.stdout.fileno() in ready:
                    piece = os.read(process.stdout.fileno(), _ANSWER_BYTES)
                    output += piece
                    if not piece:
                        waiting.unregister(process.stdout)
            if is_over:
                output += _left_over(process.stdout.fileno())
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        status = process.wait()
        process.stdout.close()
        os.close(ended)
    return _Ended(bytes(output), status, is_late)


def _left_over(pipe: int) -> bytes:
    """What the ended process had written and we had not yet read."""
    os.set_blocking(pipe, False)
    rest = bytearray()
    with contextlib.suppress(BlockingIOError):
        while len(rest) <= _ANSWER_BYTES and (piece := os.read(pipe, _ANSWER_BYTES)):
            rest += piece
    return bytes(rest)


def _understood(output: bytes) -> tuple[_Answer | None, bytes]:
    """Split the output into answer and picture; None when there was no whole answer."""
    _, _, rest = output.partition(b"\n")
    line, _, picture = rest.partition(b"\n")
    try:
        answer = msgspec.json.decode(line, type=_Answer)
    except (msgspec.MsgspecError, RecursionError):
        return None, b""
    return (answer, picture) if answer.size == len(picture) else (None, b"")
