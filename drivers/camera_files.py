"""The files that a release makes on a camera: which is the picture, which belong to it, and how they are removed.

A release may make two, a RAW file and a JPEG, one announced behind the other.  A name is whatever the camera says.

Somebody may take a picture with the camera's own button at any time, and it is announced like ours.  To a release
belongs what is announced by the time the camera has completed it, and what has the same stem; all else is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote, unquote

import msgspec

from drivers import camera_errors, camera_pictures
from drivers.api import CodedError, Deadline
from drivers.camera_pictures import is_named_raw
from drivers.camera_session import Session

PAIR_LIMIT_S: Final = 8.0
"""So long a camera may take from the RAW file of a pair to its JPEG."""
FETCH_S: Final = 3.0
"""So much of a release's time is kept for fetching the JPEG."""
WAIT_MS: Final = 50
GLANCE_MS: Final = 0
"""To hear what the camera has said already: the library asks it once."""
_MOST_EVENTS: Final = 200
_GONE: Final = frozenset({-107, -108})
_HALF_CHARACTER: Final = re.compile("[\ud800-\udfff]")


class File(msgspec.Struct, frozen=True):
    """A file on a camera, by its folder and name there."""

    folder: str
    name: str

    @property
    def key(self) -> str:
        """Names it in plain characters."""
        return f"{quote(self.folder, safe='/')}/{quote(self.name, safe='')}"

    @property
    def can_be_named(self) -> bool:
        """Whether the library takes its own word for it: it cuts long names, amid a character too."""
        return not _HALF_CHARACTER.search(self.folder + self.name)

    @property
    def stem(self) -> str:
        """What the files of one release have in common.  Source: DCF 2.0, 3.2."""
        return self.name.rpartition(".")[0] or self.name


def file_of(key: str) -> File:
    """The file that a key names."""
    folder, _, name = key.rpartition("/")
    return File(unquote(folder), unquote(name))


class CameraFiles:
    """The files of an open camera.  Methods raise DeviceError as the camera ended them.

    Attributes:
        made: what the last release has made, as far as it was announced.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._companions: dict[str, list[File]] = {}
        self._held: tuple[Any, memoryview] | None = None
        self.made: list[File] = []

    def release(self) -> None:
        """Release the shutter and note what it makes, as far as that is known by the time it is complete."""
        self.made = []
        with self._session.asked():
            path = self._session.camera.capture(self._session.gphoto.GP_CAPTURE_IMAGE, self._session.context)
        if not (file := File(path.folder, path.name)).can_be_named:
            raise camera_errors.bad_picture("name", 0)
        self.made = [file]
        ends = (self._session.gphoto.GP_EVENT_TIMEOUT, self._session.gphoto.GP_EVENT_CAPTURE_COMPLETE)
        for kind, other in self._news(GLANCE_MS):
            if kind in ends:
                break
            self._add(other)

    def picture(self, deadline: Deadline) -> File:
        """The picture of the last release; that of a pair is waited for.

        Raises: NeedsOperator CAMERA-RAW-ONLY.
        """
        if all(is_named_raw(file.name) for file in self.made):
            limit_s = min(PAIR_LIMIT_S, max(0.0, deadline.remaining_s - FETCH_S))
            self._wait_for_jpeg(deadline.within(limit_s))
        picture = next((file for file in self.made if not is_named_raw(file.name)), None)
        if picture is None:
            raise camera_errors.raw_only()
        self._companions[picture.key] = self._others(picture)
        return picture

    def _wait_for_jpeg(self, deadline: Deadline) -> None:
        for _, file in self._news(WAIT_MS):
            if file is not None and self._is_of_release(file):
                self._add(file)
                if not is_named_raw(file.name):
                    return
            if deadline.is_expired:
                return

    def hear_out(self, deadline: Deadline, wait_ms: int = WAIT_MS) -> None:
        """Take in what the camera still has to say, until it says nothing for `wait_ms`; note what is of a release."""
        for kind, file in self._news(wait_ms):
            if file is not None and self._is_of_release(file):
                self._add(file)
            if kind == self._session.gphoto.GP_EVENT_TIMEOUT or deadline.is_expired:
                return

    def belong_to(self, key: str) -> None:
        """Note that the files of the last release go with that of this key."""
        self._companions[key] = self._others(file_of(key))

    def _news(self, wait_ms: int) -> Iterator[tuple[int, File | None]]:
        """What the camera says, with the file that it announces."""
        for _ in range(_MOST_EVENTS):
            with self._session.asked():
                kind, told = self._session.camera.wait_for_event(wait_ms, self._session.context)
            is_file = kind == self._session.gphoto.GP_EVENT_FILE_ADDED
            yield kind, File(told.folder, told.name) if is_file else None

    def _is_of_release(self, file: File) -> bool:
        return any(file.stem == made.stem for made in self.made)

    def _others(self, picture: File) -> list[File]:
        return [file for file in self.made if file != picture]

    def _add(self, file: File | None) -> None:
        if file is not None and file.can_be_named and file not in self.made:
            self.made.append(file)

    def content(self, file: File) -> memoryview:
        """Bring a file.  Its bytes are the library's own, to be copied by nobody; they are there until `let_go`.

        Raises: LinkError CAMERA-PICTURE for one that is too long, CAMERA-CUT where the line broke on the way, CAMERA-IO
            where the camera does not know what it has just announced: the library took it for an older one.
        """
        camera, context = self._session.camera, self._session.context
        try:
            told_bytes = 0
            with self._session.tried():
                told_bytes = int(camera.file_get_info(file.folder, file.name, context).file.size)
            if told_bytes > camera_pictures.LARGEST_BYTES:
                raise camera_errors.bad_picture("large", told_bytes)
            with self._session.asked():
                held: Any = camera.file_get(
                    file.folder, file.name, self._session.gphoto.GP_FILE_TYPE_NORMAL, None, context
                )
                view = memoryview(held.get_data_and_size())
        except CodedError as error:
            if camera_errors.is_of_line(error):
                raise camera_errors.cut(error, file.key) from error
            if _is_missing(error):
                raise camera_errors.stale() from error
            raise
        if len(view) > camera_pictures.LARGEST_BYTES:
            raise camera_errors.bad_picture("large", len(view))
        self._held = held, view
        return view

    def let_go(self) -> None:
        """Free the file that was brought last; whoever still looks gets ValueError, but not of a slice: keep none."""
        if self._held is not None:
            _, view = self._held
            view.release()  # first: behind its holder it would show memory that is somebody else's
            self._held = None

    def discard(self, key: str) -> None:
        """Remove a file with all that its release made; what has gone already is no error.

        Of a file of an earlier session nobody knows what belongs to it: there it is what has the same stem.
        """
        file = file_of(key)
        others = self._companions.pop(key, None)
        self.remove([file, *(self._siblings(file) if others is None else others)])

    def remove(self, files: list[File]) -> None:
        """Remove files; one that has gone already is no error."""
        for file in files:
            try:
                with self._session.asked():
                    self._session.camera.file_delete(file.folder, file.name, self._session.context)
            except CodedError as error:
                if not _is_missing(error):
                    raise

    def _siblings(self, file: File) -> list[File]:
        names: list[str] = []
        with self._session.tried():
            listed = self._session.camera.folder_list_files(file.folder, self._session.context)
            names = [listed.get_name(index) for index in range(listed.count())]
        others = (File(file.folder, name) for name in names)
        return [other for other in others if other.stem == file.stem and other != file]


def _is_missing(error: CodedError) -> bool:
    """Whether the camera or the library says that there is no such file.  Source: PTP, invalid object handle."""
    return getattr(error.__cause__, "code", None) in _GONE or error.facts.get("status") == "0x2009"
