"""The role of a document scanner: what the agent asks of it and what it answers.

Values that cross the worker's wire are frozen `msgspec` structs; the pixels of a page follow them as raw bytes.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from drivers.api import Candidate, Deadline

MM_PER_INCH = 25.4
A4_WIDTH_MM = 210.0
A4_HEIGHT_MM = 297.0


class Source(StrEnum):
    """Where the paper lies."""

    FLATBED = "flatbed"
    FEEDER = "adf"
    DUPLEX_FEEDER = "adf-duplex"


class ColourMode(StrEnum):
    """What of the paper is kept."""

    COLOUR = "colour"
    GREY = "grey"
    LINEART = "lineart"


class Encoding(StrEnum):
    """How a page's bytes are coded: colour and grey as JPEG, line art as TIFF with CCITT G4."""

    JPEG = "jpeg"
    TIFF_G4 = "tiff-g4"


class PaperEdge(StrEnum):
    """At which edge of its bed a source holds narrow paper, as far as the device tells."""

    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"
    UNKNOWN = ""


class SourceOffer(msgspec.Struct, frozen=True):
    """What one source of a scanner can do.

    Attributes:
        source: which.
        modes: the colour modes; line art stands here also where the worker makes it out of grey.
        resolutions_dpi: every resolution that may be asked for, rising.
        width_mm: the largest width.
        height_mm: the largest height.
        paper_edge: where paper lies that is narrower than that.
    """

    source: Source
    modes: tuple[ColourMode, ...]
    resolutions_dpi: tuple[int, ...]
    width_mm: float
    height_mm: float
    paper_edge: PaperEdge = PaperEdge.UNKNOWN


class ScannerIdentity(msgspec.Struct, frozen=True):
    """Which scanner this is.

    Attributes:
        address: as the configuration would say it, `sane:NAME`; NAME may differ after the next power cycle.
        vendor: as its backend says.
        model: as its backend says.
        serial: its serial number, or None where neither the system nor the scanner tells one.
        usb: on USB the numbers of maker and product, "04a9:190e".
    """

    address: str
    vendor: str
    model: str
    serial: str | None = None
    usb: str | None = None


class ScannerOffers(msgspec.Struct, frozen=True):
    """What a scanner offers; what does not stand here is not shown to the clerk.

    Attributes:
        sources: at least one.
        has_button: whether the backend lets us see the scanner's own button.
    """

    sources: tuple[SourceOffer, ...]
    has_button: bool

    def of(self, source: Source) -> SourceOffer | None:
        """The offer of one source; None where the scanner has no such source."""
        return next((offer for offer in self.sources if offer.source is source), None)


class ScanRequest(msgspec.Struct, frozen=True):
    """One scan: a page of the flatbed, or what lies in the feeder.

    Attributes:
        source: where the paper lies.
        mode: what is kept of it.
        resolution_dpi: dots per inch, the same both ways.
        left_mm: of the region, from the left edge of the bed.
        top_mm: of the region, from the upper edge of the bed.
        width_mm: of the region; cut to what the source can do.
        height_mm: of the region; cut to what the source can do.
        page_limit: at most so many pages (sides) are taken from the feeder.
    """

    source: Source = Source.FLATBED
    mode: ColourMode = ColourMode.COLOUR
    resolution_dpi: int = 300
    left_mm: float = 0.0
    top_mm: float = 0.0
    width_mm: float = A4_WIDTH_MM
    height_mm: float = A4_HEIGHT_MM
    page_limit: int = 50


class ScannedPage(msgspec.Struct, frozen=True):
    """What is known of one scanned side, beside its bytes.

    Attributes:
        number: 1 for the first side of the scan.
        encoding: of the bytes.
        mode: colour mode of the bytes.
        width_px: width.
        height_px: height.
        resolution_dpi: dots per inch.
        flat_edge_px: so many lines at the lower edge have one and the same colour that is not paper white: over eSCL
            that is all that can be seen of a page that ended early.  0 for none.
        white_share: how much of the page is as light as paper, 0 to 1; a blank back is near 1.
        cut_to_mm: the width and height of the region where the scanner made it smaller than was asked; None elsewhere.
    """

    number: int
    encoding: Encoding
    mode: ColourMode
    width_px: int
    height_px: int
    resolution_dpi: int
    flat_edge_px: int = 0
    white_share: float = 0.0
    cut_to_mm: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the page under way has come: `lines` of `lines_expected`, which is 0 where nobody knows."""

    page: int
    lines: int
    lines_expected: int


class DocumentScanner(ABC):
    """A document scanner.  One thread calls everything but `cancel`.

    Methods raise DeviceAbsent, DeviceBusy, NeedsOperator, DeviceRefused and LinkError with the codes `SCANNER-…`.
    No call can be ended from inside the process when the library hangs: the caller ends the process.
    """

    @abstractmethod
    def open(self, deadline: Deadline) -> ScannerIdentity:
        """Find the scanner, open it and learn what it offers."""

    @abstractmethod
    def close(self) -> None:
        """Release the scanner.  Never raises; may be called at any time."""

    @abstractmethod
    def offers(self) -> ScannerOffers:
        """What the open scanner can do."""

    @abstractmethod
    def scan(self, request: ScanRequest, report: Callable[[Progress], None]) -> Iterator[tuple[ScannedPage, bytes]]:
        """Scan; every page comes as soon as it is whole.

        The iteration ends behind the last sheet, at `page_limit`, or when `cancel` was called; a page that was under
        way then is dropped.  An empty feeder is an error only when not one page came.
        `report` is called while a page is read; it *must not* raise.

        Raises: CodedError SCANNER-SETTING when the scanner does not offer what is asked, before anything moves.
        """

    @abstractmethod
    def cancel(self) -> None:
        """End the scan under way; may be called from any thread, and when none is."""

    @abstractmethod
    def is_button_pressed(self) -> bool:
        """Whether the scanner's own button went down since this was last asked."""

    @abstractmethod
    def forget_button(self) -> None:
        """Take what is down now for no press: the next question begins anew."""

    @abstractmethod
    def candidates(self) -> tuple[Candidate, ...]:
        """The scanners that the system knows.  Slow (seconds): never on a clerk's time."""
