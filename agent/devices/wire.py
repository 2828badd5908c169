"""The wire between the agent and a worker: one JSON line a message, over an inherited socket pair.

Behind the line of a `Page` or a `Frame` follow exactly `size_bytes` raw bytes.
"""

from __future__ import annotations

import fcntl
import socket
import struct
import termios
from contextlib import suppress
from typing import Any

import msgspec

from agent.devices.wire_messages import (
    VERSION,
    Cancel,
    Confined,
    Frame,
    FromWorker,
    Hello,
    Look,
    Page,
    Ports,
    Pulse,
    Reply,
    Request,
    Shown,
    Sign,
    Start,
    State,
    ToWorker,
    Watch,
)
from agent.memory import room
from drivers.camera_pictures import LARGEST_FRAME_BYTES
from drivers.scanner_limits import LARGEST_BYTES

__all__ = [
    "EXIT_HUNG",
    "FRAME_LIMIT_BYTES",
    "LINE_LIMIT_BYTES",
    "PAGE_LIMIT_BYTES",
    "VERSION",
    "Cancel",
    "Confined",
    "Frame",
    "Hello",
    "Look",
    "Page",
    "Ports",
    "Pulse",
    "Reply",
    "Request",
    "Shown",
    "Sign",
    "Start",
    "State",
    "Watch",
    "Wire",
    "WireBroken",
    "raw",
]

LINE_LIMIT_BYTES = 64 * 1024
PAGE_LIMIT_BYTES = LARGEST_BYTES
FRAME_LIMIT_BYTES = LARGEST_FRAME_BYTES
PIECE_BYTES = 256 * 1024
DRAUGHT_BYTES = 4 * 1024**2
AHEAD_BYTES = 1024**2
"""A worker writes so far ahead, as far as the system lets it.  Source: socket(7), net.core.wmem_max."""
EXIT_HUNG = 7
"""The exit status of a worker that found its own library hanging."""


class WireBroken(Exception):
    """The other side has gone, or what it sends is not our wire."""


_encoder = msgspec.json.Encoder()
_decode_to_worker = msgspec.json.Decoder(ToWorker).decode
_decode_from_worker = msgspec.json.Decoder(FromWorker).decode


class Wire:
    """One end of the socket pair.  Receiving never blocks longer than the socket says; sending is whole or broken."""

    def __init__(self, connection: socket.socket, *, is_worker: bool) -> None:
        self._socket = connection
        self._buffer = bytearray()
        self._page: Page | Frame | None = None
        self._body = self._spare = memoryview(b"")
        self._body_rest = memoryview(b"")
        self._usual_bytes = 0
        if is_worker:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, AHEAD_BYTES)
        self._decode: Any = _decode_to_worker if is_worker else _decode_from_worker

    def fileno(self) -> int:
        """The socket's descriptor, for selectors."""
        return self._socket.fileno()

    def send(self, message: ToWorker | FromWorker, body: bytes | memoryview = b"") -> None:
        """Send one message, and the bytes that belong to it.

        Raises: WireBroken when the other side has gone or takes nothing.
        """
        try:
            self._socket.sendall(_encoder.encode(message) + b"\n")
            if body:
                self._socket.sendall(body)
        except OSError as error:
            raise WireBroken("the other side has gone") from error

    @property
    def is_behind(self) -> bool:
        """Whether the other side has yet to take some of what was sent.  Source: unix(7), SIOCOUTQ.

        Raises: WireBroken where this end is closed.
        """
        try:
            told = fcntl.ioctl(self._socket, termios.TIOCOUTQ, bytes(struct.calcsize("i")))
        except (OSError, ValueError) as error:
            raise WireBroken("this end is closed") from error
        return struct.unpack("i", told) != (0,)

    def receive(self) -> list[Any]:
        """Take what has arrived: one `recv`, then every whole message in the buffer; of a page up to `DRAUGHT_BYTES`.

        A page's bytes go where they will stay: to copy so many would hold up every other thread for as long.

        Raises: WireBroken at end of file, on an over-long line or page, and on anything that is not a message.
        """
        try:
            if self._page is not None:
                return self._more_of(self._page)
            piece = self._socket.recv(PIECE_BYTES)
        except BlockingIOError:
            return []
        except OSError as error:
            raise WireBroken("the other side has gone") from error
        if not piece:
            raise WireBroken("end of file")
        self._buffer += piece
        return list(iter(self._next, None))

    def expect_page(self) -> None:
        """Make room for a page like the last one while it is made: that takes as long as to receive it."""
        with suppress(OSError):
            self._spare = room(self._usual_bytes, is_touched=True)

    def _more_of(self, page: Page | Frame) -> list[Page | Frame]:
        """Take more of a page's bytes; the page, once it is whole."""
        draught, waits = self._body_rest[:DRAUGHT_BYTES], 0
        while draught:
            try:
                size_bytes = self._socket.recv_into(draught, 0, waits)
            except BlockingIOError:
                return []
            if not size_bytes:
                raise WireBroken("end of file")
            draught, self._body_rest, waits = draught[size_bytes:], self._body_rest[size_bytes:], socket.MSG_DONTWAIT
        return [] if self._body_rest else [self._whole(page)]

    def _next(self) -> Any:
        """The next whole message in the buffer, or None."""
        if self._page is not None:
            return None
        end = self._buffer.find(b"\n")
        if end < 0:
            if len(self._buffer) > LINE_LIMIT_BYTES:
                raise WireBroken("a line without an end")
            return None
        message = self._message(self._take(end + 1))
        if isinstance(message, Reply):
            self._spare = memoryview(b"")
        return self._begun(message) if isinstance(message, Page | Frame) else message

    def _begun(self, page: Page | Frame) -> Page | Frame | None:
        """Make room for a page's bytes and put those there that came with its line; the page if that was all."""
        if not 0 < page.size_bytes <= (PAGE_LIMIT_BYTES if isinstance(page, Page) else FRAME_LIMIT_BYTES):
            raise WireBroken("a page of an impossible size")
        here = self._take(min(page.size_bytes, len(self._buffer)))
        self._page, self._body = page, self._room_for(page)
        self._body[: len(here)] = here
        self._body_rest = self._body[len(here) :]
        return None if self._body_rest else self._whole(page)

    def _room_for(self, page: Page | Frame) -> memoryview:
        if isinstance(page, Frame):
            return room(page.size_bytes)
        spare, self._spare = self._spare, memoryview(b"")
        self._usual_bytes = min(page.size_bytes * 11 // 10, PAGE_LIMIT_BYTES)
        return spare[: page.size_bytes] if len(spare) >= page.size_bytes else room(page.size_bytes)

    def _whole(self, page: Page | Frame) -> Page | Frame:
        body, self._page = self._body, None
        self._body = self._body_rest = memoryview(b"")
        return msgspec.structs.replace(page, body=body)

    def _message(self, line: bytes) -> Any:
        try:
            return self._decode(line)
        except msgspec.DecodeError as error:
            raise WireBroken("not a message of this wire") from error

    def _take(self, size_bytes: int) -> bytes:
        with memoryview(self._buffer) as whole, whole[:size_bytes] as part:
            taken = bytes(part)
        del self._buffer[:size_bytes]
        return taken

    def close(self) -> None:
        """Close this end."""
        self._socket.close()


def raw(value: Any) -> msgspec.Raw:
    """Encode a value once, for the `data` of a message."""
    return msgspec.Raw(_encoder.encode(value))
