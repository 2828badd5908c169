"""The errors of the camera role, but for those that libgphoto2 leads to: these stand in `camera_meanings`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from drivers.api import (
    Actor,
    CodedError,
    DeviceAbsent,
    DeviceBusy,
    DeviceRefused,
    DeviceTimeout,
    LinkError,
    NeedsOperator,
    Retry,
)
from drivers.stored_text import printable

MOST_SHOWN: Final = 4
TIMED_OUT: Final = "timeout"
CLOSED: Final = "closed"
"""Reasons of an error of the line: no answer came, or the other side has gone."""


def address_not_understood(address: str) -> CodedError:
    """The configured address has no meaning to this driver."""
    return CodedError("CAMERA-ADDRESS", Actor.TECHNICIAN, Retry.NEVER, address=address)


def library_missing(module: str) -> CodedError:
    """Neither python-gphoto2 nor what its wheel carries may be missing: one is, or cannot be loaded."""
    return CodedError("CAMERA-LIBRARY", Actor.TECHNICIAN, Retry.AFTER_ACTION, module=module)


def absent(address: str) -> DeviceAbsent:
    """No such camera, or it has just gone."""
    return DeviceAbsent("CAMERA-ABSENT", Actor.TECHNICIAN, Retry.AFTER_ACTION, address=address)


def several(addresses: Sequence[str]) -> NeedsOperator:
    """More than one camera could be meant: which one is a technician's to say, never a guess."""
    shown = printable(", ".join(addresses[:MOST_SHOWN]))
    return NeedsOperator("CAMERA-SEVERAL", Actor.TECHNICIAN, Retry.AFTER_ACTION, count=len(addresses), addresses=shown)


def denied(node: str) -> NeedsOperator:
    """The camera is there, and its device node may not be opened."""
    return NeedsOperator("CAMERA-PERMISSION", Actor.TECHNICIAN, Retry.AFTER_ACTION, status=node)


def claimed(node: str, holder: str) -> DeviceBusy:
    """Another program has the camera; `holder` names it, "" where the system does not tell."""
    facts = {"node": node} | ({"holder": holder} if holder else {})
    return DeviceBusy("CAMERA-CLAIMED", Actor.TECHNICIAN, Retry.AFTER_ACTION, **facts)


def busy() -> DeviceBusy:
    """The camera is doing something else."""
    return DeviceBusy("CAMERA-BUSY", Actor.CLERK, Retry.NOW, status="0x2019")


def setting(name: str, wanted: str) -> CodedError:
    """The camera has no such setting, or does not take this value for it."""
    return CodedError("CAMERA-SETTING", Actor.CLERK, Retry.AFTER_ACTION, setting=name, wanted=printable(wanted))


def bad_picture(reason: str, size_bytes: int) -> LinkError:
    """What came is no whole picture: `reason` is "empty", "broken", "large", "unknown", or "name" for one without."""
    return LinkError("CAMERA-PICTURE", Actor.CLERK, Retry.NOW, reason=reason, size_bytes=size_bytes)


def bad_frame() -> LinkError:
    """A picture of the live view is no whole one; the next one may be."""
    return LinkError("CAMERA-FRAME", Actor.CLERK, Retry.NOW, reason="frame")


def raw_only() -> NeedsOperator:
    """The camera is set to make RAW files and nothing else."""
    return NeedsOperator("CAMERA-RAW-ONLY", Actor.CLERK, Retry.AFTER_ACTION)


def stale() -> LinkError:
    """What the library remembers of the card is of an earlier one: it has to be opened anew."""
    return LinkError("CAMERA-IO", Actor.CLERK, Retry.NOW, reason="stale")


def is_of_line(error: CodedError) -> bool:
    """Whether nothing more can be asked of the session behind this error."""
    is_answer = error.code in {"CAMERA-PICTURE", "CAMERA-FRAME"}
    return isinstance(error, LinkError | DeviceTimeout | DeviceAbsent) and not is_answer


def cut(error: CodedError, key: str) -> LinkError:
    """The line broke while a picture was on its way; by its key it can be removed from the camera later."""
    return LinkError("CAMERA-CUT", Actor.CLERK, Retry.NOW, **{**error.facts, "key": key})


def exhausted(percent: int) -> NeedsOperator:
    """The camera would not, and its battery is all but empty."""
    return NeedsOperator("CAMERA-BATTERY", Actor.CLERK, Retry.AFTER_ACTION, status=f"{percent} %")


def late(deadline_s: float) -> DeviceTimeout:
    """The camera has not delivered in time and cannot be asked why."""
    return DeviceTimeout("CAMERA-TIMEOUT", Actor.CLERK, Retry.NOW, deadline_s=deadline_s)


def called_off() -> NeedsOperator:
    """Nobody waits for the picture any more."""
    return NeedsOperator("CAMERA-CALLED-OFF", Actor.CLERK, Retry.NOW)


def no_live_view() -> DeviceRefused:
    """The camera gives no pictures without releasing its shutter."""
    return DeviceRefused("CAMERA-NO-LIVE-VIEW", Actor.TECHNICIAN, Retry.NEVER, status="-6")
