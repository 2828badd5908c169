"""The serial number of a network scanner, asked over eSCL: SANE's list has no place for it.

Source: Mopria eSCL specification, ScannerCapabilities (`pwg:SerialNumber`).
"""

from __future__ import annotations

import http.client
import re
from urllib.parse import urlsplit

LIMIT_S = 3.0
LONGEST_BYTES = 256 * 1024
LONGEST_SERIAL = 64
_URL = re.compile(r"^airscan:escl:[^:]*:(?P<url>https?://\S+)$")
_SERIAL = re.compile(rb"<(?:\w+:)?SerialNumber>\s*([^<>]+?)\s*</")


def asked(name: str) -> str | None:
    """Ask the scanner that a SANE name gives the address of; None where it gives none, or nobody answers with one."""
    place = _URL.match(name)
    if place is None:
        return None
    url = urlsplit(place["url"])
    if url.scheme != "http" or url.hostname is None:
        return None
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=LIMIT_S)
    try:
        connection.request("GET", url.path.rstrip("/") + "/ScannerCapabilities")
        answer = connection.getresponse().read(LONGEST_BYTES)
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    found = _SERIAL.search(answer)
    return found[1].decode("utf-8", "replace")[:LONGEST_SERIAL] if found else None
