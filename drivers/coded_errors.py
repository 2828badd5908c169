"""Errors with a stable code: who can do something about them, and when trying again makes sense."""

from __future__ import annotations

from enum import StrEnum


class Actor(StrEnum):
    """Who can do something about an error."""

    CLERK = "clerk"
    TECHNICIAN = "technician"
    SUPERVISOR = "supervisor"
    DEVELOPER = "developer"


class Retry(StrEnum):
    """When trying again makes sense."""

    NOW = "now"
    AFTER_ACTION = "after_action"
    NEVER = "never"


class CodedError(Exception):
    """An error with a stable code.  The words for people stand in `agent/messages`, never here.

    Attributes:
        code: `ROLE-FACT`, as in the table of codes.
        actor: who can do something about it.
        retry: when trying again makes sense.
        facts: values that the message may show: numbers, device paths, key names.  Never personal data.
    """

    def __init__(self, code: str, actor: Actor, retry: Retry, **facts: str | int | float) -> None:
        super().__init__(code)
        self.code = code
        self.actor = actor
        self.retry = retry
        self.facts = facts


class DeviceError(CodedError):
    """Something between us and a device went wrong."""


class DeviceAbsent(DeviceError):
    """No device stands at the address, or it has just gone."""


class DeviceBusy(DeviceError):
    """Somebody else holds the device."""


class DeviceTimeout(DeviceError):
    """No acceptable answer came within the deadline.  `facts["deadline_s"]` tells how long we waited."""


class DeviceRefused(DeviceError):
    """The device said no.  `facts["status"]` is its own status as it came."""


class LinkError(DeviceError):
    """The device's bytes are wrong.  `facts["reason"]` names how."""


class NeedsOperator(DeviceError):
    """Only a person can go on: lift the card, press a button, call service."""


class WorkerDied(DeviceError):
    """The worker process ended.  `facts["exit"]` is its exit status."""
