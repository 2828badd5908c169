"""The shapes of a wire to a SAM_V module, serial or USB, as the exchange sees them."""

from __future__ import annotations

from typing import Protocol

from drivers.api import Deadline

_BITS_PER_BYTE = 10  # start, eight data bits, stop


class Transport(Protocol):
    """An open wire.  Foreign exceptions are translated: DeviceAbsent, DeviceBusy (second opener), LinkError."""

    @property
    def speed_baud(self) -> int | None:
        """The line's speed; None on USB."""

    @property
    def address(self) -> str:
        """The resolved address, e.g. `serial:/dev/ttyUSB0?baud=115200`."""

    @property
    def description(self) -> str:
        """What the system calls the device, for people."""

    def write(self, wire: bytes, deadline: Deadline) -> None:
        """Send a whole request frame."""

    def read(self, deadline: Deadline) -> bytes:
        """Return bytes as soon as some are there; empty when none came by the deadline, which may have passed."""

    def set_speed(self, speed_baud: int) -> None:
        """Change our side's speed and forget what was received at the old one.  Does nothing on USB."""

    def has_second_opener(self) -> bool:
        """Whether another program has the device open beside us, as far as the system lets us see."""

    def close(self) -> None:
        """Release the device.  Never raises."""

    def fileno(self) -> int | None:
        """A descriptor that becomes readable when the device is unplugged or babbles, or None."""


class Port(Protocol):
    """A place where a reader may be plugged in: resolved anew at each opening, for names change."""

    @property
    def speeds_baud(self) -> tuple[int, ...]:
        """The speeds to try, the likeliest first; empty on USB."""

    def open(self) -> Transport:
        """Open the device.

        Raises:
            DeviceAbsent: there is none.
            DeviceBusy: another program holds it.
            NeedsOperator: it may not be opened (READER-PERMISSION).
        """


def wire_time_s(size_bytes: int, speed_baud: int | None) -> float:
    """How long `size_bytes` take on the line; nothing worth counting on USB."""
    return 0.0 if speed_baud is None else size_bytes * _BITS_PER_BYTE / speed_baud
