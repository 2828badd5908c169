"""The addresses of an ID-card reader, as they stand in the configuration.

`serial:/dev/…[?baud=N]`, `serial:usb-1a86:7523[:SERIAL]`, `serial:auto`, `usb:0400:c35a[:SERIAL]`,
`usb:0400:c35a?backend=MODULE&at=HOST:PORT`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl

from drivers import reader_errors
from drivers.sam_commands import SPEEDS_BAUD

KNOWN_ADAPTERS = ("0403:6001", "067b:2303", "10c4:ea60", "1a86:7523")
"""What readers are commonly built with: FTDI FT232, Prolific PL2303, Silicon Labs CP210x, WCH CH340.

The configuration replaces the list; the udev rules have the same.
"""

_USB_ID = re.compile(r"(?P<vid_pid>[0-9a-fA-F]{4}:[0-9a-fA-F]{4})(?::(?P<serial>.+))?")
_MODULE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")
_HOST_PORT = re.compile(r"[^\s:]+:[0-9]{1,5}")


@dataclass(frozen=True, slots=True)
class SerialAddress:
    """A serial port, by exactly one of: path, identity of its USB adapter, or none (auto).

    Attributes:
        path: device file or stable link.
        vid_pid: `vvvv:pppp` of the adapter, lower case.
        serial: the adapter's serial number.
        speed_baud: the speed to try first.
    """

    path: str | None = None
    vid_pid: str | None = None
    serial: str | None = None
    speed_baud: int | None = None

    @property
    def is_auto(self) -> bool:
        """Whether neither a port nor an adapter is named."""
        return self.path is None and self.vid_pid is None


@dataclass(frozen=True, slots=True)
class UsbAddress:
    """A reader on USB.

    Attributes:
        vid_pid: `vvvv:pppp`, lower case.
        serial: the device's serial number, where several are plugged in.
        backend: module of a pyusb backend with `create_backend(at)`; None for libusb.
        at: what that backend is told.
    """

    vid_pid: str
    serial: str | None = None
    backend: str | None = None
    at: str = ""


def parse(address: str) -> SerialAddress | UsbAddress:
    """Understand `address`.

    Raises:
        CodedError: it has no meaning (READER-ADDRESS).
    """
    scheme, _, rest = address.partition(":")
    place, _, query = rest.partition("?")
    pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=False)
    options = dict(pairs)
    parsed: SerialAddress | UsbAddress | None = None
    if len(options) == len(pairs) and bool(query) == bool(options):
        if scheme == "serial":
            parsed = _parse_serial(place, options)
        elif scheme == "usb":
            parsed = _parse_usb(place, options)
    if parsed is None:
        raise reader_errors.address_not_understood(address)
    return parsed


def _parse_serial(place: str, options: dict[str, str]) -> SerialAddress | None:
    speed_baud: int | None = None
    if options:
        baud = options.get("baud", "")
        if set(options) != {"baud"} or not baud.isdecimal() or int(baud) not in SPEEDS_BAUD:
            return None
        speed_baud = int(baud)
    if place == "auto":
        return SerialAddress(speed_baud=speed_baud)
    if place.startswith("/"):
        return SerialAddress(path=place, speed_baud=speed_baud)
    found = _USB_ID.fullmatch(place.removeprefix("usb-")) if place.startswith("usb-") else None
    if found is None:
        return None
    return SerialAddress(vid_pid=found["vid_pid"].lower(), serial=found["serial"], speed_baud=speed_baud)


def _parse_usb(place: str, options: dict[str, str]) -> UsbAddress | None:
    found = _USB_ID.fullmatch(place)
    if found is None:
        return None
    vid_pid, serial = found["vid_pid"].lower(), found["serial"]
    if not options:
        return UsbAddress(vid_pid, serial)
    if set(options) != {"backend", "at"}:
        return None
    if _MODULE.fullmatch(options["backend"]) is None or _HOST_PORT.fullmatch(options["at"]) is None:
        return None
    return UsbAddress(vid_pid, serial, options["backend"], options["at"])
