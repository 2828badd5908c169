"""What the keys of the configuration accept, each a question to one value as TOML gives it."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from agent.devices.photo_decoder import PhotoSettings
from agent.errors import CodedError
from drivers import camera_names, reader_address

Check = Callable[[Any], bool]


def is_loopback(value: Any) -> bool:
    """Whether this is an address of this machine alone."""
    try:
        return isinstance(value, str) and ipaddress.ip_address(value).is_loopback
    except ValueError:
        return False


def is_zone(value: Any) -> bool:
    """Whether this names a time zone."""
    try:
        return isinstance(value, str) and bool(ZoneInfo(value).key)
    except (KeyError, ValueError, OSError):
        return False


def is_number(low: int, high: int) -> Check:
    """Make the check for a whole number between two others."""
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def is_text(value: Any) -> bool:
    """Whether this is text with something in it."""
    return isinstance(value, str) and bool(value.strip())


def is_key_source(value: Any) -> bool:
    """Whether this says where a key is."""
    kind, _, rest = value.partition(":") if isinstance(value, str) else ("", "", "")
    return (kind == "credential" and bool(rest) and "/" not in rest) or (kind == "file" and rest.startswith("/"))


def is_list_of(accepts: Check) -> Check:
    """Make the check for a list of what another check accepts."""
    return lambda value: isinstance(value, list) and all(accepts(item) for item in value)


def is_vid_pid(value: Any) -> bool:
    """Whether these are the numbers of a USB device, "vvvv:pppp"."""
    parts = value.lower().split(":") if isinstance(value, str) else []
    return len(parts) == 2 and all(len(part) == 4 and set(part) <= set("0123456789abcdef") for part in parts)


def is_photo_shape(value: Any) -> bool:
    """Whether this says how a photo library is called."""
    try:
        PhotoSettings.of({"shape": value})
    except ValueError:
        return False
    return isinstance(value, str)


def is_reader_address(value: Any) -> bool:
    """Whether the driver would understand it; a simulator's USB backend belongs to practice, not to a configuration."""
    try:
        return isinstance(value, str) and bool(reader_address.parse(value)) and "backend=" not in value
    except CodedError:
        return False


def is_scanner_address(value: Any) -> bool:
    """Whether this is an address of a scanner."""
    return isinstance(value, str) and value.startswith("sane:") and bool(value.removeprefix("sane:").strip())


def is_camera_address(value: Any) -> bool:
    """Whether the driver would understand it; libgphoto2's make-believe camera belongs to tests."""
    try:
        return isinstance(value, str) and bool(camera_names.parse(value, {}))
    except CodedError:
        return False


@dataclass(frozen=True, slots=True)
class Key:
    """One key: what is accepted, which sentence says so, and what holds where it is missing."""

    accepts: Check
    code: str
    default: Any = None
