"""The wire to the pictures process: a line of JSON that says what is asked or answered, then pieces of bytes.

Nothing but these two shapes is understood, so a process that a hostile picture has taken over can answer with wrong
bytes, but with no objects and not without end.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, TypeVar

import msgspec

from agent.memory import Buffer
from drivers.api import Deadline

HEAD_LIMIT_BYTES = 64 * 1024
_LENGTH = struct.Struct(">I")


class NotOurWire(Exception):
    """The other side has gone, or what it sends is too much or nothing of ours."""


class Refused(Exception):
    """A picture is refused, with a code for the clerk."""

    def __init__(self, code: str, **facts: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


class Asked(msgspec.Struct, frozen=True):
    """Agent → process: do one thing.

    Attributes:
        operation: a name of `picture_operations.OPERATIONS`.
        facts: what it needs to know besides the pieces.
        sizes: of the pieces that follow, in bytes.
    """

    operation: str
    facts: dict[str, Any]
    sizes: tuple[int, ...]


class Answered(msgspec.Struct, frozen=True):
    """Process → agent: how it ended.

    Attributes:
        outcome: `refused` is an answer too: the picture is at fault and `code` says why.
        facts: what was found out.
        code: why a picture is refused.
        sizes: of the pieces that follow, in bytes.
    """

    outcome: Literal["done", "refused", "failed"]
    facts: dict[str, Any] = {}
    code: str = ""
    sizes: tuple[int, ...] = ()


_Shape = TypeVar("_Shape", Asked, Answered)
Result = tuple[Mapping[str, Any], Sequence[bytes]]
Operation = Callable[[Mapping[str, Any], Sequence[bytes]], Result]


def send(
    connection: socket.socket, head: Asked | Answered, pieces: Sequence[Buffer], deadline: Deadline | None
) -> None:
    """Send one message with its pieces.  Raises: TimeoutError, OSError."""
    line = msgspec.json.encode(head)
    for piece in (_LENGTH.pack(len(line)), line, *pieces):
        _give_time(connection, deadline)
        connection.sendall(piece)


def receive_asked(connection: socket.socket) -> tuple[Asked, list[bytes]]:
    """Take a question, however large: it comes from the agent.  Raises: NotOurWire, OSError."""
    asked = _head(connection, Asked, None)
    return asked, [_exactly(connection, size, None) for size in asked.sizes]


def receive_answered(connection: socket.socket, limit_bytes: int, deadline: Deadline) -> tuple[Answered, list[bytes]]:
    """Take an answer of at most so many bytes.  Raises: NotOurWire, TimeoutError, OSError."""
    answered = _head(connection, Answered, deadline)
    if sum(answered.sizes) > limit_bytes or any(size < 0 for size in answered.sizes):
        raise NotOurWire
    return answered, [_exactly(connection, size, deadline) for size in answered.sizes]


def _head(connection: socket.socket, shape: type[_Shape], deadline: Deadline | None) -> _Shape:
    (size,) = _LENGTH.unpack(_exactly(connection, _LENGTH.size, deadline))
    if size > HEAD_LIMIT_BYTES:
        raise NotOurWire
    try:
        return msgspec.json.decode(_exactly(connection, size, deadline), type=shape)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise NotOurWire from error


def _exactly(connection: socket.socket, size: int, deadline: Deadline | None) -> bytes:
    if deadline is None:
        whole = connection.recv(size, socket.MSG_WAITALL)  # where it will stay: to copy it would take as long again
        if len(whole) != size:
            raise NotOurWire
        return whole
    taken = bytearray(size)
    rest = memoryview(taken)
    while rest:
        _give_time(connection, deadline)
        count = connection.recv_into(rest)
        if not count:
            raise NotOurWire
        rest = rest[count:]
    return bytes(taken)


def _give_time(connection: socket.socket, deadline: Deadline | None) -> None:
    if deadline is not None:
        if deadline.is_expired:
            raise TimeoutError
        connection.settimeout(deadline.remaining_s)
