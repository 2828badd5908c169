"""The errors of the scanner role, and what each text of the SANE library means.

python-sane gives no numbers: `_sane.error` carries the text of `sane_strstatus`.  Source: SANE API, table 1.
"""

from __future__ import annotations

from collections.abc import Callable

from drivers.api import (
    Actor,
    CodedError,
    DeviceAbsent,
    DeviceBusy,
    DeviceError,
    DeviceRefused,
    LinkError,
    NeedsOperator,
    Retry,
)

NO_MORE_SHEETS = "Document feeder out of documents"
CANCELLED = "Operation was canceled"
UNSUPPORTED = "Operation not supported"
END_OF_DATA = "Scanner returned no data"


def address_not_understood(address: str) -> CodedError:
    """The configured address has no meaning to this driver."""
    return CodedError("SCANNER-ADDRESS", Actor.TECHNICIAN, Retry.NEVER, address=address)


def library_missing(module: str) -> CodedError:
    """Neither libsane nor python-sane may be missing: one is missing or cannot be loaded."""
    return CodedError("SCANNER-LIBRARY", Actor.TECHNICIAN, Retry.AFTER_ACTION, module=module)


def absent(address: str) -> DeviceAbsent:
    """No such scanner, or it has just gone."""
    return DeviceAbsent("SCANNER-ABSENT", Actor.TECHNICIAN, Retry.AFTER_ACTION, address=address)


def several(count: int) -> NeedsOperator:
    """More than one scanner could be meant: which one is a technician's to say, never a guess."""
    return NeedsOperator("SCANNER-SEVERAL", Actor.TECHNICIAN, Retry.AFTER_ACTION, count=count)


def unreadable_list() -> NeedsOperator:
    """A name on SANE's list of scanners is no text: the list cannot be had as long as that one is on it."""
    return NeedsOperator("SCANNER-LIST", Actor.TECHNICIAN, Retry.AFTER_ACTION)


def denied(node: str) -> NeedsOperator:
    """The scanner is there, and its device node may not be opened."""
    return NeedsOperator("SCANNER-PERMISSION", Actor.TECHNICIAN, Retry.AFTER_ACTION, status=node)


def setting(name: str, wanted: str | int | float) -> CodedError:
    """The scanner does not offer what is asked."""
    return CodedError("SCANNER-SETTING", Actor.CLERK, Retry.AFTER_ACTION, setting=name, wanted=wanted)


def short_page(page: int, lines: int, expected: int) -> LinkError:
    """A page ended before its last line."""
    return LinkError(
        "SCANNER-SHORT-PAGE", Actor.CLERK, Retry.NOW, reason="short", page=page, lines=lines, expected=expected
    )


def too_large(width_px: int, height_px: int, largest_dpi: int) -> CodedError:
    """A page would have more picture elements than a station handles; `largest_dpi` would do for its size."""
    facts = {"width_px": width_px, "height_px": height_px, "largest_dpi": largest_dpi}
    return CodedError("SCANNER-TOO-LARGE", Actor.CLERK, Retry.AFTER_ACTION, **facts)


def contradictory() -> LinkError:
    """What the library says of a page's size is not the size of what came."""
    return LinkError("SCANNER-IO", Actor.CLERK, Retry.NOW, reason="size")


def _operator(code: str) -> Callable[[str], DeviceError]:
    return lambda status: NeedsOperator(code, Actor.CLERK, Retry.AFTER_ACTION, status=status)


BY_TEXT: dict[str, Callable[[str], DeviceError]] = {
    NO_MORE_SHEETS: _operator("SCANNER-EMPTY"),
    "Document feeder jammed": _operator("SCANNER-JAM"),
    "Scanner cover is open": _operator("SCANNER-COVER"),
    "Device busy": lambda status: DeviceBusy("SCANNER-BUSY", Actor.CLERK, Retry.NOW, status=status),
    "Error during device I/O": lambda status: LinkError(
        "SCANNER-IO", Actor.CLERK, Retry.NOW, reason="io", status=status
    ),
    "Out of memory": lambda status: DeviceRefused("SCANNER-MEMORY", Actor.TECHNICIAN, Retry.NOW, status=status),
    "Access to resource has been denied": lambda status: NeedsOperator(
        "SCANNER-PERMISSION", Actor.TECHNICIAN, Retry.AFTER_ACTION, status=status
    ),
    CANCELLED: lambda status: NeedsOperator("SCANNER-CANCELLED", Actor.CLERK, Retry.NOW, status=status),
    UNSUPPORTED: lambda status: DeviceRefused("SCANNER-UNSUPPORTED", Actor.TECHNICIAN, Retry.NEVER, status=status),
    "Invalid argument": lambda status: DeviceRefused(
        "SCANNER-INVALID", Actor.TECHNICIAN, Retry.AFTER_ACTION, status=status
    ),
    END_OF_DATA: lambda status: LinkError("SCANNER-NO-DATA", Actor.CLERK, Retry.NOW, reason="empty", status=status),
}


def said_by_library(text: str) -> DeviceError:
    """The error that a text of the library stands for; a text nobody knows is kept as it came."""
    known = BY_TEXT.get(text)
    if known is not None:
        return known(text)
    return DeviceRefused("SCANNER-REFUSED", Actor.TECHNICIAN, Retry.AFTER_ACTION, status=text[:120])
