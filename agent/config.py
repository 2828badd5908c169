"""The configuration: one TOML file, read whole, every mistake told at once with its key, its value and what is right.

`systemd/renhu.toml` shows every key with its unit and default; a test holds it equal to the table here.
"""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from agent.config_checks import (
    Key,
    is_camera_address,
    is_key_source,
    is_list_of,
    is_loopback,
    is_number,
    is_photo_shape,
    is_reader_address,
    is_scanner_address,
    is_text,
    is_vid_pid,
    is_zone,
)
from agent.errors import Exit, StartRefused
from agent.photos.standard import GA_461, Standard
from drivers import reader_address

KIB = 1024
DEFAULT_PATH = Path("/etc/renhu/renhu.toml")

SILENCE_S = 60
"""So long a scanner may show nothing while an ordinary page passes."""

KEEP_DAYS = 30
"""So many days a record's pages that were taken out, and originals of what was put right, can be taken back."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing wrong with the configuration.

    Attributes:
        key: the key with its table, `devices.reader.poll_ms`; "" for the file itself.
        value: what stands there, as text.
        code: which sentence of the catalogue says what would be right.
        facts: for that sentence.
    """

    key: str
    value: str
    code: str
    facts: dict[str, str | int] = field(default_factory=dict)


class BadConfiguration(StartRefused):
    """The configuration cannot be used; `mistakes` lists all that is wrong with it."""

    def __init__(self, path: str, mistakes: list[Mistake]) -> None:
        super().__init__("CONFIG-WRONG", Exit.CONFIGURATION, path=path, count=len(mistakes))
        self.mistakes = mistakes


@dataclass(frozen=True, slots=True)
class ReaderConfig:
    """`[devices.reader]`: which driver, where, and how often it looks for a card."""

    driver: str
    address: str
    ports: tuple[str, ...]
    vid_pid: tuple[str, ...]
    poll_ms: int
    idle_poll_ms: int
    photo: dict[str, str | int | None]


@dataclass(frozen=True, slots=True)
class ScannerConfig:
    """`[devices.scanner]`: which driver, where; a station without this table has no scanner."""

    driver: str
    address: str
    configuration: str
    vendor: str = ""
    model: str = ""
    serial: str = ""
    silence_s: int = SILENCE_S


@dataclass(frozen=True, slots=True)
class CameraConfig:
    """`[devices.camera]`: which driver, where; a station without this table has no camera."""

    driver: str
    address: str


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that can be set.

    Attributes:
        home: the folder of the configuration's file.
    """

    home: Path
    host: str
    port: int
    lock_s: int
    folder: Path
    key: str
    media_key: str
    station_code: str
    station_name: str
    time_zone: str
    keep_originals_days: int
    reader: ReaderConfig | None
    scanner: ScannerConfig | None = None
    camera: CameraConfig | None = None
    photo: Standard = GA_461


KEYS: dict[str, Key] = {
    "web.host": Key(is_loopback, "CONFIG-LOOPBACK", "127.0.0.1"),
    "web.port": Key(is_number(0, 65535), "CONFIG-PORT", 8731),
    "web.lock_s": Key(is_number(60, 1800), "CONFIG-LOCK", 300),
    "data.folder": Key(lambda value: is_text(value) and value.startswith("/"), "CONFIG-FOLDER", "/var/lib/renhu"),
    "data.key": Key(is_key_source, "CONFIG-KEY", ""),
    "data.media_key": Key(is_key_source, "CONFIG-KEY", ""),
    "station.code": Key(is_text, "CONFIG-TEXT", "000"),
    "station.name": Key(is_text, "CONFIG-TEXT", "人户登记站"),
    "station.time_zone": Key(is_zone, "CONFIG-ZONE", "Asia/Shanghai"),
    "documents.keep_originals_days": Key(is_number(1, 3650), "CONFIG-DAYS", KEEP_DAYS),
    "photo.least_kib": Key(is_number(1, 1000), "CONFIG-PHOTO-KIB", GA_461.least_bytes // KIB),
    "photo.most_kib": Key(is_number(1, 1000), "CONFIG-PHOTO-KIB", GA_461.most_bytes // KIB),
    "devices.reader.driver": Key(is_text, "CONFIG-TEXT", "reader_sam"),
    "devices.reader.address": Key(is_reader_address, "CONFIG-READER-ADDRESS", "serial:auto"),
    "devices.reader.ports": Key(is_list_of(is_text), "CONFIG-PORTS", ["/dev/renhu/reader"]),
    "devices.reader.vid_pid": Key(is_list_of(is_vid_pid), "CONFIG-VID-PID", list(reader_address.KNOWN_ADAPTERS)),
    "devices.reader.poll_ms": Key(is_number(50, 5000), "CONFIG-POLL", 125),
    "devices.reader.idle_poll_ms": Key(is_number(100, 10_000), "CONFIG-IDLE-POLL", 600),
    "devices.reader.photo.library": Key(
        lambda value: is_text(value) and value.startswith("/"), "CONFIG-PHOTO-LIBRARY", ""
    ),
    "devices.reader.photo.symbol": Key(is_text, "CONFIG-TEXT", ""),
    "devices.reader.photo.shape": Key(is_photo_shape, "CONFIG-PHOTO-SHAPE", "unpack"),
    "devices.reader.photo.flag": Key(is_number(-(2**31), 2**31 - 1), "CONFIG-PHOTO-FLAG"),
    "devices.scanner.driver": Key(is_text, "CONFIG-TEXT", "scanner_sane"),
    "devices.scanner.address": Key(is_scanner_address, "CONFIG-SCANNER-ADDRESS", "sane:auto"),
    "devices.scanner.configuration": Key(
        lambda value: is_text(value) and value.startswith("/"), "CONFIG-SCANNER-FOLDER", ""
    ),
    "devices.scanner.vendor": Key(is_text, "CONFIG-TEXT", ""),
    "devices.scanner.model": Key(is_text, "CONFIG-TEXT", ""),
    "devices.scanner.serial": Key(is_text, "CONFIG-TEXT", ""),
    "devices.scanner.silence_s": Key(is_number(20, 600), "CONFIG-SILENCE", SILENCE_S),
    "devices.camera.driver": Key(is_text, "CONFIG-TEXT", "camera_gphoto2"),
    "devices.camera.address": Key(is_camera_address, "CONFIG-CAMERA-ADDRESS", "gphoto2:usb"),
}
_TABLES = {key.rpartition(".")[0] for key in KEYS} | {"devices"}


def load(path: Path) -> Config:
    """Read a configuration file; a missing file at the default path means all defaults.

    Raises: BadConfiguration with every mistake in it.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if path == DEFAULT_PATH:
            return parse({}, str(path))
        raise BadConfiguration(str(path), [Mistake("", str(path), "CONFIG-NO-FILE")]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise BadConfiguration(str(path), [Mistake("", str(path), "CONFIG-UNREADABLE")]) from error
    except tomllib.TOMLDecodeError as error:
        raise BadConfiguration(str(path), [Mistake("", str(error), "CONFIG-NOT-TOML")]) from error
    return parse(document, str(path))


def parse(document: dict[str, Any], path: str) -> Config:
    """Check a TOML document against the table of keys.

    Raises: BadConfiguration with every mistake in it.
    """
    given = dict(_flatten(document))
    mistakes = [_unknown(key, value) for key, value in given.items() if key not in KEYS]
    mistakes += [
        Mistake(key, repr(given[key]), KEYS[key].code)
        for key in KEYS
        if key in given and not KEYS[key].accepts(given[key])
    ]
    value = {key: given.get(key, rule.default) for key, rule in KEYS.items()}
    if not mistakes and value["photo.least_kib"] > value["photo.most_kib"]:
        mistakes.append(Mistake("photo.least_kib", repr(value["photo.least_kib"]), "CONFIG-PHOTO-ORDER"))
    if mistakes:
        raise BadConfiguration(path, mistakes)
    return Config(
        home=Path(path).parent,
        host=value["web.host"],
        port=value["web.port"],
        lock_s=value["web.lock_s"],
        folder=Path(value["data.folder"]),
        key=value["data.key"],
        media_key=value["data.media_key"],
        station_code=value["station.code"],
        station_name=value["station.name"],
        time_zone=value["station.time_zone"],
        keep_originals_days=value["documents.keep_originals_days"],
        reader=ReaderConfig(
            driver=value["devices.reader.driver"],
            address=value["devices.reader.address"],
            ports=tuple(value["devices.reader.ports"]),
            vid_pid=tuple(item.lower() for item in value["devices.reader.vid_pid"]),
            poll_ms=value["devices.reader.poll_ms"],
            idle_poll_ms=value["devices.reader.idle_poll_ms"],
            photo={name: value[f"devices.reader.photo.{name}"] for name in ("library", "symbol", "shape", "flag")},
        ),
        scanner=_scanner(document, value),
        camera=_camera(document, value),
        photo=replace(GA_461, least_bytes=value["photo.least_kib"] * KIB, most_bytes=value["photo.most_kib"] * KIB),
    )


def _scanner(document: dict[str, Any], value: dict[str, Any]) -> ScannerConfig | None:
    """The scanner, where the document has its table, be it empty."""
    if "scanner" not in document.get("devices", {}):
        return None
    names = ("driver", "address", "configuration", "vendor", "model", "serial", "silence_s")
    return ScannerConfig(*(value[f"devices.scanner.{name}"] for name in names))


def _camera(document: dict[str, Any], value: dict[str, Any]) -> CameraConfig | None:
    """The camera, where the document has its table, be it empty."""
    if "camera" not in document.get("devices", {}):
        return None
    return CameraConfig(value["devices.camera.driver"], value["devices.camera.address"])


def _flatten(table: dict[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    flat: list[tuple[str, Any]] = []
    for name, value in table.items():
        key = f"{prefix}{name}"
        if isinstance(value, dict) and (key in _TABLES or any(known.startswith(f"{key}.") for known in KEYS)):
            flat += _flatten(value, f"{key}.")
        else:
            flat.append((key, value))
    return flat


def _unknown(key: str, value: Any) -> Mistake:
    """What is wrong with a key that there is not: a table given as a value, perhaps mistyped."""
    if names := _names_in(key):
        return Mistake(key, repr(value), "CONFIG-TABLE", {"table": key, "names": ", ".join(names)})
    table, _, name = key.rpartition(".")
    for near in difflib.get_close_matches(name, _names_in(table), n=1, cutoff=0.75):
        return Mistake(key, repr(value), "CONFIG-UNKNOWN-NEAR", {"near": f"{table}.{near}".lstrip(".")})
    return Mistake(key, repr(value), "CONFIG-UNKNOWN")


def _names_in(table: str) -> list[str]:
    """The keys and tables of a table, "" being the whole document."""
    prefix = f"{table}." if table else ""
    return list(dict.fromkeys(key[len(prefix) :].partition(".")[0] for key in KEYS if key.startswith(prefix)))
