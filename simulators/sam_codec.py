"""The SAM_V frames as the module sees them: requests come in as bytes, answers go out as bytes.

Written from the documents alone, so that a mistake in the driver's codec is not repeated here.

Source: SAM_V communication protocol, frame format: AA AA AA 96 69, LEN (2 bytes, big-endian: body and check), body,
CHK = XOR over LEN and body.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import xor

PREAMBLE = bytes.fromhex("AA AA AA 96 69")
HEAD_BYTES = 7
LONGEST_REQUEST = 64

OPERATIONS = {
    (0x10, 0xFF): "reset",
    (0x11, 0xFF): "status",
    (0x12, 0xFF): "sam-id",
    (0x20, 0x01): "find",
    (0x20, 0x02): "select",
    (0x30, 0x01): "read-base",
    (0x30, 0x02): "read-additional",
    (0x30, 0x03): "newest-address",
    (0x30, 0x05): "management-number",
    (0x30, 0x10): "read-fingerprint",
    (0x60, 0x00): "speed",
    (0x60, 0x01): "speed",
    (0x60, 0x02): "speed",
    (0x60, 0x03): "speed",
    (0x60, 0x04): "speed",
    (0x61, 0xFF): "rf-frame",
}
OPERATION_NAMES = tuple(dict.fromkeys(OPERATIONS.values()))


@dataclass(frozen=True, slots=True)
class Request:
    """One well-formed request of the host."""

    command: int
    parameter: int
    data: bytes
    wire: bytes

    @property
    def operation(self) -> str:
        """The name of what is asked for; `unknown` for a command that stands in no table."""
        return OPERATIONS.get((self.command, self.parameter), "unknown")


@dataclass(frozen=True, slots=True)
class BadRequest:
    """Something that began like a request; `status` is what the module says to it (10h check, 11h length)."""

    status: int
    wire: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What the module has to say: the card's own status words, the module's, and the data."""

    status: int
    data: bytes = b""
    card_status: bytes = b"\x00\x00"

    def frame(self) -> bytes:
        """The answer as it goes out on the wire."""
        return pack(self.card_status + bytes([self.status]) + self.data)


def check_byte(covered: bytes | bytearray) -> int:
    """XOR of all bytes from LEN to the last byte of the body."""
    return reduce(xor, covered, 0)


def pack(body: bytes) -> bytes:
    """Put preamble, length and check byte around a body."""
    covered = (len(body) + 1).to_bytes(2, "big") + body
    return PREAMBLE + covered + bytes([check_byte(covered)])


class RequestDecoder:
    """Find requests in what the host sends, however it is cut into pieces."""

    def __init__(self) -> None:
        self._heard = bytearray()

    def feed(self, wire: bytes) -> list[Request | BadRequest]:
        """Take bytes; give back every request that is complete now."""
        self._heard += wire
        found: list[Request | BadRequest] = []
        while (one := self._next()) is not None:
            found.append(one)
        return found

    @property
    def is_inside(self) -> bool:
        """Whether a request has begun and its end has not come."""
        return self._heard.startswith(PREAMBLE)

    def give_up(self) -> BadRequest:
        """Drop the request that never became whole."""
        lost = BadRequest(0x11, bytes(self._heard))
        self._heard.clear()
        return lost

    def _next(self) -> Request | BadRequest | None:
        start = self._heard.find(PREAMBLE)
        if start < 0:
            del self._heard[: max(0, len(self._heard) - len(PREAMBLE) + 1)]
            return None
        del self._heard[:start]
        if len(self._heard) < HEAD_BYTES:
            return None
        length = int.from_bytes(self._heard[5:7], "big")
        if not 3 <= length <= LONGEST_REQUEST:
            return self._drop(HEAD_BYTES, 0x11)
        if len(self._heard) < HEAD_BYTES + length:
            return None
        if check_byte(self._heard[5 : HEAD_BYTES + length]):
            return self._drop(HEAD_BYTES + length, 0x10)
        wire = bytes(self._heard[: HEAD_BYTES + length])
        del self._heard[: HEAD_BYTES + length]
        return Request(wire[7], wire[8], wire[9:-1], wire)

    def _drop(self, size: int, status: int) -> BadRequest:
        wire = bytes(self._heard[:size])
        del self._heard[:size]
        return BadRequest(status, wire)
