"""What the pages are given to work with: the services they call and the settings they obey."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from agent.accounts.service import AccountsService, SignedIn
    from agent.devices.service import DevicesService
    from agent.documents.service import DocumentsService, Uploads
    from agent.events.service import EventBus
    from agent.register.desk import Desk
    from agent.register.service import RegisterService

OUR_NAMES: Final = ("127.0.0.1", "station.localhost")


class Clock(Protocol):
    """The only source of time."""

    def monotonic(self) -> float:
        """Seconds from an arbitrary point; never jumps."""

    def now(self) -> datetime:
        """The aware UTC time."""

    def today(self) -> date:
        """The date at the station."""


@dataclass(frozen=True, slots=True)
class PracticeCard:
    """A made-up card that can be laid on the simulated plate."""

    id: str
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class PracticeFault:
    """A fault that a simulated device can be given.

    Attributes:
        name: as in the simulator's own list, e.g. `card-pulled`.
        parameters: name of each parameter with its default, as text; empty where there is none.
        is_active: whether it is switched on now.
    """

    name: str
    parameters: Mapping[str, str]
    is_active: bool


@dataclass(frozen=True, slots=True)
class PracticePaper:
    """A made-up paper that can be laid into the simulated scanner."""

    id: str
    name: str
    sides: int


class PracticeFaults(Protocol):
    """The faults of one simulated device."""

    def faults(self) -> Sequence[PracticeFault]:
        """Every fault the simulator knows."""

    def switch_on(self, name: str, parameters: Mapping[str, str]) -> None:
        """Give the device a fault; parameters are the texts of the form."""

    def switch_off(self, name: str) -> None:
        """End one fault."""

    def switch_all_off(self) -> None:
        """End every fault."""


class PracticePanel(PracticeFaults, Protocol):
    """The panel of the simulated reader: what lies on the plate, which faults are on."""

    def cards(self) -> Sequence[PracticeCard]:
        """The stack of made-up cards."""

    def lay(self, card_id: str) -> None:
        """Lay a card on the plate, in place of what lies there."""

    def lift(self) -> None:
        """Take the card off the plate."""


class PracticeScanner(PracticeFaults, Protocol):
    """The panel of the simulated scanner: what lies in the feeder and on the glass, which faults are on."""

    def papers(self) -> Sequence[PracticePaper]:
        """The stack of made-up papers."""

    def fill_feeder(self, paper_ids: Sequence[str]) -> None:
        """Lay sheets into the feeder, in place of what lies there."""

    def lay_on_glass(self, paper_id: str, side: str) -> None:
        """Lay a paper on the glass with its `front` or `back` down."""


class ButtonPresses(Protocol):
    """Presses of the scanner's own button that wait for a page to answer."""

    def take(self, draft_id: str, by: SignedIn) -> None:
        """Scan into the draft that the page shows, where a press for it waits."""


class DatabaseFile(Protocol):
    """The database's file, which is looked at while the station works."""

    @property
    def damaged_pages(self) -> int:
        """How many of its pages were found damaged."""


class CardPictures(Protocol):
    """Pictures of cards as something a browser can show."""

    def card_picture(self, draft_id: str, by: SignedIn) -> bytes | None:
        """The picture of the card that filled the draft, as PNG; None when it cannot be decoded here."""


@dataclass(frozen=True, slots=True)
class Services:
    """Everything behind the pages.  `practice` is there in practice folders only."""

    accounts: AccountsService
    register: RegisterService
    desk: Desk
    devices: DevicesService
    documents: DocumentsService
    uploads: Uploads
    scan_button: ButtonPresses
    database: DatabaseFile
    bus: EventBus
    clock: Clock
    practice: PracticePanel | None = None
    practice_scanner: PracticeScanner | None = None
    pictures: CardPictures | None = None


@dataclass(frozen=True, slots=True)
class WebSettings:
    """How the pages are served.

    Attributes:
        host: the loopback address that the server listens on.
        port: its TCP port.
        is_practice: whether the data folder is a practice folder: shows the SIMULATED band and the fault panel.
        station_name: shown in the bar.
        allowed_hosts: names that a browser may use in `Host`, without the port.
        stream_cap: how many event streams may be open at once.
        time_zone: IANA name of the zone in which people read times.
        bootstrap_folder: where Debian's libjs-bootstrap5 has put Bootstrap.
        body_limit_bytes: the largest body that a form may have.
        files_limit_bytes: the largest body of the form that brings files.
    """

    host: str
    port: int
    is_practice: bool
    station_name: str
    allowed_hosts: tuple[str, ...] = OUR_NAMES
    stream_cap: int = 32
    time_zone: str = "Asia/Shanghai"
    bootstrap_folder: Path = Path("/usr/share/javascript/bootstrap5")
    body_limit_bytes: int = 256 * 1024
    files_limit_bytes: int = 41_000_000
