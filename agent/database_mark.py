"""The mark that a register was born under a key: without its database the folder is a disk that is not mounted.

It stands outside the data folder, so that it is there when the folder's disk is not: beside a key that is a file, and
for a credential, whose own folder does not last, beside the configuration.  It names the folder and holds no secret.
"""

from __future__ import annotations

import logging
from pathlib import Path

from agent.disk import put_anew
from agent.errors import Exit, StartRefused
from agent.folder import DataFolder, FolderKind, key_path

log = logging.getLogger("renhu.folder")


def mark_place(key_source: str, folder: DataFolder, home: Path) -> Path:
    """Where the mark of a folder's register stands; `home` is the configuration's folder."""
    path, is_file = key_path(key_source, folder)
    return (path if is_file else home / path.name).with_name(f"{path.name}.used")


def refuse_bare(key_source: str, folder: DataFolder, home: Path) -> None:
    """Refuse to begin a register in a folder without any where one was born before: its disk may not be mounted.

    A practice folder has its key inside, and nothing to lose.

    Raises: StartRefused DATABASE-ELSEWHERE (11).
    """
    mark = mark_place(key_source, folder, home)
    if folder.kind is FolderKind.PRACTICE or not _stands(mark):
        return
    was = _written(mark) or "–"
    raise StartRefused("DATABASE-ELSEWHERE", Exit.DAMAGED, folder=str(folder.path), was=was, mark=str(mark))


def note_birth(key_source: str, folder: DataFolder, home: Path) -> None:
    """Leave the mark of a register that is open; where it cannot be written, that is logged and the start goes on."""
    mark = mark_place(key_source, folder, home)
    if folder.kind is FolderKind.PRACTICE or _written(mark) == str(folder.path):
        return
    try:
        put_anew(mark, f"{folder.path}\n".encode(), 0o644)
    except OSError as error:
        log.warning(
            "%s cannot be written (%s): an unmounted data disk will not be noticed at the start",
            mark,
            error.strerror or type(error).__name__,
        )


def _stands(mark: Path) -> bool:
    """Whether there is a mark, as far as whoever asks may look: a doctor's own user may not."""
    try:
        return mark.exists()
    except OSError:
        return False


def _written(mark: Path) -> str:
    try:
        return mark.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
