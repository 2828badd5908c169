"""The live view of a camera in its worker: so many frames a second as the agent looks at, none when nobody does.

A frame is taken from the camera only when the agent has taken the one before: frames never queue.
"""

from __future__ import annotations

from collections.abc import Callable

from agent.devices.camera_rhythm import CameraRhythm
from agent.devices.wire import Frame, Sign, Wire
from drivers import camera_errors
from drivers.api import Clock, CodedError
from drivers.camera_api import Camera

PASSING = frozenset({"CAMERA-FRAME", "CAMERA-BUSY", "CAMERA-REFUSED"})
"""What may be so for one frame and not for the next."""


class LiveFrames:
    """The frames of one camera.

    Args:
        camera: the driver.
        wire: to the agent.
        clock: the time.
        rhythm: how patient it is with bad frames.
        send: sends a message with its bytes.

    Attributes:
        frames_per_s: so many are looked at; set from any thread.
    """

    def __init__(
        self,
        camera: Camera,
        wire: Wire,
        clock: Clock,
        rhythm: CameraRhythm,
        send: Callable[[Frame | Sign, bytes], None],
    ) -> None:
        self._camera = camera
        self._wire = wire
        self._clock = clock
        self._rhythm = rhythm
        self._send = send
        self.frames_per_s = 0
        self._number = self._bad = 0
        self._is_on = False
        self._is_troubled = False
        self._next_s = self._bad_since_s = clock.monotonic()

    def begin_anew(self) -> None:
        """The camera was opened: its live view is off."""
        self._is_on = self._is_troubled = False
        self._bad = 0
        self._next_s = self._clock.monotonic()

    def due_s(self) -> float:
        """When there is something to do for it."""
        if not self.frames_per_s:
            return self._clock.monotonic() if self._is_on else float("inf")
        return self._next_s

    def go_on(self) -> None:
        """Show the next frame when it is due, or end the live view that nobody looks at.

        Raises: CodedError of the line.
        """
        now_s, frames_per_s = self._clock.monotonic(), self.frames_per_s  # another thread may set it at any time
        if not frames_per_s:
            if self._is_on:
                self._is_on = self._is_troubled = False
                self._bad = 0
                self._camera.end_preview()
        elif now_s >= self._next_s:
            self._next_s = max(self._next_s + 1 / frames_per_s, now_s)
            self._number += 1
            if not self._wire.is_behind:
                self._show()

    def _show(self) -> None:
        self._is_on = True
        began_s = self._clock.monotonic()
        try:
            frame = self._camera.preview()
        except CodedError as error:
            if camera_errors.is_of_line(error):
                raise
            self._count(error, began_s)
            return
        self._bad = 0
        if self._is_troubled:
            self._is_troubled = False
            self._send(Sign("live-view"), b"")
        self._send(Frame(self._number, len(frame)), frame)

    def _count(self, error: CodedError, began_s: float) -> None:
        """Pass over a frame; say what is wrong when it does not pass, and begin the live view anew a little later.

        It is said each time: so the agent learns that somebody should be looking, and says when nobody does.
        """
        now_s = self._clock.monotonic()
        if not self._bad:
            self._bad_since_s = began_s
        self._bad += 1
        is_few = self._bad < self._rhythm.bad_frames and now_s - self._bad_since_s < self._rhythm.bad_frames_s
        if error.code in PASSING and is_few:
            return
        self._bad = 0
        self._next_s = now_s + self._rhythm.look_again_s
        self._is_troubled = True
        self._send(Sign("live-view", code=error.code, facts=error.facts), b"")
        self._camera.end_preview()
