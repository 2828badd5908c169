"""The settings of a simulated camera: battery, exposure, white balance, focus, picture size and quality, clock.

Source: PTP, DevicePropDesc dataset; the values from D000 on, and those from 8010 on, are Nikon's.
"""

from __future__ import annotations

import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from simulators.camera_looks import Light
from simulators.camera_ptp import Type, Value, read_value, value

BATTERY, IMAGE_SIZE, QUALITY, WHITE_BALANCE = 0x5001, 0x5003, 0x5004, 0x5005
F_NUMBER, FOCUS_MODE, EXPOSURE_TIME, PROGRAM, ISO, EXPOSURE = 0x5007, 0x500A, 0x500D, 0x500E, 0x500F, 0x5010
CLOCK, CAPTURE_MODE = 0x5011, 0x5013
AC_POWER, RECORDING_MEDIA, LIVE_VIEW, LIVE_VIEW_PROHIBITED = 0xD101, 0xD10B, 0xD1A2, 0xD1A4
SETTINGS = (WHITE_BALANCE, FOCUS_MODE, ISO, EXPOSURE)
VENDOR_FROM = 0xD000
SIZES = ("4000x3000", "6000x4000", "3000x2250", "2000x1500", "1000x750")
QUALITIES = {
    "jpeg-basic": 0,
    "jpeg": 1,
    "jpeg-fine": 2,
    "raw": 4,
    "raw+jpeg-basic": 5,
    "raw+jpeg": 6,
    "raw+jpeg-fine": 7,
}
JPEG_QUALITY = {0: 80, 1: 90, 2: 95}
ONLY_RAW = 4
_CLOCK_FORMAT = "%Y%m%dT%H%M%S"
_TINTS = {
    4: (1.0, 0.98, 0.93),
    6: (0.78, 0.92, 1.12),
    5: (0.92, 0.97, 1.05),
    0x8010: (1.04, 1.0, 0.95),
    0x8011: (1.08, 1.0, 0.9),
}


@dataclass(frozen=True, slots=True)
class Property:
    """One property: its type, what it is at first, and what it may be."""

    kind: Type
    first: Value
    choices: tuple[Value, ...] = ()
    bounds: tuple[int, int, int] | None = None
    is_writable: bool = True

    def form(self) -> bytes:
        """Which values are possible, as it is sent."""
        if self.bounds is not None:
            return b"\x01" + b"".join(value(self.kind, bound) for bound in self.bounds)
        if self.choices:
            listed = b"".join(value(self.kind, choice) for choice in self.choices)
            return b"\x02" + struct.pack("<H", len(self.choices)) + listed
        return b"\0"

    def allows(self, worth: Value) -> bool:
        """Whether it may be set to that."""
        return not self.choices or worth in self.choices


def _told(kind: Type, first: Value, *, bounds: tuple[int, int, int] | None = None) -> Property:
    return Property(kind, first, bounds=bounds, is_writable=False)


PROPERTIES = {
    BATTERY: _told(Type.UINT8, 80, bounds=(0, 100, 1)),
    IMAGE_SIZE: Property(Type.TEXT, SIZES[0], SIZES),
    QUALITY: Property(Type.UINT8, QUALITIES["jpeg-fine"], tuple(QUALITIES.values())),
    WHITE_BALANCE: Property(Type.UINT16, 2, (2, 4, 5, 6, 7, 0x8010, 0x8011)),
    F_NUMBER: Property(Type.UINT16, 560, (350, 400, 560, 800, 1100)),
    FOCUS_MODE: Property(Type.UINT16, 0x8010, (1, 0x8010, 0x8011, 0x8012)),
    EXPOSURE_TIME: Property(Type.UINT32, 80, (20, 40, 80, 125, 166, 250)),
    PROGRAM: Property(Type.UINT16, 2, (1, 2, 3, 4)),
    ISO: Property(Type.UINT16, 200, (100, 200, 400, 800, 1600, 3200)),
    EXPOSURE: Property(Type.INT16, 0, (-2000, -1667, -1333, -1000, -667, -333, 0, 333, 667, 1000, 1333, 1667, 2000)),
    CLOCK: Property(Type.TEXT, ""),
    CAPTURE_MODE: Property(Type.UINT16, 1, (1,)),
    AC_POWER: _told(Type.UINT8, 0),
    RECORDING_MEDIA: Property(Type.UINT8, 0, (0, 1)),
    LIVE_VIEW: _told(Type.UINT8, 0),
    LIVE_VIEW_PROHIBITED: _told(Type.UINT32, 0),
}


class Properties:
    """The values of the properties; every method may be called from any thread.

    Args:
        overruled: what a property is instead of its value, or the year of the clock; None where it is as it was set.
    """

    def __init__(self, overruled: Callable[[int], Value | None]) -> None:
        self._overruled = overruled
        self._lock = threading.Lock()
        self._values = {code: each.first for code, each in PROPERTIES.items()}
        self._clock_ahead = timedelta(0)

    def get(self, code: int) -> Value:
        """What a property is now."""
        if code == CLOCK:
            return self.clock().strftime(_CLOCK_FORMAT)
        instead = self._overruled(code)
        if instead is not None:
            return instead
        with self._lock:
            return self._values[code]

    def number(self, code: int) -> int:
        """What a property is that is a number."""
        worth = self.get(code)
        return worth if isinstance(worth, int) else 0

    def put(self, code: int, worth: Value) -> bool:
        """Set a property, whoever does it; False where it cannot be that."""
        if not PROPERTIES[code].allows(worth):
            return False
        if code == CLOCK:
            return self._set_clock(str(worth))
        with self._lock:
            self._values[code] = worth
        return True

    def packed(self, code: int) -> bytes:
        """The value as it is sent."""
        return value(PROPERTIES[code].kind, self.get(code))

    def description(self, code: int) -> bytes:
        """What is told of a property."""
        each = PROPERTIES[code]
        head = struct.pack("<HHB", code, each.kind, 1 if each.is_writable else 0)
        return head + value(each.kind, each.first) + self.packed(code) + each.form()

    def read(self, code: int, packed: bytes) -> Value:
        """Understand a value that came.  Raises: ValueError."""
        return read_value(PROPERTIES[code].kind, packed)

    def size_px(self) -> tuple[int, int]:
        """The size of a still."""
        width, _, height = str(self.get(IMAGE_SIZE)).partition("x")
        return int(width), int(height)

    def light(self) -> Light:
        """What exposure compensation and white balance make of a picture."""
        gain = 2 ** (self.number(EXPOSURE) / 2000)
        red, green, blue = _TINTS.get(self.number(WHITE_BALANCE), (1.0, 1.0, 1.0))
        return Light(red * gain, green * gain, blue * gain)

    def clock(self) -> datetime:
        """The camera's clock, in local time as cameras have it; of another year where that is its fault."""
        with self._lock:
            at = datetime.now(UTC).astimezone() + self._clock_ahead
        year = self._overruled(CLOCK)
        return at if year is None else at.replace(year=int(year), day=min(at.day, 28))

    def _set_clock(self, told: str) -> bool:
        try:
            at = datetime.strptime(told[:15], _CLOCK_FORMAT).astimezone()
        except ValueError:
            return False
        with self._lock:
            self._clock_ahead = at - datetime.now(UTC)
        return True
