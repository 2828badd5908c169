"""Bootstrap from the Debian package, made fit for our content policy: its `data:` images become files of ours."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from agent.errors import Actor, CodedError, Retry

_DATA_IMAGE: Final = re.compile(r"""url\((?P<quote>["']?)data:image/svg\+xml,(?P<svg>.*?)(?P=quote)\)""")
_SOURCE_MAP: Final = re.compile(r"/\*# sourceMappingURL=.*?\*/")


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """The style sheet, and the images it names as `image-<n>.svg` beside itself."""

    css: str
    images: tuple[str, ...]


def read_bootstrap(folder: Path) -> Bootstrap:
    """Read Bootstrap's style sheet and take its images out.

    Raises: CodedError WEB-BOOTSTRAP when the package is not installed.
    """
    try:
        css = (folder / "css" / "bootstrap.min.css").read_text(encoding="utf-8")
    except OSError as error:
        raise CodedError("WEB-BOOTSTRAP", Actor.TECHNICIAN, Retry.AFTER_ACTION, folder=str(folder)) from error
    images: dict[str, int] = {}

    def by_name(match: re.Match[str]) -> str:
        number = images.setdefault(unquote(match["svg"]), len(images))
        return f"url(image-{number}.svg)"

    css = _SOURCE_MAP.sub("", _DATA_IMAGE.sub(by_name, css))
    return Bootstrap(css, tuple(images))


def version_of(static_folder: Path, bootstrap: Bootstrap) -> str:
    """A short name for all lasting files together, so that their addresses change when they do."""
    digest = hashlib.sha256(bootstrap.css.encode())
    for path in sorted(static_folder.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(static_folder).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
