"""The role of a camera: what the agent asks of it and what it answers.

Values that cross the worker's wire are frozen `msgspec` structs; the bytes of a picture follow them as they came.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from enum import StrEnum

import msgspec

from drivers.api import Candidate, Deadline


class SettingName(StrEnum):
    """What a desk may set on its camera."""

    ISO = "iso"
    WHITE_BALANCE = "white-balance"
    EXPOSURE = "exposure"
    FOCUS = "focus"


class CameraIdentity(msgspec.Struct, frozen=True):
    """Which camera this is.

    Attributes:
        address: as the configuration would say it, `gphoto2:usb:SERIAL` or `gphoto2:ptpip:HOST:PORT`.
        vendor: as the camera says.
        model: as the camera says.
        serial: its serial number, or None where it tells none.
        firmware: its version; "" where it tells none.
    """

    address: str
    vendor: str
    model: str
    serial: str | None = None
    firmware: str = ""


class Setting(msgspec.Struct, frozen=True):
    """One setting as it stands on the camera.

    Attributes:
        name: which.
        value: as the camera words it.
        choices: what it may be, as the camera words it; empty where it may be looked at only.
    """

    name: SettingName
    value: str
    choices: tuple[str, ...] = ()


class CameraOffers(msgspec.Struct, frozen=True):
    """What a camera offers; what does not stand here is not shown to the clerk.

    Attributes:
        has_live_view: whether it gives pictures without releasing its shutter.
        settings: those that it has.
    """

    has_live_view: bool
    settings: tuple[Setting, ...] = ()


class CameraCondition(msgspec.Struct, frozen=True):
    """How a camera is.

    Attributes:
        battery_percent: charge, 0 to 100; None where it tells none, or has none.
        has_card: whether a card is in it.
        free_bytes: room on its card; None where it tells none.
        free_images: how many pictures fit, as the camera reckons; None where it does not.
    """

    battery_percent: int | None = None
    has_card: bool = True
    free_bytes: int | None = None
    free_images: int | None = None


class Shot(msgspec.Struct, frozen=True):
    """What is known of one picture, a JPEG, beside its bytes.

    Attributes:
        key: names it on the camera for `discard`; "" where nothing of it is left there.
        name: as the camera calls it, printable.
        companions: how many other files the same release made (a RAW beside the JPEG).
    """

    key: str
    name: str
    companions: int = 0


class Camera(ABC):
    """A camera.  One thread calls everything.

    Methods raise DeviceAbsent, DeviceBusy, NeedsOperator, DeviceRefused and LinkError with the codes `CAMERA-…`.
    No call can be ended from inside the process when the library hangs: the caller ends the process.
    """

    @abstractmethod
    def open(self, deadline: Deadline) -> CameraIdentity:
        """Find the configured camera, never another one, open it and learn what it offers."""

    @abstractmethod
    def close(self) -> None:
        """Release the camera.  Never raises; may be called at any time."""

    @abstractmethod
    def offers(self) -> CameraOffers:
        """What the open camera can do."""

    @abstractmethod
    def condition(self) -> CameraCondition:
        """Ask how the open camera is."""

    @abstractmethod
    def preview(self) -> bytes:
        """One picture of the live view, a JPEG of the camera's own size; starts the live view where it is off."""

    @abstractmethod
    def end_preview(self) -> None:
        """End the live view: the camera's lens and sensor rest.  Nothing happens where it is off."""

    @abstractmethod
    def capture(self, deadline: Deadline) -> tuple[Shot, bytes | memoryview]:
        """Release the shutter and bring the picture, as soon as it is here: what follows is seen to by `settle`.

        The bytes are there until `settle`, the next release or the end of the camera.

        Of a RAW file and a JPEG of the same release the JPEG is brought.

        Raises: CodedError CAMERA-FOCUS, CAMERA-CARD-FULL, CAMERA-NO-CARD, CAMERA-BATTERY, CAMERA-BUSY, CAMERA-ABSENT,
            CAMERA-PICTURE (what came is no whole picture), CAMERA-RAW-ONLY, and others as their texts say.
        """

    @abstractmethod
    def settle(self, deadline: Deadline) -> None:
        """Take in what the camera still has to say of the last release; the next one would be refused else."""

    @abstractmethod
    def discard(self, keys: Sequence[str]) -> None:
        """Remove pictures, with all that their releases made, from the camera's card; one that has gone is no error."""

    @abstractmethod
    def set(self, name: SettingName, value: str) -> Setting:
        """Set one setting to one of its choices; gives it as it stands then.

        Raises: CodedError CAMERA-SETTING where the camera has no such setting or choice.
        """

    @abstractmethod
    def reset(self) -> bool:
        """Reset the camera's connection, which closes it; tells whether that is possible (USB only)."""

    @abstractmethod
    def candidates(self) -> tuple[Candidate, ...]:
        """The cameras that the system sees, listed without opening any."""
