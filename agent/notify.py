"""What the agent tells systemd: ready, alive, stopping.

Source: sd_notify(3).  One datagram to the socket that `NOTIFY_SOCKET` names; nothing where it names none.
"""

from __future__ import annotations

import os
import socket


class Notifier:
    """The way to systemd.  The watchdog is fed by the supervisor's tick, at most every `interval_s`."""

    def __init__(self, environment: dict[str, str] | None = None) -> None:
        given = dict(os.environ) if environment is None else environment
        self._address = given.get("NOTIFY_SOCKET", "")
        watchdog_us = given.get("WATCHDOG_USEC", "")
        self.interval_s = int(watchdog_us) / 1_000_000 / 3 if watchdog_us.isdigit() else None
        self._fed_s = float("-inf")

    def ready(self) -> None:
        """Say that the pages are served."""
        self._send("READY=1")

    def stopping(self) -> None:
        """Say that the agent ends on purpose."""
        self._send("STOPPING=1")

    def alive(self, now_s: float) -> None:
        """Feed the watchdog when a third of its time has passed since the last time."""
        if self.interval_s is not None and now_s - self._fed_s >= self.interval_s:
            self._fed_s = now_s
            self._send("WATCHDOG=1")

    def _send(self, message: str) -> None:
        if not self._address:
            return
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as datagram:
            datagram.sendto(message.encode(), address)
