"""Where the devices of a register were found the last time, kept beside it: a start looks there first.

Names of sockets and adapters alone; without the note, or with a torn one, a device is merely looked for longer.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path

import msgspec

from agent.devices.host import DeviceSettings
from agent.devices.status import DeviceStatus
from agent.disk import put_file

log = logging.getLogger("renhu.devices")

NOTE = "last-ports.json"


class LastPlaces:
    """The note of one data folder."""

    def __init__(self, folder: Path) -> None:
        self._note = folder / NOTE
        self._places = self._read()

    def applied(self, configured: list[DeviceSettings]) -> list[DeviceSettings]:
        """The configured devices, each with the place where it was found."""
        return [
            msgspec.structs.replace(device, place=self._places.get(device.role, device.place)) for device in configured
        ]

    def keep(self, statuses: Iterable[DeviceStatus]) -> None:
        """Note where the devices are; waits for the disk, but only when one has moved."""
        found = {status.role: place for status in statuses if (place := status.identity.get("place"))}
        if found.items() <= self._places.items():
            return
        self._places |= found
        try:
            put_file(self._note, msgspec.json.encode(self._places))
        except OSError as error:
            log.warning("the next start will not know where the devices are: %s", error.strerror)

    def _read(self) -> dict[str, str]:
        try:
            return msgspec.json.decode(self._note.read_bytes(), type=dict[str, str])
        except (OSError, msgspec.DecodeError):
            return {}
