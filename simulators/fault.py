"""What a fault of a simulated device is: its name, what it does, and which values its parameters may take."""

from __future__ import annotations

from dataclasses import dataclass

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
        if self.is_name:
            return shown
        return shown | {"minimum": self.low, "maximum": self.high} | ({"hexadecimal": True} if self.is_status else {})


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault.

    Attributes:
        parameters: by name; those that strike single answers have `count`, `skip`, `percent`, `command` and `seed`.
        wires: on which connections it is possible; empty where a device has one kind only.
        is_held: whether the fault stays switched on after it has struck, until the device is plugged in again.
    """

    name: str
    parameters: dict[str, Parameter]
    wires: tuple[str, ...] = ()
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


def number(default: int | None, low: int, high: int) -> Parameter:
    """A parameter that is a whole number; without a default it may be left unset."""
    return Parameter(default, low, high, is_optional=default is None)


def striking(operations: tuple[str, ...], count: int | None = 1, command: str | None = None) -> dict[str, Parameter]:
    """The parameters of a fault that strikes `count` answers (None: all, until it is cleared).

    Args:
        operations: what the device can be asked for.
        count: how many answers by default.
        command: the only operation whose answers are struck, unless another is given.
    """
    return {
        "count": Parameter(count, 1, 1_000_000, is_optional=True),
        "skip": number(0, 0, 1_000_000),
        "percent": number(100, 1, 100),
        "command": Parameter(command, choices=operations, is_optional=True),
        "seed": number(1, 0, 2**31 - 1),
    }
