"""Which scanner is meant: the addresses `sane:NAME` and `sane:auto`, and names that change from one day to the next.

A network or USB scanner has another SANE name after each power cycle (`libusb:001:004`, `airscan:e0:…`), so a name in
the configuration may be a pattern (`*`, `?`), and vendor, model and USB serial number narrow it down.  A plain name,
as the list of scanners gives it to a technician, is followed to its new place where nobody else can be meant.
"""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from drivers import scanner_errors
from drivers.usb_plate import USB_DEVICES, USB_NODES, UsbPlate, usb_plate_at

PREFIX = "sane:"
AUTO = "auto"
OUR_LINK = Path("/dev/renhu/scanner")
NO_SCANNERS = frozenset({"frame grabber", "still camera", "video camera", "virtual device"})
"""Types of what SANE lists besides scanners: `auto` never means the desk's camera.  Source: SANE API, device types."""
_LIBUSB = re.compile(r"libusb:(?P<bus>\d{3}):(?P<device>\d{3})$")
_PLACE = re.compile(r"(?<=libusb:)\d{3}:\d{3}$|(?<=^airscan:)[ew]\d+(?=:)")
_BACKEND = re.compile(r"[A-Za-z0-9_-]+")
_IMPRECISE = re.compile(r"[*?\[]")
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of SANE's list of devices, with its type, and the USB serial number where the system shows one."""

    name: str
    vendor: str
    model: str
    kind: str = ""
    serial: str | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which scanner the configuration means.

    Attributes:
        name: SANE name or pattern; None for `auto`.
        vendor: pattern of the vendor, or None for any.
        model: pattern of the model, or None for any.
        serial: USB serial number, or None for any.
    """

    name: str | None
    vendor: str | None = None
    model: str | None = None
    serial: str | None = None

    @property
    def is_exact(self) -> bool:
        """Whether the name alone says which, without a look at the list."""
        return self.name is not None and not _IMPRECISE.search(self.name)

    @property
    def backend(self) -> str | None:
        """The SANE backend that the name begins with, where it does."""
        if self.name is None:
            return None
        word, colon, _ = self.name.partition(":")
        return word if colon and _BACKEND.fullmatch(word) else None

    def means(self, listed: Listed) -> bool:
        """Whether a listed scanner is the one."""
        if self.name is None and listed.kind in NO_SCANNERS:
            return False
        pairs = ((self.name, listed.name), (self.vendor, listed.vendor), (self.model, listed.model))
        fits = all(
            pattern is None or pattern == value or fnmatch.fnmatchcase(value, pattern) for pattern, value in pairs
        )
        return fits and (self.serial is None or self.serial == listed.serial)

    def moved(self, listed: Iterable[Listed]) -> Listed | None:
        """The one scanner whose name says the same but for its place; None where there is none, or more than one."""
        if self.name is None or not _PLACE.search(self.name):
            return None
        placeless = _PLACE.sub("", self.name)
        alike = [
            each
            for each in listed
            if _PLACE.sub("", each.name) == placeless and replace(self, name=each.name).means(each)
        ]
        return alike[0] if len(alike) == 1 else None


def addressable(name: str) -> str:
    """A SANE name as the configuration can hold it and a page can show it.

    A scanner on the network is called as its owner likes, and a stranger's as well.  What cannot be printed, or goes on
    without end, becomes a pattern that still means this scanner.
    """
    if name.isprintable() and len(name) <= _LONGEST:
        return name
    pattern = "".join(character if character.isprintable() and character != "[" else "?" for character in name)
    return pattern if len(pattern) <= _LONGEST else pattern[: _LONGEST - 1] + "*"


def parse(address: str, settings: dict[str, object]) -> Wanted:
    """Understand an address and the settings that narrow it.

    Raises: CodedError SCANNER-ADDRESS.
    """
    name = address.removeprefix(PREFIX)
    if not address.startswith(PREFIX) or not name or not name.isprintable():
        raise scanner_errors.address_not_understood(address)
    narrow = {key: str(settings[key]) for key in ("vendor", "model", "serial") if settings.get(key)}
    return Wanted(None if name == AUTO else name, **narrow)


def usb_plate(name: str, usb_devices: Path = USB_DEVICES) -> UsbPlate:
    """What the USB device says of itself that a SANE name points to; nothing where the name points to none."""
    place = _LIBUSB.search(name)
    return UsbPlate() if place is None else usb_plate_at(int(place["bus"]), int(place["device"]), usb_devices)


def hidden_node(name: str | None, usb_nodes: Path = USB_NODES, link: Path = OUR_LINK) -> Path | None:
    """The device node of a scanner that is there but may not be used, as far as the system tells; None for none.

    A backend passes such a scanner over in silence.  The node is the one that the name points to, else the one that
    our udev rule has found.  Source: 60-renhu.rules.
    """
    place = _LIBUSB.search(name) if name is not None else None
    node = usb_nodes / place["bus"] / place["device"] if place is not None else link
    return node if node.exists() and not os.access(node, os.R_OK | os.W_OK) else None
