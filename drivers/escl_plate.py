"""Model and serial number of a network scanner, asked over eSCL: a scanner may be opened without SANE's list.

Source: Mopria eSCL specification, ScannerCapabilities (`pwg:MakeAndModel`, `pwg:SerialNumber`).
"""

from __future__ import annotations

import html
import http.client
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from drivers.stored_text import printable

LIMIT_S = 3.0
LONGEST_BYTES = 256 * 1024
_URL = re.compile(r"^airscan:escl:[^:]*:(?P<url>https?://\S+)$")
_NAMED = re.compile(r"^airscan:[ew]\d+:(?P<name>.+)$")
_LINE = re.compile(r'^\s*"?(?P<name>[^"=]+?)"?\s*=\s*(?P<url>https?://[^\s,]+)', re.MULTILINE)
_MODEL = re.compile(rb"<(?:\w+:)?MakeAndModel>\s*([^<>]+?)\s*</")
_SERIAL = re.compile(rb"<(?:\w+:)?SerialNumber>\s*([^<>]+?)\s*</")


@dataclass(frozen=True, slots=True)
class EsclPlate:
    """What a network scanner says that it is; the maker stands before the model."""

    model: str = ""
    serial: str | None = None


NOBODY = EsclPlate()


def asked(name: str, folders: Iterable[Path] = ()) -> EsclPlate:
    """Ask the scanner that a SANE name gives the address of; nothing where it gives none, or nobody answers.

    Args:
        name: as SANE lists it.
        folders: with SANE's configuration, in which the address of a scanner may stand beside its name.
    """
    place = _URL.match(name)
    told = place["url"] if place is not None else _configured(name, folders)
    if told is None:
        return NOBODY
    url = urlsplit(told)
    if url.scheme != "http" or url.hostname is None:
        return NOBODY
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=LIMIT_S)
    try:
        connection.request("GET", url.path.rstrip("/") + "/ScannerCapabilities")
        answer = connection.getresponse().read(LONGEST_BYTES)
    except (OSError, http.client.HTTPException):
        return NOBODY
    finally:
        connection.close()
    return EsclPlate(_told(_MODEL, answer) or "", _told(_SERIAL, answer))


def _told(element: re.Pattern[bytes], answer: bytes) -> str | None:
    found = element.search(answer)
    text = html.unescape(found[1].decode("utf-8", "replace")) if found else ""
    return printable(text) or None


def _configured(name: str, folders: Iterable[Path]) -> str | None:
    """The address beside a name in airscan's configuration.  Source: sane-airscan(5)."""
    named = _NAMED.match(name)
    if named is None:
        return None
    for folder in folders:
        for file in (folder / "airscan.conf", *sorted(folder.glob("airscan.d/*.conf"))):
            with suppress(OSError):
                for line in _LINE.finditer(file.read_text("utf-8", "replace")):
                    if line["name"].strip() == named["name"]:
                        return line["url"]
    return None
