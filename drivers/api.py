"""What the agent and a driver say to each other: roles, values, deadlines and errors, all under this one name.

Nothing here touches a device.  Values that cross the worker's wire are frozen `msgspec` structs.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Final

import msgspec

from drivers.coded_errors import (
    Actor,
    CodedError,
    DeviceAbsent,
    DeviceBusy,
    DeviceError,
    DeviceRefused,
    DeviceTimeout,
    LinkError,
    NeedsOperator,
    Retry,
    WorkerDied,
)
from drivers.deadline import Clock, Deadline
from drivers.id_card import CardKind, Doubt, DoubtReason, IdCard

__all__ = [
    "RF_FRAME_BYTES",
    "SPEEDS_BAUD",
    "Actor",
    "Candidate",
    "CardKind",
    "Clock",
    "CodedError",
    "Deadline",
    "DeviceAbsent",
    "DeviceBusy",
    "DeviceError",
    "DeviceRefused",
    "DeviceTimeout",
    "Doubt",
    "DoubtReason",
    "IdCard",
    "IdReader",
    "LineStatistics",
    "LinkError",
    "NeedsOperator",
    "ReaderIdentity",
    "Retry",
    "SelfTest",
    "WorkerDied",
]


class ReaderIdentity(msgspec.Struct, frozen=True):
    """Which reader answers.

    Attributes:
        sam_id: as printed by `SAM id`, e.g. "05.01-20200101-0001234567-0007654321".
        address: the resolved address, e.g. "serial:/dev/ttyUSB0?baud=115200" or "usb:0400:c35a".
        description: what the system calls it (adapter, serial number, port), for people.
        speed_baud: the line's speed; None on USB.
        place: where it is plugged in, by a name that stays; a driver made with `last` looks there first.
    """

    sam_id: str
    address: str
    description: str
    speed_baud: int | None
    place: str = ""


class Candidate(msgspec.Struct, frozen=True):
    """A port that might be the device; nobody opened it to find out.

    Attributes:
        address: what the configuration would say.
        description: what the system says of it: maker, product, serial number, port.
    """

    address: str
    description: str


SPEEDS_BAUD: Final = (115200, 57600, 38400, 19200, 9600)
"""The speeds that a reader on a serial line may have."""

RF_FRAME_BYTES: Final = range(24, 256)
"""What a reader's largest RF frame may be."""


class LineStatistics(msgspec.Struct, frozen=True):
    """Counters since the driver was made, for the technician."""

    frames: int = 0
    noise_bytes: int = 0
    strays: int = 0
    bad_checks: int = 0
    repeats: int = 0
    resets: int = 0
    reopens: int = 0


class SelfTest(msgspec.Struct, frozen=True):
    """What diagnostics found: SAM status word, identity, management-number answer length (never its content)."""

    status: str
    identity: ReaderIdentity
    management_number_bytes: int | None
    statistics: LineStatistics


class IdReader(ABC):
    """An ID-card reader.  One caller, one thread; every method *must* end by its deadline.

    All methods raise DeviceAbsent when the device goes, DeviceTimeout, LinkError and DeviceRefused as their names say.
    """

    @abstractmethod
    def open(self, deadline: Deadline) -> ReaderIdentity:
        """Find the device, open it, wait until its SAM answers, and say who it is.

        Raises: DeviceAbsent; DeviceBusy when another program holds it; DeviceTimeout when nothing answers as a reader;
        NeedsOperator when the SAM says self-test failed (60h) or not authorised (66h).
        """

    @abstractmethod
    def close(self) -> None:
        """Release the device.  Never raises; may be called at any time."""

    @abstractmethod
    def fileno(self) -> int | None:
        """A descriptor that becomes readable when the device is unplugged or babbles, or None."""

    @abstractmethod
    def find(self, deadline: Deadline) -> bool:
        """Ask whether an unread card is on the plate.  Reads nothing from it.  Source: command 20 01."""

    @abstractmethod
    def read_card(self, deadline: Deadline, on_found: Callable[[], None] | None = None) -> IdCard | None:
        """Read the card on the plate: base record, then newest addresses; `readings` is 1.

        Args:
            deadline: by when it must have ended.
            on_found: called when a card was found, before anything is read of it; again when it must be found anew.

        Returns: the card; None when the plate is empty or its card was read before (not an error).
        Raises: DeviceRefused when the reader says no; LinkError when its bytes are wrong; NeedsOperator to relay it.
        Source: SAM_V communication protocol, commands 20 01, 20 02, 30 01, 30 03.
        """

    @abstractmethod
    def read_again(self, card: IdCard, deadline: Deadline) -> IdCard:
        """Read the same card a second time, without a new find, and compare byte for byte with `card`.

        Returns: the card with `readings` 2 when base record, photo and newest addresses were equal twice in a row;
            with `readings` 1 when the module refuses the repeat.
        Raises: LinkError(reason="changed") when the second reading is of another card or never equal: nothing of
            `card` may be used then.  DeviceAbsent, NeedsOperator (code READER-CARD-GONE) when the card was pulled.
        """

    @abstractmethod
    def is_card_resting(self, deadline: Deadline) -> bool:
        """Whether the card that was read still lies there.  Source: command 30 03 answers 90 or 91 while it does."""

    @abstractmethod
    def self_test(self, deadline: Deadline) -> SelfTest:
        """Ask everything diagnostics may ask, on a technician's order.  Source: commands 11 FF, 12 FF, 30 05."""

    @abstractmethod
    def reset(self, deadline: Deadline) -> None:
        """Reset the SAM and wait until it answers.  Source: command 10 FF."""

    @abstractmethod
    def set_speed(self, speed_baud: int, deadline: Deadline) -> ReaderIdentity:
        """Change the line's speed, one of `SPEEDS_BAUD`, on a technician's order (serial only).

        Returns: who answers at the speed that the line has now.
        Source: command 60 nn.
        """

    @abstractmethod
    def set_largest_rf_frame(self, size_bytes: int, deadline: Deadline) -> None:
        """Set the largest RF frame, one of `RF_FRAME_BYTES`, on a technician's order.  Source: command 61 FF."""

    def listen(self, on_struggle: Callable[[DeviceError | None], None]) -> None:  # noqa: B027 - need not be told
        """Have it told while an operation goes on in vain; *may* be overridden.

        Args:
            on_struggle: called with what is wrong as soon as the device does not answer as it should, while the driver
                goes on trying; with None as soon as it does again.  How the operation ends is told by its end alone.
        """

    def candidates(self) -> tuple[Candidate, ...]:
        """The ports that might be such a device, listed without opening any; *may* be overridden."""
        return ()

    @abstractmethod
    def statistics(self) -> LineStatistics:
        """Counters since this object was made."""
