"""The faults that a simulated camera can show, by name.  How each ends is the driver's business and its matrix's.

What each does, for people, stands in `camera_faults.toml`.
"""

from __future__ import annotations

from dataclasses import replace

from simulators.camera_ptp import Operation, Response
from simulators.fault import Fault, Parameter, number, striking

CONNECT, CONNECT_EVENTS = "connect", "connect-events"
DEVICE_INFO, OPEN, CLOSE, STORAGE, LIST = "device-info", "open-session", "close-session", "storage", "list"
OBJECT_INFO, GET_OBJECT, THUMBNAIL, DELETE = "object-info", "get-object", "thumbnail", "delete"
GET_SETTING, SET_SETTING = "get-setting", "set-setting"
CAPTURE, FOCUS, READY, EVENTS = "capture", "focus", "ready", "events"
START_PREVIEW, PREVIEW, END_PREVIEW = "start-preview", "preview", "end-preview"
UNKNOWN = "unknown"
_CODES = {
    DEVICE_INFO: (Operation.GET_DEVICE_INFO, Operation.GET_VENDOR_PROPERTIES),
    OPEN: (Operation.OPEN_SESSION,),
    CLOSE: (Operation.CLOSE_SESSION,),
    STORAGE: (Operation.GET_STORAGE_IDS, Operation.GET_STORAGE_INFO),
    LIST: (Operation.GET_NUM_OBJECTS, Operation.GET_OBJECT_HANDLES),
    OBJECT_INFO: (Operation.GET_OBJECT_INFO,),
    GET_OBJECT: (Operation.GET_OBJECT, Operation.GET_PARTIAL_OBJECT),
    THUMBNAIL: (Operation.GET_THUMB,),
    DELETE: (Operation.DELETE_OBJECT, Operation.DELETE_IN_MEMORY),
    GET_SETTING: (Operation.GET_PROPERTY_DESC, Operation.GET_PROPERTY),
    SET_SETTING: (Operation.SET_PROPERTY,),
    CAPTURE: (
        Operation.INITIATE_CAPTURE,
        Operation.CAPTURE_IN_MEMORY,
        Operation.FOCUS_AND_CAPTURE_IN_MEMORY,
        Operation.CAPTURE,
    ),
    FOCUS: (Operation.AUTOFOCUS,),
    READY: (Operation.DEVICE_READY,),
    EVENTS: (Operation.GET_EVENTS,),
    START_PREVIEW: (Operation.START_LIVE_VIEW,),
    PREVIEW: (Operation.GET_LIVE_VIEW,),
    END_PREVIEW: (Operation.END_LIVE_VIEW,),
}
NAMES = {int(code): name for name, codes in _CODES.items() for code in codes}
OPERATIONS = (CONNECT, CONNECT_EVENTS, *_CODES, UNKNOWN)
BUSY_OPERATIONS = (CAPTURE, READY, FOCUS, START_PREVIEW, PREVIEW)
REFUSALS = {
    "capture-refused": CAPTURE,
    "delete-refused": DELETE,
    "setting-refused": SET_SETTING,
    "file-refused": GET_OBJECT,
}
HANGS = {
    "hang-in-connect": CONNECT,
    "hang-in-open": OPEN,
    "hang-in-capture": CAPTURE,
    "hang-in-ready": READY,
    "hang-in-events": EVENTS,
    "hang-in-data": GET_OBJECT,
    "hang-in-preview": PREVIEW,
    "hang-in-storage": STORAGE,
    "hang-in-delete": DELETE,
}
CUT_MOMENTS = ("cut-in-capture", "cut-in-events", "cut-in-delete")
LOST = ("object-added", "capture-complete", "both")
HOSTILE_NAMES = {
    "markup": "<script>alert(1)</script>&\"'.JPG",
    "control": "RENHU\u0085\u2028\u202eGPJ.JPG",
    "format": "%s%n%d{0}{{}}$(id)`id`.JPG",
    "path": "../../../etc/passwd",
    "absolute": "/etc/passwd",
    "dots": "..",
    "long": "样" * 300 + ".JPG",
    "newline": "A.JPG\n[devices]\nx = 1",
    "surrogate": "DSC\ud842.JPG",
    "empty": "",
}
EXIF_FAULTS = ("garbage", "loop", "huge-count", "markup", "turned", "thumbnail-bomb", "cut")
ABILITY_FAULTS = ("no-live-view", "no-capture", "no-delete", "no-battery", "no-settings", "no-partial", "nothing")
FRAME_FAULTS = ("noise", "half", "empty", "no-header", "huge")
FILE_KINDS = ("html", "png", "noise")
_DELAY = 600_000
_HOW = Parameter("end", choices=("end", "reset"))
_WHEN = Parameter("before", choices=("before", "after"))
_TARGET = Parameter("any", choices=("any", "card"))


def _fault(name: str, command: str | None, count: int | None = 1, **own: Parameter) -> Fault:
    return Fault(name, striking(OPERATIONS, count, command) | own)


def _lasting(name: str, **own: Parameter) -> Fault:
    return Fault(name, dict(own))


def _refusal(name: str, status: Response, count: int | None = 1) -> Fault:
    return _fault(name, REFUSALS[name], count, status=Parameter(int(status), 0, 0xFFFF, is_status=True))


def _file(name: str, **own: Parameter) -> Fault:
    """A fault of the next picture that is taken."""
    return Fault(name, striking(OPERATIONS, 1, CAPTURE) | own)


def _held(fault: Fault, after_ms: int | None) -> Fault:
    more = {"replug_after_ms": number(after_ms, 0, _DELAY)}
    return replace(fault, parameters=fault.parameters | more, is_held=True)


_TABLE = (
    _fault("out-of-focus", CAPTURE, when=Parameter("after", choices=("release", "after"))),
    _refusal("capture-refused", Response.GENERAL_ERROR),
    _refusal("delete-refused", Response.WRITE_PROTECTED),
    _refusal("setting-refused", Response.ACCESS_DENIED, None),
    _refusal("file-refused", Response.GENERAL_ERROR),
    _fault("busy", None, 20),
    _fault("busy-forever", None, None),
    _fault("in-use", CONNECT, None),
    _fault("asleep", None, None, how=Parameter("silent", choices=("silent", "refuse"))),
    _lasting("store-full", target=_TARGET),
    _lasting("no-card", target=_TARGET),
    _lasting("battery-low", level=number(3, 0, 100)),
    _file("truncated-jpeg", percent_kept=number(50, 0, 99)),
    _file("bad-jpeg", flips=number(200, 1, 100_000)),
    _file("zero-byte"),
    _file("huge-file", megabytes=number(60, 1, 500)),
    _file(
        "wrong-length",
        what=Parameter("more", choices=("more", "fewer", "info")),
        wrong_bytes=number(1000, 1, 100_000_000),
    ),
    _file("bomb", edge_px=number(20_000, 1000, 65_500)),
    _file("not-a-jpeg", kind=Parameter("html", choices=FILE_KINDS)),
    _file("hostile-name", text=Parameter("markup", choices=tuple(HOSTILE_NAMES))),
    _file("hostile-exif", what=Parameter("garbage", choices=EXIF_FAULTS)),
    _file("two-objects"),
    _file("raw-first"),
    _lasting("wrong-clock", year=number(1970, 1970, 2099)),
    _file("lost-event", which=Parameter("object-added", choices=LOST)),
    _file("late-event", delay_ms=number(3000, 1, _DELAY)),
    _file("doubled-event"),
    _lasting("events-pushed"),
    _fault("event-refused", CONNECT_EVENTS, None, how=Parameter("close", choices=("close", "silent", "fail"))),
    _fault(
        "live-view-refused",
        START_PREVIEW,
        None,
        how=Parameter("answer", choices=("answer", "condition")),
        status=Parameter(int(Response.INVALID_STATUS), 0, 0xFFFF, is_status=True),
    ),
    _fault("garbage-frame", PREVIEW, kind=Parameter("noise", choices=FRAME_FAULTS)),
    _fault("frozen-preview", PREVIEW, None),
    _fault("preview-ends", PREVIEW),
    _fault("cut-in-init", CONNECT, how=_HOW, phase=Parameter("command", choices=("command", "event", "session"))),
    _fault("cut-in-capture", CAPTURE, how=_HOW, when=_WHEN),
    _fault("cut-in-events", EVENTS, how=_HOW, when=_WHEN),
    _fault("cut-in-delete", DELETE, how=_HOW, when=_WHEN),
    _fault("cut-in-data", GET_OBJECT, tenth=number(5, 0, 9), how=_HOW),
    _fault("cut-in-preview", PREVIEW, tenth=number(5, 0, 9), how=_HOW),
    _fault("wrong-transaction", None, where=Parameter("response", choices=("response", "data"))),
    _held(_fault("unplug", None), None),
    _held(_lasting("return-other-name", serial=Parameter("same", choices=("same", "other"))), 200),
    _fault("slow-data", GET_OBJECT, None, kb_per_s=number(300, 1, 1_000_000)),
    _fault("slow-answers", None, None, delay_ms=number(500, 1, _DELAY)),
    _fault("slow-shutter", CAPTURE, delay_ms=number(3000, 1, _DELAY)),
    *(_fault(name, command, delay_ms=Parameter(None, 1, _DELAY, is_optional=True)) for name, command in HANGS.items()),
    _lasting("wrong-abilities", what=Parameter("no-battery", choices=ABILITY_FAULTS)),
)
FAULTS = {fault.name: fault for fault in _TABLE}
