"""The camera as the agent's areas and commands use it: one release at a time, and the live view for all.

A picture is given back as soon as it is here; what the camera still has to do then is waited for by the next wish.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final, NoReturn

import msgspec

from agent.devices.host import GRACE_S
from agent.devices.live_view import LiveView
from agent.devices.status import DeviceStatus
from agent.devices.supervisor import Supervisor
from agent.devices.wire import Frame, Page, Shown, Sign
from agent.memory import Buffer
from drivers.api import Actor, Clock, CodedError, Deadline, DeviceBusy, DeviceError, Retry
from drivers.camera_api import CameraCondition, CameraOffers, Setting, SettingName, Shot

log = logging.getLogger("renhu.devices")

ROLE: Final = "camera"
CAPTURE_LIMIT_S: Final = 12.0
"""So long a release may take: with the grace for a process that is ended then, less than 15 s.  Source: R-11."""
ORDER_LIMIT_S: Final = 10.0
COMING_LIMIT_S: Final = 5.0
"""So long a wish waits for a camera whose worker has just been started."""
LOOK_EVERY_S: Final = 0.05
MOST_LEFT: Final = 20
LEFTOVER_LIMIT_S: Final = 3.0
LEAST_S: Final = 1.0
"""So much time a release has at least, whatever came before it."""


@dataclass(frozen=True, slots=True)
class Taken:
    """One picture.

    Attributes:
        shot: what is known of it; its key names it on the camera, for `discard`.
        content: its bytes.
    """

    shot: Shot
    content: Buffer


class CameraDesk:
    """Use the station's camera.

    Args:
        supervisor: has it.
        clock: the time.

    Attributes:
        live: the live view.
    """

    def __init__(self, supervisor: Supervisor, clock: Clock) -> None:
        self._supervisor = supervisor
        self._clock = clock
        self._use = threading.Lock()
        self._last: Future[bytes] | None = None
        self._pages: queue.SimpleQueue[Page | Future[bytes]] | None = None
        self._leftover: list[str] = []
        self._offers = CameraOffers(has_live_view=False)
        self._condition: CameraCondition | None = None
        self.live = LiveView(lambda frames_per_s: supervisor.look(ROLE, frames_per_s), clock)

    def put(self, shown: Shown) -> None:
        """Take what the camera shows; never blocks."""
        if isinstance(shown, Frame) or (isinstance(shown, Sign) and shown.name == "live-view"):
            self.live.put(shown)
        elif isinstance(shown, Page):
            if (pages := self._pages) is not None:
                pages.put(shown)
        else:
            self._learn(shown)

    def _learn(self, sign: Sign) -> None:
        try:
            if sign.name == "offers":
                self._forget_leftover()
                self._offers = msgspec.json.decode(sign.data, type=CameraOffers)
            elif sign.name == "condition":
                self._condition = msgspec.json.decode(sign.data, type=CameraCondition)
            elif sign.name == "removed":
                self._forget_leftover()
                self._condition = None
                self.live.forget()
        except msgspec.MsgspecError as error:
            log.warning("camera: its worker said something without sense: %s", type(error).__name__)

    def status(self) -> DeviceStatus | None:
        """How the camera is as a device; None where none is configured."""
        return self._supervisor.statuses().get(ROLE)

    def offers(self) -> CameraOffers:
        """What the camera offered when it was last opened; nothing before."""
        return self._offers

    def condition(self) -> CameraCondition | None:
        """How the camera was when it was last asked; None before, and while it is away."""
        status = self.status()
        return self._condition if status is not None and status.is_usable else None

    def capture(self, *, limit_s: float = CAPTURE_LIMIT_S) -> Taken:
        """Release the shutter and give the picture; it stays on the camera until `discard`.

        `limit_s` is for all: until others have done with the camera, it is there, and the picture has come.

        Raises: CodedError as the camera ended it; DeviceBusy CAMERA-IN-SERVICE while another one is being taken.
        """
        deadline = Deadline.after(self._clock, limit_s)
        with self._in_use(deadline):
            self._clear_leftover(deadline)
            limit_s = max(LEAST_S, deadline.remaining_s)
            pages: queue.SimpleQueue[Page | Future[bytes]] = queue.SimpleQueue()
            self._pages = pages
            try:
                answer = self._supervisor.request(ROLE, "capture", {}, limit_s)
                self._last = answer
                answer.add_done_callback(pages.put)
                shown = pages.get(timeout=limit_s + 3 * GRACE_S)
            except queue.Empty as error:
                raise DeviceError("CAMERA-HUNG", Actor.CLERK, Retry.NOW) from error
            finally:
                self._pages = None
        if isinstance(shown, Future):
            self._raise(shown)
        try:
            return Taken(msgspec.json.decode(shown.data, type=Shot), shown.body)
        except msgspec.MsgspecError as error:
            raise _senseless() from error

    def discard(self, keys: Sequence[str]) -> None:
        """Remove pictures from the camera, with all that their releases made: once they are stored here for good.

        What cannot be removed now is tried again before the next release.

        Raises: CodedError as the camera ended it.
        """
        left = [key for key in keys if key]
        if not left:
            return
        try:
            self._order("discard", {"keys": left})
        except CodedError:
            self._leave(left)
            raise

    def _leave(self, keys: Sequence[str]) -> None:
        self._leftover = [*self._leftover, *keys][-MOST_LEFT:]

    def _forget_leftover(self) -> None:
        """Leave pictures where they are once the camera was opened anew: it, or its card, may be another one.

        Every camera counts from 1 on a new card: to remove them by name could remove somebody else's picture.
        """
        if self._leftover:
            log.warning("camera: %d picture(s) stay on its card", len(self._leftover))
            self._leftover = []

    def _clear_leftover(self, deadline: Deadline) -> None:
        """Remove what could not be removed before; the release matters more."""
        leftover, self._leftover = self._leftover, []
        if leftover:
            limit_s = deadline.within(LEFTOVER_LIMIT_S).remaining_s
            try:
                self._supervisor.request(ROLE, "discard", {"keys": leftover}, limit_s).result(limit_s + GRACE_S)
            except (CodedError, FutureTimeout):
                self._leave(leftover)
            self._wait_until_come(deadline)

    def _raise(self, answer: Future[bytes]) -> NoReturn:
        """Say why there is no picture; the one that broke off half-way is still on the camera."""
        try:
            answer.result()
        except CodedError as error:
            if key := error.facts.get("key"):
                self._leave([str(key)])
            raise
        raise _senseless()

    def wait_until_settled(self, limit_s: float = ORDER_LIMIT_S) -> None:
        """Wait until the camera has done what a release that failed left to do, such as to remove what came of it."""
        with suppress(CodedError):
            self._order("discard", {"keys": []}, limit_s)

    def set(self, name: SettingName, value: str) -> Setting:
        """Set one setting; gives it as it stands then.  Raises: CodedError CAMERA-SETTING, and as the camera says."""
        try:
            return msgspec.json.decode(self._order("set", {"name": name.value, "value": value}), type=Setting)
        except msgspec.MsgspecError as error:
            raise _senseless() from error

    def _order(self, operation: str, arguments: dict[str, object], limit_s: float = ORDER_LIMIT_S) -> bytes:
        deadline = Deadline.after(self._clock, limit_s)
        with self._in_use(deadline):
            limit_s = max(LEAST_S, deadline.remaining_s)
            try:
                return self._supervisor.request(ROLE, operation, arguments, limit_s).result(limit_s + 3 * GRACE_S)
            except FutureTimeout as error:
                raise DeviceError("CAMERA-HUNG", Actor.CLERK, Retry.NOW) from error

    @contextmanager
    def _in_use(self, deadline: Deadline) -> Iterator[None]:
        """One wish at a time; a camera that is being started, or finishes what it did, is waited for."""
        if not self._use.acquire(timeout=deadline.within(COMING_LIMIT_S).remaining_s):
            raise DeviceBusy("CAMERA-IN-SERVICE", Actor.CLERK, Retry.NOW)
        try:
            if self._last is not None:
                with suppress(CodedError, FutureTimeout):
                    self._last.result(deadline.within(COMING_LIMIT_S).remaining_s)
                self._last = None
            self._wait_until_come(deadline)
            yield
        finally:
            self._use.release()

    def _wait_until_come(self, deadline: Deadline) -> None:
        coming = deadline.within(COMING_LIMIT_S)
        while self._is_coming() and not coming.is_expired:
            self._clock.sleep(LOOK_EVERY_S)

    def _is_coming(self) -> bool:
        status = self.status()
        return status is not None and status.is_coming


def _senseless() -> DeviceError:
    """The worker says that it has delivered, and has not, or something else."""
    return DeviceError("CAMERA-IO", Actor.TECHNICIAN, Retry.NOW, reason="garbled")
