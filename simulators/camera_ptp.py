"""PTP as a Nikon camera speaks it: the numbers of its operations, and how its values are packed.

Source: ISO 15740 (PTP): operations 10xx, responses 20xx, events 40xx, formats 30xx and 38xx, properties 50xx; of Nikon:
operations 90xx and 92xx, responses A0xx, events C1xx, properties D0xx and D1xx.  All numbers are little-endian.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

NIKON_EXTENSION = 0x0A
LONGEST_TEXT = 254
ROOT = 0xFFFFFFFF


class Operation(IntEnum):
    """What a camera can be asked for."""

    GET_DEVICE_INFO = 0x1001
    OPEN_SESSION = 0x1002
    CLOSE_SESSION = 0x1003
    GET_STORAGE_IDS = 0x1004
    GET_STORAGE_INFO = 0x1005
    GET_NUM_OBJECTS = 0x1006
    GET_OBJECT_HANDLES = 0x1007
    GET_OBJECT_INFO = 0x1008
    GET_OBJECT = 0x1009
    GET_THUMB = 0x100A
    DELETE_OBJECT = 0x100B
    INITIATE_CAPTURE = 0x100E
    GET_PROPERTY_DESC = 0x1014
    GET_PROPERTY = 0x1015
    SET_PROPERTY = 0x1016
    GET_PARTIAL_OBJECT = 0x101B
    CAPTURE_IN_MEMORY = 0x90C0
    AUTOFOCUS = 0x90C1
    DELETE_IN_MEMORY = 0x90C3
    GET_EVENTS = 0x90C7
    DEVICE_READY = 0x90C8
    GET_VENDOR_PROPERTIES = 0x90CA
    FOCUS_AND_CAPTURE_IN_MEMORY = 0x90CB
    START_LIVE_VIEW = 0x9201
    END_LIVE_VIEW = 0x9202
    GET_LIVE_VIEW = 0x9203
    CAPTURE = 0x9207


class Response(IntEnum):
    """How a camera answers."""

    OK = 0x2001
    GENERAL_ERROR = 0x2002
    SESSION_NOT_OPEN = 0x2003
    NOT_SUPPORTED = 0x2005
    INVALID_STORAGE = 0x2008
    INVALID_OBJECT = 0x2009
    PROPERTY_NOT_SUPPORTED = 0x200A
    STORE_FULL = 0x200C
    WRITE_PROTECTED = 0x200D
    ACCESS_DENIED = 0x200F
    NO_THUMBNAIL = 0x2010
    STORE_NOT_AVAILABLE = 0x2013
    DEVICE_BUSY = 0x2019
    INVALID_VALUE = 0x201C
    INVALID_PARAMETER = 0x201D
    SESSION_ALREADY_OPEN = 0x201E
    HARDWARE_ERROR = 0xA001
    OUT_OF_FOCUS = 0xA002
    INVALID_STATUS = 0xA004
    NOT_LIVE_VIEW = 0xA00B


class Event(IntEnum):
    """What a camera tells by itself."""

    OBJECT_ADDED = 0x4002
    OBJECT_REMOVED = 0x4003
    PROPERTY_CHANGED = 0x4006
    CAPTURE_COMPLETE = 0x400D
    OBJECT_ADDED_IN_MEMORY = 0xC101


class Format(IntEnum):
    """Kinds of objects."""

    RAW = 0x3000
    FOLDER = 0x3001
    JPEG = 0x3801
    JFIF = 0x3808


class Type(IntEnum):
    """Types of values."""

    INT8 = 1
    UINT8 = 2
    INT16 = 3
    UINT16 = 4
    INT32 = 5
    UINT32 = 6
    TEXT = 0xFFFF


_PACKED = {Type.INT8: "b", Type.UINT8: "B", Type.INT16: "h", Type.UINT16: "H", Type.INT32: "i", Type.UINT32: "I"}
Value = int | str


@dataclass(frozen=True, slots=True)
class Request:
    """One operation with its parameters, and the data that came with it."""

    code: int
    transaction: int
    parameters: tuple[int, ...] = ()
    data: bytes = b""

    def parameter(self, number: int, otherwise: int = 0) -> int:
        """A parameter by its place."""
        return self.parameters[number] if number < len(self.parameters) else otherwise


def text(value: str) -> bytes:
    """Pack a text: the number of UTF-16 units with the closing zero, then they; nothing is a single zero."""
    units = value.encode("utf-16-le", "surrogatepass")[: 2 * LONGEST_TEXT]
    return bytes([len(units) // 2 + 1]) + units + b"\0\0" if units else b"\0"


def array16(values: Iterable[int]) -> bytes:
    """Pack a list of 16-bit numbers."""
    listed = list(values)
    return struct.pack(f"<I{len(listed)}H", len(listed), *listed)


def array32(values: Iterable[int]) -> bytes:
    """Pack a list of 32-bit numbers."""
    listed = list(values)
    return struct.pack(f"<I{len(listed)}I", len(listed), *listed)


def value(kind: Type, worth: Value) -> bytes:
    """Pack a value of a property."""
    return text(str(worth)) if kind is Type.TEXT else struct.pack("<" + _PACKED[kind], worth)


def read_value(kind: Type, packed: bytes) -> Value:
    """Unpack a value of a property.  Raises: ValueError where it is none."""
    if kind is Type.TEXT:
        if not packed or len(packed) != 1 + 2 * packed[0]:
            raise ValueError("no text")
        return packed[1:].decode("utf-16-le", "replace").rstrip("\0")
    try:
        (worth,) = struct.unpack("<" + _PACKED[kind], packed)
    except struct.error as error:
        raise ValueError(str(error)) from error
    return int(worth)


@dataclass(frozen=True, slots=True)
class DeviceInfo:
    """What a camera says of itself.  Source: PTP, DeviceInfo dataset."""

    model: str
    serial: str
    version: str
    operations: Sequence[int]
    properties: Sequence[int]

    def packed(self) -> bytes:
        """As it is sent."""
        return (
            struct.pack("<HIH", 100, NIKON_EXTENSION, 100)
            + text("")
            + struct.pack("<H", 0)
            + array16(self.operations)
            + array16(Event)
            + array16(self.properties)
            + array16((Format.JPEG, Format.RAW))
            + array16((Format.JPEG, Format.RAW, Format.FOLDER))
            + text("Nikon Corporation")
            + text(self.model)
            + text(self.version)
            + text(self.serial)
        )


def storage_info(capacity: int, free: int, free_images: int, label: str) -> bytes:
    """What a camera says of its card.  Source: PTP, StorageInfo dataset: removable RAM, a file system with DCIM."""
    numbers = struct.pack("<HHHQQI", 4, 3, 0, capacity, free, free_images)
    return numbers + text("SD card") + text(label)
