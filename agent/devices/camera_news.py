"""What a camera's worker tells of its own accord: each thing once, and again when it has changed."""

from __future__ import annotations

import msgspec

from agent.devices.device_news import DeviceNews, Send
from agent.devices.wire import Sign, State, raw
from drivers.camera_api import Camera, CameraCondition, CameraIdentity, CameraOffers


class CameraNews(DeviceNews):
    """The news of one camera.

    Args:
        camera: the driver.
        send: sends a message.
    """

    def __init__(self, camera: Camera, send: Send) -> None:
        super().__init__(send)
        self._camera = camera
        self._offers: CameraOffers | None = None
        self._condition: CameraCondition | None = None

    def opened(self, identity: CameraIdentity) -> None:
        """Tell of a camera that was opened, whatever was told before."""
        self._offers = self._condition = None
        self.offers()
        told = {key: str(value) for key, value in msgspec.structs.asdict(identity).items() if value}
        self.state(State("ready", identity=told))

    def state(self, state: State) -> None:
        """Tell how the camera can be used."""
        if state.state != "ready" and state != self._state:
            self.removed()
        super().state(state)

    def removed(self) -> None:
        """Tell that the camera is out of reach: what it showed is no longer so."""
        self._send(Sign("removed"))

    def offers(self, *, again: bool = False) -> None:
        """Tell what it offers; `again` where somebody acts on what is no longer so."""
        offers = self._camera.offers()
        if again or offers != self._offers:
            self._offers = offers
            self._send(Sign("offers", raw(offers)))

    def condition(self) -> None:
        """Tell how it is."""
        condition = self._camera.condition()
        if condition != self._condition:
            self._condition = condition
            self._send(Sign("condition", raw(condition)))
