"""What each number, answer and text of libgphoto2 means, as an error of the camera role.

A call into the library ends with one of its numbers, most often -1; why, is in what the library said meanwhile: the
camera's own answer (a PTP response code) and sentences, some of them the library's own.  One table for each of the
three, and one function that asks them in order.

Source: gphoto2-result.h, gphoto2-port-result.h, ptp.h and camlibs/ptp2 of libgphoto2 2.5.34; PTP, 11 (response codes).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from drivers import camera_errors
from drivers.api import (
    Actor,
    DeviceAbsent,
    DeviceBusy,
    DeviceError,
    DeviceRefused,
    DeviceTimeout,
    LinkError,
    NeedsOperator,
    Retry,
)
from drivers.stored_text import printable

Meaning = Callable[[str], DeviceError]

NOT_SUPPORTED: Final = -6
BAD_PARAMETERS: Final = -2
_RESPONSE: Final = re.compile(r"\(0x([0-9a-f]{4})[):]|ptp code ([0-9a-f]{4})\b")
_OK: Final = 0x2001


def _operator(code: str, actor: Actor = Actor.CLERK) -> Meaning:
    return lambda status: NeedsOperator(code, actor, Retry.AFTER_ACTION, status=status)


def _line(reason: str) -> Meaning:
    return lambda status: LinkError("CAMERA-IO", Actor.CLERK, Retry.NOW, reason=reason, status=status)


def _gone(status: str) -> DeviceError:
    return DeviceAbsent("CAMERA-ABSENT", Actor.CLERK, Retry.AFTER_ACTION, status=status)


def _is_busy(_status: str) -> DeviceError:
    return camera_errors.busy()


def _held(status: str) -> DeviceError:
    return DeviceBusy("CAMERA-CLAIMED", Actor.TECHNICIAN, Retry.AFTER_ACTION, status=status)


def _asleep(status: str) -> DeviceError:
    return DeviceTimeout(
        "CAMERA-ASLEEP", Actor.CLERK, Retry.AFTER_ACTION, reason=camera_errors.TIMED_OUT, status=status
    )


def _refused(status: str) -> DeviceError:
    return DeviceRefused("CAMERA-REFUSED", Actor.CLERK, Retry.NOW, status=status)


def _unsupported(status: str) -> DeviceError:
    return DeviceRefused("CAMERA-UNSUPPORTED", Actor.TECHNICIAN, Retry.NEVER, status=status)


def _library(status: str) -> DeviceError:
    return DeviceError("CAMERA-LIBRARY", Actor.TECHNICIAN, Retry.AFTER_ACTION, module=status)


def _port(status: str) -> DeviceError:
    return DeviceError("CAMERA-PORT", Actor.TECHNICIAN, Retry.AFTER_ACTION, status=status)


_FOCUS, _FULL, _NO_CARD = _operator("CAMERA-FOCUS"), _operator("CAMERA-CARD-FULL"), _operator("CAMERA-NO-CARD")
_CARD, _BATTERY, _LENS = _operator("CAMERA-CARD"), _operator("CAMERA-BATTERY"), _operator("CAMERA-LENS")
_STATE, _DEFECT = _operator("CAMERA-STATE"), _operator("CAMERA-DEFECT", Actor.TECHNICIAN)
_REJECTED = _operator("CAMERA-REJECTED", Actor.TECHNICIAN)

LINE_BY_WORDS: Final[tuple[tuple[str, Meaning], ...]] = (
    ("end of stream", _line(camera_errors.CLOSED)),
    ("returned data is too much", _line("garbled")),
    ("read ptpip data, ret", _line("garbled")),
    ("got reply type", _line("garbled")),
    ("ret type ", _line("garbled")),
    ("len < 0", _line("garbled")),
)
"""Of these nothing that the camera answered counts any more: the line is broken, or its bytes are out of step."""

BY_RESPONSE: Final[dict[int, Meaning]] = {
    # The library's own, of the line.
    0x02F9: _gone,
    0x02FA: _asleep,
    0x02FC: _line("garbled"),  # so it calls an answer to another question
    0x02FD: _line("io"),
    0x02FE: _line("io"),
    0x02FF: _line("io"),
    # The camera's, of the standard.
    0x2003: _line(camera_errors.CLOSED),  # session not open
    0x2004: _line("garbled"),  # invalid transaction id
    0x2005: _unsupported,  # operation not supported
    0x2007: _line("io"),  # incomplete transfer
    0x200C: _FULL,  # store full
    0x200D: _CARD,  # object write-protected
    0x200E: _CARD,  # store read-only
    0x200F: _refused,  # access denied
    0x2013: _NO_CARD,  # store not available
    0x2019: _is_busy,  # device busy
}

BY_WORDS: Final[tuple[tuple[str, Meaning], ...]] = (
    ("out of focus", _FOCUS),
    ("perhaps no focus", _FOCUS),
    ("ran full", _FULL),
    ("no more memory on card", _FULL),
    ("temporary storage full", _FULL),
    ("no card or card protected", _NO_CARD),
    ("card unformatted", _CARD),
    ("store unformatted", _CARD),
    ("card error", _CARD),
    ("store error", _CARD),
    ("card protected", _CARD),
    ("card read-only", _CARD),
    ("battery", _BATTERY),
    ("lens", _LENS),
    ("minimum aperture", _LENS),
    ("ttl error", _LENS),
    ("adjust fnumber", _LENS),
    ("hardware error", _DEFECT),
    ("self test failed", _DEFECT),
    ("temperature too high", _DEFECT),
    ("mirror", _STATE),
    ("exposure program", _STATE),
    ("shutter speed bulb", _STATE),
    ("bulb warning", _STATE),
    ("invalid status", _STATE),
    ("sequence error", _STATE),
    ("not ready", _STATE),
    ("camera status error", _STATE),
    ("fully pressed button", _STATE),
    ("processing of shooting", _is_busy),
    ("pending unretrieved", _is_busy),
    ("seem to return a jpeg", lambda _: camera_errors.bad_frame()),
    ("bad type returned", _REJECTED),
    ("not support liveview", lambda _: camera_errors.no_live_view()),
    ("not support", _unsupported),
)
"""Words of the library, of which the vendors' own answers come by name too: their codes are not one vendor's alone."""

BY_NUMBER: Final[dict[int, Meaning]] = {
    -1: _refused,  # GP_ERROR
    BAD_PARAMETERS: _refused,
    -3: _refused,  # GP_ERROR_NO_MEMORY
    -4: _library,  # GP_ERROR_LIBRARY
    -5: _port,  # GP_ERROR_UNKNOWN_PORT
    NOT_SUPPORTED: _unsupported,
    -7: _line("io"),  # GP_ERROR_IO
    -8: _refused,  # GP_ERROR_FIXED_LIMIT_EXCEEDED
    -10: _asleep,  # GP_ERROR_TIMEOUT
    -20: _port,  # GP_ERROR_IO_SUPPORTED_SERIAL
    -21: _port,  # GP_ERROR_IO_SUPPORTED_USB
    -31: _line("io"),  # GP_ERROR_IO_INIT
    -34: _line("io"),  # GP_ERROR_IO_READ
    -35: _line("io"),  # GP_ERROR_IO_WRITE
    -37: _line("io"),  # GP_ERROR_IO_UPDATE
    -41: _line("io"),  # GP_ERROR_IO_SERIAL_SPEED
    -51: _line("io"),  # GP_ERROR_IO_USB_CLEAR_HALT
    -52: _gone,  # GP_ERROR_IO_USB_FIND
    -53: _held,  # GP_ERROR_IO_USB_CLAIM
    -60: _held,  # GP_ERROR_IO_LOCK
    -70: _port,  # GP_ERROR_HAL
    -102: _line("garbled"),  # GP_ERROR_CORRUPTED_DATA
    -103: _line("stale"),  # GP_ERROR_FILE_EXISTS: what the library remembers of the card is of an earlier one
    -105: _unsupported,  # GP_ERROR_MODEL_NOT_FOUND
    -107: _refused,  # GP_ERROR_DIRECTORY_NOT_FOUND
    -108: _refused,  # GP_ERROR_FILE_NOT_FOUND
    -109: _refused,  # GP_ERROR_DIRECTORY_EXISTS
    -110: _is_busy,  # GP_ERROR_CAMERA_BUSY
    -111: _refused,  # GP_ERROR_PATH_NOT_ABSOLUTE
    -112: _refused,  # GP_ERROR_CANCEL
    -113: _DEFECT,  # GP_ERROR_CAMERA_ERROR
    -114: _line("io"),  # GP_ERROR_OS_FAILURE
    -115: _FULL,  # GP_ERROR_NO_SPACE
}

_VAGUE: Final = frozenset({_refused, _unsupported, _DEFECT})
"""What numbers mean that say little: the camera's answer and the words go before."""


def said_by_library(number: int, lines: Sequence[str] = ()) -> DeviceError:
    """The error that a number of the library stands for, with what it said meanwhile.

    Args:
        number: how the call ended.
        lines: what the library said, the last at the end.
    """
    spoken = "\n".join(lines).lower()
    answers = [int(one or other, 16) for one, other in _RESPONSE.findall(spoken)]
    answered = next((code for code in reversed(answers) if code != _OK), None)
    status = _status(number, lines, answered)
    for words, meaning in LINE_BY_WORDS:
        if words in spoken:
            return meaning(status)
    by_number = BY_NUMBER.get(number, _refused)
    if by_number not in _VAGUE:
        return by_number(status)
    if answered in BY_RESPONSE:
        return BY_RESPONSE[answered](status)
    for words, meaning in BY_WORDS:
        if words in spoken:
            return meaning(status)
    return by_number(status)


def _status(number: int, lines: Sequence[str], answered: int | None) -> str:
    """What is shown of it: the library's last sentence, unless it only repeats the name of the camera's answer."""
    answer = ""
    sentence = ""
    for line in lines:
        if _RESPONSE.search(line.lower()):
            answer, sentence = line, ""
        elif not line.startswith("'") and line not in answer:
            sentence = line
    if sentence or answered is None:
        return printable(sentence or str(number))
    return f"0x{answered:04X}"
