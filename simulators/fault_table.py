"""The faults that a simulated reader can show: names, parameters, and the wires on which they are possible."""

from __future__ import annotations

from dataclasses import replace

from simulators.fault import Fault, Parameter, number, striking
from simulators.sam_codec import OPERATION_NAMES

ALL_WIRES = ("pty", "usb-split", "usb-pair")
SERIAL = ("pty",)
SPEEDS = (115200, 57600, 38400, 19200, 9600)


def _fault(name: str, about: str, count: int | None = 1, command: str | None = None, **own: Parameter) -> Fault:
    """A fault that strikes `count` answers (None: all, until it is cleared), those to `command` if one is named."""
    return Fault(name, about, striking(OPERATION_NAMES, count, command) | own)


def _held(fault: Fault) -> Fault:
    return replace(fault, parameters=fault.parameters | {"replug_after_ms": number(None, 0, 600_000)}, is_held=True)


def _serial_only(fault: Fault) -> Fault:
    return replace(fault, wires=SERIAL)


_DELAY = 600_000
_OTHER_CARD = Parameter(None, is_optional=True, is_name=True)
_NOTICED = Parameter("no", choices=("no", "yes"))

_TABLE = (
    _held(_fault("unplug-before", "The reader is pulled out: at once, or when `command` comes in.")),
    _held(
        _fault(
            "unplug-mid-frame",
            "The reader is pulled out after `after_bytes` of an answer.",
            after_bytes=number(9, 0, 4096),
        )
    ),
    _held(_fault("unplug-after", "The reader is pulled out as soon as its answer is out.")),
    Fault(
        "replug-other-name",
        "The reader is pulled out and comes back under another device name.",
        {"replug_after_ms": number(200, 0, 600_000)},
        is_held=True,
    ),
    _fault("silent", "The module hears and says nothing.", count=None),
    Fault(
        "babble",
        "The line brings random bytes all the time, and no answers.",
        {"interval_ms": number(20, 1, 10_000), "size_bytes": number(64, 1, 4096), "seed": number(1, 0, 2**31 - 1)},
    ),
    _fault(
        "dribble", "The answer comes in small pieces.", delay_ms=number(2, 0, 10_000), piece_bytes=number(1, 1, 4096)
    ),
    _fault("bad-check", "The check byte of the answer is wrong."),
    _fault(
        "bad-length",
        "The answer announces `length` bytes (null: five more than it has).",
        length=number(None, 0, 0xFFFF),
    ),
    _fault(
        "bit-flips",
        "Bits of the answer are flipped, or bytes of it burst, lost, doubled, inserted or cut off, at `flips` places.",
        flips=number(2, 1, 64),
        kind=Parameter("flip", choices=("flip", "burst", "lost", "doubled", "inserted", "cut")),
    ),
    _fault(
        "split",
        "The answer pauses after `after_bytes`.",
        after_bytes=number(3, 1, 4096),
        delay_ms=number(50, 0, _DELAY),
    ),
    _fault(
        "merge",
        "The answer and a stray status answer arrive as one piece.",
        stray=Parameter("after", choices=("before", "after")),
    ),
    _fault(
        "noise-before",
        "Noise comes before the answer; it ends like a preamble begins.",
        noise_bytes=number(16, 1, 4096),
    ),
    _fault("preamble-in-photo", "The photo holds a whole answer frame.", count=None, command="read-base"),
    _fault("late-answer", "The answer comes too late.", delay_ms=number(8000, 1, _DELAY)),
    _fault("duplicate-answer", "The answer comes twice.", delay_ms=number(0, 0, _DELAY)),
    _fault("echo", "The line gives back every request before the answer.", count=None),
    _serial_only(
        Fault(
            "wrong-baud",
            "The module's speed is another one; it hears and says garbage at any other.",
            {"baud": Parameter(None, choices=SPEEDS, is_optional=True)},
        )
    ),
    _fault(
        "status",
        "The module answers with a status word of your choice and does nothing.",
        status=Parameter(0x41, 0, 0xFF, is_status=True),
        card_status=Parameter(0, 0, 0xFFFF, is_status=True),
    ),
    _fault("not-authorised", "The module is not authorised: 66h to everything.", count=None),
    _fault("self-test-failed", "The module failed its self-test: 60h to everything.", count=None),
    _fault(
        "reset-during-read", "The module resets itself during the command and does not answer.", command="read-base"
    ),
    _fault("card-pulled", "The card is taken away during the command.", command="read-base"),
    _fault(
        "card-swapped-before-read",
        "Another card lies there when 30 01 comes; unless `noticed`, the module answers from that one.",
        command="read-base",
        card=_OTHER_CARD,
        noticed=_NOTICED,
    ),
    _fault(
        "card-swapped-before-address",
        "Another card lies there when 30 03 comes; unless `noticed`, the module answers from that one.",
        command="newest-address",
        card=_OTHER_CARD,
        noticed=_NOTICED,
    ),
    _fault(
        "text-length",
        "The text of the answer has `text_bytes`.",
        count=None,
        command="read-base",
        text_bytes=number(254, 0, 1024),
    ),
    _fault(
        "fingerprint-answer",
        "The answer has the shape with fingerprints (all zero), though none were asked for.",
        count=None,
        command="read-base",
        fingerprint_bytes=Parameter(1024, choices=(0, 512, 1024)),
    ),
    _serial_only(
        _fault(
            "second-opener",
            "Another program has opened the port: it takes bytes of the answers, or holds the port's lock.",
            count=None,
            mode=Parameter("steal", choices=("steal", "lock")),
        )
    ),
    _fault(
        "slow-plate", "Every command that needs the card takes longer.", count=None, delay_ms=number(600, 0, _DELAY)
    ),
)
FAULTS = {fault.name: replace(fault, wires=fault.wires or ALL_WIRES) for fault in _TABLE}
