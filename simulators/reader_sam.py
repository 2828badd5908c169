"""The simulated ID-card reader: a thread that listens on a wire, lets the module work, answers as the faults allow.

Everything that touches the wire happens in that thread; the control port sends it actions and waits for them.
"""

from __future__ import annotations

import os
import select
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from random import Random

from simulators.card import Card
from simulators.delivery import cut_off, deliver, garbage
from simulators.fault import Value
from simulators.fault_board import FaultBoard, Strike
from simulators.fault_table import FAULTS, SPEEDS
from simulators.frame_log import FrameLog
from simulators.people import stack
from simulators.plate import Plate
from simulators.pty_wire import PtyWire
from simulators.sam_codec import Answer, BadRequest, Request, RequestDecoder
from simulators.sam_module import SamModule, Timings
from simulators.wire import Segment, UnpluggedError, Wire

REQUEST_GAP_S = 0.300
ACTION_S = 5.0


@dataclass(frozen=True, slots=True)
class _Speech:
    """One request and what belongs to its answer."""

    request: bytes
    operation: str
    answer: Answer
    new_baud: int | None = None


class SimulatedReader:
    """A reader on a wire, with a plate, a stack of cards and a board of faults.

    Args:
        wire: how the host reaches it.
        wire_name: `pty`, `usb-split` or `usb-pair`.
        seed: which people are in the stack, and the module's number.
        speed_factor: how many times faster than a real module everything happens, the times of the faults included.
    """

    kind = "reader"

    def __init__(self, wire: Wire, wire_name: str, seed: int, speed_factor: float) -> None:
        self.wire_name = wire_name
        self.cards: dict[str, Card] = stack(seed)
        self.plate = Plate()
        self.faults = FaultBoard(FAULTS)
        self.log = FrameLog()
        self._wire = wire
        self._factor = speed_factor
        self._timings = Timings().faster(speed_factor)
        self._module = SamModule(self.plate, self.cards, self.faults, seed, self._timings)
        self._decoder = RequestDecoder()
        self._rng = Random(seed)  # noqa: S311 (noise on a line, not a secret)
        self._actions: deque[tuple[Callable[[], None], Future[None]]] = deque()
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._replug_at_s: float | None = None
        self._other_name = False
        self._own_baud: int | None = None
        self._deaf_until_s = 0.0
        self._was_unplugged = False
        self._is_stopping = False
        self._thread = threading.Thread(target=self._run, name="reader", daemon=True)

    @property
    def address(self) -> str:
        """The address to give to the driver."""
        return self._wire.address

    def start(self) -> None:
        """Plug the reader in and begin to listen."""
        self._wire.plug(other_name=False)
        self._thread.start()

    def stop(self) -> None:
        """Pull the reader out and end its thread."""
        self._is_stopping = True
        os.eventfd_write(self._wake, 1)
        self._thread.join()
        self._wire.close()
        os.close(self._wake)

    def switch_on(self, name: str, values: dict[str, Value]) -> None:
        """Switch a fault on; what it does at once is done when this returns."""
        self.faults.switch_on(name, values)
        self._ask(lambda: self._began(name, values))

    def switch_off(self, name: str) -> None:
        """Switch a fault off and undo what lasts of it."""
        self.faults.switch_off(name)
        self._ask(lambda: self._ended([name]))

    def switch_all_off(self) -> None:
        """Switch all faults off and undo what lasts of them."""
        self.faults.switch_all_off()
        self._ask(lambda: self._ended(list(FAULTS)))

    def _ask(self, action: Callable[[], None]) -> None:
        """Let the reader's thread do something, and wait until it is done."""
        done: Future[None] = Future()
        self._actions.append((action, done))
        os.eventfd_write(self._wake, 1)
        done.result(ACTION_S)

    def _began(self, name: str, values: dict[str, Value]) -> None:
        """Do what a fault does at once."""
        is_now = name == "replug-other-name" or (name == "unplug-before" and values["command"] is None)
        strike = self.faults.take(name) if is_now else None
        if strike is not None:
            self._other_name = name == "replug-other-name"
            self._unplug(strike)
        elif name == "wrong-baud":
            self._own_baud = self._own_baud or self._wire.baud
            wanted = values["baud"]
            self._wire.baud = wanted if isinstance(wanted, int) else SPEEDS[SPEEDS.index(self._own_baud) - 2]
        elif name == "second-opener" and isinstance(self._wire, PtyWire):
            self._wire.let_in(str(values["mode"]))

    def _ended(self, names: list[str]) -> None:
        if "wrong-baud" in names and self._own_baud is not None:
            self._wire.baud, self._own_baud = self._own_baud, None
        if "second-opener" in names and isinstance(self._wire, PtyWire):
            self._wire.send_away()
        if any(FAULTS[name].is_held for name in names) and not self._wire.is_plugged:
            self._plug()

    def _run(self) -> None:
        """Listen until stopped; an unplugged reader only waits to come back."""
        while not self._is_stopping:
            try:
                self._turn()
            except UnpluggedError:
                continue

    def _turn(self) -> None:
        """Wait for one thing that happens, and do it."""
        self._was_unplugged = False
        if self._wire.is_plugged and time.monotonic() < self._deaf_until_s:
            self._until(self._deaf_until_s)
            self._wire.inbox.clear()
        babble = self.faults.take("babble") if self._wire.is_plugged else None
        if babble is not None:
            self._say([Segment(garbage(babble.rng, babble.number("size_bytes")), None)])
            self._pause(babble.seconds("interval_ms") / self._factor)
            self._wire.inbox.clear()
            return
        if self._wire.garbled_bytes:
            self._wire.garbled_bytes = 0
            self._decoder = RequestDecoder()
            self._say([Segment(garbage(self._rng, 11), None)])
        if not self._wire.inbox:
            gap_s = REQUEST_GAP_S / self._factor
            self._wait(time.monotonic() + gap_s if self._decoder.is_inside else None)
            if not self._wire.inbox and self._decoder.is_inside and self._wire.is_plugged:
                self._complain(self._decoder.give_up())
            return
        heard = bytes(self._wire.inbox)
        self._wire.inbox.clear()
        for request in self._decoder.feed(heard):
            if isinstance(request, BadRequest):
                self._complain(request)
            else:
                self._handle(request)

    def _complain(self, bad: BadRequest) -> None:
        self.log.heard(time.monotonic(), len(bad.wire), "bad")
        self._answer(_Speech(bad.wire, "bad", Answer(bad.status)))

    def _handle(self, request: Request) -> None:
        """Let the module work on a request and answer it."""
        operation = request.operation
        self.log.heard(time.monotonic(), len(request.wire), operation)
        if (strike := self.faults.take("unplug-before", operation)) is not None:
            self._unplug(strike)
            raise UnpluggedError
        if self.faults.take("silent", operation):
            return
        self._pause(self._module.work_s(request), self._module.extra_s(request) / self._factor)
        answer = self._module.execute(request)
        if answer is None:
            self._pause(self._timings.reset_s)
            self._wire.inbox.clear()
            return
        new_baud = SPEEDS[request.parameter] if operation == "speed" and answer.status == 0x90 else None
        self._answer(_Speech(request.wire, operation, answer, new_baud))

    def _answer(self, speech: _Speech) -> None:
        """Say an answer as the faults of the line allow."""
        segments = deliver(speech.answer.frame(), speech.request, speech.operation, self.faults)
        cut = self.faults.take("unplug-mid-frame", speech.operation)
        if cut is not None:
            segments = cut_off(segments, cut.number("after_bytes"))
        intrusion = self.faults.take("second-opener", speech.operation)
        with self._wire.intruded("" if intrusion is None else str(intrusion.value("mode"))):
            began_s = self._say(segments)
        size = sum(len(segment.data) for segment in segments)
        self.log.said(began_s, time.monotonic(), size, speech.operation, speech.answer.status)
        if speech.new_baud is not None:
            self._wire.baud, self._own_baud = speech.new_baud, None
            self.faults.switch_off("wrong-baud")
        out = cut or self.faults.take("unplug-after", speech.operation)
        if out is not None:
            self._unplug(out)
            raise UnpluggedError

    def _say(self, segments: list[Segment]) -> float:
        """Put segments on the wire, each chunk at the moment when its last byte has passed the line.

        Returns:
            When the first chunk was delivered.
        """
        began_s: float | None = None
        due_s = time.monotonic()
        for segment in segments:
            due_s += segment.pause_s / self._factor
            for chunk in self._wire.chunks(segment):
                due_s += chunk.wire_s
                self._until(due_s)
                began_s = began_s or time.monotonic()
                self._wire.write(chunk)
        return began_s or due_s

    def _unplug(self, strike: Strike) -> None:
        """Pull the reader out; it comes back by itself if the fault says when."""
        self._wire.unplug()
        self._wire.inbox.clear()
        self._wire.garbled_bytes = 0
        self._decoder = RequestDecoder()
        self._was_unplugged = True
        after_ms = strike.value("replug_after_ms")
        self._replug_at_s = None
        if isinstance(after_ms, int):
            self._replug_at_s = time.monotonic() + after_ms / 1000 / self._factor

    def _plug(self) -> None:
        """Plug the reader in again: the module starts anew and is deaf while it does."""
        self._replug_at_s = None
        self._wire.plug(other_name=self._other_name)
        self._other_name = False
        self._module.forget()
        self.faults.settle()
        self._deaf_until_s = time.monotonic() + self._timings.boot_s

    def _pause(self, *seconds: float) -> None:
        self._until(time.monotonic() + sum(seconds))

    def _until(self, moment_s: float) -> None:
        """Let time pass, still hearing and still pluggable.

        Raises:
            UnpluggedError: the reader was pulled out meanwhile, or is being stopped.
        """
        while True:
            if self._is_stopping or self._was_unplugged:
                raise UnpluggedError
            if time.monotonic() >= moment_s:
                return
            self._wait(moment_s)

    def _wait(self, moment_s: float | None) -> None:
        """Wait for the host, an action, or a moment, whichever comes first."""
        moments = [at_s for at_s in (moment_s, self._replug_at_s, self._wire.next_s) if at_s is not None]
        left_s = max(0.0, min(moments) - time.monotonic()) if moments else None
        ready, _, _ = select.select([self._wake, *self._wire.watched()], [], [], left_s)
        self._wire.serve(ready)
        if self._wake in ready:
            os.eventfd_read(self._wake)
        while self._actions:
            action, done = self._actions.popleft()
            try:
                action()
            except OSError as error:
                done.set_exception(error)
            else:
                done.set_result(None)
        if self._replug_at_s is not None and time.monotonic() >= self._replug_at_s:
            self._plug()
