"""A simulated document scanner with glass and duplex feeder that speaks eSCL over HTTP, as AirPrint scanners do.

Source: Mopria eSCL specification: ScannerCapabilities, ScannerStatus, ScanJobs, NextDocument; the serial number and the
UUID (in ASCII) begin with RENHU-SIM.
"""

from __future__ import annotations

import threading
import time

from simulators.fault import Value
from simulators.fault_board import FaultBoard, Strike
from simulators.papers import Paper, papers
from simulators.papers_drawn import DrawnPapers
from simulators.request_log import RequestLog
from simulators.scanner_bed import Bed, Job
from simulators.scanner_escl_http import EsclHandler
from simulators.scanner_escl_xml import Nameplate
from simulators.scanner_fault_table import FAULTS, HOSTILE_NAMES
from simulators.scanner_picture import PER_INCH, Lying, see
from simulators.scanner_port import PluggedPort
from simulators.scanner_spoilt import Delivery, deliver_page, spoil_picture

MODEL = "RENHU-SIM eSCL Scanner"
OTHER_MODEL = "RENHU-SIM eSCL Scanner 2"
WARM_UP_S = 0.3
GLASS_S_PER_INCH = {75: 0.25, 100: 0.25, 150: 0.3, 200: 0.35, 300: 0.5, 600: 1.6}
FEEDER_SHARE = 0.4


class SimulatedScanner:
    """The scanner: its papers, its bed, its faults and its port.

    Args:
        seed: which people are on the papers, and the serial number.
        speed_factor: how many times faster than a real scanner a page passes; the times of faults too.
        port: of eSCL; 0 for any.
    """

    kind = "scanner"

    def __init__(self, seed: int, speed_factor: float, port: int = 0) -> None:
        self.papers: dict[str, Paper] = papers(seed)
        self.drawn = DrawnPapers()
        self.faults = FaultBoard(FAULTS)
        self.bed = Bed(self.faults, speed_factor)
        self.log = RequestLog()
        self._factor = speed_factor
        self._seed = seed
        self._model = MODEL
        self._serial = serial(seed)
        self._lock = threading.RLock()
        self._changed = threading.Condition()
        self._changes = 0
        self._port: PluggedPort | None = PluggedPort(EsclHandler, self, port)
        self._port_number = self._port.server_port
        self._replug: threading.Timer | None = None

    @property
    def address(self) -> str:
        """The address to give to the driver: the same whatever name the scanner has when it comes back."""
        return f"sane:airscan:escl:{serial(self._seed)}:http://127.0.0.1:{self._port_number}/eSCL/"

    @property
    def port_number(self) -> int:
        """The port of eSCL."""
        return self._port_number

    @property
    def is_plugged(self) -> bool:
        """Whether the scanner can be reached."""
        return self._port is not None

    def stop(self) -> None:
        """Pull the scanner out for good."""
        with self._lock:
            if self._replug is not None:
                self._replug.cancel()
            self._pull()

    def nameplate(self) -> Nameplate:
        """What the scanner calls itself now."""
        strike = self.faults.take("hostile-name", "capabilities")
        model = self._model if strike is None else HOSTILE_NAMES[str(strike.value("text"))]
        return Nameplate(model, self._serial, uuid(self._serial))

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
        self.bed.clear(name)
        self._tell_waiting()
        if FAULTS[name].is_held:
            self._come_back()

    def switch_all_off(self) -> None:
        """Switch all faults off and undo what lasts of them."""
        self.faults.switch_all_off()
        for name in FAULTS:
            self.bed.clear(name)
        self._tell_waiting()
        self._come_back()

    def unplug(self, strike: Strike, *, is_renamed: bool = False) -> None:
        """Pull the scanner out; it comes back by itself if the fault says when."""
        with self._lock:
            if self._port is None:
                return
            self._pull()
            if is_renamed:
                self._model = OTHER_MODEL
                if strike.value("serial") == "other":
                    self._serial = serial(self._seed + 1)
            after_ms = strike.value("replug_after_ms")
            if isinstance(after_ms, int):
                self._replug = threading.Timer(after_ms / 1000 / self._factor, self._plug)
                self._replug.daemon = True
                self._replug.start()

    def page(self, job: Job, lying: Lying) -> Delivery:
        """Scan a page, and say how it leaves."""
        wanted = job.settings.wanted
        image = spoil_picture(see(self.drawn, lying, wanted), self.faults)
        return deliver_page(image, wanted.dpi, self.faults)

    def page_s(self, job: Job) -> float:
        """How long a page of a job passes the sensor; the lamp is warmed up once."""
        wanted = job.settings.wanted
        seconds = GLASS_S_PER_INCH[wanted.dpi] * (wanted.region.top + wanted.region.height) / PER_INCH
        share = FEEDER_SHARE if job.settings.is_feeder else 1.0
        return (seconds * share + (WARM_UP_S if job.pages == 1 else 0.0)) / self._factor

    def pause(self, seconds: float) -> None:
        """Let the time of a fault pass, at this scanner's speed; a fault that is switched off ends it."""
        self.wait(self.scaled(seconds))

    def scaled(self, seconds: float) -> float:
        """A time of a fault at this scanner's speed."""
        return seconds / self._factor

    def wait(self, seconds: float | None) -> None:
        """Wait so long (None: for ever), at most until a fault is switched off or the scanner is gone."""
        with self._changed:
            before = self._changes
            self._changed.wait_for(lambda: self._changes != before, seconds)

    def pass_time(self, until_s: float) -> None:
        """Wait for a moment of CLOCK_MONOTONIC."""
        time.sleep(max(0.0, until_s - time.monotonic()))

    def _tell_waiting(self) -> None:
        with self._changed:
            self._changes += 1
            self._changed.notify_all()

    def _pull(self) -> None:
        port, self._port = self._port, None
        self._tell_waiting()
        self.bed.stop()
        if port is not None:
            port.unplug()

    def _plug(self) -> None:
        with self._lock:
            self._replug = None
            if self._port is None:
                self._port = PluggedPort(EsclHandler, self, self._port_number)
                self.faults.settle()

    def _come_back(self) -> None:
        """Be plugged in again, as the one that it was."""
        with self._lock:
            if self._replug is not None:
                self._replug.cancel()
            self._model, self._serial = MODEL, serial(self._seed)
            if self._port is None:
                self._plug()


def serial(seed: int) -> str:
    """The serial number of the scanner of a seed."""
    return f"RENHU-SIM-{seed:08d}"


def uuid(serial_number: str) -> str:
    """The UUID of a serial number: RENHU-SIM in ASCII, then the number."""
    digits = b"RENHU-SIM".hex() + f"{int(serial_number.rpartition('-')[2]):014d}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
