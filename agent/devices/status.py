"""What pages and commands are told of a device."""

from __future__ import annotations

from datetime import datetime

import msgspec

from agent.devices.host import DeviceHost, is_simulated
from agent.devices.state import DeviceState
from drivers.api import Candidate


class DeviceStatus(msgspec.Struct, frozen=True):
    """What pages and commands are told of a device; no personal data.

    `layers` are what the kernel keeps its worker from; None while none has told.
    """

    role: str
    driver: str
    address: str
    state: DeviceState
    code: str | None
    facts: dict[str, str | int | float]
    since: datetime | None
    identity: dict[str, str]
    statistics: dict[str, int]
    simulated: bool
    candidates: tuple[Candidate, ...]
    layers: tuple[str, ...] | None = None

    @property
    def is_usable(self) -> bool:
        """Whether it is open, at work or not."""
        return self.state in {DeviceState.READY, DeviceState.BUSY}

    @property
    def is_coming(self) -> bool:
        """Whether its worker has been started and has not said yet how the device is."""
        return self.state is DeviceState.STARTING or (self.state is DeviceState.ABSENT and self.code is None)


def status_of(host: DeviceHost) -> DeviceStatus:
    """How a device is now."""
    return DeviceStatus(
        role=host.settings.role,
        driver=host.settings.driver,
        address=host.settings.address,
        state=host.state,
        code=host.code,
        facts=host.facts,
        since=host.since,
        identity=host.identity,
        statistics=host.statistics,
        simulated=is_simulated(host.identity),
        candidates=host.candidates,
        layers=host.layers,
    )
