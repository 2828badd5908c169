"""Open the documents of a data folder at start: key, files, what a crash left behind."""

from __future__ import annotations

from dataclasses import dataclass, field

from agent.accounts.storage import Store
from agent.config import KEEP_DAYS
from agent.documents.cards import Cards
from agent.documents.jobs import Jobs
from agent.documents.media_files import FOLDER, MediaFiles
from agent.documents.media_key import KeySources, open_media_key
from agent.documents.media_store import MediaStore
from agent.documents.papers import Papers
from agent.documents.pictures import Pictures
from agent.documents.preview import PreviewShelf
from agent.documents.retention import Retention
from agent.documents.straightening import Straightening
from agent.documents.worked_days import WorkedDays
from agent.errors import CodedError, StartRefused, exit_of
from agent.folder import DataFolder, FolderKind
from drivers.api import Clock

SWEEP_EVERY_S = 24 * 3600.0


@dataclass(slots=True)
class Documents:
    """The parts that everything about documents works with."""

    media: MediaStore
    papers: Papers
    jobs: Jobs
    pictures: Pictures
    shelf: PreviewShelf
    straightening: Straightening
    cards: Cards
    retention: Retention
    days: WorkedDays
    _clock: Clock
    _swept_at_s: float = field(init=False)

    def __post_init__(self) -> None:
        self._swept_at_s = self._clock.monotonic()

    def keep_house(self) -> None:
        """Forget an old preview, destroy and sweep what has had its time, let an idle pictures process go.

        To be called as often as one likes.

        Raises: CodedError when disk or database fail.
        """
        self.shelf.keep_house()
        self.pictures.end_when_idle()
        self.retention.keep_house()
        now_s = self._clock.monotonic()
        if now_s - self._swept_at_s >= SWEEP_EVERY_S:
            self._swept_at_s = now_s
            self.media.sweep(self.days.count())


def open_documents(
    sources: KeySources, folder: DataFolder, store: Store, clock: Clock, keep_days: int = KEEP_DAYS
) -> Documents:
    """Open the folder's documents; sweep what belongs to nobody, and end the scans that the last run left running.

    Raises: StartRefused: the key's refusals (10, 2), DATABASE-FULL (12), DATABASE-FAILED, DATABASE-DAMAGED (11).
    """
    key = open_media_key(sources, folder, store)
    try:
        media = MediaStore(store, MediaFiles(folder.path / FOLDER), key, clock)
        days = WorkedDays(store, clock)
        media.sweep(days.count(), is_start=True)
        jobs = Jobs(store, clock)
        jobs.interrupt_unended()
    except CodedError as error:
        raise StartRefused(error.code, exit_of(error.code), folder=str(folder.path)) from error
    papers = Papers(store, clock, media)
    pictures = Pictures(clock, is_practice=folder.kind is FolderKind.PRACTICE)
    straightening = Straightening(store, clock, papers, media, pictures)
    cards = Cards(store, clock, papers, media, pictures)
    retention = Retention(store, clock, media, days, keep_days)
    return Documents(media, papers, jobs, pictures, PreviewShelf(clock), straightening, cards, retention, days, clock)
