"""Frames of the SAM_V protocol: bytes in, events out; no I/O, clock or log.

Source: SAM_V communication protocol, frame format: AA AA AA 96 69, LEN (2 bytes, big-endian: body + check), body,
XOR over LEN and body.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import reduce
from itertools import accumulate
from operator import xor

PREAMBLE = bytes.fromhex("AAAAAA9669")
HEAD_BYTES = len(PREAMBLE) + 2
MIN_ANSWER_LEN = 4
MAX_ANSWER_LEN = 4096
MAX_FRAME_BYTES = HEAD_BYTES + MAX_ANSWER_LEN

_BLOCK_BYTES = 4096


class NoiseReason(StrEnum):
    """Why bytes of the line were given up."""

    GARBAGE = "garbage"
    LENGTH = "length"
    CHECK = "check"
    UNFINISHED = "unfinished"


@dataclass(frozen=True, slots=True)
class Frame:
    """An answer whose length and check were right.

    Attributes:
        body: SW1 SW2 SW3 and the data, without the check; at least three bytes.
    """

    body: bytes

    @property
    def card_status(self) -> bytes:
        """SW1 SW2: the card's own status as the reader passed it on."""
        return self.body[:2]

    @property
    def status(self) -> int:
        """SW3: the reader's status."""
        return self.body[2]

    @property
    def data(self) -> bytes:
        """What follows the status words."""
        return self.body[3:]


@dataclass(frozen=True, slots=True)
class Noise:
    """Bytes that belong to no frame.  Only their number is kept: they may be a person's data."""

    size_bytes: int
    reason: NoiseReason


def encode(payload: bytes) -> bytes:
    """Wrap command, parameter and data into a request frame.

    Raises:
        ValueError: the payload is shorter than command and parameter, or does not fit the length field.
    """
    if not 2 <= len(payload) <= 0xFFFE:
        raise ValueError("a request is 2 to 65534 bytes")
    guarded = (len(payload) + 1).to_bytes(2, "big") + payload
    return PREAMBLE + guarded + bytes((reduce(xor, guarded),))


class Decoder:
    """Split a SAM_V byte stream.  Any chunking gives the same frames; bad bytes are events, never exceptions.

    Linear in time: each byte enters the running XOR once, and nothing is searched again while a frame is pending.
    Bounded in memory: at most one pending frame and one block are kept.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._running = bytearray(1)  # _running[i]: XOR of everything before buffer byte i, so any span costs two reads
        self._needed_bytes = 1

    @property
    def is_pending(self) -> bool:
        """Whether bytes are kept that may become a frame."""
        return bool(self._buffer)

    @property
    def missing_bytes(self) -> int:
        """How many bytes at least are still to come before the pending frame can be judged."""
        return max(0, self._needed_bytes - len(self._buffer)) if self._buffer else 0

    @property
    def kept_bytes(self) -> int:
        """How many bytes are kept."""
        return len(self._buffer)

    def feed(self, wire: bytes) -> list[Frame | Noise]:
        """Take bytes as they came and return what they completed."""
        events: list[Frame | Noise] = []
        for start in range(0, len(wire), _BLOCK_BYTES):
            block = wire[start : start + _BLOCK_BYTES]
            self._buffer += block
            self._running += bytes(accumulate(block, xor, initial=self._running.pop()))
            if len(self._buffer) >= self._needed_bytes:
                self._scan(events, is_silent=False)
        return events

    def flush(self) -> list[Frame | Noise]:
        """Call when the line falls silent: give up the pending frame (its LEN may be broken), look inside it."""
        events: list[Frame | Noise] = []
        self._scan(events, is_silent=True)
        return events

    def _scan(self, events: list[Frame | Noise], *, is_silent: bool) -> None:
        buffer, running = self._buffer, self._running
        size = len(buffer)
        position = 0
        needed = 1
        while position < size:
            start = buffer.find(PREAMBLE, position)
            if start < 0:
                kept = 0 if is_silent else self._preamble_tail(position)
                if size - kept > position:
                    events.append(Noise(size - kept - position, NoiseReason.GARBAGE))
                position, needed = size - kept, kept + 1
                break
            if start > position:
                events.append(Noise(start - position, NoiseReason.GARBAGE))
            body_start = start + HEAD_BYTES
            length = int.from_bytes(buffer[start + 5 : body_start], "big") if body_start <= size else MIN_ANSWER_LEN
            end = body_start + length
            if not MIN_ANSWER_LEN <= length <= MAX_ANSWER_LEN:
                reason = NoiseReason.LENGTH
            elif end <= size and running[start + 5] == running[end]:
                events.append(Frame(bytes(buffer[body_start : end - 1])))
                position = end
                continue
            elif end <= size:
                reason = NoiseReason.CHECK
            elif is_silent:
                reason = NoiseReason.UNFINISHED
            else:
                position, needed = start, (end - start if body_start <= size else HEAD_BYTES)
                break
            # A true frame may begin inside the bad one: only its preamble is given up.
            events.append(Noise(len(PREAMBLE), reason))
            position = start + len(PREAMBLE)
        del buffer[:position]
        del running[:position]
        self._needed_bytes = needed

    def _preamble_tail(self, position: int) -> int:
        """How many bytes at the end may be the beginning of a preamble."""
        longest = min(len(PREAMBLE) - 1, len(self._buffer) - position)
        return next((size for size in range(longest, 0, -1) if self._buffer.endswith(PREAMBLE[:size])), 0)
