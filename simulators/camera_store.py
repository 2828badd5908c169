"""What a simulated camera keeps: folders and pictures on its card, and those in its memory until they are fetched."""

from __future__ import annotations

import struct
import threading
from dataclasses import dataclass
from datetime import datetime

from simulators.camera_files import Contents
from simulators.camera_ptp import ROOT, Format, text

STORAGE, NO_CARD = 0x00010001, 0x00010000
FIRST_IN_MEMORY = 0xFFFF0001
CAPACITY_BYTES = 32 << 30
MOST_PICTURES = 5000
THUMB_PX = (160, 120)
_DCIM, _FOLDER, _FIRST_PICTURE = 1, 2, 0x100
_FOLDER_NAME = "100RENHU"


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that a release has made, before it is stored.

    Attributes:
        announced_bytes: the size that is told of it; None for the true one.
        announced_more: by how much the length before its bytes is wrong.
    """

    name: str
    format: int
    contents: Contents
    at: datetime
    size_px: tuple[int, int]
    announced_bytes: int | None = None
    announced_more: int = 0


@dataclass(frozen=True, slots=True)
class Stored:
    """An object of the camera; `parent` is the handle of its folder, 0 at the root and in memory."""

    handle: int
    parent: int
    file: NewFile

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder."""
        return self.file.format == Format.FOLDER

    def info(self) -> bytes:
        """What is told of it.  Source: PTP, ObjectInfo dataset."""
        file = self.file
        size = file.contents.size if file.announced_bytes is None else file.announced_bytes
        thumb = (0, 0, 0) if self.is_folder else (Format.JFIF, *THUMB_PX)
        numbers = struct.pack(
            "<IHHIHIIIIIIIHII",
            STORAGE,
            file.format,
            0,
            min(size, 0xFFFFFFFF),
            thumb[0],
            0,
            thumb[1],
            thumb[2],
            *file.size_px,
            0 if self.is_folder else 24,
            self.parent,
            1 if self.is_folder else 0,
            0,
            0,
        )
        when = text(file.at.strftime("%Y%m%dT%H%M%S"))
        return numbers + text(file.name) + when + when + text("")


class Store:
    """Card and memory; every method may be called from any thread."""

    def __init__(self, at: datetime) -> None:
        self._lock = threading.RLock()
        self._next = _FIRST_PICTURE
        self._objects: dict[int, Stored] = {}
        self._at = at
        self.format_card()

    def format_card(self) -> None:
        """Leave nothing but the folders."""
        with self._lock:
            self._objects = {
                _DCIM: Stored(_DCIM, 0, self._folder("DCIM")),
                _FOLDER: Stored(_FOLDER, _DCIM, self._folder(_FOLDER_NAME)),
            }

    def free_bytes(self) -> int:
        """The room that is left on the card."""
        with self._lock:
            used = sum(stored.file.contents.size for stored in self._objects.values() if stored.parent)
            return max(0, CAPACITY_BYTES - used)

    def free_pictures(self) -> int:
        """How many pictures fit, as the camera reckons."""
        with self._lock:
            return max(0, MOST_PICTURES - sum(1 for stored in self._objects.values() if stored.parent == _FOLDER))

    def put(self, new: NewFile, *, is_in_memory: bool) -> int:
        """Keep a file; gives its handle."""
        with self._lock:
            if is_in_memory:
                handle = FIRST_IN_MEMORY
                while handle in self._objects:
                    handle += 1
            else:
                handle, self._next = self._next, self._next + 1
            self._objects[handle] = Stored(handle, 0 if is_in_memory else _FOLDER, new)
            return handle

    def find(self, handle: int) -> Stored | None:
        """An object by its handle."""
        with self._lock:
            return self._objects.get(handle)

    def listed(self, wanted_format: int, parent: int) -> list[int]:
        """The handles on the card.

        Args:
            wanted_format: 0 for any.
            parent: of which folder; 0 for all, ROOT for those in none.
        """
        with self._lock:
            return [
                handle
                for handle, stored in self._objects.items()
                if handle < FIRST_IN_MEMORY
                and wanted_format in {0, stored.file.format}
                and (parent == 0 or stored.parent == (0 if parent == ROOT else parent))
            ]

    def pictures(self) -> list[Stored]:
        """All pictures, on the card and in memory."""
        with self._lock:
            return [stored for stored in self._objects.values() if not stored.is_folder]

    def delete(self, handle: int) -> bool:
        """Delete an object that is no folder; tells whether there was one."""
        with self._lock:
            stored = self._objects.get(handle)
            if stored is None or stored.is_folder:
                return False
            del self._objects[handle]
            return True

    def empty_memory(self) -> None:
        """Lose what was not fetched from memory."""
        with self._lock:
            for handle in [handle for handle in self._objects if handle >= FIRST_IN_MEMORY]:
                del self._objects[handle]

    def _folder(self, name: str) -> NewFile:
        return NewFile(name, Format.FOLDER, Contents(), self._at, (0, 0))
