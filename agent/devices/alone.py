"""One device without an agent: for commands, when no daemon runs.  The same worker, driver and wire as in the agent."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from agent.devices.host import DeviceSettings
from agent.devices.photo_decoder import PhotoDecoder, PhotoSettings
from agent.devices.service import DevicesService
from agent.devices.state import DeviceState
from agent.devices.status import DeviceStatus
from agent.devices.supervisor import Supervisor
from agent.devices.wire import Shown, Sign
from agent.events.service import Event
from drivers.api import Clock, IdCard

STOP_LIMIT_S = 5.0
_SETTLED = {DeviceState.READY, DeviceState.DISABLED}


def read_card(settings: DeviceSettings, clock: Clock, limit_s: float) -> IdCard | None:
    """Read one card within `limit_s` seconds; None when none came.  Raises: DeviceError as the device ended it."""
    with _running(settings, clock) as (devices, _):
        return devices.borrow_card(limit_s)


def probe(settings: DeviceSettings, clock: Clock, limit_s: float) -> DeviceStatus:
    """Start the device and say how it is as soon as that is known, or after `limit_s` seconds."""
    with _running(settings, clock) as (devices, changed):
        return settled(lambda: devices.statuses()[0], changed, clock, limit_s)


def settled(look: Callable[[], DeviceStatus], changed: threading.Event, clock: Clock, limit_s: float) -> DeviceStatus:
    """Wait until it is known how a device is, or for `limit_s` seconds, and say how it is then.

    `changed` is set by others whenever something about the device has changed.
    """
    end_s = clock.monotonic() + limit_s
    while True:
        status = look()
        left_s = end_s - clock.monotonic()
        if status.state in _SETTLED or status.code is not None or left_s <= 0:
            return status
        changed.wait(left_s)
        changed.clear()


@contextmanager
def _running(settings: DeviceSettings, clock: Clock) -> Iterator[tuple[DevicesService, threading.Event]]:
    changed = threading.Event()
    services: list[DevicesService] = []

    def on_event(_event: Event) -> None:
        changed.set()

    def on_sign(_role: str, sign: Shown) -> None:
        for service in services:
            if isinstance(sign, Sign):
                service.offer(sign)

    supervisor = Supervisor([settings], clock, on_event, on_sign, lambda: None, refuses_simulated=False)
    photos = PhotoDecoder(PhotoSettings(), clock)
    services.append(
        DevicesService(supervisor, clock, lambda _role, _address: None, {settings.role: settings.address}, photos)
    )
    supervisor.start()
    try:
        yield services[0], changed
    finally:
        supervisor.stop(STOP_LIMIT_S)
