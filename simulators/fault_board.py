"""Which faults are switched on, and whom they strike next; for control port and device alike."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

from simulators.fault import Fault, Value


@dataclass(slots=True)
class _Active:
    values: dict[str, Value]
    left: int | None
    skip: int
    rng: Random = field(repr=False)


class Strike:
    """One blow of a fault: its values, and its own source of chance."""

    def __init__(self, values: dict[str, Value], rng: Random) -> None:
        self._values = values
        self.rng = rng

    def number(self, name: str) -> int:
        """A value that is a number; 0 when it is not set."""
        value = self._values.get(name)
        return value if isinstance(value, int) else 0

    def seconds(self, name: str) -> float:
        """A value in milliseconds, as seconds."""
        return self.number(name) / 1000

    def value(self, name: str) -> Value:
        """A value as it was set."""
        return self._values.get(name)


class FaultBoard:
    """The switches of a device.

    Args:
        table: the faults that the device can show.
    """

    def __init__(self, table: Mapping[str, Fault]) -> None:
        self.table = table
        self._lock = threading.Lock()
        self._active: dict[str, _Active] = {}

    def switch_on(self, name: str, values: dict[str, Value]) -> None:
        """Switch a fault on, or anew with other values."""
        count, skip, seed = values.get("count"), values.get("skip"), values.get("seed")
        active = _Active(
            values,
            count if isinstance(count, int) else 1 if self.table[name].is_held else None,
            skip if isinstance(skip, int) else 0,
            Random(seed if isinstance(seed, int) else 1),  # noqa: S311 (chance that can be repeated is the point)
        )
        with self._lock:
            self._active[name] = active

    def switch_off(self, name: str) -> None:
        """Switch a fault off; nothing happens when it is off."""
        with self._lock:
            self._active.pop(name, None)

    def switch_all_off(self) -> None:
        """Switch all faults off."""
        with self._lock:
            self._active.clear()

    def active(self) -> dict[str, dict[str, Value]]:
        """The faults that are on, with their values and how many blows are `left`."""
        with self._lock:
            return {name: active.values | {"left": active.left} for name, active in self._active.items()}

    def is_on(self, name: str) -> bool:
        """Whether a fault is on."""
        return name in self._active

    def take(self, name: str, operation: str | None = None) -> Strike | None:
        """Let a fault strike, if it is on and this operation is meant; it switches itself off after its last blow.

        A fault that is held (the unplugging ones) stays on with no blow left until `settle`.
        """
        if name not in self._active:
            return None
        with self._lock:
            active = self._active.get(name)
            if active is None or active.left == 0 or active.values.get("command") not in {None, operation}:
                return None
            if active.skip:
                active.skip -= 1
                return None
            percent = active.values.get("percent")
            if isinstance(percent, int) and active.rng.randrange(100) >= percent:
                return None
            if active.left is not None:
                active.left -= 1
                if active.left == 0 and not self.table[name].is_held:
                    del self._active[name]
            return Strike(active.values, active.rng)

    def settle(self) -> None:
        """The device is plugged in again: held faults without a blow left are over."""
        with self._lock:
            self._active = {name: active for name, active in self._active.items() if active.left != 0}
