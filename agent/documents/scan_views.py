"""What the pages are shown of scans: the one under way, the scanner, what lies on the glass, a quiet word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from agent.documents.job_state import JobState
from agent.documents.kinds import DocumentKind, Preset
from agent.documents.page_sizes import WHOLE

CardSource = Literal["flatbed", "adf-duplex", "adf"]


@dataclass(frozen=True, slots=True)
class JobView:
    """One scan.

    Attributes:
        id: its key.
        kind: of which kind of document.
        state: how far it is.
        pages: how many pages are stored.
        lines: lines read of the page under way.
        lines_expected: of how many; 0 where nobody knows.
        error_code: why it failed, "" otherwise.
        facts: for that sentence.
        is_preview: whether it was a look at the glass, which keeps nothing.
        source: where the paper lay.
    """

    id: str
    kind: DocumentKind
    state: JobState
    pages: int
    lines: int
    lines_expected: int
    error_code: str
    facts: Mapping[str, str | int | float]
    is_preview: bool = False
    source: str = ""

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self.state in (JobState.QUEUED, JobState.SCANNING)


@dataclass(frozen=True, slots=True)
class ScannerView:
    """The scanner as a clerk sees it.

    Attributes:
        state: "ready", "busy", "absent" …, as the supervisor says; "none" where none is configured.
        code: why it cannot be used, or not yet; "" where it can.
        facts: for that sentence.
        holder: who else's scan is under way, "" for nobody.
        offers: what each source can do; empty as long as the scanner has never been ready.
        has_button: whether its own button means something here.
        card_sources: where a card with both its sides is laid, the best place first.
        back_source: where it is laid for its back alone.
        held_code: code of the sentence that names the holder, "" for nobody.
    """

    state: str
    code: str
    facts: Mapping[str, str | int | float]
    holder: str
    offers: Mapping[str, SourceView]
    has_button: bool = False
    card_sources: Sequence[CardSource] = ("flatbed",)
    back_source: CardSource = "flatbed"
    held_code: str = ""

    @property
    def is_coming(self) -> bool:
        """Whether it is just being opened."""
        return self.code == "SCANNER-COMING"

    @property
    def is_usable(self) -> bool:
        """Whether a scan could begin now, or as soon as the scanner is open: one that is wished for waits so long."""
        return (self.state == "ready" or self.is_coming) and not self.holder

    def ways(self, preset: Preset) -> Sequence[Preset]:
        """How a single sheet can be scanned anew: as its kind is, and from the glass where the feeder comes first."""
        glass = self.offers.get("flatbed")
        if glass is None or preset.source == "flatbed":
            return [preset]
        colour = preset.colour if preset.colour in glass.colours else glass.colours[0]
        dpi = min(glass.resolutions_dpi, key=lambda one: abs(one - preset.dpi), default=preset.dpi)
        size = preset.size if preset.size in glass.sizes else WHOLE
        laid = replace(preset, source="flatbed", colour=colour, dpi=dpi, size=size)  # type: ignore[arg-type]
        return [preset, laid]


@dataclass(frozen=True, slots=True)
class SourceView:
    """What one source of the scanner offers: colour modes, resolutions, page sizes, and how large its bed is."""

    colours: Sequence[str]
    resolutions_dpi: Sequence[int]
    sizes: Sequence[str]
    width_mm: float
    height_mm: float


@dataclass(frozen=True, slots=True)
class PreviewView:
    """A look at the glass: its job's key, of which kind of document it is to become a page, how large the glass is."""

    key: str
    kind: str
    width_mm: float
    height_mm: float


@dataclass(frozen=True, slots=True)
class Notice:
    """A quiet word: the code of its sentence, with facts."""

    code: str
    facts: Mapping[str, str | int | float]
