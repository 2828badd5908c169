"""What simulated devices with a network plug have in common: a port that can be pulled out, faults, and their times."""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from socketserver import BaseRequestHandler

from simulators.fault import Value
from simulators.fault_board import FaultBoard, Strike
from simulators.plugged_port import PluggedPort


class PluggedDevice(ABC):
    """A device on a port of its own.  Its faults `unplug` and `return-other-name` pull it out.

    Args:
        faults: those that it can show.
        handler: what speaks on a connection.
        speed_factor: how many times faster than a real one it is; the times of faults too.
        port: 0 for any.  It is open when this returns, so what the handlers need is to be there before.
    """

    kind: str

    def __init__(self, faults: FaultBoard, handler: type[BaseRequestHandler], speed_factor: float, port: int) -> None:
        self.faults = faults
        self._handler = handler
        self._factor = speed_factor
        self._lock = threading.RLock()
        self._changed = threading.Condition()
        self._changes = 0
        self._port: PluggedPort | None = PluggedPort(handler, self, port)
        self._port_number = self._port.server_port
        self._replug: threading.Timer | None = None

    @property
    @abstractmethod
    def address(self) -> str:
        """The address to give to the driver: the same whatever name the device has when it comes back."""

    @property
    def port_number(self) -> int:
        """The device's own port."""
        return self._port_number

    @property
    def is_plugged(self) -> bool:
        """Whether the device can be reached."""
        return self._port is not None

    def stop(self) -> None:
        """Pull the device out for good."""
        with self._lock:
            if self._replug is not None:
                self._replug.cancel()
            self._pull()

    def switch_on(self, name: str, values: dict[str, Value]) -> None:
        """Switch a fault on; pulling out is done when this returns, unless it waits for a command."""
        self.faults.switch_on(name, values)
        if name == "return-other-name" or (name == "unplug" and values["command"] is None):
            strike = self.faults.take(name)
            if strike is not None:
                self.unplug(strike, is_renamed=name == "return-other-name")

    def switch_off(self, name: str) -> None:
        """Switch a fault off and undo what lasts of it."""
        self.faults.switch_off(name)
        self.undo(name)
        self._tell_waiting()
        if self.faults.table[name].is_held:
            self._come_back()

    def switch_all_off(self) -> None:
        """Switch all faults off and undo what lasts of them."""
        self.faults.switch_all_off()
        for name in self.faults.table:
            self.undo(name)
        self._tell_waiting()
        self._come_back()

    def unplug(self, strike: Strike, *, is_renamed: bool = False) -> None:
        """Pull the device out; it comes back by itself if the fault says when."""
        with self._lock:
            if self._port is None:
                return
            self._pull()
            if is_renamed:
                self.rename(strike)
            after_ms = strike.value("replug_after_ms")
            if isinstance(after_ms, int):
                self._replug = threading.Timer(after_ms / 1000 / self._factor, self._plug)
                self._replug.daemon = True
                self._replug.start()

    def pause(self, seconds: float) -> None:
        """Let the time of a fault pass, at this device's speed; a fault that is switched off ends it."""
        self.wait(self.scaled(seconds))

    def scaled(self, seconds: float) -> float:
        """A time at this device's speed."""
        return seconds / self._factor

    def wait(self, seconds: float | None) -> None:
        """Wait so long (None: for ever), at most until a fault is switched off or the device is gone."""
        with self._changed:
            before = self._changes
            self._changed.wait_for(lambda: self._changes != before, seconds)

    def pass_time(self, until_s: float) -> None:
        """Wait for a moment of CLOCK_MONOTONIC."""
        time.sleep(max(0.0, until_s - time.monotonic()))

    @abstractmethod
    def undo(self, name: str) -> None:
        """Undo what lasts of a fault that is switched off."""

    @abstractmethod
    def lose_power(self) -> None:
        """Forget what a device forgets that is pulled out."""

    @abstractmethod
    def rename(self, strike: Strike) -> None:
        """Take another name, to come back with."""

    @abstractmethod
    def rename_back(self) -> None:
        """Be called again as before."""

    def _tell_waiting(self) -> None:
        with self._changed:
            self._changes += 1
            self._changed.notify_all()

    def _pull(self) -> None:
        port, self._port = self._port, None
        self._tell_waiting()
        self.lose_power()
        if port is not None:
            port.unplug()

    def _plug(self) -> None:
        with self._lock:
            self._replug = None
            if self._port is None:
                self._port = PluggedPort(self._handler, self, self._port_number)
                self.faults.settle()

    def _come_back(self) -> None:
        """Be plugged in again, as the one that it was."""
        with self._lock:
            if self._replug is not None:
                self._replug.cancel()
            self.rename_back()
            if self._port is None:
                self._plug()
