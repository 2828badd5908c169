"""The temporary folders of the agent's processes: each goes with its process, or with the next start of an agent.

An agent that is killed cannot tidy up.  While it lives it holds a lock on each of its folders, which the system's
kernel lets go of when it dies, however it does; so a folder whose lock is free is nobody's.  Workers inherit no lock.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_PREFIX: Final = "renhu-scratch-"
"""No folder of an agent that held no locks is called so."""
_HOW: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class Scratch:
    """A temporary folder that is this agent's."""

    path: str
    _held: int

    @classmethod
    def make(cls, name: str, base: str = "") -> Scratch:
        """Make one.

        Args:
            name: whose, as it stands in the folder's name.
            base: where; "" for `TMPDIR` as it is now, or /tmp.
        """
        while True:
            path = tempfile.mkdtemp(prefix=f"{_PREFIX}{name}-", dir=base or _base())
            held = _lock(path)
            if held is not None:
                return cls(path, held)
            # Somebody has looked it over in the moment before it was held, and taken it for nobody's.

    def remove(self) -> None:
        """Remove it with all that is in it; what cannot be removed now is at the next start."""
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self._held)


def sweep() -> int:
    """Remove what agents have left that were killed; never a folder of one that lives, nor of another user.

    Returns: how many were removed.
    """
    removed = 0
    for base in {_base(), tempfile.gettempdir()}:
        for folder in Path(base).glob(f"{_PREFIX}*"):
            held = _lock(str(folder))
            if held is None:
                continue
            if os.fstat(held).st_uid == os.geteuid():
                shutil.rmtree(folder, ignore_errors=True)
                removed += not folder.exists()
            os.close(held)
    return removed


def _base() -> str:
    return os.environ.get("TMPDIR", "/tmp")  # noqa: S108 - the system's own default


def _lock(path: str) -> int | None:
    """Hold a folder; None where somebody else does, or where there is none, or none any more, of that name."""
    try:
        held = os.open(path, _HOW)
    except OSError:
        return None
    with contextlib.suppress(OSError):
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(held), Path(path).lstat()):
            return held
    os.close(held)
    return None
