"""Packets of PTP/IP on one TCP connection.

Source: CIPA DC-005 (PTP/IP): length and type as 32-bit numbers, little-endian, then the body.
"""

from __future__ import annotations

import socket
import struct
import threading
from enum import IntEnum

LONGEST_PACKET_BYTES = 1 << 20
_HEAD = struct.Struct("<II")


class Kind(IntEnum):
    """Kinds of packets."""

    INIT_COMMAND = 1
    INIT_COMMAND_ACK = 2
    INIT_EVENT = 3
    INIT_EVENT_ACK = 4
    INIT_FAIL = 5
    REQUEST = 6
    RESPONSE = 7
    EVENT = 8
    START_DATA = 9
    DATA = 10
    CANCEL = 11
    END_DATA = 12
    PING = 13
    PONG = 14


class LineOver(Exception):
    """Nothing more is said on this connection."""


class Line:
    """One connection; packets may be sent from any thread."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._sending = threading.Lock()

    def read(self) -> tuple[int, bytes]:
        """The next packet: its kind and its body.  Raises: LineOver, OSError."""
        size, kind = _HEAD.unpack(self._bytes(_HEAD.size))
        if not _HEAD.size <= size <= LONGEST_PACKET_BYTES:
            raise LineOver
        return kind, self._bytes(size - _HEAD.size)

    def send(self, kind: int, body: bytes = b"") -> None:
        """Send a packet.  Raises: OSError."""
        with self._sending:
            self._connection.sendall(_HEAD.pack(_HEAD.size + len(body), kind) + body)

    def send_data(self, kind: int, transaction: int, piece: memoryview, told_bytes: int | None = None) -> None:
        """Send a packet of data, of which `told_bytes` are announced.  Raises: OSError."""
        size = len(piece) if told_bytes is None else told_bytes
        with self._sending:
            self._connection.sendall(_HEAD.pack(_HEAD.size + 4 + size, kind) + struct.pack("<I", transaction))
            self._connection.sendall(piece)

    def _bytes(self, count: int) -> bytes:
        got = bytearray()
        while len(got) < count:
            more = self._connection.recv(count - len(got))
            if not more:
                raise LineOver
            got += more
        return bytes(got)
