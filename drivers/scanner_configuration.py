"""The folders from which libsane reads which backends it loads and how they find their scanners, and net-snmp's."""

from __future__ import annotations

import tempfile
from pathlib import Path

SYSTEM_CONFIGURATION = "/etc/sane.d"


def private(backends: list[str], before: str, *, needs_search: bool) -> str:
    """A value for SANE_CONFIG_DIR: a folder that names the wanted backends alone, then `before`, then the system's.

    `airscan` searches the network unless told not to, and says "Out of memory" where no Avahi runs: a scanner whose
    name holds its own address needs no search.  The folder is the worker's own and goes with its temporary folder.

    Source: sane-dll(5), sane-airscan(5).
    """
    folders = [before] if before else []
    if backends:
        folder = Path(tempfile.mkdtemp(prefix="renhu-sane-"))
        (folder / "dll.conf").write_text("".join(f"{name}\n" for name in backends), "utf-8")
        (folder / "dll.d").mkdir()
        if not needs_search:
            (folder / "airscan.conf").write_text("[options]\ndiscovery = disable\n", "utf-8")
        folders.insert(0, str(folder))
    return ":".join([*folders, SYSTEM_CONFIGURATION])


def snmp_folder() -> str:
    """A value for SNMP_PERSISTENT_DIR: a folder in which net-snmp finds what it would make, and speak of, at its start.

    Some backends bring net-snmp along; its own place, below /var, is not the worker's to write.  The folder is the
    worker's own and goes with its temporary folder.
    """
    folder = Path(tempfile.mkdtemp(prefix="renhu-snmp-"))
    (folder / "cert_indexes").mkdir()
    return str(folder)
