"""The release of a simulated camera: whether it is possible now, which files it makes, which events tell of them."""

from __future__ import annotations

import struct
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from simulators.camera_fault_table import CAPTURE, FOCUS
from simulators.camera_files import Taken, exif, jpeg_file, raw_file
from simulators.camera_properties import BATTERY, ISO, JPEG_QUALITY, ONLY_RAW, QUALITY, Properties
from simulators.camera_ptp import Event, Format, Response
from simulators.camera_spoilt import spoil_exif, spoil_file
from simulators.camera_store import NewFile, Store
from simulators.camera_studio import Exposed, Studio
from simulators.fault_board import FaultBoard

RELEASE_S = 0.25
LONGEST_WAIT_S = 0.05
LOWEST_BATTERY = 5
_TURNED = 6
Told = tuple[int, int]
Nameplate = Callable[[], tuple[str, str]]


class Shutter:
    """Releases, and what the camera tells of them; every method may be called from any thread.

    Args:
        studio: what is before the camera.
        properties: how it is set.
        store: where the files go.
        faults: what may go wrong.
        nameplate: model and serial number of the camera as it calls itself now.
        speed_factor: how many times faster than a real camera it releases.
    """

    def __init__(
        self,
        studio: Studio,
        properties: Properties,
        store: Store,
        faults: FaultBoard,
        nameplate: Nameplate,
        speed_factor: float,
    ) -> None:
        self._studio, self._properties, self._store = studio, properties, store
        self._faults, self._nameplate, self._factor = faults, nameplate, speed_factor
        self._lock = threading.RLock()
        self._events: list[tuple[float, Told]] = []
        self._ready_s = 0.0
        self._outcome: int | None = None
        self._releases = self._last_number = 0
        self.is_turned = False
        self.push: Callable[[Told], None] = lambda _: None

    @property
    def releases(self) -> int:
        """How many there were."""
        return self._releases

    def exposed(self) -> Exposed:
        """How a picture would be taken now."""
        return Exposed(self._properties.size_px(), self._properties.light(), self.is_turned)

    def release(self, *, is_in_memory: bool) -> int:
        """Release; gives the answer.  The events that tell of the files come later."""
        with self._lock:
            if time.monotonic() < self._ready_s:
                return Response.DEVICE_BUSY
            refused = self._refused(is_in_memory=is_in_memory)
            if refused is not None:
                return refused
            if (strike := self._faults.take("out-of-focus", CAPTURE)) is not None:
                if strike.value("when") == "release":
                    return Response.OUT_OF_FOCUS
                self._outcome = Response.OUT_OF_FOCUS
                self._wait(RELEASE_S)
                return Response.OK
            self._outcome = None
            self._releases += 1
            strike = self._faults.take("slow-shutter", CAPTURE)
            self._wait(RELEASE_S if strike is None else strike.seconds("delay_ms"))
            self._expose(is_in_memory=is_in_memory)
            return Response.OK

    def focus(self) -> int:
        """Focus; gives the answer."""
        return Response.OK if self._faults.take("out-of-focus", FOCUS) is None else Response.OUT_OF_FOCUS

    def ready(self) -> int:
        """Whether it can go on: busy, how the last release went wrong, or all right; a short while is waited for."""
        left_s = self._ready_s - time.monotonic()
        if left_s > LONGEST_WAIT_S:
            return Response.DEVICE_BUSY
        time.sleep(max(0.0, left_s))
        with self._lock:
            outcome, self._outcome = self._outcome, None
            return Response.OK if outcome is None else outcome

    def tell(self, event: Event, parameter: int) -> None:
        """Note an event, to be told when it is asked for."""
        with self._lock:
            self._events.append((time.monotonic(), (event, parameter)))

    def told(self) -> bytes:
        """The events that are due, as they are sent.

        Source: Nikon, GetEvent: their count, then code and parameter of each.
        """
        now_s = time.monotonic()
        with self._lock:
            due = [event for due_s, event in self._events if due_s <= now_s]
            self._events = [(due_s, event) for due_s, event in self._events if due_s > now_s]
        return struct.pack("<H", len(due)) + b"".join(struct.pack("<HI", *event) for event in due)

    def forget(self) -> None:
        """Forget what was to be told, and what is in memory: nobody is there any more to hear of it."""
        with self._lock:
            self._events.clear()
            self._outcome = None
            self._ready_s = 0.0
            self._store.empty_memory()

    def _wait(self, seconds: float) -> None:
        self._ready_s = time.monotonic() + seconds / self._factor

    def _refused(self, *, is_in_memory: bool) -> int | None:
        if self._properties.number(BATTERY) <= LOWEST_BATTERY:
            return Response.INVALID_STATUS
        on = self._faults.active()
        for name, answer in (("no-card", Response.STORE_NOT_AVAILABLE), ("store-full", Response.STORE_FULL)):
            if name in on and (on[name]["target"] == "any" or not is_in_memory):
                return answer
        return None if is_in_memory or self._store.free_pictures() else Response.STORE_FULL

    def _expose(self, *, is_in_memory: bool) -> None:
        """Make the files, and note what is to be told of them."""
        files = self._files(is_in_memory=is_in_memory)
        added = Event.OBJECT_ADDED_IN_MEMORY if is_in_memory else Event.OBJECT_ADDED
        handles = [self._store.put(file, is_in_memory=is_in_memory) for file in files]
        events: list[Told] = [(added, handle) for handle in handles]
        if self._faults.take("doubled-event", CAPTURE) is not None:
            events.insert(0, events[0])
        events.append((Event.CAPTURE_COMPLETE, 0))
        if (strike := self._faults.take("lost-event", CAPTURE)) is not None:
            which = strike.value("which")
            is_end = [code == Event.CAPTURE_COMPLETE for code, _ in events]
            events = [
                event
                for event, is_last in zip(events, is_end, strict=True)
                if which != "both" and is_last != (which == "capture-complete")
            ]
        due_s = self._ready_s
        if (strike := self._faults.take("late-event", CAPTURE)) is not None:
            due_s += strike.seconds("delay_ms") / self._factor
        if not self._faults.is_on("events-pushed"):
            self._events += [(due_s, event) for event in events]
            return
        for event in events:
            timer = threading.Timer(max(0.0, due_s - time.monotonic()), self.push, (event,))
            timer.daemon = True
            timer.start()

    def _files(self, *, is_in_memory: bool) -> list[NewFile]:
        """The files of one release, in the order in which they are told of: what the client takes stands right."""
        quality = self._properties.number(QUALITY)
        is_raw_first = self._faults.take("raw-first", CAPTURE) is not None
        taken = self._taken()
        files = [] if quality == ONLY_RAW else [self._jpeg(taken, quality)]
        if files and self._faults.take("two-objects", CAPTURE) is not None:
            files.append(self._jpeg(replace(taken, number=self._next_number()), quality))
        if quality >= ONLY_RAW or is_raw_first:
            small = self._studio.thumbnail(self.exposed(), (640, 480))
            raw = NewFile(_name(taken.number, "NEF"), Format.RAW, raw_file(taken, small), taken.at, taken.size_px)
            # Clients take the first that is told of on the card, and the last in memory.
            files.insert(0 if is_raw_first != is_in_memory else len(files), raw)
        return files

    def _jpeg(self, taken: Taken, quality: int) -> NewFile:
        picture = self._studio.still(taken.number, self.exposed(), JPEG_QUALITY[quality % (ONLY_RAW + 1)])
        block = spoil_exif(exif(taken), self._faults)
        new = NewFile(_name(taken.number, "JPG"), Format.JPEG, jpeg_file(picture, block), taken.at, taken.size_px)
        return spoil_file(new, self._faults)

    def _next_number(self) -> int:
        """No two pictures have the same."""
        self._last_number += 1
        return self._last_number

    def _taken(self) -> Taken:
        model, serial = self._nameplate()
        at: datetime = self._properties.clock()
        turned = {"orientation": _TURNED} if self.is_turned else {}
        return Taken(
            model, serial, at, self._next_number(), self._properties.size_px(), self._properties.number(ISO), **turned
        )


def _name(number: int, ending: str) -> str:
    return f"DSC_{(number - 1) % 9999 + 1:04d}.{ending}"
