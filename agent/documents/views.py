"""What the pages are shown of documents: the board of a draft or record, its pages, the files a clerk adds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from agent.documents.crop_state import CropState
from agent.documents.crops import Box
from agent.documents.kinds import ChecklistLine, DocumentKind, Preset
from agent.documents.page_sizes import A4, Region
from agent.documents.scan_views import JobView, Notice, PreviewView, ScannerView

MOST_FILE_MEGABYTES: Final = 40
MARGIN_SHARE: Final = 0.02

OwnerKind = Literal["draft", "record"]


@dataclass(frozen=True, slots=True)
class OwnerRef:
    """The draft or the record whose documents are meant; `id` is a UUID as text."""

    kind: OwnerKind
    id: str


@dataclass(frozen=True, slots=True)
class ScanWish:
    """What the clerk asks of the scanner.

    Attributes:
        source: where the paper lies.
        colour: colour mode.
        dpi: dots per inch.
        size: one of `page_sizes.SIZES_MM`.
        region: a part of the glass, which goes before the size.
    """

    source: Literal["flatbed", "adf", "adf-duplex"]
    colour: Literal["colour", "grey", "lineart"]
    dpi: int
    size: str = A4
    region: Region | None = None


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something about a page that the clerk should look at: the code of its sentence, with facts.

    `side` is the side of a card that it is of, where the page shows both; "" where it is of the whole page.
    """

    code: str
    facts: Mapping[str, str | int]
    side: Literal["", "front", "back"] = ""


@dataclass(frozen=True, slots=True)
class CropView:
    """A page and the rectangle that is proposed, drawn or taken out of it.

    Attributes:
        page_id: the page's key.
        kind: code of its document's kind.
        version: of its document.
        position: its place in the document, from 1.
        state: whether anything is proposed, and what the clerk has decided.
        rotation_deg: how the clerk has turned the page, clockwise.
        size_mm: width and height of the original as the clerk has turned it.
        box: the rectangle on the original as the clerk has turned it.
        found: what was found there, None where nothing was clear.
        original_size_mm: width and height of the original as it came.
        original_box: the rectangle on the original as it came.
        is_finished: whether the page shows what was made of it.
        revision: how many were made of it so far.
    """

    page_id: str
    kind: str
    version: int
    position: int
    state: CropState
    rotation_deg: int
    size_mm: tuple[float, float]
    box: Box
    found: Box | None
    original_size_mm: tuple[float, float]
    original_box: Box
    is_finished: bool
    revision: int

    @property
    def is_proposed(self) -> bool:
        """Whether the clerk has something to decide."""
        return self.state == "proposed"

    @property
    def margin_mm(self) -> float:
        """So much room around the page shows all of the frame, with some for a hand at its corners."""
        return round(self.box.standing_out_mm(*self.size_mm) + MARGIN_SHARE * max(self.size_mm), 1)


@dataclass(frozen=True, slots=True)
class CardWaiting:
    """A card whose front is here and whose back is awaited.

    Attributes:
        page_id: the page of its front.
        kind: code of its document's kind.
        seen: the last scan of another paper from the glass, which may still lie there; "" for none.
        used_by: who wished for it; "" for none.
    """

    page_id: str
    kind: str
    seen: str
    used_by: str


@dataclass(frozen=True, slots=True)
class PageView:
    """One page.

    Attributes:
        id: its key.
        position: its place in the document, from 1; 0 for a removed page.
        side: `front` or `back` of a sheet, "" where nobody knows.
        origin: `scanned` here, or `uploaded` as a file.
        rotation_deg: how the clerk has turned it, clockwise.
        doubts: what should be looked at.
        crop: how it could be put right, or was; None where nobody has looked yet.
        card: of a card on one page, which sides are here: `front` or `both`; "" for a page like others.
        revision: key of what it shows, other than the original; "" for the original.
        shown: tells one picture of it from the next; "" where it always shows the one it came with.
    """

    id: str
    position: int
    side: str
    origin: str
    rotation_deg: int
    doubts: Sequence[Doubt]
    crop: CropView | None
    card: Literal["", "front", "both"]
    revision: str
    shown: str

    @property
    def is_blank(self) -> bool:
        """Whether nothing seems to be on it, so that its removal is proposed."""
        return any(doubt.code == "PAGE-BLANK" for doubt in self.doubts)

    @property
    def is_doubtful(self) -> bool:
        """Whether the clerk has something to look at or to decide."""
        return bool(self.doubts) or (self.crop is not None and self.crop.is_proposed)

    @property
    def is_being_composed(self) -> bool:
        """Whether both sides of a card are here and are just put together: not yet, and nothing has failed."""
        has_failed = any(doubt.code == "CARD-NOT-COMPOSED" for doubt in self.doubts)
        return self.card == "both" and not self.revision and not has_failed


@dataclass(frozen=True, slots=True)
class DocumentView:
    """One document with its pages in order, and those taken out of it.

    Attributes:
        elsewhere: the address of the other dwelling that it proves, by key; empty where it counts.
        awaits: whether it came under a correction of who looks, and will count once that is saved.
        brought_for: the address that it proved before a clerk counted it for this one; empty where nobody did.
    """

    id: str
    kind: DocumentKind
    version: int
    pages: Sequence[PageView]
    removed: Sequence[PageView]
    elsewhere: Mapping[str, str]
    awaits: bool
    brought_for: Mapping[str, str]

    @property
    def blanks(self) -> Sequence[PageView]:
        """The pages whose removal is proposed."""
        return [page for page in self.pages if page.is_blank]

    @property
    def crooked(self) -> Sequence[PageView]:
        """The pages that it is proposed to put right."""
        return [page for page in self.pages if page.crop is not None and page.crop.is_proposed]


@dataclass(frozen=True, slots=True)
class Board:
    """Everything about the documents of one draft or record.

    Attributes:
        owner: whose.
        lines: what is needed and what is there.
        verdict: code and facts of the sentence that sums it up.
        documents: in the order of their kinds.
        job: the scan under way for this owner, else the last one that ended; None where there was none.
        scanner: how it is.
        presets: per kind, how it is scanned: as last time at this station, or as the kind says, as far as the scanner
            can.
        may_change: whether this person may scan, turn and remove.
        preview: what lies on the glass, where this session has looked; None otherwise.
        notice: what was said quietly to this session a moment ago; None for nothing.
        card: the card whose back is awaited; None for none.
        undecided: the form's empty fields on which it depends whether more is needed.
        dwelling: the address in the form, by key.
        keep_days: so many days what was taken out or put right can be taken back, once the record is saved.
    """

    owner: OwnerRef
    lines: Sequence[ChecklistLine]
    verdict: tuple[str, Mapping[str, str | int]]
    documents: Sequence[DocumentView]
    job: JobView | None
    scanner: ScannerView
    presets: Mapping[str, Preset]
    may_change: bool
    preview: PreviewView | None = None
    notice: Notice | None = None
    card: CardWaiting | None = None
    keep_days: int = 0
    undecided: Sequence[str] = ()
    dwelling: Mapping[str, str] = field(default_factory=dict)

    @property
    def can_go_back(self) -> bool:
        """Whether anything was taken out or put right, which can be taken back for a while."""
        return any(one.removed or any(page.revision for page in one.pages) for one in self.documents)

    @property
    def missing(self) -> Sequence[DocumentKind]:
        """What is needed and not here."""
        return [line.kind for line in self.lines if line.state == "missing"]

    @property
    def elsewhere(self) -> int:
        """How many pages are there of what is missing, and prove another dwelling."""
        return sum(line.elsewhere for line in self.lines if line.state == "missing")

    @property
    def to_look_at(self) -> int:
        """How many pages the clerk should look at."""
        return sum(page.is_doubtful for one in self.documents for page in one.pages)

    def doubtful(self, kind: DocumentKind) -> int:
        """How many pages of a kind the clerk should look at."""
        return sum(page.is_doubtful for one in self.documents if one.kind == kind for page in one.pages)


@dataclass(frozen=True, slots=True)
class ClerksFile:
    """A file as the clerk chose it; its name is only for saying which one is meant."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class FileRefused:
    """Why nothing of a file was kept: the code of the sentence, with facts."""

    name: str
    code: str
    facts: Mapping[str, str | int | float]


@dataclass(frozen=True, slots=True)
class FilesTaken:
    """How many pages came out of a clerk's files, and which files were refused."""

    pages: int
    refused: Sequence[FileRefused]
