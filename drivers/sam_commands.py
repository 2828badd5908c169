"""Commands of the SAM_V protocol: their bytes, and which answers are legal to which of them.

30 10 (base record with fingerprint) and 30 02 are understood, but cannot be encoded: fingerprints are never asked for.

Source: SAM_V communication protocol, tables of commands and answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from drivers import sam_status
from drivers.sam_answers import split_base
from drivers.sam_frame import Frame, encode

ADDRESS_RECORD_BYTES = 70
MAX_ADDRESS_RECORDS = 4


@dataclass(frozen=True, slots=True, eq=False)
class Command:
    """One row of the table of commands, each only once: a command is the same when it is the same row.

    Attributes:
        code: command and parameter byte.
        meaning: for logs and diagnostics.
        success: SW3 of a good answer.
        sizes_bytes: how many data bytes a good answer carries; None for a base record, which tells its own lengths.
        request_bytes: how many data bytes the request carries.
        is_about_card: whether it talks to the card on the plate.
        is_sendable: whether this driver ever sends it.
    """

    code: bytes
    meaning: str
    success: int = sam_status.DONE
    sizes_bytes: frozenset[int] | None = frozenset({0})
    request_bytes: int = 0
    is_about_card: bool = False
    is_sendable: bool = True

    def __str__(self) -> str:
        return self.code.hex(" ").upper()


_ADDRESSES = frozenset(ADDRESS_RECORD_BYTES * count for count in range(1, MAX_ADDRESS_RECORDS + 1))

RESET = Command(b"\x10\xff", "reset the SAM")
STATUS = Command(b"\x11\xff", "SAM status")
SAM_ID = Command(b"\x12\xff", "read the SAM id", sizes_bytes=frozenset({16}))
FIND = Command(b"\x20\x01", "find a card", success=sam_status.FOUND, sizes_bytes=frozenset({0, 4}), is_about_card=True)
SELECT = Command(b"\x20\x02", "select the card", sizes_bytes=frozenset({8}), is_about_card=True)
READ_BASE = Command(b"\x30\x01", "read the base record", sizes_bytes=None, is_about_card=True)
READ_ADDITIONAL = Command(
    b"\x30\x02", "additional information", sizes_bytes=_ADDRESSES, is_about_card=True, is_sendable=False
)
READ_NEWEST_ADDRESS = Command(b"\x30\x03", "newest address", sizes_bytes=_ADDRESSES, is_about_card=True)
READ_MANAGEMENT_NUMBER = Command(
    b"\x30\x05", "management number of the card body", sizes_bytes=frozenset({28}), is_about_card=True
)
READ_BASE_WITH_FINGERPRINT = Command(
    b"\x30\x10", "base record with fingerprint", sizes_bytes=None, is_about_card=True, is_sendable=False
)
SET_SPEED: dict[int, Command] = {
    115200: Command(b"\x60\x00", "serial speed 115200"),
    57600: Command(b"\x60\x01", "serial speed 57600"),
    38400: Command(b"\x60\x02", "serial speed 38400"),
    19200: Command(b"\x60\x03", "serial speed 19200"),
    9600: Command(b"\x60\x04", "serial speed 9600"),
}
SET_LARGEST_RF_FRAME = Command(b"\x61\xff", "largest RF frame, 24 to 255 bytes", request_bytes=1)

SPEEDS_BAUD: tuple[int, ...] = tuple(SET_SPEED)
COMMANDS: tuple[Command, ...] = (
    RESET,
    STATUS,
    SAM_ID,
    FIND,
    SELECT,
    READ_BASE,
    READ_ADDITIONAL,
    READ_NEWEST_ADDRESS,
    READ_MANAGEMENT_NUMBER,
    READ_BASE_WITH_FINGERPRINT,
    *SET_SPEED.values(),
    SET_LARGEST_RF_FRAME,
)
_FIXED_SIZES_BYTES = frozenset[int]().union(*(command.sizes_bytes or () for command in COMMANDS))
_MAY_BE_WITHOUT_CONTENT = (READ_ADDITIONAL, READ_NEWEST_ADDRESS)


@cache
def request(command: Command, data: bytes = b"") -> bytes:
    """The frame that sends `command`.

    Raises:
        ValueError: the command is never sent, or its data has another length than the table says.
    """
    if not command.is_sendable:
        raise ValueError(f"{command} is never sent")
    if len(data) != command.request_bytes:
        raise ValueError(f"{command} carries {command.request_bytes} data bytes")
    return encode(command.code + data)


def largest_rf_frame(size_bytes: int) -> bytes:
    """The data of 61 FF.

    Raises:
        ValueError: `size_bytes` is not 24 to 255.
    """
    if not 24 <= size_bytes <= 255:
        raise ValueError("the largest RF frame is 24 to 255 bytes")
    return bytes((size_bytes,))


def is_legal_answer(command: Command, frame: Frame) -> bool:
    """Whether `frame` may answer `command`, by its status and length; what may not is a stray.

    An unknown status without data is legal: it is the module's refusal, kept as its number.
    """
    status, size = frame.status, len(frame.data)
    if status == command.success:
        return _is_base_size(frame.data) if command.sizes_bytes is None else size in command.sizes_bytes
    if size:
        return False
    if status in {sam_status.DONE, sam_status.FOUND}:
        return False
    if status == sam_status.NO_CONTENT:
        return command in _MAY_BE_WITHOUT_CONTENT
    word = sam_status.STATUS_WORDS.get(status)
    return word is None or command.is_about_card or not word.is_about_card


def _is_base_size(data: bytes) -> bool:
    """A base record has no one length: its lengths are embedded.  One that looks like another command's is a stray."""
    return len(data) >= 4 and (len(data) not in _FIXED_SIZES_BYTES or split_base(data) is not None)
