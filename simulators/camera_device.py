"""A simulated camera that speaks PTP/IP as Nikon cameras do; its serial number begins with RENHU-SIM.

Source: CIPA DC-005 (PTP/IP) and ISO 15740 (PTP); one port takes the command connection and the event connection.
"""

from __future__ import annotations

import contextlib
import socket
import struct

from simulators import camera_fault_table as table
from simulators.camera_line import Kind, Line
from simulators.camera_properties import (
    BATTERY,
    CLOCK,
    LIVE_VIEW,
    LIVE_VIEW_PROHIBITED,
    PROPERTIES,
    SETTINGS,
    Properties,
)
from simulators.camera_ptp import Operation, Response, Value
from simulators.camera_ptpip import PtpIpHandler
from simulators.camera_shutter import LOWEST_BATTERY, Shutter, Told
from simulators.camera_store import FIRST_IN_MEMORY, Store, Stored
from simulators.camera_studio import Studio
from simulators.fault import Value as FaultValue
from simulators.fault_board import FaultBoard, Strike
from simulators.plugged_device import PluggedDevice
from simulators.plugged_port import PluggedPort
from simulators.request_log import RequestLog

MODEL = "RENHU-SIM Camera"
OTHER_MODEL = "RENHU-SIM Camera 2"
BATTERY_EXHAUSTED, TOO_HOT = 1 << 8, 1 << 17
_LEFT_OUT: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {
    "no-live-view": (
        (Operation.START_LIVE_VIEW, Operation.GET_LIVE_VIEW, Operation.END_LIVE_VIEW),
        (LIVE_VIEW, LIVE_VIEW_PROHIBITED),
    ),
    "no-capture": (
        (
            Operation.CAPTURE,
            Operation.CAPTURE_IN_MEMORY,
            Operation.FOCUS_AND_CAPTURE_IN_MEMORY,
            Operation.INITIATE_CAPTURE,
        ),
        (),
    ),
    "no-delete": ((Operation.DELETE_OBJECT, Operation.DELETE_IN_MEMORY), ()),
    "no-battery": ((), (BATTERY,)),
    "no-settings": ((), SETTINGS),
    "no-partial": ((Operation.GET_PARTIAL_OBJECT,), ()),
    "nothing": (
        tuple(set(Operation) - {Operation.GET_DEVICE_INFO, Operation.OPEN_SESSION, Operation.CLOSE_SESSION}),
        tuple(PROPERTIES),
    ),
}


class SimulatedCamera(PluggedDevice):
    """The camera: what is before it, its settings, its card, its faults and its port.

    Args:
        seed: which people there are, and the serial number.
        speed_factor: how many times faster than a real camera it releases; the times of faults too.
        port: of PTP/IP; 0 for any.
    """

    kind = "camera"

    def __init__(self, seed: int, speed_factor: float, port: int = 0) -> None:
        faults = FaultBoard(table.FAULTS)
        self.studio = Studio(seed)
        self.log = RequestLog()
        self.is_live = False
        self._seed = seed
        self._model, self._serial = MODEL, serial(seed)
        self._number = 0
        self._lines: tuple[Line, PluggedPort, socket.socket] | None = None
        self._event_line: Line | None = None
        self.faults = faults
        self.properties = Properties(self._overruled)
        self.store = Store(self.properties.clock())
        self.shutter = Shutter(self.studio, self.properties, self.store, faults, self.nameplate, speed_factor)
        self.shutter.push = self._push
        super().__init__(faults, PtpIpHandler, speed_factor, port)

    @property
    def address(self) -> str:
        """The address to give to the driver: the same whatever name the camera has when it comes back."""
        return f"gphoto2:ptpip:127.0.0.1:{self.port_number}"

    @property
    def is_without_card(self) -> bool:
        """Whether no card is in it."""
        return self.faults.is_on("no-card")

    def nameplate(self) -> tuple[str, str]:
        """Model and serial number, as the camera calls itself now."""
        return self._model, self._serial

    def guid(self) -> bytes:
        """The 16 bytes by which a camera is known on a network."""
        return f"RENHU-SIM{int(self._serial.rpartition('-')[2]) % 10**7:07d}".encode()

    def operations_told(self) -> list[int]:
        """The operations that the camera says it has."""
        return [int(each) for each in Operation if each not in self._left_out()[0]]

    def properties_told(self) -> list[int]:
        """The properties that the camera says it has."""
        return [code for code in PROPERTIES if code not in self._left_out()[1]]

    def find(self, handle: int) -> Stored | None:
        """An object that can be reached now."""
        return None if self.is_without_card and handle < FIRST_IN_MEMORY else self.store.find(handle)

    def prohibition(self) -> int:
        """Why the live view cannot be shown now, as Nikon's bits; 0 where it can."""
        if self.properties.number(BATTERY) <= LOWEST_BATTERY:
            return BATTERY_EXHAUSTED
        refused = self.faults.active().get("live-view-refused", {})
        return TOO_HOT if refused.get("how") == "condition" else 0

    def refused(self, operation: str) -> int | None:
        """The answer of a fault that refuses this operation."""
        if operation in table.BUSY_OPERATIONS:
            for name in ("busy", "busy-forever"):
                if self.faults.take(name, operation) is not None:
                    return Response.DEVICE_BUSY
        for name in (*table.REFUSALS, "live-view-refused"):
            if (strike := self.faults.take(name, operation)) is not None:
                return strike.number("status")
        return None

    def attach(self, line: Line, port: PluggedPort, connection: socket.socket) -> int:
        """Begin a session; gives the number of its connection.  A camera has one: the newest ends the one before."""
        with self._lock:
            before, self._lines = self._lines, (line, port, connection)
            self._number += 1
            self._begin_anew()
            number = self._number
        if before is not None:
            before[1].reset(before[2])
        return number

    def detach(self, number: int) -> None:
        """End a session, if it still is the one."""
        with self._lock:
            if number == self._number:
                self._lines = None
                self._begin_anew()

    def attach_events(self, number: int, line: Line) -> bool:
        """Take the event connection of a session; False where there is no such session."""
        with self._lock:
            if number != self._number or self._lines is None:
                return False
            self._event_line = line
            return True

    def undo(self, name: str) -> None:
        """Nothing of a fault lasts beyond it."""

    def lose_power(self) -> None:
        """Forget what was to be told, and what is in memory."""
        self._begin_anew()

    def rename(self, strike: Strike) -> None:
        """Be another model, of another serial number if the fault says so."""
        self._model = OTHER_MODEL
        if strike.value("serial") == "other":
            self._serial = serial(self._seed + 1)

    def rename_back(self) -> None:
        """Be the one that it was."""
        self._model, self._serial = MODEL, serial(self._seed)

    def _begin_anew(self) -> None:
        self.is_live = False
        self._event_line = None
        self.shutter.forget()

    def _left_out(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        what = self.faults.active().get("wrong-abilities", {}).get("what")
        return _LEFT_OUT[what] if isinstance(what, str) else ((), ())

    def _overruled(self, code: int) -> Value | None:
        """What a property is because of a fault, or because the camera alone knows it."""
        if code == LIVE_VIEW:
            return int(self.is_live)
        if code == LIVE_VIEW_PROHIBITED:
            return self.prohibition()
        told: FaultValue = None
        if code == BATTERY:
            told = self.faults.active().get("battery-low", {}).get("level")
        elif code == CLOCK:
            told = self.faults.active().get("wrong-clock", {}).get("year")
        return told

    def _push(self, told: Told) -> None:
        """Send an event over the event connection, if there is one."""
        with self._lock:
            line = self._event_line
        if line is not None:
            with contextlib.suppress(OSError):
                line.send(Kind.EVENT, struct.pack("<HII", told[0], 0, told[1]))


def serial(seed: int) -> str:
    """The serial number of the camera of a seed."""
    return f"RENHU-SIM-{seed:08d}"
