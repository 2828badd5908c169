"""What the scan desk works with: the scanner as it sees it, an errand, the scan under way, what goes on around it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol

from agent.config import SILENCE_S
from agent.documents.job_state import JobHappening
from agent.documents.papers import NewPage
from agent.errors import CodedError
from drivers.scanner_api import ScannerOffers, ScanRequest, Source


@dataclass(frozen=True, slots=True)
class Around:
    """What goes on around the scans.

    Attributes:
        keep_house: done about once a minute while nothing happens.
        is_coming: whether the scanner is just being opened, so that a scan is better not refused yet.
        leave: done last in the desk's thread: its connection to the database is its own to close.
        silence_s: so long the scanner may show nothing while an ordinary page passes.
    """

    keep_house: Callable[[], None]
    is_coming: Callable[[], bool]
    leave: Callable[[], object]
    silence_s: float = SILENCE_S


class Scanner(Protocol):
    """What is asked of the supervisor."""

    def request(
        self, role: str, operation: str, arguments: dict[str, object], limit_s: float, moving_s: float | None = None
    ) -> Future[bytes]:
        """Ask the device for something."""

    def cancel(self, role: str) -> None:
        """Call off what the device is doing."""


class Errand(ABC):
    """What a scan is for: whose it is, what is asked of the scanner, where its pages go, where its end is noted.

    Attributes:
        user: who sent it: a user's key, or another word for somebody who is no user.
        name: who that is, for those who find the scanner held.
        what: what is scanned: a kind of document, or the name of a command.
        asked: what was asked for, to know a wish that comes twice; None where that cannot be.
        about: what the pages are told when something happens to it: whose papers it is for, never a person's data.
        silence_s: so long the scanner may show nothing; None for as long as what is asked may need.
        is_job: whether the wish is written down, so that others find it there.
        held_code: code of the sentence for others who find the scanner held.
    """

    user: str
    name: str
    what: str
    asked: object = None
    about: dict[str, str | int]
    silence_s: float | None = None
    is_job: bool = True
    held_code: str = "SCANNER-HELD"

    @abstractmethod
    def begin(self) -> str:
        """Write the wish down; give the key by which it can be called off."""

    @abstractmethod
    def request(self, offers: ScannerOffers) -> ScanRequest:
        """Say what the scanner is asked for, as far as it can."""

    @abstractmethod
    def keep(self, page: NewPage) -> None:
        """Take a page.  Raises: CodedError where that is not possible; the scan ends then."""

    @abstractmethod
    def note(self, happening: JobHappening, error: CodedError | None = None) -> None:
        """Write down how far it is, or how it ended.  Raises: CodedError."""

    @abstractmethod
    def progress(self, page: int, lines: int, lines_expected: int) -> None:
        """Hear how far the page under way is."""


@dataclass(slots=True)
class UnderWay:
    """The scan under way; `failure` is why a page of it could not be kept."""

    key: str
    errand: Errand
    source: Source = Source.FLATBED
    is_cancelled: bool = False
    lines: int = 0
    lines_expected: int = 0
    failure: CodedError | None = None
