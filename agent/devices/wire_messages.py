"""What agent and worker say to each other: `msgspec` structs told apart by their `type`.

What does not fit its struct is refused, so a worker that a hostile device has taken over can send wrong values but no
objects.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from drivers.api import Actor, Candidate, Retry

VERSION: Final = 2
"""Of this wire.  2: looks at the live view, its frames, what fresh processes were asked for."""


class Start(msgspec.Struct, frozen=True, tag="start"):
    """Agent → worker, first: which driver to load and how to talk to the device.

    Attributes:
        version: of this wire; a worker of another version ends at once.
        role: "reader", "scanner" or "camera".
        driver: the file name below `drivers/`, or an entry point of `renhu.drivers`.
        address: as in the contract's addresses.
        settings: the driver's own settings.
        renewals: how many workers before this one have asked for it, since the device was ready the last time.
    """

    version: int
    role: str
    driver: str
    address: str
    settings: dict[str, Any]
    renewals: int = 0


class Watch(msgspec.Struct, frozen=True, tag="watch"):
    """Agent → worker: look for cards every `poll_ms`; read them only while `is_reading`.

    `turn` grows with each change of the desk's holder.
    """

    is_reading: bool
    poll_ms: int
    turn: int = 0


class Look(msgspec.Struct, frozen=True, tag="look"):
    """Agent → worker: show so many frames of the live view in a second; 0 when nobody looks any more."""

    frames_per_s: int


class Request(msgspec.Struct, frozen=True, tag="request"):
    """Agent → worker: do one thing and answer with a `Reply` of the same number.

    Attributes:
        number: of this request.
        operation: what to do.
        arguments: its own.
        until_s: when it must have ended, on the monotonic clock, which both processes read alike.
        limit_s: how long that was when it was asked.
    """

    number: int
    operation: str
    arguments: dict[str, Any]
    until_s: float
    limit_s: float


class Cancel(msgspec.Struct, frozen=True, tag="cancel"):
    """Agent → worker: end the request of this number, if it is still under way; its `Reply` comes all the same."""

    number: int


class Hello(msgspec.Struct, frozen=True, tag="hello"):
    """Worker → agent, first."""

    version: int
    pid: int


class Confined(msgspec.Struct, frozen=True, tag="confined"):
    """Worker → agent, before its driver is loaded: what the kernel keeps from it; nothing where it cannot."""

    layers: tuple[str, ...]


class State(msgspec.Struct, frozen=True, tag="state"):
    """Worker → agent: the device is "ready", "absent" or "faulted", and why.

    `is_last` asks for a fresh process in the place of this one, as in a `Reply`.
    """

    state: str
    code: str | None = None
    facts: dict[str, str | int | float] = {}
    identity: dict[str, str] = {}
    is_last: bool = False


class Sign(msgspec.Struct, frozen=True, tag="sign"):
    """Worker → agent: something happened on the device, with its values as the role defines them.

    `turn` is the turn of the desk in which the reading of the card on the plate began: signs of a reading have it.
    """

    name: str
    data: msgspec.Raw = msgspec.Raw(b"null")
    code: str | None = None
    facts: dict[str, str | int | float] = {}
    turn: int | None = None


class Reply(msgspec.Struct, frozen=True, tag="reply"):
    """Worker → agent: the end of a request; `code` is None when it was done.

    `is_last` asks for a fresh process in the place of this one: the library that it holds was interrupted.
    """

    number: int
    data: msgspec.Raw = msgspec.Raw(b"null")
    code: str | None = None
    facts: dict[str, str | int | float] = {}
    actor: Actor = Actor.TECHNICIAN
    retry: Retry = Retry.NOW
    is_last: bool = False


class Page(msgspec.Struct, frozen=True, tag="page", omit_defaults=True):
    """Worker → agent: one picture of a request, with what is known of it; its bytes follow the line.

    Attributes:
        number: of the request.
        data: what is known of the picture, as the role defines it.
        size_bytes: how many bytes follow.
        body: those bytes, put here by the receiving end, which nobody writes into any more.
    """

    number: int
    data: msgspec.Raw
    size_bytes: int
    body: memoryview = memoryview(b"")


class Frame(msgspec.Struct, frozen=True, tag="frame", omit_defaults=True):
    """Worker → agent: one frame of the live view, a JPEG; its bytes follow the line.

    Attributes:
        number: grows with each frame that the camera gave, sent or dropped, since this worker began.
        size_bytes: how many bytes follow.
        body: as of a page.
    """

    number: int
    size_bytes: int
    body: memoryview = memoryview(b"")


class Ports(msgspec.Struct, frozen=True, tag="ports"):
    """Worker → agent: the ports that might be this device, whenever they change."""

    candidates: tuple[Candidate, ...]


class Pulse(msgspec.Struct, frozen=True, tag="pulse"):
    """Worker → agent: alive, with the line's counters."""

    statistics: dict[str, int] = {}


Shown = Sign | Page | Frame
"""What a device shows while somebody looks or waits."""

ToWorker = Start | Watch | Look | Request | Cancel
FromWorker = Hello | Confined | State | Sign | Reply | Page | Frame | Ports | Pulse
