"""What USB devices say of themselves, as the system shows it without opening any.  Source: sysfs-bus-usb."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from drivers.stored_text import printable

USB_DEVICES: Final = Path("/sys/bus/usb/devices")
USB_NODES: Final = Path("/dev/bus/usb")
STILL_IMAGE: Final = "06"
"""The class of interfaces that speak PTP.  Source: USB-IF, base class 06h."""


@dataclass(frozen=True, slots=True)
class UsbPlate:
    """What a USB device says of itself; `usb` are the numbers of maker and product, "04a9:190e"."""

    maker: str = ""
    model: str = ""
    serial: str | None = None
    usb: str | None = None


@dataclass(frozen=True, slots=True)
class UsbDevice:
    """A USB device at its place.

    Attributes:
        bus: number of the bus.
        device: number on the bus; another one whenever it is plugged in.
        plate: what it says of itself.
        is_camera: whether one of its interfaces speaks PTP.
        kernel_driver: what in the kernel has taken such an interface: "usbfs" stands for a program; "" for nobody.
    """

    bus: int
    device: int
    plate: UsbPlate
    is_camera: bool = False
    kernel_driver: str = ""

    @property
    def node(self) -> Path:
        """The device node through which it is used."""
        return USB_NODES / f"{self.bus:03}" / f"{self.device:03}"


def usb_devices(folder: Path = USB_DEVICES) -> Iterator[UsbDevice]:
    """The USB devices that are plugged in, hubs included."""
    for entry in _entries(folder):
        bus, device = _number(entry / "busnum"), _number(entry / "devnum")
        if bus is None or device is None:
            continue
        taken = [part for part in entry.glob(f"{entry.name}:*") if _text(part / "bInterfaceClass") == STILL_IMAGE]
        drivers = (_linked(part / "driver") for part in taken)
        yield UsbDevice(bus, device, _plate(entry), bool(taken), next(filter(None, drivers), ""))


def usb_plate_at(bus: int, device: int, folder: Path = USB_DEVICES) -> UsbPlate:
    """What the device at a place says of itself; nothing where there is none."""
    for entry in _entries(folder):
        if (_number(entry / "busnum"), _number(entry / "devnum")) == (bus, device):
            return _plate(entry)
    return UsbPlate()


def _entries(folder: Path) -> list[Path]:
    with suppress(OSError):
        return sorted(folder.iterdir())
    return []


def _plate(entry: Path) -> UsbPlate:
    numbers = (_text(entry / "idVendor"), _text(entry / "idProduct"))
    return UsbPlate(
        _text(entry / "manufacturer"),
        _text(entry / "product"),
        _text(entry / "serial") or None,
        ":".join(numbers) if all(numbers) else None,
    )


def _text(file: Path) -> str:
    with suppress(OSError):  # it has none, or was pulled out just now
        return printable(file.read_text("utf-8", "replace").strip())
    return ""


def _linked(file: Path) -> str:
    with suppress(OSError):
        return printable(file.readlink().name)
    return ""


def _number(file: Path) -> int | None:
    try:
        return int(file.read_text("ascii"))
    except (OSError, ValueError):
        return None
