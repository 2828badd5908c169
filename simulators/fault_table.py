"""The faults that a simulated reader can show: names, parameters, and the wires on which they are possible.

What each does, for people, stands in `reader_faults.toml`.
"""

from __future__ import annotations

from dataclasses import replace

from simulators.fault import Fault, Parameter, number, striking
from simulators.sam_codec import OPERATION_NAMES

ALL_WIRES = ("pty", "usb-split", "usb-pair")
SERIAL = ("pty",)
SPEEDS = (115200, 57600, 38400, 19200, 9600)


def _fault(name: str, count: int | None = 1, command: str | None = None, **own: Parameter) -> Fault:
    """A fault that strikes `count` answers (None: all, until it is cleared), those to `command` if one is named."""
    return Fault(name, striking(OPERATION_NAMES, count, command) | own)


def _held(fault: Fault) -> Fault:
    return replace(fault, parameters=fault.parameters | {"replug_after_ms": number(None, 0, 600_000)}, is_held=True)


def _serial_only(fault: Fault) -> Fault:
    return replace(fault, wires=SERIAL)


_DELAY = 600_000
_OTHER_CARD = Parameter(None, is_optional=True, is_name=True)
_NOTICED = Parameter("no", choices=("no", "yes"))

_TABLE = (
    _held(_fault("unplug-before")),
    _held(
        _fault(
            "unplug-mid-frame",
            after_bytes=number(9, 0, 4096),
        )
    ),
    _held(_fault("unplug-after")),
    Fault(
        "replug-other-name",
        {"replug_after_ms": number(200, 0, 600_000)},
        is_held=True,
    ),
    _fault("silent", count=None),
    Fault(
        "babble",
        {"interval_ms": number(20, 1, 10_000), "size_bytes": number(64, 1, 4096), "seed": number(1, 0, 2**31 - 1)},
    ),
    _fault("dribble", delay_ms=number(2, 0, 10_000), piece_bytes=number(1, 1, 4096)),
    _fault("bad-check"),
    _fault(
        "bad-length",
        length=number(None, 0, 0xFFFF),
    ),
    _fault(
        "bit-flips",
        flips=number(2, 1, 64),
        kind=Parameter("flip", choices=("flip", "burst", "lost", "doubled", "inserted", "cut")),
    ),
    _fault(
        "split",
        after_bytes=number(3, 1, 4096),
        delay_ms=number(50, 0, _DELAY),
    ),
    _fault(
        "merge",
        stray=Parameter("after", choices=("before", "after")),
    ),
    _fault(
        "noise-before",
        noise_bytes=number(16, 1, 4096),
    ),
    _fault("preamble-in-photo", count=None, command="read-base"),
    _fault("late-answer", delay_ms=number(8000, 1, _DELAY)),
    _fault("duplicate-answer", delay_ms=number(0, 0, _DELAY)),
    _fault("echo", count=None),
    _serial_only(
        Fault(
            "wrong-baud",
            {"baud": Parameter(None, choices=SPEEDS, is_optional=True)},
        )
    ),
    _fault(
        "status",
        status=Parameter(0x41, 0, 0xFF, is_status=True),
        card_status=Parameter(0, 0, 0xFFFF, is_status=True),
    ),
    _fault("not-authorised", count=None),
    _fault("self-test-failed", count=None),
    _fault("reset-during-read", command="read-base"),
    _fault("card-pulled", command="read-base"),
    _fault(
        "card-swapped-before-read",
        command="read-base",
        card=_OTHER_CARD,
        noticed=_NOTICED,
    ),
    _fault(
        "card-swapped-before-address",
        command="newest-address",
        card=_OTHER_CARD,
        noticed=_NOTICED,
    ),
    _fault(
        "text-length",
        count=None,
        command="read-base",
        text_bytes=number(254, 0, 1024),
    ),
    _fault(
        "fingerprint-answer",
        count=None,
        command="read-base",
        fingerprint_bytes=Parameter(1024, choices=(0, 512, 1024)),
    ),
    _serial_only(
        _fault(
            "second-opener",
            count=None,
            mode=Parameter("steal", choices=("steal", "lock")),
        )
    ),
    _fault("slow-plate", count=None, delay_ms=number(600, 0, _DELAY)),
)
FAULTS = {fault.name: replace(fault, wires=fault.wires or ALL_WIRES) for fault in _TABLE}
