"""Which camera is meant: `gphoto2:usb`, `gphoto2:usb:SERIAL`, `gphoto2:ptpip:HOST[:PORT]`.

On USB it is the one camera that is plugged in, or the one of that serial number; where several could be meant, none is.
`gphoto2:vusb`, libgphoto2's own make-believe camera, is understood only where the settings name the folder of its
pictures, which no configuration can.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from drivers import camera_errors
from drivers.api import Candidate
from drivers.usb_plate import UsbDevice

PREFIX: Final = "gphoto2:"
PTPIP_PORT: Final = 15740
"""Source: PTP/IP, 2.2.1."""
_HOST: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,252}")
_USB_PATH: Final = re.compile(r"usb:(\d{3}),(\d{3})")
_LONGEST_SERIAL: Final = 64


class Line(StrEnum):
    """How a camera is reached."""

    USB = "usb"
    NETWORK = "ptpip"
    MAKE_BELIEVE = "vusb"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which camera the configuration means.

    Attributes:
        line: how it is reached.
        serial: on USB its serial number, as the system shows it; None for any.
        host: on the network.
        port: there.
        folder: the folder of the make-believe camera's pictures.
    """

    line: Line
    serial: str | None = None
    host: str = ""
    port: int = PTPIP_PORT
    folder: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """A camera on USB that libgphoto2 knows: its model there, its path there, the device behind it."""

    model: str
    path: str
    device: UsbDevice

    @property
    def address(self) -> str:
        """How the configuration would say it."""
        return candidate(self.device).address


def parse(address: str, settings: dict[str, object]) -> Wanted:
    """Understand an address.

    Raises: CodedError CAMERA-ADDRESS.
    """
    line, _, rest = address.removeprefix(PREFIX).partition(":")
    wanted = None
    if not address.startswith(PREFIX) or not address.isprintable():
        pass
    elif line == Line.USB and len(rest) <= _LONGEST_SERIAL and address[-1] != ":":
        wanted = Wanted(Line.USB, serial=rest or None)
    elif line == Line.NETWORK:
        host, _, port = rest.partition(":")
        number = PTPIP_PORT if ":" not in rest else int(port) if port.isascii() and port.isdecimal() else 0
        if _HOST.fullmatch(host) and 0 < number < 1 << 16:
            wanted = Wanted(Line.NETWORK, host=host, port=number)
    elif line == Line.MAKE_BELIEVE and not rest and settings.get("folder"):
        wanted = Wanted(Line.MAKE_BELIEVE, folder=str(settings["folder"]))
    if wanted is None:
        raise camera_errors.address_not_understood(address)
    return wanted


def meant(wanted: Wanted, listed: Iterable[Listed], address: str) -> Listed:
    """The one camera on USB that is meant.

    Raises: CodedError CAMERA-ABSENT, CAMERA-SEVERAL.
    """
    found = [each for each in listed if wanted.serial in {None, each.device.plate.serial}]
    if not found:
        raise camera_errors.absent(address)
    if len(found) > 1:
        raise camera_errors.several(sorted(each.address for each in found))
    return found[0]


def candidate(device: UsbDevice) -> Candidate:
    """A camera on USB, as a technician may choose it; one that tells no serial number is `gphoto2:usb`."""
    plate = device.plate
    address = f"{PREFIX}{Line.USB}" + (f":{plate.serial}" if plate.serial else "")
    return Candidate(address, " ".join(filter(None, (plate.maker, plate.model, plate.serial))))


def place_of(path: str) -> tuple[int, int] | None:
    """Bus and device of one of libgphoto2's paths; None where it is no USB path with a place."""
    found = _USB_PATH.fullmatch(path)
    return None if found is None else (int(found[1]), int(found[2]))


def network_path(wanted: Wanted) -> str:
    """The path under which libgphoto2 reaches a camera on the network: numbers only, and the port twice.

    Without the second one it looks for events at 15740, whatever the first one is.

    Raises: OSError where nobody knows the host.
    """
    found = socket.getaddrinfo(wanted.host, wanted.port, socket.AF_INET, socket.SOCK_STREAM)
    return f"ptpip:{found[0][4][0]}:{wanted.port}:{wanted.port}"


def is_listening(wanted: Wanted, limit_s: float) -> bool:
    """Whether anything takes connections where the camera should be."""
    try:
        socket.create_connection((wanted.host, wanted.port), limit_s).close()
    except OSError:
        return False
    return True
