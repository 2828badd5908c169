"""What a simulated camera answers to each operation, as long as no fault of the connection is in the way."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulators.camera_fault_table import PREVIEW
from simulators.camera_files import Contents
from simulators.camera_properties import PROPERTIES, VENDOR_FROM
from simulators.camera_ptp import ROOT, DeviceInfo, Event, Operation, Request, Response, array16, array32, storage_info
from simulators.camera_spoilt import spoil_frame
from simulators.camera_store import CAPACITY_BYTES, FIRST_IN_MEMORY, NO_CARD, STORAGE, THUMB_PX
from simulators.camera_studio import FRAMES_PER_S

if TYPE_CHECKING:
    from simulators.camera_device import SimulatedCamera

VERSION = "V1.00"
LABEL = "RENHU-SIM"
WITHOUT_SESSION = (Operation.GET_DEVICE_INFO, Operation.OPEN_SESSION)
IN_MEMORY = 1


@dataclass(frozen=True, slots=True)
class Answer:
    """What the camera answers.

    Attributes:
        code: of the response.
        parameters: of the response.
        data: what is sent before it, if anything.
        offset, length: which part of it.
        announced_more: by how much the length before it is wrong.
    """

    code: int = Response.OK
    parameters: tuple[int, ...] = ()
    data: Contents | None = None
    offset: int = 0
    length: int = ROOT
    announced_more: int = 0


def told(data: bytes) -> Answer:
    """An answer that is some data."""
    return Answer(data=Contents(data))


class Operations:
    """The operations of one session with a camera."""

    def __init__(self, camera: SimulatedCamera) -> None:
        self._camera = camera
        self._is_open = False
        self._began_s = time.monotonic()
        self._frame_s = 0.0
        self._frame = b""
        self._answers: dict[int, Callable[[Request], Answer]] = {
            Operation.GET_DEVICE_INFO: self._device_info,
            Operation.OPEN_SESSION: self._open,
            Operation.CLOSE_SESSION: self._close,
            Operation.GET_STORAGE_IDS: lambda _: told(array32([NO_CARD if camera.is_without_card else STORAGE])),
            Operation.GET_STORAGE_INFO: self._storage_info,
            Operation.GET_NUM_OBJECTS: lambda asked: Answer(parameters=(len(self._listed(asked)),)),
            Operation.GET_OBJECT_HANDLES: lambda asked: told(array32(self._listed(asked))),
            Operation.GET_OBJECT_INFO: self._object_info,
            Operation.GET_OBJECT: self._object,
            Operation.GET_PARTIAL_OBJECT: self._part,
            Operation.GET_THUMB: self._thumbnail,
            Operation.DELETE_OBJECT: self._delete,
            Operation.DELETE_IN_MEMORY: self._delete_in_memory,
            Operation.GET_PROPERTY_DESC: self._description,
            Operation.GET_PROPERTY: self._property,
            Operation.SET_PROPERTY: self._set_property,
            Operation.GET_VENDOR_PROPERTIES: lambda _: told(
                array16(code for code in camera.properties_told() if code >= VENDOR_FROM)
            ),
            Operation.INITIATE_CAPTURE: lambda _: self._release(is_in_memory=False),
            Operation.CAPTURE_IN_MEMORY: lambda _: self._release(is_in_memory=True),
            Operation.FOCUS_AND_CAPTURE_IN_MEMORY: lambda _: self._release(is_in_memory=True),
            Operation.CAPTURE: lambda asked: self._release(is_in_memory=asked.parameter(1) == IN_MEMORY),
            Operation.AUTOFOCUS: lambda _: Answer(camera.shutter.focus()),
            Operation.DEVICE_READY: lambda _: Answer(camera.shutter.ready()),
            Operation.GET_EVENTS: lambda _: told(camera.shutter.told()),
            Operation.START_LIVE_VIEW: self._start_preview,
            Operation.END_LIVE_VIEW: self._end_preview,
            Operation.GET_LIVE_VIEW: self._preview,
        }

    def perform(self, request: Request) -> Answer:
        """Do what is asked for."""
        if not self._is_open and request.code not in WITHOUT_SESSION:
            return Answer(Response.SESSION_NOT_OPEN)
        if request.code not in self._camera.operations_told():
            return Answer(Response.NOT_SUPPORTED)
        return self._answers[request.code](request)

    def _device_info(self, _: Request) -> Answer:
        camera = self._camera
        model, serial = camera.nameplate()
        return told(DeviceInfo(model, serial, VERSION, camera.operations_told(), camera.properties_told()).packed())

    def _open(self, _: Request) -> Answer:
        if self._is_open:
            return Answer(Response.SESSION_ALREADY_OPEN)
        self._is_open = True
        return Answer()

    def _close(self, _: Request) -> Answer:
        self._is_open = False
        return Answer()

    def _storage_info(self, asked: Request) -> Answer:
        camera = self._camera
        if asked.parameter(0) != STORAGE:
            return Answer(Response.INVALID_STORAGE)
        if camera.is_without_card:
            return Answer(Response.STORE_NOT_AVAILABLE)
        is_full = camera.faults.is_on("store-full")
        free = 0 if is_full else camera.store.free_bytes()
        return told(storage_info(CAPACITY_BYTES, free, 0 if is_full else camera.store.free_pictures(), LABEL))

    def _listed(self, asked: Request) -> list[int]:
        if self._camera.is_without_card:
            return []
        return self._camera.store.listed(asked.parameter(1), asked.parameter(2))

    def _object_info(self, asked: Request) -> Answer:
        stored = self._camera.find(asked.parameter(0))
        return Answer(Response.INVALID_OBJECT) if stored is None else told(stored.info())

    def _object(self, asked: Request) -> Answer:
        stored = self._camera.find(asked.parameter(0))
        if stored is None or stored.is_folder:
            return Answer(Response.INVALID_OBJECT)
        return Answer(data=stored.file.contents, announced_more=stored.file.announced_more)

    def _part(self, asked: Request) -> Answer:
        stored = self._camera.find(asked.parameter(0))
        if stored is None or stored.is_folder:
            return Answer(Response.INVALID_OBJECT)
        offset, length = asked.parameter(1), asked.parameter(2)
        sent = max(0, min(length, stored.file.contents.size - offset))
        return Answer(Response.OK, (sent,), stored.file.contents, offset, length, stored.file.announced_more)

    def _thumbnail(self, asked: Request) -> Answer:
        stored = self._camera.find(asked.parameter(0))
        if stored is None:
            return Answer(Response.INVALID_OBJECT)
        if stored.is_folder:
            return Answer(Response.NO_THUMBNAIL)
        return told(self._camera.studio.thumbnail(self._camera.shutter.exposed(), THUMB_PX))

    def _delete(self, asked: Request) -> Answer:
        camera, handle = self._camera, asked.parameter(0)
        if handle == ROOT:
            camera.store.format_card()
            return Answer()
        stored = camera.find(handle)
        if stored is None:
            return Answer(Response.INVALID_OBJECT)
        return Answer() if camera.store.delete(handle) else Answer(Response.WRITE_PROTECTED)

    def _delete_in_memory(self, asked: Request) -> Answer:
        handle = asked.parameter(0)
        if not handle:
            self._camera.store.empty_memory()
            return Answer()
        is_gone = handle >= FIRST_IN_MEMORY and self._camera.store.delete(handle)
        return Answer() if is_gone else Answer(Response.INVALID_OBJECT)

    def _description(self, asked: Request) -> Answer:
        code = asked.parameter(0)
        if code not in self._camera.properties_told():
            return Answer(Response.PROPERTY_NOT_SUPPORTED)
        return told(self._camera.properties.description(code))

    def _property(self, asked: Request) -> Answer:
        code = asked.parameter(0)
        if code not in self._camera.properties_told():
            return Answer(Response.PROPERTY_NOT_SUPPORTED)
        return told(self._camera.properties.packed(code))

    def _set_property(self, asked: Request) -> Answer:
        camera, code = self._camera, asked.parameter(0)
        if code not in camera.properties_told():
            return Answer(Response.PROPERTY_NOT_SUPPORTED)
        if not PROPERTIES[code].is_writable:
            return Answer(Response.ACCESS_DENIED)
        try:
            is_set = camera.properties.put(code, camera.properties.read(code, asked.data))
        except ValueError:
            is_set = False
        if not is_set:
            return Answer(Response.INVALID_VALUE)
        camera.shutter.tell(Event.PROPERTY_CHANGED, code)
        return Answer()

    def _release(self, *, is_in_memory: bool) -> Answer:
        return Answer(self._camera.shutter.release(is_in_memory=is_in_memory))

    def _start_preview(self, _: Request) -> Answer:
        if self._camera.prohibition():
            return Answer(Response.INVALID_STATUS)
        self._camera.is_live = True
        return Answer()

    def _end_preview(self, _: Request) -> Answer:
        self._camera.is_live = False
        return Answer()

    def _preview(self, _: Request) -> Answer:
        """The next picture of the live view, not before its time."""
        camera = self._camera
        if camera.faults.take("preview-ends", PREVIEW) is not None:
            camera.is_live = False
        if not camera.is_live:
            return Answer(Response.NOT_LIVE_VIEW)
        camera.pass_time(self._frame_s)
        now_s = time.monotonic()
        self._frame_s = now_s + camera.scaled(1 / FRAMES_PER_S)
        if camera.faults.take("frozen-preview", PREVIEW) is None or not self._frame:
            number = int((now_s - self._began_s) * FRAMES_PER_S)
            self._frame = camera.studio.frame(number, camera.shutter.exposed())
        return Answer(data=Contents(spoil_frame(self._frame, camera.faults)))
