"""The two settings of a reader's module, made on a technician's order only: the line's speed and the largest RF frame.

An order always ends in an outcome that can be told: done, or the reason why not.  The last one is kept for the page.
"""

from __future__ import annotations

import logging
from concurrent.futures import TimeoutError as FutureTimeout
from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from agent.devices.host import GRACE_S
from agent.devices.supervisor import Supervisor
from agent.errors import Actor, DeviceError, Retry
from drivers.api import RF_FRAME_BYTES, SPEEDS_BAUD, Clock

log = logging.getLogger("renhu.devices")

# A changed speed may have to be found again among five, with a module that takes its time.
LIMIT_S: Final = 20.0


class Order(StrEnum):
    """What may be ordered."""

    SPEED = "speed"
    RF_FRAME = "rf-frame"


_OPERATION: Final = {
    Order.SPEED: ("set_speed", "speed_baud", SPEEDS_BAUD),
    Order.RF_FRAME: ("set_largest_rf_frame", "size_bytes", RF_FRAME_BYTES),
}


class Outcome(msgspec.Struct, frozen=True):
    """How an order ended.

    Attributes:
        order: what was ordered.
        value: baud, or bytes.
        at: when it ended.
        code: why it was not done; None when it was.
        facts: what the reason's sentence may show.
    """

    order: Order
    value: int
    at: datetime
    code: str | None = None
    facts: dict[str, str | int | float] = {}


class Orders:
    """Gives orders to devices and remembers how the last one ended."""

    def __init__(self, supervisor: Supervisor, clock: Clock) -> None:
        self._supervisor = supervisor
        self._clock = clock
        self._last: dict[str, Outcome] = {}

    def last(self, role: str) -> Outcome | None:
        """How the last order to this device ended, since the agent started."""
        return self._last.get(role)

    def forget(self, role: str) -> None:
        """Forget it: another device may answer from now on."""
        self._last.pop(role, None)

    def give(self, role: str, order: Order, value: int, by_user: str) -> Outcome:
        """Order one setting and wait for its end.

        Args:
            role: the device.
            order: what to set.
            value: one of the values that the order may have.
            by_user: key of the user who ordered it, for the log.

        Raises: ValueError when the order has no such value.
        """
        operation, argument, values = _OPERATION[order]
        if value not in values:
            raise ValueError(f"{order} has no value {value}")
        try:
            self._raise_if_senseless(role, order)
            self._supervisor.request(role, operation, {argument: value}, LIMIT_S).result(LIMIT_S + 2 * GRACE_S)
        except FutureTimeout:
            outcome = Outcome(order, value, self._clock.now(), "READER-HUNG")
        except DeviceError as error:
            outcome = Outcome(order, value, self._clock.now(), error.code, error.facts)
        else:
            outcome = Outcome(order, value, self._clock.now())
        self._last[role] = outcome
        log.warning("%s: %s %d ordered by user %s: %s", role, operation, value, by_user, outcome.code or "done")
        return outcome

    def _raise_if_senseless(self, role: str, order: Order) -> None:
        """A reader on USB has no speed that one could set."""
        status = self._supervisor.statuses().get(role)
        if order is not Order.SPEED or status is None or not status.is_usable:
            return
        if not status.identity.get("speed_baud"):
            raise DeviceError("READER-SPEED-FIXED", Actor.TECHNICIAN, Retry.NEVER)
