"""One open camera of libgphoto2, and the one place where what its calls raise becomes an error of the role."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from drivers import camera_errors
from drivers.api import CodedError, DeviceAbsent
from drivers.camera_library import GphotoLibrary
from drivers.camera_meanings import said_by_library


class Session:
    """An open camera.

    Args:
        library: libgphoto2.
        address: the camera's, as configured.
        model: the camera's, by libgphoto2's name.
        path: where it is, by libgphoto2's name.

    Attributes:
        gphoto: libgphoto2's names.
        camera: the camera.
        context: goes with every call.
    """

    def __init__(self, library: GphotoLibrary, address: str, model: str, path: str) -> None:
        """Raises: CodedError as the opening ended."""
        self.gphoto = library.loaded()
        self.context = library.context
        self._library = library
        self._address = address
        self.camera: Any = library.camera(model, path)
        with self.asked():
            self.camera.init(self.context)

    @contextmanager
    def asked(self) -> Iterator[None]:
        """Around calls into the library.  Raises: DeviceError, CAMERA-… ."""
        self._library.forget()
        try:
            yield
        except self._library.error as error:
            number = int(getattr(error, "code", -1))
            meant = said_by_library(number, self._library.said())
            raise (camera_errors.absent(self._address) if isinstance(meant, DeviceAbsent) else meant) from error

    @contextmanager
    def tried(self) -> Iterator[None]:
        """Around calls that a camera may refuse without harm.  Raises: DeviceError of the line alone."""
        try:
            with self.asked():
                yield
        except CodedError as error:
            if camera_errors.is_of_line(error):
                raise

    def close(self) -> None:
        """Close it; a camera that has gone cannot say goodbye."""
        with suppress(self._library.error):
            self.camera.exit(self.context)
