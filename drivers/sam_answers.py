"""Bodies of the SAM_V answers: base record, newest addresses, SAM id, management number.

Source: SAM_V communication protocol, table of answer bodies.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

TEXT_BYTES = 256
_ADDRESS_BYTES = 70


@dataclass(frozen=True, slots=True)
class BaseRecord:
    """The base record: text and photo.  A fingerprint that came with it has been dropped."""

    text: bytes
    photo: bytes


@dataclass(frozen=True, slots=True)
class ManagementNumber:
    """The number of the card body.  The split into IIN, SN and DN is inferred from an API's name."""

    iin: bytes
    sn: bytes
    dn: bytes


def split_base(data: bytes) -> BaseRecord | None:
    """Split a base answer by its embedded big-endian lengths; None where they contradict it or the text is not 256.

    With a fingerprint there are three lengths instead of two.
    """
    for count in (2, 3):
        head_bytes = 2 * count
        if len(data) < head_bytes:
            return None
        lengths = struct.unpack_from(f">{count}H", data)
        if lengths[0] == TEXT_BYTES and head_bytes + sum(lengths) == len(data):
            photo_start = head_bytes + TEXT_BYTES
            return BaseRecord(data[head_bytes:photo_start], data[photo_start : photo_start + lengths[1]])
    return None


def split_addresses(data: bytes) -> tuple[bytes, ...]:
    """Split newest addresses into records of 70 bytes, blank ones included."""
    return tuple(data[start : start + _ADDRESS_BYTES] for start in range(0, len(data), _ADDRESS_BYTES))


def format_sam_id(data: bytes) -> str:
    """Show the 16 bytes of a SAM id as everybody prints it, e.g. `05.01-20200101-0001234567-0007654321`."""
    return "{:02d}.{:02d}-{:08d}-{:010d}-{:010d}".format(*struct.unpack("<HHIII", data))


def split_management_number(data: bytes) -> ManagementNumber:
    """Split the 28 bytes of a management number."""
    return ManagementNumber(data[:4], data[4:12], data[12:28])
