"""The errors of the reader role, each made in one place so that its code, actor and retry never differ."""

from __future__ import annotations

from drivers import sam_status
from drivers.api import (
    Actor,
    CodedError,
    Deadline,
    DeviceAbsent,
    DeviceBusy,
    DeviceError,
    DeviceRefused,
    DeviceTimeout,
    LinkError,
    NeedsOperator,
    Retry,
)
from drivers.sam_frame import Frame

NOT_LISTED = "not-listed"
"""Why a port was passed over that neither the configuration nor the list of adapters names."""

_LINE_TROUBLES = {sam_status.CHECK_WRONG: "check", sam_status.LENGTH_WRONG: "length"}
_CARD_REJECTED = frozenset({0x31, 0x32, 0x33, 0x34, 0x37, 0x3F, 0x40, 0x41, 0x47, 0x80, 0x81})


def address_not_understood(address: str) -> CodedError:
    """The configured address has no meaning to this driver."""
    return CodedError("READER-ADDRESS", Actor.TECHNICIAN, Retry.NEVER, address=address)


def absent(address: str, passed: list[tuple[str, str]] | None = None) -> DeviceAbsent:
    """No such device, or it has just gone; `passed` as of `not_among`."""
    facts = {"passed": _lines(passed)} if passed else {}
    return DeviceAbsent("READER-ABSENT", Actor.TECHNICIAN, Retry.AFTER_ACTION, address=address, **facts)


def no_such_port(address: str) -> DeviceAbsent:
    """There is no such device file, and no reader has answered there yet: not plugged in, or mistyped."""
    return DeviceAbsent("READER-NO-SUCH-PORT", Actor.TECHNICIAN, Retry.AFTER_ACTION, address=address)


def not_among(looked: str, passed: list[tuple[str, str]]) -> DeviceAbsent:
    """Ports are there, but at none of them a reader answers: `looked` names them, for people.

    `passed`: which port was passed over and why, by a code of this role or `NOT_LISTED`.
    """
    return DeviceAbsent(
        "READER-NOT-AMONG-PORTS", Actor.TECHNICIAN, Retry.AFTER_ACTION, looked=looked, passed=_lines(passed)
    )


def _lines(passed: list[tuple[str, str]]) -> str:
    """One line a port, code first: a fact is text."""
    return "\n".join(f"{code} {label}" for label, code in passed)


def permission(address: str) -> DeviceError:
    """The device exists, but the service's user may not open it."""
    return NeedsOperator("READER-PERMISSION", Actor.TECHNICIAN, Retry.AFTER_ACTION, address=address)


def busy(address: str) -> DeviceBusy:
    """Another program holds the device."""
    return DeviceBusy("READER-BUSY", Actor.TECHNICIAN, Retry.AFTER_ACTION, address=address)


def second_opener(address: str) -> DeviceBusy:
    """Another program opened our port beside us and takes bytes from it."""
    return DeviceBusy("READER-SECOND-OPENER", Actor.TECHNICIAN, Retry.AFTER_ACTION, address=address)


def silent(deadline: Deadline) -> DeviceTimeout:
    """Nothing answers."""
    return DeviceTimeout("READER-SILENT", Actor.TECHNICIAN, Retry.AFTER_ACTION, deadline_s=round(deadline.limit_s, 3))


def not_answering() -> DeviceError:
    """The reader answers nothing, or nothing right, and is still being asked."""
    return DeviceError("READER-NOT-ANSWERING", Actor.CLERK, Retry.NOW)


def not_a_reader(address: str) -> LinkError:
    """Something answers, but never a frame, at any speed."""
    return LinkError("READER-NOT-A-READER", Actor.TECHNICIAN, Retry.AFTER_ACTION, address=address, reason="no-frame")


def not_a_port(address: str) -> DeviceError:
    """What stands there is no serial port at all."""
    return NeedsOperator("READER-NOT-A-PORT", Actor.TECHNICIAN, Retry.AFTER_ACTION, address=address)


def line(reason: str) -> LinkError:
    """The line's bytes stay wrong: `reason` is check, length or noise."""
    return LinkError("READER-LINE", Actor.TECHNICIAN, Retry.AFTER_ACTION, reason=reason)


def changed() -> LinkError:
    """Two readings were never equal, or of two cards."""
    return LinkError("READER-CHANGED", Actor.CLERK, Retry.AFTER_ACTION, reason="changed")


def card_gone() -> NeedsOperator:
    """The card was pulled while it was read."""
    return NeedsOperator("READER-CARD-GONE", Actor.CLERK, Retry.AFTER_ACTION)


def relay() -> NeedsOperator:
    """The module does not see the card that lies there: lift it and lay it again."""
    return NeedsOperator("READER-RELAY", Actor.CLERK, Retry.AFTER_ACTION)


def refused(status: int, card_status: bytes = b"") -> DeviceError:
    """The module said no with `status`, or that our bytes are wrong; `card_status` is what the card itself said."""
    if status in _LINE_TROUBLES:
        return line(_LINE_TROUBLES[status])
    facts = {"status": f"{status:02X}"}
    if any(card_status):
        facts["card_status"] = card_status.hex().upper()
    if status == sam_status.SELF_TEST_FAILED:
        return NeedsOperator("READER-SELF-TEST", Actor.TECHNICIAN, Retry.AFTER_ACTION, **facts)
    if status == sam_status.NOT_AUTHORISED:
        return NeedsOperator("READER-NOT-AUTHORISED", Actor.TECHNICIAN, Retry.AFTER_ACTION, **facts)
    if status in _CARD_REJECTED:
        return DeviceRefused("READER-CARD-REJECTED", Actor.CLERK, Retry.AFTER_ACTION, **facts)
    return DeviceRefused("READER-REFUSED", Actor.TECHNICIAN, Retry.AFTER_ACTION, **facts)


def refusal(answer: Frame) -> DeviceError:
    """The error that an answer with a bad status stands for."""
    return refused(answer.status, answer.card_status)
