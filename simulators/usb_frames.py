"""What the simulator process and its pyusb backend say to each other: one call, one reply, over a loopback connection.

A call: an operation, an endpoint, a size, a time limit in milliseconds (0: none) and data; a reply, an errno and data.
"""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass
from enum import IntEnum

CALL = struct.Struct("!BBIII")
REPLY = struct.Struct("!II")
PACKET_BYTES = 64
LONGEST_DATA = 1 << 20


class Operation(IntEnum):
    """What the backend asks for."""

    DESCRIBE = 0
    OPEN = 1
    CLAIM = 2
    RELEASE = 3
    READ = 4
    WRITE = 5


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the backend."""

    operation: Operation
    endpoint: int = 0
    size: int = 0
    timeout_ms: int = 0
    data: bytes = b""

    def pack(self) -> bytes:
        """The call as it goes over the connection."""
        return CALL.pack(self.operation, self.endpoint, self.size, self.timeout_ms, len(self.data)) + self.data


def unpack_call(heard: bytearray) -> Call | None:
    """Take one whole call off the front; None while it is not all there.

    Raises:
        ValueError: this is no call.
    """
    if len(heard) < CALL.size:
        return None
    operation, endpoint, size, timeout_ms, length = CALL.unpack_from(heard)
    if length > LONGEST_DATA:
        raise ValueError("a call too long")
    if len(heard) < CALL.size + length:
        return None
    call = Call(Operation(operation), endpoint, size, timeout_ms, bytes(heard[CALL.size : CALL.size + length]))
    del heard[: CALL.size + length]
    return call


def pack_reply(errno: int, data: bytes = b"") -> bytes:
    """A reply as it goes over the connection."""
    return REPLY.pack(errno, len(data)) + data


def read_reply(connection: socket.socket) -> tuple[int, bytes]:
    """Wait for a reply.

    Raises:
        ConnectionError: the simulator has gone.
    """
    errno, length = REPLY.unpack(_read_exactly(connection, REPLY.size))
    return errno, _read_exactly(connection, length)


def _read_exactly(connection: socket.socket, size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        piece = connection.recv(size - len(data))
        if not piece:
            raise ConnectionError("the simulator has gone")
        data += piece
    return bytes(data)
