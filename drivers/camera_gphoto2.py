"""A camera through libgphoto2: one session, kept open, on USB or over PTP/IP.

libgphoto2 may hang or crash at any call and keeps the interpreter's lock in some; this driver lives in a worker process
that can be ended.  What its errors mean stands in `camera_meanings`, which camera is meant in `camera_names`.

Behind an error of the line (`camera_errors.is_of_line`) nothing more can be asked of the session; every other error
leaves it as it was.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Sequence
from typing import Any, Final

from drivers import camera_errors, camera_names, camera_pictures
from drivers.api import Candidate, Clock, CodedError, Deadline, DeviceBusy
from drivers.camera_api import (
    Camera,
    CameraCondition,
    CameraIdentity,
    CameraOffers,
    Setting,
    SettingName,
    Shot,
)
from drivers.camera_files import GLANCE_MS, CameraFiles, File
from drivers.camera_library import NETWORK_MODEL, GphotoLibrary
from drivers.camera_names import Line, Listed, Wanted
from drivers.camera_session import Session
from drivers.camera_settings import FIRMWARE, FOCUS_NOW, LIVE_VIEW, MODEL, SERIAL, VENDOR, CameraSettings
from drivers.stored_text import printable
from drivers.usb_holder import holder_of
from drivers.usb_plate import usb_devices

USBDEVFS_RESET: Final = 0x5514
"""Source: Linux, uapi/linux/usbdevice_fs.h."""
LISTENING_LIMIT_S: Final = 1.0
EXHAUSTED_PERCENT: Final = 5
"""Down there a camera that would not release its shutter need not say why."""
_KIB: Final = 1024


def create(address: str, settings: dict[str, object], clock: Clock) -> GphotoCamera:
    """Make the driver; touches no device.

    Args:
        address: `gphoto2:usb`, `gphoto2:usb:SERIAL` or `gphoto2:ptpip:HOST[:PORT]`.
        settings: `folder` is that of the pictures of libgphoto2's make-believe camera, `gphoto2:vusb`.
        clock: the time.

    Raises: CodedError CAMERA-ADDRESS.
    """
    wanted = camera_names.parse(address, settings)
    return GphotoCamera(address, wanted, GphotoLibrary(wanted), clock)


class GphotoCamera(Camera):
    """The camera that an address means."""

    def __init__(self, address: str, wanted: Wanted, library: GphotoLibrary, clock: Clock) -> None:
        self._address = address
        self._wanted = wanted
        self._library = library
        self._clock = clock
        self._session: Session | None = None
        self._settings: CameraSettings | None = None
        self._files: CameraFiles | None = None
        self._usb: Listed | None = None
        self._has_live_view = self._is_previewing = self._is_away = False
        self._last_key = ""
        self._serial: str | None = None
        self._unwanted: list[File] = []

    def open(self, deadline: Deadline) -> CameraIdentity:
        """Find the configured camera, open it and learn what it offers."""
        del deadline  # the library has limits of its own, and cannot be told others
        self.close()
        session = self._opened()
        self._session, self._settings, self._files = session, CameraSettings(session), CameraFiles(session)
        try:
            self._settings.prefer_card()
            self._has_live_view = self._settings.knows_live_view()
            identity = self._identity(self._settings)
            if identity.serial is None or identity.serial != self._serial:
                self._unwanted = []  # every camera counts from 1: they would be somebody else's by the same names
            self._serial = identity.serial
            self._remove_unwanted(self._files)
        except CodedError:
            self.close()
            raise
        return identity

    def _opened(self) -> Session:
        if self._wanted.line is Line.USB:
            self._usb = camera_names.meant(self._wanted, self._library.listed(), self._address)
            return self._opened_on_usb(self._usb)
        if self._wanted.line is Line.MAKE_BELIEVE:
            return Session(self._library, self._address, *self._library.detected()[0])
        return self._opened_on_network()

    def _opened_on_network(self) -> Session:
        """One that has gone is looked for without the library, which keeps 10 kB of each attempt in vain."""
        if self._is_away and not camera_names.is_listening(self._wanted, LISTENING_LIMIT_S):
            raise camera_errors.absent(self._address)
        self._is_away = False
        try:
            path = camera_names.network_path(self._wanted)
        except OSError as error:
            raise camera_errors.absent(self._address) from error
        try:
            return Session(self._library, self._address, NETWORK_MODEL, path)
        except CodedError as error:
            if not camera_errors.is_of_line(error) or camera_names.is_listening(self._wanted, LISTENING_LIMIT_S):
                raise
            self._is_away = True
            raise camera_errors.absent(self._address) from error

    def _opened_on_usb(self, listed: Listed) -> Session:
        node = listed.device.node
        if node.exists() and not os.access(node, os.R_OK | os.W_OK):
            raise camera_errors.denied(str(node))
        try:
            return Session(self._library, self._address, listed.model, listed.path)
        except DeviceBusy as error:
            if error.code != "CAMERA-CLAIMED":
                raise
            raise camera_errors.claimed(str(node), holder_of(node) or _kernel_holder(listed)) from error

    def _identity(self, settings: CameraSettings) -> CameraIdentity:
        usb = self._usb
        serial = settings.text(SERIAL) or (usb.device.plate.serial if usb is not None else None)
        address, told = self._address if usb is None else usb.address, settings.text
        return CameraIdentity(address, told(VENDOR), told(MODEL), serial, told(FIRMWARE))

    def close(self) -> None:
        """Release the camera."""
        if self._files is not None:
            self._files.let_go()
        session, self._session, self._settings, self._files = self._session, None, None, None
        self._is_previewing = False
        self._last_key = ""
        if session is not None:
            session.close()

    def offers(self) -> CameraOffers:
        """What the open camera can do."""
        _, settings, _ = self._open()
        return CameraOffers(self._has_live_view, settings.offered())

    def condition(self) -> CameraCondition:
        """Ask how the open camera is."""
        session, settings, _ = self._open()
        stores: Any = None
        with session.tried():
            stores = session.camera.get_storageinfo(session.context)
        percent = settings.battery_percent()
        if stores is None:
            return CameraCondition(percent)
        if not stores:
            return CameraCondition(percent, has_card=False)
        roomiest = max(stores, key=lambda store: int(store.freekbytes))
        has_room = roomiest.fields & session.gphoto.GP_STORAGEINFO_FREESPACEKBYTES
        has_count = roomiest.fields & session.gphoto.GP_STORAGEINFO_FREESPACEIMAGES
        return CameraCondition(
            percent,
            free_bytes=int(roomiest.freekbytes) * _KIB if has_room else None,
            free_images=int(roomiest.freeimages) if has_count else None,
        )

    def preview(self) -> bytes:
        """One picture of the live view; starts it where it is off."""
        session, _, _ = self._open()
        if not self._has_live_view:
            raise camera_errors.no_live_view()
        self._is_previewing = True
        try:
            with session.asked():
                held = session.camera.capture_preview(None, session.context)
                view = memoryview(held.get_data_and_size())
        except CodedError as error:
            self._has_live_view = error.code != "CAMERA-NO-LIVE-VIEW"
            raise
        if not view:  # so the library says that the camera was busy all the time
            raise camera_errors.busy()
        if len(view) > camera_pictures.LARGEST_FRAME_BYTES or not camera_pictures.is_frame(frame := bytes(view)):
            raise camera_errors.bad_frame()
        return frame

    def end_preview(self) -> None:
        """End the live view; a camera that knows no such order ends it by itself when no picture is asked for."""
        _, settings, _ = self._open()
        if self._is_previewing:
            self._is_previewing = False
            try:
                settings.switch(LIVE_VIEW, to=0)
            except CodedError as error:
                if camera_errors.is_of_line(error):
                    raise

    def capture(self, deadline: Deadline) -> tuple[Shot, memoryview]:
        """Release the shutter and bring the picture.  See the role.

        What the camera still has to say is heard first: a picture that is announced late would be taken for this one.
        """
        _, settings, files = self._open()
        files.let_go()
        files.made, self._last_key = [], ""
        files.hear_out(deadline, GLANCE_MS)
        if self._is_previewing:
            _focus(settings)
        try:
            files.release()
            picture = files.picture(deadline)
            content = files.content(picture)
            camera_pictures.check(content)
        except CodedError as error:
            self._unwanted += files.made
            percent = settings.battery_percent() if error.code == "CAMERA-STATE" else None
            if percent is not None and percent <= EXHAUSTED_PERCENT:
                raise camera_errors.exhausted(percent) from error
            raise
        self._last_key = picture.key
        return Shot(picture.key, printable(picture.name), len(files.made) - 1), content

    def settle(self, deadline: Deadline) -> None:
        """Take in what the camera still has to say of the last release; what came to nothing is removed from it."""
        _, _, files = self._open()
        files.let_go()
        files.hear_out(deadline)
        if self._last_key:
            files.belong_to(self._last_key)
        else:
            self._unwanted += [file for file in files.made if file not in self._unwanted]
            files.made = []
        self._remove_unwanted(files)

    def _remove_unwanted(self, files: CameraFiles) -> None:
        """Remove the files of releases that gave no picture: they would stay on the camera unseen."""
        while self._unwanted:
            try:
                files.discard(self._unwanted[0].key)
            except CodedError as error:
                if camera_errors.is_of_line(error):
                    raise
            del self._unwanted[0]

    def discard(self, keys: Sequence[str]) -> None:
        """Remove pictures, with all that their releases made; one that has gone is no error."""
        _, _, files = self._open()
        for key in keys:
            files.discard(key)

    def set(self, name: SettingName, value: str) -> Setting:
        """Set one setting to one of its choices.  See the role."""
        _, settings, _ = self._open()
        return settings.set(name, value)

    def reset(self) -> bool:
        """Reset the camera's USB device, which closes it.  Source: Linux, USB device filesystem, USBDEVFS_RESET."""
        self.close()
        if self._usb is None:
            return False
        try:
            descriptor = os.open(self._usb.device.node, os.O_WRONLY | os.O_CLOEXEC)
        except OSError:
            return False
        try:
            fcntl.ioctl(descriptor, USBDEVFS_RESET, 0)
        except OSError:
            return False
        finally:
            os.close(descriptor)
        return True

    def candidates(self) -> tuple[Candidate, ...]:
        """The cameras that the system sees on USB."""
        return tuple(camera_names.candidate(device) for device in usb_devices() if device.is_camera)

    def _open(self) -> tuple[Session, CameraSettings, CameraFiles]:
        if self._session is None or self._settings is None or self._files is None:
            raise camera_errors.absent(self._address)
        return self._session, self._settings, self._files


def _focus(settings: CameraSettings) -> None:
    """Focus beside the live view, where releasing the shutter does not; a camera that cannot just now need not."""
    try:
        settings.switch(FOCUS_NOW, to=1)
    except CodedError as error:
        if error.code == "CAMERA-FOCUS" or camera_errors.is_of_line(error):
            raise


def _kernel_holder(listed: Listed) -> str:
    """The kernel's own driver that has the camera, where it is one: "usbfs" stands for some program."""
    place = (listed.device.bus, listed.device.device)
    driver = next((each.kernel_driver for each in usb_devices() if (each.bus, each.device) == place), "")
    return "" if driver == "usbfs" else driver
