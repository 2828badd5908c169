"""The faults that a simulated reader can show: names, parameters, and the wires on which they are possible."""

from __future__ import annotations

from dataclasses import dataclass

from simulators.sam_codec import OPERATION_NAMES

ALL_WIRES = ("pty", "usb-split", "usb-pair")
SERIAL = ("pty",)
SPEEDS = (115200, 57600, 38400, 19200, 9600)
Value = int | str | None


class ParameterError(ValueError):
    """A parameter that the fault does not have, or a value that it cannot take."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: its default, and what it may be.

    Attributes:
        default: the value when none is given; None means "not set".
        low, high: the bounds of a number.
        choices: the words or numbers that are allowed, instead of bounds.
        is_optional: whether null may be given.
    """

    default: Value
    low: int = 0
    high: int = 0
    choices: tuple[int | str, ...] = ()
    is_optional: bool = False
    is_status: bool = False
    is_name: bool = False

    def check(self, name: str, value: object) -> Value:
        """Give back the value in its own type.

        Raises:
            ParameterError: with what would be right.
        """
        if value is None and self.is_optional:
            return None
        if self.is_status and isinstance(value, str):
            value = _hexadecimal(name, value)
        if self.is_name and isinstance(value, str) and value:
            return value
        if self.choices:
            if isinstance(value, int | str) and not isinstance(value, bool) and value in self.choices:
                return value
            raise ParameterError(f"{name}: one of {', '.join(map(str, self.choices))}")
        if (
            isinstance(value, int)
            and not isinstance(value, bool)
            and self.low <= value <= self.high
            and not self.is_name
        ):
            return value
        raise ParameterError(f"{name}: a {'name' if self.is_name else f'whole number from {self.low} to {self.high}'}")

    def describe(self) -> dict[str, object]:
        """What the parameter may be, as the control port shows it."""
        shown: dict[str, object] = {"optional": self.is_optional}
        if self.choices:
            return shown | {"choices": list(self.choices)}
        return shown if self.is_name else shown | {"minimum": self.low, "maximum": self.high}


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault.

    Attributes:
        about: what happens, in one sentence.
        parameters: by name; those that strike single answers have `count`, `skip`, `percent`, `command` and `seed`.
        is_held: whether the fault stays switched on after it has struck, until the reader is plugged in again.
    """

    name: str
    about: str
    parameters: dict[str, Parameter]
    wires: tuple[str, ...] = ALL_WIRES
    is_held: bool = False

    def check(self, given: dict[str, object]) -> dict[str, Value]:
        """Fill up the parameters that were given with the defaults of the others.

        Raises:
            ParameterError: an unknown parameter, or a wrong value.
        """
        for name in given:
            if name not in self.parameters:
                raise ParameterError(
                    f"{name}: no parameter of {self.name}; it has {', '.join(self.parameters) or 'none'}"
                )
        values = {name: parameter.default for name, parameter in self.parameters.items()}
        return values | {name: self.parameters[name].check(name, value) for name, value in given.items()}


def _hexadecimal(name: str, text: str) -> int:
    try:
        return int(text, 16)
    except ValueError:
        raise ParameterError(f"{name}: a status word as a number or in hexadecimal, such as 41") from None


def _number(default: int | None, low: int, high: int) -> Parameter:
    return Parameter(default, low, high, is_optional=default is None)


def _fault(name: str, about: str, count: int | None = 1, command: str | None = None, **own: Parameter) -> Fault:
    """A fault that strikes `count` answers (None: all, until it is cleared), those to `command` if one is named."""
    shared = {
        "count": Parameter(count, 1, 1_000_000, is_optional=True),
        "skip": _number(0, 0, 1_000_000),
        "percent": _number(100, 1, 100),
        "command": Parameter(command, choices=OPERATION_NAMES, is_optional=True),
        "seed": _number(1, 0, 2**31 - 1),
    }
    return Fault(name, about, shared | own)


def _held(fault: Fault) -> Fault:
    return Fault(
        fault.name, fault.about, fault.parameters | {"replug_after_ms": _number(None, 0, 600_000)}, is_held=True
    )


def _serial_only(fault: Fault) -> Fault:
    return Fault(fault.name, fault.about, fault.parameters, wires=SERIAL)


_DELAY = 600_000
_OTHER_CARD = Parameter(None, is_optional=True, is_name=True)
_NOTICED = Parameter("no", choices=("no", "yes"))

_TABLE = (
    _held(_fault("unplug-before", "The reader is pulled out: at once, or when `command` comes in.")),
    _held(
        _fault(
            "unplug-mid-frame",
            "The reader is pulled out after `after_bytes` of an answer.",
            after_bytes=_number(9, 0, 4096),
        )
    ),
    _held(_fault("unplug-after", "The reader is pulled out as soon as its answer is out.")),
    Fault(
        "replug-other-name",
        "The reader is pulled out and comes back under another device name.",
        {"replug_after_ms": _number(200, 0, 600_000)},
        is_held=True,
    ),
    _fault("silent", "The module hears and says nothing.", count=None),
    Fault(
        "babble",
        "The line brings random bytes all the time, and no answers.",
        {"interval_ms": _number(20, 1, 10_000), "size_bytes": _number(64, 1, 4096), "seed": _number(1, 0, 2**31 - 1)},
    ),
    _fault(
        "dribble", "The answer comes in small pieces.", delay_ms=_number(2, 0, 10_000), piece_bytes=_number(1, 1, 4096)
    ),
    _fault("bad-check", "The check byte of the answer is wrong."),
    _fault(
        "bad-length",
        "The answer announces `length` bytes (null: five more than it has).",
        length=_number(None, 0, 0xFFFF),
    ),
    _fault(
        "bit-flips",
        "Bits of the answer are flipped, or bytes of it burst, lost, doubled, inserted or cut off, at `flips` places.",
        flips=_number(2, 1, 64),
        kind=Parameter("flip", choices=("flip", "burst", "lost", "doubled", "inserted", "cut")),
    ),
    _fault(
        "split",
        "The answer pauses after `after_bytes`.",
        after_bytes=_number(3, 1, 4096),
        delay_ms=_number(50, 0, _DELAY),
    ),
    _fault(
        "merge",
        "The answer and a stray status answer arrive as one piece.",
        stray=Parameter("after", choices=("before", "after")),
    ),
    _fault(
        "noise-before",
        "Noise comes before the answer; it ends like a preamble begins.",
        noise_bytes=_number(16, 1, 4096),
    ),
    _fault("preamble-in-photo", "The photo holds a whole answer frame.", count=None, command="read-base"),
    _fault("late-answer", "The answer comes too late.", delay_ms=_number(8000, 1, _DELAY)),
    _fault("duplicate-answer", "The answer comes twice.", delay_ms=_number(0, 0, _DELAY)),
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
        text_bytes=_number(254, 0, 1024),
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
        "slow-plate", "Every command that needs the card takes longer.", count=None, delay_ms=_number(600, 0, _DELAY)
    ),
)
FAULTS = {fault.name: fault for fault in _TABLE}
