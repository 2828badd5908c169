"""What a technician would check, one check each: what is so, whether it is well, and the code of the next step.

Every check may fail alone; none changes anything, none shows personal data.
"""

from __future__ import annotations

import platform
import shutil
import ssl
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

from sqlcipher3 import dbapi2 as sqlcipher

from agent.clock import SystemClock
from agent.config import Config
from agent.devices.driver_search import DRIVER_MISSING, find_driver
from agent.devices.photo_decoder import PhotoDecoder, PhotoSettings
from agent.errors import Actor, CodedError, Retry
from peewee_models.database import OLDEST_SQLITE

BOOTSTRAP = Path("/usr/share/javascript/bootstrap5")
FONTS = (Path("/usr/share/fonts/opentype/noto"), Path("/usr/share/fonts/truetype/hanazono"))
WARN_FREE_BYTES = 2 * 1024**3
OLDEST_PYTHON = (3, 11)
PARTS = (
    "argon2-cffi",
    "Babel",
    "cheroot",
    "cryptography",
    "Flask",
    "Flask-Babel",
    "gphoto2",
    "img2pdf",
    "msgspec",
    "peewee",
    "pikepdf",
    "Pillow",
    "numpy",
    "opencv-python-headless",
    "pypdfium2",
    "pypinyin",
    "python-sane",
    "pyserial",
    "pyudev",
    "pyusb",
    "segno",
    "sqlcipher3",
    "typst",
    "Werkzeug",
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One check's end.

    Attributes:
        name: what was looked at, `python`, `disk`, `reader` …
        is_well: whether all is as it should be.
        code: of the sentence that says what is so and what to do.
        facts: for that sentence.
    """

    name: str
    is_well: bool
    code: str
    facts: dict[str, str | int | float] = field(default_factory=dict)


def versions() -> dict[str, str]:
    """Versions of every part, those inside wheels included."""
    found = {"renhu": metadata.version("renhu-station"), "python": platform.python_version()}
    found |= {name: metadata.version(name) for name in PARTS}
    connection = sqlcipher.connect(":memory:")
    try:
        connection.execute("PRAGMA key = \"x'00'\"")
        row = connection.execute("PRAGMA cipher_version").fetchone()
        provider = connection.execute("PRAGMA cipher_provider_version").fetchone()
    finally:
        connection.close()
    found["sqlite"] = sqlcipher.sqlite_version
    found["sqlcipher"] = row[0] if row else "–"
    found["sqlcipher-crypto"] = provider[0] if provider else "–"
    found["openssl"] = ssl.OPENSSL_VERSION
    found["linux"] = platform.release()
    return found


def installation() -> Iterator[Finding]:
    """Check what is installed, before any configuration is read."""
    is_new = sys.version_info[:2] >= OLDEST_PYTHON
    yield Finding(
        "python", is_new, "DOCTOR-PYTHON" if is_new else "DOCTOR-PYTHON-OLD", {"found": platform.python_version()}
    )
    is_fixed = sqlcipher.sqlite_version_info >= OLDEST_SQLITE
    needed = ".".join(map(str, OLDEST_SQLITE))
    code = "DOCTOR-SQLITE" if is_fixed else "DATABASE-COMPONENT-OLD"
    yield Finding("sqlite", is_fixed, code, {"found": sqlcipher.sqlite_version, "needed": needed})
    has_bootstrap = _has_bootstrap()
    yield Finding("bootstrap", has_bootstrap, "DOCTOR-BOOTSTRAP" if has_bootstrap else "DOCTOR-BOOTSTRAP-MISSING")
    missing = [folder.name for folder in FONTS if not folder.is_dir()]
    yield Finding(
        "fonts", not missing, "DOCTOR-FONTS-MISSING" if missing else "DOCTOR-FONTS", {"missing": ", ".join(missing)}
    )


def _has_bootstrap() -> bool:
    return (BOOTSTRAP / "css" / "bootstrap.min.css").exists()


def missing_parts(config: Config) -> Iterator[CodedError]:
    """Find what is needed and not there: the pages' style, the drivers and the photo library of the configuration."""
    if not _has_bootstrap():
        yield CodedError("WEB-BOOTSTRAP", Actor.TECHNICIAN, Retry.AFTER_ACTION, folder=str(BOOTSTRAP))
    devices = {"reader": config.reader, "scanner": config.scanner, "camera": config.camera}
    drivers = {role: device.driver for role, device in devices.items() if device is not None}
    for role, driver in drivers.items():
        try:
            find_driver(driver)
        except ModuleNotFoundError as error:
            facts = {"driver": driver, "module": str(error.name)}
            yield CodedError(DRIVER_MISSING[role], Actor.TECHNICIAN, Retry.AFTER_ACTION, **facts)
    library = str(config.reader.photo["library"] or "") if config.reader is not None else ""
    if library and not Path(library).is_file():
        yield CodedError("PHOTO-LIBRARY-MISSING", Actor.TECHNICIAN, Retry.AFTER_ACTION, library=library)


def photo_library(config: Config) -> Iterator[Finding]:
    """Check the library that draws card photos: there, loadable here under confinement, with its function."""
    if config.reader is None:
        return
    settings = PhotoSettings.of(config.reader.photo)
    if not settings.library:
        yield Finding("photo", True, "DOCTOR-PHOTO-NONE")
        return
    found = PhotoDecoder(settings, SystemClock(config.time_zone)).look()
    yield Finding("photo", found.code is None, found.code or "DOCTOR-PHOTO", dict(found.facts))


def data_folder(config: Config) -> Iterator[Finding]:
    """Check the data folder: there, ours, with room."""
    folder = config.folder
    if not folder.is_dir():
        yield Finding("folder", False, "DOCTOR-FOLDER-MISSING", {"folder": str(folder)})
        return
    mode = folder.stat().st_mode & 0o777
    is_private = not mode & 0o077
    yield Finding(
        "folder",
        is_private,
        "DOCTOR-FOLDER" if is_private else "DOCTOR-FOLDER-OPEN",
        {"folder": str(folder), "mode": f"{mode:04o}"},
    )
    free = shutil.disk_usage(folder).free
    has_room = free >= WARN_FREE_BYTES
    yield Finding("disk", has_room, "DOCTOR-DISK" if has_room else "DOCTOR-DISK-LOW", {"free_mib": free // 1024**2})
