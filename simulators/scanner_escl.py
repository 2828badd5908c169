"""A simulated document scanner with glass and duplex feeder that speaks eSCL over HTTP, as AirPrint scanners do.

Source: Mopria eSCL specification: ScannerCapabilities, ScannerStatus, ScanJobs, NextDocument; the serial number and the
UUID (in ASCII) begin with RENHU-SIM.
"""

from __future__ import annotations

from simulators.fault_board import FaultBoard, Strike
from simulators.papers import Paper, papers
from simulators.papers_drawn import DrawnPapers
from simulators.plugged_device import PluggedDevice
from simulators.request_log import RequestLog
from simulators.scanner_bed import Bed, Job
from simulators.scanner_escl_http import EsclHandler
from simulators.scanner_escl_xml import Nameplate
from simulators.scanner_fault_table import FAULTS, HOSTILE_NAMES
from simulators.scanner_picture import PER_INCH, Lying, see
from simulators.scanner_spoilt import Delivery, deliver_page, spoil_picture

MODEL = "RENHU-SIM eSCL Scanner"
OTHER_MODEL = "RENHU-SIM eSCL Scanner 2"
WARM_UP_S = 0.3
GLASS_S_PER_INCH = {75: 0.25, 100: 0.25, 150: 0.3, 200: 0.35, 300: 0.5, 600: 1.6}
FEEDER_SHARE = 0.4


class SimulatedScanner(PluggedDevice):
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
        self.log = RequestLog()
        self._seed = seed
        self._model = MODEL
        self._serial = serial(seed)
        faults = FaultBoard(FAULTS)
        self.bed = Bed(faults, speed_factor)
        super().__init__(faults, EsclHandler, speed_factor, port)

    @property
    def address(self) -> str:
        """The address to give to the driver: the same whatever name the scanner has when it comes back."""
        return f"sane:airscan:escl:{serial(self._seed)}:http://127.0.0.1:{self.port_number}/eSCL/"

    def nameplate(self) -> Nameplate:
        """What the scanner calls itself now."""
        strike = self.faults.take("hostile-name", "capabilities")
        model = self._model if strike is None else HOSTILE_NAMES[str(strike.value("text"))]
        return Nameplate(model, self._serial, uuid(self._serial))

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

    def undo(self, name: str) -> None:
        """Take out what is in the paper's way."""
        self.bed.clear(name)

    def lose_power(self) -> None:
        """Forget the job."""
        self.bed.stop()

    def rename(self, strike: Strike) -> None:
        """Be another model, of another serial number if the fault says so."""
        self._model = OTHER_MODEL
        if strike.value("serial") == "other":
            self._serial = serial(self._seed + 1)

    def rename_back(self) -> None:
        """Be the one that it was."""
        self._model, self._serial = MODEL, serial(self._seed)


def serial(seed: int) -> str:
    """The serial number of the scanner of a seed."""
    return f"RENHU-SIM-{seed:08d}"


def uuid(serial_number: str) -> str:
    """The UUID of a serial number: RENHU-SIM in ASCII, then the number."""
    digits = b"RENHU-SIM".hex() + f"{int(serial_number.rpartition('-')[2]):014d}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
