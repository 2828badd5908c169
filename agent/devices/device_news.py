"""What a worker tells of its device of its own accord: each thing once, and again when it has changed."""

from __future__ import annotations

from collections.abc import Callable

from agent.devices.wire import Ports, Sign, State
from drivers.api import Candidate

Send = Callable[[State | Sign | Ports], None]


class DeviceNews:
    """How a device can be used, and which there are.

    Args:
        send: sends a message.
    """

    def __init__(self, send: Send) -> None:
        self._send = send
        self._state: State | None = None
        self._ports: tuple[Candidate, ...] | None = None

    def state(self, state: State) -> None:
        """Tell how the device can be used."""
        if state != self._state:
            self._send(state)
            self._state = state

    def ports(self, found: tuple[Candidate, ...]) -> None:
        """Tell which devices the system sees."""
        if found != self._ports:
            self._ports = found
            self._send(Ports(found))
