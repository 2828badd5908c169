"""Which port a technician has chosen for a device: kept in the register, and told beside it for commands.

They have no key.  The note beside it goes before a choice is changed and is written again afterwards: it tells the
truth, or is missing.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from pathlib import Path

import msgspec

from agent.devices.host import DeviceSettings
from agent.disk import put_file, sync_folder
from agent.folder import DATABASE
from peewee_models.database import Store
from peewee_models.station import choose_address, chosen_address, forget_address

log = logging.getLogger("renhu.devices")

NOTE = "chosen-ports.json"


class ChosenPorts:
    """The choices of one register.

    Args:
        store: of the register.
        folder: the data folder.
    """

    def __init__(self, store: Store, folder: Path) -> None:
        self._store = store
        self._note = folder / NOTE
        self._roles: list[str] = []

    def applied(self, configured: list[DeviceSettings]) -> list[DeviceSettings]:
        """The configured devices, each where a technician has found it."""
        self._roles = [device.role for device in configured]
        chosen = self._chosen()
        self._tell(chosen)
        return [_at(device, chosen) for device in configured]

    def remember(self, role: str, address: str | None) -> None:
        """Keep a choice; it goes before the configuration, also after a restart.  None: the configuration stands."""
        with suppress(FileNotFoundError):
            self._note.unlink()
            sync_folder(self._note.parent)
        with self._store.write():
            if address is None:
                forget_address(role)
            else:
                choose_address(role, address)
        self._tell(self._chosen())

    def _chosen(self) -> dict[str, str]:
        with self._store.read():
            found = {role: chosen_address(role) for role in self._roles}
        return {role: address for role, address in found.items() if address is not None}

    def _tell(self, chosen: dict[str, str]) -> None:
        try:
            put_file(self._note, msgspec.json.encode(chosen))
        except OSError as error:
            log.warning("commands will not know which ports were chosen: %s", error.strerror)


def without_key(device: DeviceSettings, folder: Path) -> tuple[DeviceSettings, bool]:
    """Say where the daemon would look for a device, without the register's key; and whether that is certain.

    Where no register exists nobody has chosen.  Where the note cannot be read, the configuration is all there is.
    """
    try:
        return _at(device, msgspec.json.decode((folder / NOTE).read_bytes(), type=dict[str, str])), True
    except FileNotFoundError:
        return device, not (folder / DATABASE).exists()
    except (OSError, msgspec.DecodeError):
        return device, False


def _at(device: DeviceSettings, chosen: dict[str, str]) -> DeviceSettings:
    return msgspec.structs.replace(device, address=chosen.get(device.role) or device.address)
