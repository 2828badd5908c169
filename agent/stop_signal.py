"""How a process of ours is asked to end."""

from __future__ import annotations

import logging
import os
import select
import signal
import threading

from agent.errors import Exit

log = logging.getLogger("renhu")

LEAVE_AFTER_S = 9.0


class StopSignal:
    """SIGTERM and SIGINT ask for an orderly end; a second one ends at once.

    The signal itself wakes the wait, through a pipe: one that comes just before the wait begins is heard too.
    """

    def __init__(self) -> None:
        self._is_asked = False
        self._waking, told = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(told)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._take)

    def wait(self, limit_s: float | None = None) -> bool:
        """Wait until somebody asks, or `limit_s` seconds; says whether somebody did."""
        if not self._is_asked:
            select.select((self._waking,), (), (), limit_s)
        return self._is_asked

    def _take(self, number: int, _frame: object) -> None:
        if self._is_asked:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        self._is_asked = True


def leave_in_time(limit_s: float = LEAVE_AFTER_S) -> None:
    """From here on the process has `limit_s` seconds: what is still at work then is left, and named in the log.

    The contract gives 10 s from SIGTERM.  Nothing acknowledged is lost: it is on the disk.
    """
    leaving = threading.Timer(limit_s, _leave)
    leaving.daemon = True  # it must outlive the main thread, and keep nothing alive
    leaving.name = "leave-in-time"
    leaving.start()


def _leave() -> None:
    at_work = sorted(one.name for one in threading.enumerate() if not one.daemon)
    log.critical("left in the middle of the stop: %s did not end", ", ".join(at_work))
    os._exit(Exit.OUR_BUG)
