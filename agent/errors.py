"""The agent's own errors and the exit codes of its commands.

Errors of devices stand in `drivers.api`; the words for people in `agent/messages`.
"""

from __future__ import annotations

from enum import IntEnum

from drivers.api import Actor, CodedError, DeviceError, Retry

__all__ = [
    "Actor",
    "CodedError",
    "DeviceError",
    "Exit",
    "Retry",
    "RightsDenied",
    "StartRefused",
    "exit_code",
    "exit_of",
]


class Exit(IntEnum):
    """How a command ends.  Source: the contract of names, "exit codes"."""

    DONE = 0
    OUR_BUG = 1
    CONFIGURATION = 2
    IN_USE = 3
    NOTHING_CAME = 4
    DEVICE_REFUSED = 5
    NO_DEVICE = 6
    DEVICE_BUSY = 7
    LINE_ERRORS = 8
    FAILS_CHECKS = 9
    LOCKED = 10
    DAMAGED = 11
    DISK_FULL = 12
    TOO_OLD = 13


class StartRefused(CodedError):
    """The agent cannot start, or not with its data: `exit_code` says which of the contract's cases it is."""

    def __init__(self, code: str, exit_code: Exit, actor: Actor = Actor.TECHNICIAN, **facts: str | int | float) -> None:
        super().__init__(code, actor, Retry.AFTER_ACTION, **facts)
        self.exit_code = exit_code


class RightsDenied(CodedError):
    """The signed-in person's role does not allow this."""

    def __init__(self) -> None:
        super().__init__("RIGHTS-DENIED", Actor.SUPERVISOR, Retry.NEVER)


_EXIT_OF_CODE = {
    "READER-ADDRESS": Exit.CONFIGURATION,
    "READER-DRIVER-MISSING": Exit.CONFIGURATION,
    "PHOTO-LIBRARY-MISSING": Exit.CONFIGURATION,
    "WEB-BOOTSTRAP": Exit.CONFIGURATION,
    "CONTROL-DENIED": Exit.CONFIGURATION,
    "CONTROL-ROOT": Exit.CONFIGURATION,
    "AGENT-STOPPED": Exit.CONFIGURATION,
    "USER-NO-SUPERVISOR": Exit.CONFIGURATION,
    "AUDIT-MARK": Exit.CONFIGURATION,
    "CONTROL-UNKNOWN": Exit.CONFIGURATION,
    "SIMULATOR-FAILED": Exit.NO_DEVICE,
    "READER-SIMULATED": Exit.NO_DEVICE,
    "READER-STOPPING": Exit.NO_DEVICE,
    "DATABASE-BUSY": Exit.IN_USE,
    "DATABASE-DAMAGED": Exit.DAMAGED,
    "DATABASE-FAILED": Exit.DAMAGED,
    "DATABASE-FULL": Exit.DISK_FULL,
    "READER-ABSENT": Exit.NO_DEVICE,
    "READER-NO-SUCH-PORT": Exit.NO_DEVICE,
    "READER-NOT-A-PORT": Exit.CONFIGURATION,
    "READER-NOT-AMONG-PORTS": Exit.NO_DEVICE,
    "READER-PERMISSION": Exit.NO_DEVICE,
    "READER-SILENT": Exit.NO_DEVICE,
    "READER-NOT-ANSWERING": Exit.NO_DEVICE,
    "READER-NOT-A-READER": Exit.NO_DEVICE,
    "READER-WORKER-DIED": Exit.NO_DEVICE,
    "READER-HUNG": Exit.NO_DEVICE,
    "READER-STUCK": Exit.NO_DEVICE,
    "READER-DISABLED": Exit.NO_DEVICE,
    "READER-NOT-CONFIGURED": Exit.NO_DEVICE,
    "READER-BUSY": Exit.DEVICE_BUSY,
    "READER-SECOND-OPENER": Exit.DEVICE_BUSY,
    "READER-IN-SERVICE": Exit.DEVICE_BUSY,
    "READER-LINE": Exit.LINE_ERRORS,
    "READER-CHANGED": Exit.LINE_ERRORS,
    "READER-CARD-GONE": Exit.DEVICE_REFUSED,
    "READER-RELAY": Exit.DEVICE_REFUSED,
    "READER-CARD-REJECTED": Exit.DEVICE_REFUSED,
    "READER-REFUSED": Exit.DEVICE_REFUSED,
    "READER-SELF-TEST": Exit.DEVICE_REFUSED,
    "READER-NOT-AUTHORISED": Exit.DEVICE_REFUSED,
    "READER-NO-CARD": Exit.NOTHING_CAME,
    "SCANNER-ADDRESS": Exit.CONFIGURATION,
    "SCANNER-DRIVER-MISSING": Exit.CONFIGURATION,
    "SCANNER-SETTING": Exit.CONFIGURATION,
    "SCANNER-TOO-LARGE": Exit.CONFIGURATION,
    "SCAN-SIZE": Exit.CONFIGURATION,
    "SCANNER-LIBRARY": Exit.TOO_OLD,
    "SCANNER-ABSENT": Exit.NO_DEVICE,
    "SCANNER-PERMISSION": Exit.NO_DEVICE,
    "SCANNER-NOT-CONFIGURED": Exit.NO_DEVICE,
    "SCANNER-SIMULATED": Exit.NO_DEVICE,
    "SCANNER-STOPPING": Exit.NO_DEVICE,
    "SCANNER-WORKER-DIED": Exit.NO_DEVICE,
    "SCANNER-HUNG": Exit.NOTHING_CAME,
    "SCANNER-STUCK": Exit.NO_DEVICE,
    "SCANNER-DISABLED": Exit.NO_DEVICE,
    "SCANNER-BUSY": Exit.DEVICE_BUSY,
    "SCANNER-IN-SERVICE": Exit.DEVICE_BUSY,
    "SCANNER-SEVERAL": Exit.CONFIGURATION,
    "SCANNER-LIST": Exit.CONFIGURATION,
    "SCANNER-HELD-BY": Exit.DEVICE_BUSY,
    "MEDIA-LOST": Exit.DAMAGED,
    "DATABASE-PAGES-DAMAGED": Exit.DAMAGED,
    "SCAN-OUTPUT": Exit.CONFIGURATION,
    "SCAN-OUTPUT-FULL": Exit.DISK_FULL,
    "SCAN-PAGES-KEPT": Exit.FAILS_CHECKS,
    "SCANNER-EMPTY": Exit.NOTHING_CAME,
    "SCANNER-NO-DATA": Exit.NOTHING_CAME,
    "SCANNER-CANCELLED": Exit.NOTHING_CAME,
    "SCAN-CALLED-OFF": Exit.NOTHING_CAME,
    "SCANNER-RESTARTED": Exit.NO_DEVICE,
    "READER-RESTARTED": Exit.NO_DEVICE,
    "SCANNER-JAM": Exit.DEVICE_REFUSED,
    "SCANNER-COVER": Exit.DEVICE_REFUSED,
    "SCANNER-MEMORY": Exit.DEVICE_REFUSED,
    "SCANNER-UNSUPPORTED": Exit.DEVICE_REFUSED,
    "SCANNER-INVALID": Exit.DEVICE_REFUSED,
    "SCANNER-REFUSED": Exit.DEVICE_REFUSED,
    "SCANNER-IO": Exit.LINE_ERRORS,
    "SCANNER-SHORT-PAGE": Exit.LINE_ERRORS,
    "CAMERA-ADDRESS": Exit.CONFIGURATION,
    "CAMERA-DRIVER-MISSING": Exit.CONFIGURATION,
    "CAMERA-PORT": Exit.CONFIGURATION,
    "CAMERA-SETTING": Exit.CONFIGURATION,
    "CAMERA-SEVERAL": Exit.CONFIGURATION,
    "CAMERA-LIBRARY": Exit.TOO_OLD,
    "CAMERA-ABSENT": Exit.NO_DEVICE,
    "CAMERA-PERMISSION": Exit.NO_DEVICE,
    "CAMERA-ASLEEP": Exit.NO_DEVICE,
    "CAMERA-REJECTED": Exit.NO_DEVICE,
    "CAMERA-NOT-CONFIGURED": Exit.NO_DEVICE,
    "CAMERA-SIMULATED": Exit.NO_DEVICE,
    "CAMERA-STOPPING": Exit.NO_DEVICE,
    "CAMERA-WORKER-DIED": Exit.NO_DEVICE,
    "CAMERA-STUCK": Exit.NO_DEVICE,
    "CAMERA-DISABLED": Exit.NO_DEVICE,
    "CAMERA-RESTARTED": Exit.NO_DEVICE,
    "CAMERA-TIMEOUT": Exit.NOTHING_CAME,
    "CAMERA-HUNG": Exit.NOTHING_CAME,
    "CAMERA-CALLED-OFF": Exit.NOTHING_CAME,
    "CAMERA-CLAIMED": Exit.DEVICE_BUSY,
    "CAMERA-BUSY": Exit.DEVICE_BUSY,
    "CAMERA-IN-SERVICE": Exit.DEVICE_BUSY,
    "CAMERA-FOCUS": Exit.DEVICE_REFUSED,
    "CAMERA-CARD-FULL": Exit.DEVICE_REFUSED,
    "CAMERA-NO-CARD": Exit.DEVICE_REFUSED,
    "CAMERA-CARD": Exit.DEVICE_REFUSED,
    "CAMERA-BATTERY": Exit.DEVICE_REFUSED,
    "CAMERA-LENS": Exit.DEVICE_REFUSED,
    "CAMERA-STATE": Exit.DEVICE_REFUSED,
    "CAMERA-DEFECT": Exit.DEVICE_REFUSED,
    "CAMERA-RAW-ONLY": Exit.DEVICE_REFUSED,
    "CAMERA-NO-LIVE-VIEW": Exit.DEVICE_REFUSED,
    "CAMERA-UNSUPPORTED": Exit.DEVICE_REFUSED,
    "CAMERA-REFUSED": Exit.DEVICE_REFUSED,
    "CAMERA-CUT": Exit.LINE_ERRORS,
    "CAMERA-IO": Exit.LINE_ERRORS,
    "CAMERA-FRAME": Exit.LINE_ERRORS,
    "CAMERA-PICTURE": Exit.FAILS_CHECKS,
    "PHOTO-NOT-MADE": Exit.FAILS_CHECKS,
    "PHOTO-SIZE": Exit.FAILS_CHECKS,
    "PHOTO-TOO-COARSE": Exit.FAILS_CHECKS,
    "PHOTO-OUTPUT": Exit.CONFIGURATION,
    "PHOTO-OUTPUT-FULL": Exit.DISK_FULL,
}


def exit_code(error: CodedError) -> Exit:
    """Say with which code a command ends on `error`."""
    if isinstance(error, StartRefused):
        return error.exit_code
    return exit_of(error.code)


def exit_of(code: str) -> Exit:
    """Say with which code a command ends on a device's error code; an unknown one is our bug."""
    return _EXIT_OF_CODE.get(code, Exit.OUR_BUG)
