"""What the pages are given to work with: the services they call and the settings they obey."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from webui.practice import PracticeCamera, PracticePanel, PracticeScanner

if TYPE_CHECKING:
    from agent.accounts.service import AccountsService, SignedIn
    from agent.addresses.service import AddressService
    from agent.devices.service import CameraCondition, CameraOffers, DevicesService
    from agent.documents.service import DocumentsService, Uploads
    from agent.events.service import EventBus
    from agent.exchange.service import ExchangeService
    from agent.photos.service import PhotosService
    from agent.printing.service import PrintingService
    from agent.register.desk import Desk
    from agent.register.service import RegisterService
    from agent.tables.service import TablesService

OUR_NAMES: Final = ("127.0.0.1", "station.localhost")


class Clock(Protocol):
    """The only source of time."""

    def monotonic(self) -> float:
        """Seconds from an arbitrary point; never jumps."""

    def now(self) -> datetime:
        """The aware UTC time."""

    def today(self) -> date:
        """The date at the station."""


class ButtonPresses(Protocol):
    """Presses of the scanner's own button that wait for a page to answer."""

    def take(self, draft_id: str, by: SignedIn) -> None:
        """Scan into the draft that the page shows, where a press for it waits."""


class DatabaseFile(Protocol):
    """The database's file, which is looked at while the station works."""

    @property
    def damaged_pages(self) -> int:
        """How many of its pages were found damaged."""


class StationCamera(Protocol):
    """What the camera has told of itself; nothing of whom it has taken."""

    def offers(self) -> CameraOffers:
        """What it offered when it was last opened."""

    def condition(self) -> CameraCondition | None:
        """How it was when it was last asked; None while it is away."""


class CardPictures(Protocol):
    """Pictures of cards as something a browser can show."""

    @property
    def draws_simulated(self) -> bool:
        """Whether the photos of simulated cards are drawn without a vendor's library."""
        ...

    def card_picture(self, draft_id: str, by: SignedIn) -> bytes | None:
        """The picture of the card that filled the draft, as PNG; None when it cannot be decoded here."""


@dataclass(frozen=True, slots=True)
class Services:
    """Everything behind the pages.  `practice` is there in practice folders only."""

    accounts: AccountsService
    register: RegisterService
    tables: TablesService
    desk: Desk
    devices: DevicesService
    documents: DocumentsService
    uploads: Uploads
    photos: PhotosService
    printing: PrintingService
    exchange: ExchangeService
    addresses: AddressService
    scan_button: ButtonPresses
    database: DatabaseFile
    camera: StationCamera
    bus: EventBus
    clock: Clock
    pictures: CardPictures
    practice: PracticePanel | None = None
    practice_scanner: PracticeScanner | None = None
    practice_camera: PracticeCamera | None = None


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
