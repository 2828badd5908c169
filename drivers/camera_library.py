"""libgphoto2 in this process: loaded once, with one driver of cameras and one of lines, and made to say what it does.

The wheel brings twenty drivers of cameras, of which only `ptp2` is meant to touch a desk's camera, and two copies of
the library: Python's modules use the one, the drivers the other, and a message may take its way through both.  What it
keeps in files goes into a folder of its own: it would write beside whatever HOME says.

Source: libgphoto2 2.5.34, gphoto2-setting.c, gphoto2-port-log.c; `import gphoto2` itself sets CAMLIBS and IOLIBS.
"""

from __future__ import annotations

import ctypes
import importlib
import os
import shutil
import socket
import tempfile
import uuid
import weakref
from collections import deque
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from drivers import camera_errors, camera_names
from drivers.camera_names import Line, Listed, Wanted
from drivers.stored_text import printable
from drivers.usb_plate import usb_devices

CAMERA_DRIVER: Final = "ptp2"
LINE_DRIVERS: Final = {Line.USB: "iolibs/usb1", Line.NETWORK: "iolibs/ptpip", Line.MAKE_BELIEVE: "vusb/vusb"}
NETWORK_MODEL: Final = "PTP/IP Camera"
_ERRORS_ONLY: Final = 0
_LINES_KEPT: Final = 40
_UNBUFFERED: Final = 2
_PARTNER: Final = uuid.UUID("6f0fb9a2-51c6-4d3e-8b8b-0c8e4f0f5d11")
"""With the computer's name it makes the identity by which a network camera knows this station again."""
_LOGGED: Final = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_void_p)

_SETTINGS: Final = """\
ptp2=autofocus=on
ptp2=cachetime=0
ptp2=start_timeout=6000
ptp2=normal_timeout=8000
ptp2=capture_timeout=10000
ptp2_ip=guid={guid}
"""
"""As libgphoto2 would keep them.  Its own limits on USB are 8, 20 and 100 s; settings it tells as they were 2 s ago."""


class GphotoLibrary:
    """The library, as far as it reaches one camera.

    Args:
        wanted: which camera is meant.

    Attributes:
        error: what its calls raise; it has a `code`.
    """

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._gphoto: ModuleType | None = None
        self._context: Any = None
        self._models: Any = None
        self._ports: Any = None
        self._path, self._index = "", 0
        self._lines: deque[str] = deque(maxlen=_LINES_KEPT)
        self._seen: frozenset[object] = frozenset()
        self._known: tuple[Listed, ...] = ()
        self.error: type[Exception] = OSError

    @property
    def context(self) -> Any:
        """Goes with every call that may fail, so that the library tells why."""
        return self._context

    def loaded(self) -> ModuleType:
        """Load libgphoto2 once.

        Raises: CodedError CAMERA-LIBRARY.
        """
        if self._gphoto is None:
            try:
                gphoto = importlib.import_module("gphoto2")
                parts = Path(str(gphoto.__file__)).parent / "libgphoto2"
                self._confine(parts)
            except (ImportError, OSError) as error:
                name = getattr(error, "name", None) or str(error).rpartition("/")[2]  # without the way to a file
                raise camera_errors.library_missing(printable(name)) from error
            self.error = gphoto.GPhoto2Error
            self._context = gphoto.Context()
            self._models = gphoto.CameraAbilitiesList()
            self._models.load(self._context)
            self._gphoto = gphoto
        return self._gphoto

    def _confine(self, parts: Path) -> None:
        """Let the library find two of its drivers and no more, and hear what both copies of it say.

        Linked from elsewhere a driver does not find what it is linked with, unless it is loaded already.
        """
        drivers = {"CAMLIBS": f"camlibs/{CAMERA_DRIVER}", "IOLIBS": LINE_DRIVERS[self._wanted.line]}
        scratch = Path(tempfile.mkdtemp(prefix="renhu-gphoto2-"))
        _let_errno_be()
        handles = [ctypes.CDLL(str(parts / "libgphoto2_port.so.12"))]
        for variable, name in drivers.items():
            file = (parts / name).with_suffix(".so")
            handles.append(ctypes.CDLL(str(file)))
            folder = scratch / variable.lower()
            folder.mkdir()
            (folder / file.name).symlink_to(file)
            os.environ[variable] = str(folder)
        (scratch / "gphoto").mkdir()
        (scratch / "gphoto" / "settings").write_text(_SETTINGS.format(guid=_guid()), "ascii")
        os.environ["XDG_CONFIG_HOME"] = str(scratch)
        if self._wanted.folder:
            os.environ["VCAMERADIR"] = self._wanted.folder
        lines = self._lines

        def note(_level: int, _domain: bytes, text: bytes, _data: object) -> None:
            lines.append(text.decode("utf-8", "replace"))

        logged = _LOGGED(note)
        # The driver's own handle leads to the copy that it uses.
        numbers = [(handle, handle.gp_log_add_func(_ERRORS_ONLY, logged, None)) for handle in handles[:2]]
        weakref.finalize(self, _let_go, numbers, logged, scratch)

    def forget(self) -> None:
        """Begin to listen anew."""
        self._lines.clear()

    def said(self) -> list[str]:
        """What the library has said since then."""
        return list(self._lines)

    def camera(self, model: str, path: str) -> Any:
        """A camera at a path, not yet opened."""
        gphoto = self.loaded()
        camera = gphoto.Camera()
        camera.set_abilities(self._models[self._models.lookup_model(model)])
        camera.set_port_info(self._port(path))
        return camera

    def _port(self, path: str) -> Any:
        """The line to a camera.  On USB they are listed anew, as devices move; a look at a path may lengthen a list."""
        if self._ports is None or self._wanted.line is not Line.NETWORK:
            self._ports = self.loaded().PortInfoList()
            self._ports.load()
            self._path = ""
        if path != self._path:
            self._path, self._index = path, self._ports.lookup_path(path)
        return self._ports[self._index]

    def listed(self) -> tuple[Listed, ...]:
        """The cameras on USB that libgphoto2 knows, without opening any.

        It compares each device with thousands of models: where nothing was plugged in or out since, it is not asked.
        """
        self.loaded()  # where it cannot be, that is what is wrong
        devices = {(each.bus, each.device): each for each in usb_devices()}
        seen = frozenset(devices.values())
        if seen != self._seen:
            found = self.detected() if devices else ()
            places = ((model, path, camera_names.place_of(path)) for model, path in found)
            self._known = tuple(Listed(model, path, devices[at]) for model, path, at in places if at in devices)
            self._seen = seen
        return self._known

    def detected(self) -> tuple[tuple[str, str], ...]:
        """Models and paths of the still cameras that libgphoto2 finds where it can look; phones that hold music not."""
        gphoto = self.loaded()
        ports = gphoto.PortInfoList()
        ports.load()
        found = self._models.detect(ports, self._context)
        pairs = ((found.get_name(index), found.get_value(index)) for index in range(found.count()))
        return tuple((model, path) for model, path in pairs if self._is_still_camera(gphoto, model))

    def _is_still_camera(self, gphoto: ModuleType, model: str) -> bool:
        kind = self._models[self._models.lookup_model(model)].device_type
        return bool(kind == gphoto.GP_DEVICE_STILL_CAMERA)


def _let_errno_be() -> None:
    """Keep C's first writing to stderr from changing errno, by which the library tells silence from a broken line."""
    libc = ctypes.CDLL(None)
    stderr = ctypes.c_void_p.in_dll(libc, "stderr")
    libc.fwide(stderr, -1)
    libc.setvbuf(stderr, None, _UNBUFFERED, ctypes.c_size_t(0))


def _guid() -> str:
    """The same at each start, in the library's notation."""
    return ":".join(f"{byte:02x}" for byte in uuid.uuid5(_PARTNER, socket.gethostname()).bytes)


def _let_go(numbers: list[tuple[ctypes.CDLL, int]], logged: object, scratch: Path) -> None:
    """Have the library say nothing more to who is not there to hear it, and remove what it wrote."""
    for handle, number in numbers:
        handle.gp_log_remove_func(number)
    del logged
    shutil.rmtree(scratch, ignore_errors=True)
