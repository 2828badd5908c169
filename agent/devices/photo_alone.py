"""A picture without an agent: for `renhu photo`, with the same worker, driver and wire as in the agent."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from agent.devices.alone import STOP_LIMIT_S, settled
from agent.devices.camera_desk import LEAST_S, ROLE, CameraDesk, Taken
from agent.devices.host import DeviceSettings
from agent.devices.state import DeviceState
from agent.devices.supervisor import Supervisor
from agent.devices.wire import Shown
from drivers.api import Actor, Clock, CodedError, Deadline, DeviceError, Retry


@contextmanager
def picture_alone(settings: DeviceSettings, clock: Clock, limit_s: float) -> Iterator[tuple[Taken, bool]]:
    """Take one picture; at the end of the block, unless by an error, it is removed from the camera.

    Args:
        settings: how the camera is reached.
        clock: the time.
        limit_s: so long the camera may take, to open and for the picture together.

    Yields: the picture, and whether the camera is simulated.
    Raises: CodedError as the camera ended it.
    """
    changed = threading.Event()
    desks: list[CameraDesk] = []

    def on_sign(_role: str, shown: Shown) -> None:
        for desk in desks:
            desk.put(shown)

    supervisor = Supervisor(
        [settings], clock, lambda _event: changed.set(), on_sign, lambda: None, refuses_simulated=False
    )
    desks.append(CameraDesk(supervisor, clock))
    deadline = Deadline.after(clock, limit_s)
    supervisor.start()
    try:
        status = settled(lambda: supervisor.statuses()[ROLE], changed, clock, limit_s)
        if status.state is not DeviceState.READY:
            raise DeviceError(status.code or "CAMERA-HUNG", Actor.TECHNICIAN, Retry.AFTER_ACTION, **status.facts)
        try:
            taken = desks[0].capture(limit_s=max(LEAST_S, deadline.remaining_s))
        except CodedError:
            desks[0].wait_until_settled(max(LEAST_S, deadline.remaining_s))
            raise
        yield taken, status.simulated
        if taken.shot.key:
            desks[0].discard([taken.shot.key])
    finally:
        supervisor.stop(STOP_LIMIT_S)
