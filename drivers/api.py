"""What the agent and a driver say to each other: roles, values, deadlines and errors.

Nothing here touches a device.  Values that cross the worker's wire are frozen `msgspec` structs.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final, Protocol

import msgspec


class Clock(Protocol):
    """The only source of time: a monotonic one for durations, UTC for records, the station's date for rules."""

    def monotonic(self) -> float:
        """Seconds from an arbitrary point; never jumps."""

    def now(self) -> datetime:
        """The aware UTC time."""

    def today(self) -> date:
        """The date at the station (Asia/Shanghai unless configured otherwise)."""

    def sleep(self, seconds: float) -> None:
        """Let `seconds` pass; drivers call it between repeats, the agent never does."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """A point on the monotonic clock by which something must have ended."""

    clock: Clock
    at_s: float
    limit_s: float

    @classmethod
    def after(cls, clock: Clock, limit_s: float) -> Deadline:
        """Make a deadline `limit_s` seconds from now."""
        return cls(clock, clock.monotonic() + limit_s, limit_s)

    @property
    def remaining_s(self) -> float:
        """Seconds left, never below zero."""
        return max(0.0, self.at_s - self.clock.monotonic())

    @property
    def is_expired(self) -> bool:
        """Whether no time is left."""
        return self.clock.monotonic() >= self.at_s

    def within(self, limit_s: float) -> Deadline:
        """A deadline `limit_s` from now, or this one if it comes first."""
        return Deadline(self.clock, min(self.at_s, self.clock.monotonic() + limit_s), limit_s)


class Actor(StrEnum):
    """Who can do something about an error."""

    CLERK = "clerk"
    TECHNICIAN = "technician"
    SUPERVISOR = "supervisor"
    DEVELOPER = "developer"


class Retry(StrEnum):
    """When trying again makes sense."""

    NOW = "now"
    AFTER_ACTION = "after_action"
    NEVER = "never"


class CodedError(Exception):
    """An error with a stable code.  The words for people stand in `agent/messages`, never here.

    Attributes:
        code: `ROLE-FACT`, as in the table of codes.
        actor: who can do something about it.
        retry: when trying again makes sense.
        facts: values that the message may show: numbers, device paths, key names.  Never personal data.
    """

    def __init__(self, code: str, actor: Actor, retry: Retry, **facts: str | int | float) -> None:
        super().__init__(code)
        self.code = code
        self.actor = actor
        self.retry = retry
        self.facts = facts


class DeviceError(CodedError):
    """Something between us and a device went wrong."""


class DeviceAbsent(DeviceError):
    """No device stands at the address, or it has just gone."""


class DeviceBusy(DeviceError):
    """Somebody else holds the device."""


class DeviceTimeout(DeviceError):
    """No acceptable answer came within the deadline.  `facts["deadline_s"]` tells how long we waited."""


class DeviceRefused(DeviceError):
    """The device said no.  `facts["status"]` is its own status as it came."""


class LinkError(DeviceError):
    """The device's bytes are wrong.  `facts["reason"]` names how."""


class NeedsOperator(DeviceError):
    """Only a person can go on: lift the card, press a button, call service."""


class WorkerDied(DeviceError):
    """The worker process ended.  `facts["exit"]` is its exit status."""


class CardKind(StrEnum):
    """The four kinds of card that a SAM reads.  Source: card text, offset 248."""

    RESIDENT = "resident"
    HMT = "hmt"
    FOREIGNER_2017 = "foreigner-2017"
    FOREIGNER_2023 = "foreigner-2023"


class DoubtReason(StrEnum):
    """Why a value of a reading is shown as doubtful."""

    PRIVATE_USE = "private-use"
    UNPAIRED_SURROGATE = "unpaired-surrogate"
    CONTROL = "control"
    UNASSIGNED = "unassigned"
    CHECK_DIGIT = "check-digit"
    BIRTH_DATE = "birth-date"
    SEX = "sex"
    DATE = "date"
    CODE = "code"
    FULL_FIELD = "full-field"
    PHOTO_HEADER = "photo-header"


class Doubt(msgspec.Struct, frozen=True):
    """One thing in a reading that contradicts the rest of it, or that cannot be shown for certain.

    Attributes:
        field: the key of the card's field, as in `IdCard`.
        reason: why.
        position: 0-based UTF-16 unit within the field, or None when the whole field is meant.
        code_point: `U+E863`, or None.
    """

    field: str
    reason: DoubtReason
    position: int | None = None
    code_point: str | None = None


class IdCard(msgspec.Struct, frozen=True):
    """One reading of a card.  Absent or invalid values are None; text is kept code point for code point.

    Attributes:
        kind: which of the four cards.
        name: 姓名, Chinese name; None where blank.
        name_latin: English name of the foreigners' cards.
        sex: 性别 as on the card: "1", "2", "0", "9" or whatever else stands there.
        ethnic_group: 民族, two digits as on the card.
        birth_date: ISO date.
        address: 住址 as in the base record (printed on the card).
        newest_addresses: the non-blank newest-address records in card order.
        id_number: 公民身份号码, 18 characters; 15 on the 2017 foreigner's card.
        issuer: 签发机关.
        valid_from: ISO date.
        valid_to: ISO date or "long-term".
        nationality: three letters, foreigners' cards.
        pass_number: 通行证号码, Hong Kong/Macao/Taiwan permit.
        issues: 签发次数 of the permit, 换证次数 of the 2023 foreigner's card.
        sam_id: the module that read it.
        readings: 2 when two readings were equal byte for byte, else 1.
        doubtful: what to look at.
        text_raw: the 256 bytes of the base record, then nothing else.
        photo_wlt: the photo in the reader's own coding (1024 bytes), maybe empty.
    """

    kind: CardKind
    name: str | None
    name_latin: str | None
    sex: str | None
    ethnic_group: str | None
    birth_date: str | None
    address: str | None
    newest_addresses: tuple[str, ...]
    id_number: str | None
    issuer: str | None
    valid_from: str | None
    valid_to: str | None
    nationality: str | None
    pass_number: str | None
    issues: str | None
    sam_id: str | None
    readings: int
    doubtful: tuple[Doubt, ...]
    text_raw: bytes
    photo_wlt: bytes


class ReaderIdentity(msgspec.Struct, frozen=True):
    """Which reader answers.

    Attributes:
        sam_id: as printed by `SAM id`, e.g. "05.01-20200101-0001234567-0007654321".
        address: the resolved address, e.g. "serial:/dev/ttyUSB0?baud=115200" or "usb:0400:c35a".
        description: what the system calls it (adapter, serial number, port), for people.
        speed_baud: the line's speed; None on USB.
    """

    sam_id: str
    address: str
    description: str
    speed_baud: int | None


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

    def candidates(self) -> tuple[Candidate, ...]:
        """The ports that might be such a device, listed without opening any; *may* be overridden."""
        return ()

    @abstractmethod
    def statistics(self) -> LineStatistics:
        """Counters since this object was made."""
