"""A camera's life in its worker: open, tell what it offers and how it is, show the live view, release when asked.

One thread makes every call into the library, which may block for seconds; the caller's thread keeps hearing the wire.

When the line to the camera breaks, the ladder is: open it again at once; reset its USB device; a fresh process; and a
state whose words tell the clerk what to do, while it is tried again and again.  A library that waited in vain for an
answer would wait once more when told to close: it is never called again.
"""

from __future__ import annotations

import queue
from collections.abc import Iterable
from typing import Any

import msgspec

from agent.devices.camera_news import CameraNews
from agent.devices.camera_rhythm import RHYTHM, CameraRhythm
from agent.devices.hearing import Hearing
from agent.devices.live_frames import LiveFrames
from agent.devices.reopening import Reopening
from agent.devices.wire import Cancel, Look, Page, Reply, Request, State, Wire, WireBroken, raw
from drivers import camera_errors
from drivers.api import Clock, CodedError, Deadline, DeviceAbsent
from drivers.camera_api import Camera, SettingName


class Discard(msgspec.Struct, frozen=True):
    """Remove pictures from the camera by the keys of their shots."""

    keys: tuple[str, ...]


class Choice(msgspec.Struct, frozen=True):
    """Set one setting."""

    name: SettingName
    value: str


class CameraWatch:
    """Run one camera.

    Args:
        camera: the driver.
        wire: to the agent.
        clock: the time.
        rhythm: how often things are done.
        renewals: how many workers before this one have asked for it, since the camera was ready the last time.
    """

    def __init__(
        self, camera: Camera, wire: Wire, clock: Clock, rhythm: CameraRhythm | None = None, renewals: int = 0
    ) -> None:
        self._camera = camera
        self._clock = clock
        self._rhythm = rhythm or RHYTHM
        self._renewals = renewals
        self._hearing = Hearing(wire, clock, self._rhythm.pulse_s, self._rhythm.open_limit_s)
        self._hearing.on_alarm = self._give_up
        self._send = self._hearing.send
        self._news = CameraNews(camera, self._send)
        self._live = LiveFrames(camera, wire, clock, self._rhythm, self._send)
        self._requests: queue.SimpleQueue[Request | None] = queue.SimpleQueue()
        self._cancelled: set[int] = set()
        self._asked: Request | None = None
        self._has_delivered = False
        self._broken: CodedError | None = None
        self._is_open = False
        self._failed_on_line = 0
        self._reopening = Reopening(clock, self._rhythm.reopen_s)
        self._next_list_s = self._next_condition_s = clock.monotonic()

    def run(self, waiting: Iterable[object] = ()) -> None:
        """Obey what is waiting, then go on until the wire breaks.

        Raises: WireBroken when the agent has gone, or the thread that calls the library; LibraryHung.
        """
        self._hearing.run("camera", self._work, self._obey, waiting)

    def _obey(self, message: object) -> None:
        if isinstance(message, Request):
            self._asked, self._has_delivered = message, False
            self._hearing.alarm_s = message.until_s
            self._requests.put(message)
        elif isinstance(message, Look):
            self._live.frames_per_s = message.frames_per_s
            self._requests.put(None)
        elif isinstance(message, Cancel):
            self._cancelled.add(message.number)

    def _give_up(self) -> None:
        """Answer for a library that does not come back in time; it is not called again then.

        Behind a picture that was handed over there is nothing to regret.
        """
        asked = self._asked
        if asked is not None:
            self._reply(asked, None if self._has_delivered else camera_errors.late(asked.limit_s), is_last=True)

    def _reply(self, asked: Request, error: CodedError | None, data: object = None, *, is_last: bool = False) -> None:
        """Answer a request, once."""
        with self._hearing.alone():
            if self._asked is not asked:
                return
            self._asked = None
            self._hearing.alarm_s = float("inf")
            reply = Reply(asked.number, raw(data), is_last=is_last)
            if error is not None:
                told = {"code": error.code, "facts": error.facts, "actor": error.actor, "retry": error.retry}
                reply = msgspec.structs.replace(reply, **told)
            if is_last:
                self._news.removed()
            self._send(reply)

    def _work(self) -> None:
        """Make the library's calls, one after the other, until the agent has gone."""
        try:
            while True:
                try:
                    request = self._requests.get(timeout=self._pause_s())
                except queue.Empty:
                    request = None
                if request is None:
                    self._do_what_is_due()
                else:
                    self._answer(request)
        except WireBroken:
            self._camera.close()

    def _pause_s(self) -> float:
        due_s = min(self._next_list_s, self._next_condition_s if self._is_open else self._reopening.next_s)
        if self._is_open:
            due_s = min(due_s, self._live.due_s())
        return max(0.0, due_s - self._clock.monotonic())

    def _do_what_is_due(self) -> None:
        """What nobody asks for: open, a frame, how the camera is, the list of cameras."""
        with self._hearing.unasked(self._rhythm.frame_limit_s if self._is_open else None):
            try:
                if self._is_open:
                    self._live.go_on()
                    self._look_how_it_is()
                elif self._reopening.is_due:
                    self._open_or_lose()
            except CodedError as error:
                self._line_lost(error)
        if self._clock.monotonic() >= self._next_list_s:
            with self._hearing.unasked():
                self._list()

    def _answer(self, request: Request) -> None:
        error: CodedError | None = None
        data: Any = None
        self._broken = None
        try:
            if not self._is_open:
                self._open()
            data = self._carry_out(request)
        except msgspec.ValidationError:
            error = camera_errors.setting("request", request.operation)
        except CodedError as raised:
            error = raised
        broken = self._broken or error
        if broken is not None and broken.facts.get("reason") == camera_errors.TIMED_OUT:
            self._reply(request, error, data, is_last=True)
            self._wait_for_the_end()
        gone = None if broken is None else self._line_lost(broken)
        if error is not None and isinstance(gone, DeviceAbsent):
            error = gone
        self._reply(request, error, data)
        self._cancelled.discard(request.number)
        with self._hearing.unasked():
            try:
                self._look_after(request, error)
            except CodedError as raised:
                self._line_lost(raised)

    def _carry_out(self, request: Request) -> Any:
        match request.operation:
            case "capture":
                return self._capture(request)
            case "discard":
                return self._camera.discard(msgspec.convert(request.arguments, Discard).keys)
            case "set":
                wanted = msgspec.convert(request.arguments, Choice)
                return self._camera.set(wanted.name, wanted.value)
            case "reset":
                self._is_open = False
                self._reopening.at_once()
                return self._camera.reset()
        raise camera_errors.setting("operation", request.operation)

    def _capture(self, request: Request) -> None:
        """Hand the picture over as soon as it is here, then see what else the camera has to say."""
        shot, content = self._camera.capture(Deadline.after(self._clock, request.limit_s))
        if request.number in self._cancelled:
            self._camera.discard([shot.key])
            raise camera_errors.called_off()
        with self._hearing.alone():
            is_waited_for = self._asked is request
            if is_waited_for:
                self._send(Page(request.number, raw(shot), len(content)), content)
                self._has_delivered = True
                self._hearing.alarm_s = self._clock.monotonic() + request.limit_s
        if not is_waited_for:
            self._wait_for_the_end()
        try:
            self._camera.settle(Deadline.after(self._clock, self._rhythm.settle_s))
        except CodedError as error:  # the picture is whole all the same
            self._broken = error

    def _look_after(self, request: Request, error: CodedError | None) -> None:
        """What a request leaves to do, when it was answered."""
        self._next_condition_s = self._clock.monotonic()
        if error is None or camera_errors.is_of_line(error):
            return
        if request.operation == "capture":
            self._camera.settle(Deadline.after(self._clock, self._rhythm.settle_s))
        elif request.operation == "set":
            self._news.offers(again=True)

    def _open(self) -> None:
        identity = self._camera.open(Deadline.after(self._clock, self._rhythm.open_limit_s))
        self._is_open = True
        self._failed_on_line = self._renewals = 0
        self._reopening.succeeded()
        self._live.begin_anew()
        self._next_list_s = max(self._next_list_s, self._clock.monotonic() + self._rhythm.list_s)
        self._next_condition_s = self._clock.monotonic()
        self._news.opened(identity)

    def _line_lost(self, error: CodedError) -> CodedError | None:
        """Open the camera anew at once where that takes no time; only if it fails, or would, anything is told.

        Returns: why it could not be opened; None where it is open.
        """
        if not camera_errors.is_of_line(error):
            return None
        if error.facts.get("reason") == camera_errors.TIMED_OUT:
            self._ask_for_renewal(error)
        self._camera.close()
        self._is_open = False
        return self._open_or_lose()

    def _open_or_lose(self) -> CodedError | None:
        with self._hearing.unasked():
            try:
                self._open()
            except CodedError as reason:
                self._lose(reason)
                return reason
        return None

    def _lose(self, error: CodedError) -> None:
        """Say why the camera cannot be used now, and try again later; climb the ladder."""
        self._camera.close()
        self._is_open = False
        is_absent = isinstance(error, DeviceAbsent)
        self._reopening.failed(self._rhythm.absent_slowest_s if is_absent else self._rhythm.reopen_slowest_s)
        if is_absent:
            self._failed_on_line = 0
        elif camera_errors.is_of_line(error):
            self._failed_on_line += 1
            if self._is_renewal_due():
                self._ask_for_renewal(error)
            if self._camera.reset():
                self._reopening.soon()
        self._next_list_s = min(self._next_list_s, self._clock.monotonic() + self._rhythm.list_s)
        self._news.state(State("absent" if is_absent else "faulted", error.code, error.facts))

    def _is_renewal_due(self) -> bool:
        failed, rhythm = self._failed_on_line, self._rhythm
        return failed % rhythm.renew_every == 0 or (failed == rhythm.renew_after and self._renewals == 0)

    def _ask_for_renewal(self, error: CodedError) -> None:
        """Have a fresh process put in the place of this one, and make no further call."""
        self._news.state(State("faulted", error.code, error.facts, is_last=True))
        self._wait_for_the_end()

    def _wait_for_the_end(self) -> None:
        with self._hearing.alone():
            self._asked = None  # whoever asks from now on is answered for by the agent
        while True:
            self._requests.get()

    def _look_how_it_is(self) -> None:
        if self._clock.monotonic() >= self._next_condition_s:
            self._next_condition_s = self._clock.monotonic() + self._rhythm.condition_s
            self._news.condition()
            self._news.offers()

    def _list(self) -> None:
        pause_s = self._rhythm.list_open_s if self._is_open else self._rhythm.list_s
        self._next_list_s = self._clock.monotonic() + pause_s
        self._news.ports(self._camera.candidates())
