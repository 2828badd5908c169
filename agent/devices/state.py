"""The states of a device and what leads from one to another: the whole table stands here.

    absent → starting → ready ⇄ busy,  faulted (restarting),  disabled

Source: architecture, "a device is a state machine".
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from enum import StrEnum


class DeviceState(StrEnum):
    """What a device is to us right now."""

    ABSENT = "absent"
    STARTING = "starting"
    READY = "ready"
    BUSY = "busy"
    FAULTED = "faulted"
    DISABLED = "disabled"


class Happening(StrEnum):
    """What can happen to a device."""

    SPAWNED = "spawned"
    OPENED = "opened"
    LOST = "lost"
    FAILED = "failed"
    REQUESTED = "requested"
    ANSWERED = "answered"
    DIED = "died"
    GAVE_UP = "gave-up"
    RESET = "reset"


_S, _H = DeviceState, Happening
_ALIVE = (_S.STARTING, _S.ABSENT, _S.READY, _S.BUSY, _S.FAULTED)

TRANSITIONS: dict[tuple[DeviceState, Happening], DeviceState] = {
    (_S.ABSENT, _H.SPAWNED): _S.STARTING,
    (_S.FAULTED, _H.SPAWNED): _S.STARTING,
    (_S.DISABLED, _H.RESET): _S.ABSENT,
    (_S.READY, _H.REQUESTED): _S.BUSY,
    (_S.BUSY, _H.ANSWERED): _S.READY,
    **{(state, _H.OPENED): _S.READY for state in _ALIVE if state is not _S.BUSY},
    (_S.BUSY, _H.OPENED): _S.BUSY,
    **{(state, _H.LOST): _S.ABSENT for state in _ALIVE},
    **{(state, _H.FAILED): _S.FAULTED for state in _ALIVE},
    **{(state, _H.DIED): _S.FAULTED for state in _ALIVE},
    **{(state, _H.GAVE_UP): _S.DISABLED for state in _ALIVE},
    **{(state, _H.RESET): _S.ABSENT for state in _ALIVE},
}


def after(state: DeviceState, happening: Happening) -> DeviceState:
    """The state after `happening`; a happening that means nothing in this state changes nothing."""
    return TRANSITIONS.get((state, happening), state)


def log_level(state: DeviceState) -> int:
    """How loudly a log tells of a change to `state`: only what somebody has to look at is a warning."""
    return logging.INFO if state in {_S.STARTING, _S.READY, _S.BUSY} else logging.WARNING


BUDGET_DEATHS = 5
BUDGET_WINDOW_S = 60.0
BACK_OFF_S = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0)


@dataclass(slots=True)
class RestartBudget:
    """When a worker that died is started again, and when no more.

    The first restart is at once; the pauses begin with the second and are forgotten after one successful exchange.
    Five deaths in 60 s without one successful exchange between them are the end.

    A worker that asks for a fresh process has not died, and there is no end to that.  But a device may open well each
    time and fail at once again: the pauses grow with the fresh processes of the last 60 s, until a request succeeds.
    """

    deaths_s: list[float] = field(default_factory=list)
    renewals_s: list[float] = field(default_factory=list)

    def died(self, now_s: float) -> float | None:
        """Count a death.  Returns the pause before the next start in seconds, or None when there shall be none."""
        self.deaths_s.append(now_s)
        recent = [death for death in self.deaths_s if now_s - death < BUDGET_WINDOW_S]
        if len(recent) >= BUDGET_DEATHS:
            return None
        return BACK_OFF_S[min(len(self.deaths_s) - 1, len(BACK_OFF_S) - 1)]

    def succeeded(self) -> None:
        """Forget the deaths: the device has answered."""
        self.deaths_s.clear()

    def renewed(self, now_s: float) -> float:
        """Count a fresh process that was asked for.  Returns the pause before it in seconds."""
        self.renewals_s = [*(each for each in self.renewals_s if now_s - each < BUDGET_WINDOW_S), now_s]
        return BACK_OFF_S[min(len(self.renewals_s) - 1, len(BACK_OFF_S) - 1)]

    def obeyed(self) -> None:
        """Forget all: the device has done what it was asked for, or a technician wants it to begin anew."""
        self.succeeded()
        self.renewals_s.clear()
