"""The wire between the agent and a worker: one JSON line a message, over an inherited socket pair.

Behind the line of a `Page` follow exactly `size_bytes` raw bytes.

Values are `msgspec` structs told apart by their `type`; what does not fit its struct is refused, so a worker that a
hostile device has taken over can send wrong values but no objects.
"""

from __future__ import annotations

import socket
from typing import Any

import msgspec

from drivers.api import Actor, Candidate, Retry
from drivers.scanner_limits import LARGEST_BYTES

VERSION = 1
LINE_LIMIT_BYTES = 64 * 1024
PAGE_LIMIT_BYTES = LARGEST_BYTES
PIECE_BYTES = 256 * 1024
EXIT_HUNG = 7
"""The exit status of a worker that found its own library hanging."""


class WireBroken(Exception):
    """The other side has gone, or what it sends is not our wire."""


class Start(msgspec.Struct, frozen=True, tag="start"):
    """Agent → worker, first: which driver to load and how to talk to the device.

    Attributes:
        version: of this wire; a worker of another version ends at once.
        role: "reader" or "scanner".
        driver: the file name below `drivers/`, or an entry point of `renhu.drivers`.
        address: as in the contract's addresses.
        settings: the driver's own settings.
    """

    version: int
    role: str
    driver: str
    address: str
    settings: dict[str, Any]


class Watch(msgspec.Struct, frozen=True, tag="watch"):
    """Agent → worker: look for cards every `poll_ms`; read them only while `is_reading`.

    `turn` grows with each change of the desk's holder.
    """

    is_reading: bool
    poll_ms: int
    turn: int = 0


class Request(msgspec.Struct, frozen=True, tag="request"):
    """Agent → worker: do one thing and answer with a `Reply` of the same number.

    Attributes:
        number: of this request.
        operation: what to do.
        arguments: its own.
        until_s: when it must have ended, on the monotonic clock, which both processes read alike.
        limit_s: how long that was when it was asked.
    """

    number: int
    operation: str
    arguments: dict[str, Any]
    until_s: float
    limit_s: float


class Cancel(msgspec.Struct, frozen=True, tag="cancel"):
    """Agent → worker: end the request of this number, if it is still under way; its `Reply` comes all the same."""

    number: int


class Hello(msgspec.Struct, frozen=True, tag="hello"):
    """Worker → agent, first."""

    version: int
    pid: int


class Confined(msgspec.Struct, frozen=True, tag="confined"):
    """Worker → agent, before its driver is loaded: what the kernel keeps from it; nothing where it cannot."""

    layers: tuple[str, ...]


class State(msgspec.Struct, frozen=True, tag="state"):
    """Worker → agent: the device is "ready", "absent" or "faulted", and why."""

    state: str
    code: str | None = None
    facts: dict[str, str | int | float] = {}
    identity: dict[str, str] = {}


class Sign(msgspec.Struct, frozen=True, tag="sign"):
    """Worker → agent: something happened on the device, with its values as the role defines them.

    `turn` is the turn of the desk in which the reading of the card on the plate began: signs of a reading have it.
    """

    name: str
    data: msgspec.Raw = msgspec.Raw(b"null")
    code: str | None = None
    facts: dict[str, str | int | float] = {}
    turn: int | None = None


class Reply(msgspec.Struct, frozen=True, tag="reply"):
    """Worker → agent: the end of a request; `code` is None when it was done.

    `is_last` asks for a fresh process in the place of this one: the library that it holds was interrupted.
    """

    number: int
    data: msgspec.Raw = msgspec.Raw(b"null")
    code: str | None = None
    facts: dict[str, str | int | float] = {}
    actor: Actor = Actor.TECHNICIAN
    retry: Retry = Retry.NOW
    is_last: bool = False


class Page(msgspec.Struct, frozen=True, tag="page", omit_defaults=True):
    """Worker → agent: one picture of a request, with what is known of it; its bytes follow the line.

    Attributes:
        number: of the request.
        data: what is known of the picture, as the role defines it.
        size_bytes: how many bytes follow.
        body: those bytes, put here by the receiving end, which nobody writes into any more.
    """

    number: int
    data: msgspec.Raw
    size_bytes: int
    body: bytearray = bytearray()


class Ports(msgspec.Struct, frozen=True, tag="ports"):
    """Worker → agent: the ports that might be this device, whenever they change."""

    candidates: tuple[Candidate, ...]


class Pulse(msgspec.Struct, frozen=True, tag="pulse"):
    """Worker → agent: alive, with the line's counters."""

    statistics: dict[str, int] = {}


ToWorker = Start | Watch | Request | Cancel
FromWorker = Hello | Confined | State | Sign | Reply | Page | Ports | Pulse

_encoder = msgspec.json.Encoder()
_decode_to_worker = msgspec.json.Decoder(ToWorker).decode
_decode_from_worker = msgspec.json.Decoder(FromWorker).decode


class Wire:
    """One end of the socket pair.  Receiving never blocks longer than the socket says; sending is whole or broken."""

    def __init__(self, connection: socket.socket, *, is_worker: bool) -> None:
        self._socket = connection
        self._buffer = bytearray()
        self._page: Page | None = None
        self._body = bytearray()
        self._body_rest = memoryview(b"")
        self._decode: Any = _decode_to_worker if is_worker else _decode_from_worker

    def fileno(self) -> int:
        """The socket's descriptor, for selectors."""
        return self._socket.fileno()

    def send(self, message: ToWorker | FromWorker, body: bytes = b"") -> None:
        """Send one message, and the bytes that belong to it.

        Raises: WireBroken when the other side has gone or takes nothing.
        """
        try:
            self._socket.sendall(_encoder.encode(message) + b"\n")
            if body:
                self._socket.sendall(body)
        except OSError as error:
            raise WireBroken("the other side has gone") from error

    def receive(self) -> list[Any]:
        """Take what has arrived: one `recv`, then every whole message in the buffer.

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

    def _more_of(self, page: Page) -> list[Page]:
        """Take more of a page's bytes; the page, once it is whole."""
        size_bytes = self._socket.recv_into(self._body_rest)
        if not size_bytes:
            raise WireBroken("end of file")
        self._body_rest = self._body_rest[size_bytes:]
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
        return self._begun(message) if isinstance(message, Page) else message

    def _begun(self, page: Page) -> Page | None:
        """Make room for a page's bytes and put those there that came with its line; the page if that was all."""
        if not 0 < page.size_bytes <= PAGE_LIMIT_BYTES:
            raise WireBroken("a page of an impossible size")
        here = self._take(min(page.size_bytes, len(self._buffer)))
        self._page, self._body = page, bytearray(page.size_bytes)
        self._body[: len(here)] = here
        self._body_rest = memoryview(self._body)[len(here) :]
        return None if self._body_rest else self._whole(page)

    def _whole(self, page: Page) -> Page:
        body, self._page = self._body, None
        self._body, self._body_rest = bytearray(), memoryview(b"")
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
