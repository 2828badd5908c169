"""libsane in this process: loaded once, asked for its list of scanners, and for the one that is meant."""

from __future__ import annotations

import importlib
import os
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

from drivers import escl_plate, scanner_configuration, scanner_errors
from drivers.scanner_api import ScannerIdentity
from drivers.scanner_names import PREFIX, Listed, Wanted, addressable, usb_plate
from drivers.stored_text import printable


class SaneLibrary:
    """The library, as far as it finds scanners.

    Args:
        wanted: which scanner is meant.
        backends: the SANE backends to load instead of the system's.
        configuration: a folder with configuration of backends that goes before the system's.

    Attributes:
        error: what its calls raise.
    """

    def __init__(self, wanted: Wanted, backends: list[str], configuration: str) -> None:
        self._wanted = wanted
        self._backends = backends
        self._has_place = wanted.name is not None and "://" in wanted.name
        self._configuration = configuration
        self._sane: ModuleType | None = None
        self._listed: tuple[Listed, ...] = ()
        self.error: type[Exception] = OSError

    def loaded(self) -> ModuleType:
        """Load libsane once, with only the backends that are wanted: the others would probe the network for seconds.

        Raises: CodedError SCANNER-LIBRARY.
        """
        if self._sane is None:
            if self._backends or self._configuration:
                os.environ["SANE_CONFIG_DIR"] = scanner_configuration.private(
                    self._backends, self._configuration, needs_search=not self._has_place
                )
            # Some backends bring net-snmp along, which complains of every MIB that it does not find: none is needed.
            os.environ["MIBS"] = ""
            os.environ["SNMP_PERSISTENT_DIR"] = scanner_configuration.snmp_folder()
            try:
                sane = importlib.import_module("sane")
                self.error = importlib.import_module("_sane").error
            except ImportError as error:
                raise scanner_errors.library_missing(str(error.name or "libsane")) from error
            sane.init()
            self._sane = sane
        return self._sane

    def listed(self) -> tuple[Listed, ...]:
        """Have SANE look for scanners.  Slow.

        Raises: NeedsOperator SCANNER-LIST where python-sane cannot read a name of the list, whoever's scanner it is.
        """
        sane = self.loaded()
        try:
            self._listed = tuple(
                Listed(name, printable(vendor), printable(model), kind, usb_plate(name).serial)
                for name, vendor, model, kind in sane.get_devices()
                if name
            )
        except self.error as error:
            raise scanner_errors.said_by_library(str(error)) from error
        except (UnicodeDecodeError, SystemError) as error:  # python-sane lets the one become the other
            raise scanner_errors.unreadable_list() from error
        return self._listed

    def found(self, address: str) -> Listed:
        """The scanner that is meant.  The list is asked for only where the name alone does not say.

        Raises: CodedError SCANNER-ABSENT, SCANNER-SEVERAL.
        """
        if self._wanted.is_exact and self._wanted.name is not None:
            known = next((each for each in self._listed if each.name == self._wanted.name), None)
            return known or Listed(self._wanted.name, "", "")
        found = [each for each in self.listed() if self._wanted.means(each)]
        if not found:
            raise scanner_errors.absent(address)
        if len(found) > 1:
            raise scanner_errors.several(len(found))
        return found[0]

    def identity(self, listed: Listed) -> ScannerIdentity:
        """Who that is: as the list says, else as the USB device or the network scanner says of itself."""
        on_usb = usb_plate(listed.name)
        serial = listed.serial or on_usb.serial
        on_net = escl_plate.NOBODY if serial else escl_plate.asked(listed.name, self._folders())
        vendor, model = listed.vendor, listed.model
        if not model:
            vendor, model = on_usb.maker, on_usb.model or on_net.model
        return ScannerIdentity(PREFIX + addressable(listed.name), vendor, model, serial or on_net.serial, on_usb.usb)

    def _folders(self) -> list[Path]:
        folders = (self._configuration, scanner_configuration.SYSTEM_CONFIGURATION)
        return [Path(folder) for folder in folders if folder]


def last_of(told: object) -> ScannerIdentity | None:
    """Who was meant when a worker before this one was ready, as the agent hands it on; None for nobody."""
    if not isinstance(told, Mapping) or not str(told.get("address", "")).startswith(PREFIX):
        return None
    texts = {key: str(told[key]) for key in ("address", "vendor", "model", "serial", "usb") if told.get(key)}
    return ScannerIdentity(**{"vendor": "", "model": "", **texts})
