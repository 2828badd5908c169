"""Where a driver is found by the name in the configuration."""

from __future__ import annotations

import importlib.util
from importlib.metadata import EntryPoint, entry_points

DRIVERS = "renhu.drivers"
DRIVER_MISSING = {
    "reader": "READER-DRIVER-MISSING",
    "scanner": "SCANNER-DRIVER-MISSING",
    "camera": "CAMERA-DRIVER-MISSING",
}


def find_driver(name: str) -> EntryPoint:
    """Find a driver: a file of `drivers/` by its name, else an entry point of `renhu.drivers`; nothing is loaded yet.

    Raises: ModuleNotFoundError when there is none of that name.
    """
    if name.isidentifier() and importlib.util.find_spec(f"drivers.{name}") is not None:
        return EntryPoint(name, f"drivers.{name}", DRIVERS)
    for entry in entry_points(group=DRIVERS):
        if entry.name == name:
            return entry
    raise ModuleNotFoundError(name, name=name)
