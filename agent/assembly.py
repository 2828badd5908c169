"""Put a station together from its configuration: the composition root, which knows all the parts.

The pages, which it only starts, are put together in `agent.pages`.
"""

from __future__ import annotations

import sys
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from agent.accounts.service import AccountsPolicy, AccountsService
from agent.addresses.service import AddressService
from agent.clock import SystemClock
from agent.config import SILENCE_S, Config
from agent.control import ControlServer, Talk
from agent.control_handlers import handlers
from agent.control_photo import PhotoLender
from agent.control_scan import ScanLender
from agent.devices import scratch
from agent.devices.camera_desk import CameraDesk
from agent.devices.chosen import ChosenPorts
from agent.devices.last_places import LastPlaces
from agent.devices.photo_decoder import PhotoDecoder, PhotoSettings
from agent.devices.service import DevicesService
from agent.devices.status import DeviceStatus
from agent.devices.supervisor import Supervisor
from agent.devices.wire import Frame, Shown, Sign, raw
from agent.documents.media_key import KeySources
from agent.documents.opening import Documents, open_documents
from agent.documents.page_looks import PageLooks
from agent.documents.pictures import Pictures
from agent.documents.scan_desk import ScanDesk
from agent.documents.scan_orders import Around
from agent.documents.scans import Kept, Scans
from agent.documents.service import DocumentsService
from agent.documents.uploads import Uploads
from agent.events.service import EventBus
from agent.exchange.service import ExchangeService
from agent.folder import DataFolder, FolderKind
from agent.listening import listen
from agent.memory import give_back_large_blocks, give_back_what_is_free
from agent.notify import Notifier
from agent.operations.database_watch import DatabaseWatch
from agent.photos.album import Album
from agent.photos.belongings import Belongings
from agent.photos.service import Darkroom, PhotosService
from agent.printing.service import PrintingService, Shelf, Sources
from agent.register.desk import Desk
from agent.register.service import RegisterService
from agent.register.views import StationSettings
from agent.scan_button import ScanButton
from agent.station import CardFeed, Station, configured_devices, socket_place
from agent.store import open_store
from agent.tables.service import TablesService
from peewee_models.database import SqlCipherStore

if TYPE_CHECKING:
    from agent.pages import Pages, Practice

TURN_S = 0.0005
"""So long a thread may keep the interpreter while another waits: who answers a page needs it often and briefly, beside
a scan that is taken in.  Python's own 5 ms, several times over, are what a clerk would notice."""


@dataclass(slots=True)
class Running:
    """A station that answers.  `stop` ends it in reverse order."""

    url: str
    station: Station
    accounts: AccountsService
    store: SqlCipherStore
    _pages: Pages
    _folder: DataFolder

    def stop(self) -> None:
        """No more pages, no more devices, everything kept, the folder free."""
        self.station.give_up_waiting()
        self._pages.stop()
        self.station.stop()
        self.store.close()
        self._folder.release()


def start(config: Config, kind: FolderKind, notifier: Notifier, practice: Practice | None = None) -> Running:
    """Start everything that a configuration asks for.

    Raises: CodedError, of which `exit_code` knows the contract's code.  Nothing is left running, whatever went wrong.
    """
    give_back_large_blocks()
    sys.setswitchinterval(TURN_S)
    with ExitStack() as undone:
        folder = DataFolder.take(config.folder, kind)
        undone.callback(folder.release)
        scratch.sweep()
        bound = listen(config.host, config.port)
        undone.callback(bound.close)
        store = open_store(folder, config.key, config.home)
        undone.callback(store.close)
        sources = KeySources(config.media_key, config.key)
        papers = open_documents(sources, folder, store, SystemClock(config.time_zone), config.keep_originals_days)
        station = assemble(config, kind, store, papers, notifier)
        undone.callback(station.stop)
        station.start()
        # The workers of the devices load and look about while the pages are loaded and put together.
        from agent.pages import Pages  # noqa: PLC0415

        pages = Pages(station, config, kind, practice, bound)
        pages.start()
        undone.callback(pages.stop)
        notifier.ready()
        pages.warm()
        give_back_what_is_free()
        undone.pop_all()
    return Running(pages.url, station, station.accounts, store, pages, folder)


@dataclass(frozen=True, slots=True)
class _Ground:
    """What every part of a station stands on."""

    config: Config
    kind: FolderKind
    store: SqlCipherStore
    clock: SystemClock
    bus: EventBus


@dataclass(frozen=True, slots=True)
class _Kept:
    """What has to be cleared now and then, besides documents."""

    album: Album
    shelf: Shelf
    exchange: ExchangeService


@dataclass(slots=True)
class _Listeners:
    """Whom the devices' signs go to; complete before anything is started."""

    feed: CardFeed
    devices: DevicesService | None = None
    scan_desk: ScanDesk | None = None
    camera_desk: CameraDesk | None = None

    def take(self, role: str, sign: Shown) -> None:
        """Pass a sign on; a command that has borrowed the reader gets the card, the desk hears that one lies there."""
        if role == "scanner":
            if self.scan_desk is not None and not isinstance(sign, Frame):
                self.scan_desk.put(sign)
        elif role == "camera":
            if self.camera_desk is not None:
                self.camera_desk.put(sign)
        elif isinstance(sign, Sign):
            is_borrowed = self.devices is not None and self.devices.offer(sign)
            self.feed.put(msgspec.structs.replace(sign, data=raw(None)) if is_borrowed else sign)

    @property
    def are_alive(self) -> bool:
        """Whether all that the signs go to still listen."""
        return self.feed.is_alive and self.scan_desk is not None and self.scan_desk.is_alive


def assemble(config: Config, kind: FolderKind, store: SqlCipherStore, papers: Documents, notifier: Notifier) -> Station:
    """Make the parts of a station and tie them together; starts nothing."""
    ground = _Ground(config, kind, store, SystemClock(config.time_zone), EventBus())
    album = Album(store, ground.clock, papers.media)
    tables = TablesService(store, ground.clock, config.time_zone)
    tables.load()
    accounts, register, desk = _register(ground, Belongings(papers.papers, album))
    addresses = AddressService(register.place)
    addresses.load()
    listeners = _Listeners(CardFeed(desk, register, ground.clock))
    supervisor, devices = _devices(ground, listeners, notifier)
    shelf, exchange = Shelf(ground.clock), ExchangeService(register, accounts, papers.days.count)
    scan_desk, documents, looks = _documents(ground, papers, _Kept(album, shelf, exchange), supervisor)
    camera_desk = CameraDesk(supervisor, ground.clock)
    photos = _photos(ground, papers.pictures, camera_desk, album)
    sources = Sources(register, photos, documents, accounts)
    printing = PrintingService(store, ground.clock, sources, papers.pictures, shelf)
    listeners.devices, listeners.scan_desk, listeners.camera_desk = devices, scan_desk, camera_desk
    button = ScanButton(desk, register, documents, ground.clock, ground.bus.publish)
    scan_desk.on_button = button.pressed
    desk.on_holder_changed = lambda session, turn: devices.desk_held(is_held=session is not None, turn=turn)
    desk.on_attended = devices.desk_attended
    is_practice = kind is FolderKind.PRACTICE
    talks: dict[str, Talk] = {
        "scan": ScanLender(scan_desk, accounts, is_practice=is_practice).serve,
        "photo": PhotoLender(camera_desk, accounts, is_practice=is_practice).serve,
    }
    watch = DatabaseWatch(store, ground.bus.publish)
    return Station(
        clock=ground.clock,
        bus=ground.bus,
        accounts=accounts,
        register=register,
        tables=tables,
        desk=desk,
        devices=devices,
        supervisor=supervisor,
        feed=listeners.feed,
        control=ControlServer(socket_place(config.folder), handlers(devices, accounts, documents, watch), talks),
        documents=documents,
        uploads=Uploads(papers.papers, papers.pictures, ground.bus.publish),
        scan_desk=scan_desk,
        scan_button=button,
        camera_desk=camera_desk,
        photos=photos,
        printing=printing,
        exchange=exchange,
        addresses=addresses,
        looks=looks,
        pictures=papers.pictures,
        watch=watch,
    )


def _register(ground: _Ground, belongings: Belongings) -> tuple[AccountsService, RegisterService, Desk]:
    config, store, clock, publish = ground.config, ground.store, ground.clock, ground.bus.publish
    is_practice = ground.kind is FolderKind.PRACTICE
    settings = StationSettings(config.station_code, config.station_name, config.time_zone, is_practice)
    accounts = AccountsService(store, clock, AccountsPolicy(lock_s=config.lock_s))
    register = RegisterService(store, clock, settings, publish, belongings, accounts)
    desk = Desk(register, clock, publish)
    accounts.on_unlocked = desk.come_back
    return accounts, register, desk


def _devices(ground: _Ground, listeners: _Listeners, notifier: Notifier) -> tuple[Supervisor, DevicesService]:
    """The devices, each where a technician has found it; a demo's simulators move with each start."""
    config, clock = ground.config, ground.clock
    is_practice = ground.kind is FolderKind.PRACTICE
    ports, places = ChosenPorts(ground.store, config.folder), LastPlaces(config.folder)
    configured = configured_devices(config)

    def feed_watchdog() -> None:
        if listeners.are_alive:
            notifier.alive(clock.monotonic())

    supervisor = Supervisor(
        configured if is_practice else places.applied(ports.applied(configured)),
        clock,
        ground.bus.publish,
        listeners.take,
        feed_watchdog,
        refuses_simulated=not is_practice,
    )
    if not is_practice:
        listeners.feed.on_keeping_house = lambda: places.keep(supervisor.statuses().values())
    photo = PhotoSettings.of(config.reader.photo if config.reader is not None else {})
    named = {device.role: device.address for device in configured}
    return supervisor, DevicesService(supervisor, clock, ports.remember, named, PhotoDecoder(photo, clock))


def _documents(
    ground: _Ground, papers: Documents, kept: _Kept, supervisor: Supervisor
) -> tuple[ScanDesk, DocumentsService, PageLooks]:
    store, clock, publish = ground.store, ground.clock, ground.bus.publish

    def scanner_status() -> DeviceStatus | None:
        return supervisor.statuses().get("scanner")

    def is_scanner_coming() -> bool:
        status = scanner_status()
        return status is not None and status.is_coming

    usual_s = SILENCE_S if ground.config.scanner is None else ground.config.scanner.silence_s

    def keep_house() -> None:
        papers.keep_house()
        kept.album.keep_house()
        kept.shelf.drop_old()
        kept.exchange.keep_house()

    around = Around(keep_house, is_scanner_coming, store.close, float(usual_s))
    scan_desk = ScanDesk(supervisor, clock, publish, around)
    of_scans = Kept(papers.papers, papers.jobs, papers.shelf, papers.cards)
    scans = Scans(store, clock, of_scans, scan_desk, scanner_status, publish)
    looks = PageLooks(store, papers.straightening, papers.cards, papers.pictures, publish, clock, scan_desk.is_at_work)
    papers.papers.on_stored = looks.wish
    documents = DocumentsService(store, clock, papers.papers, papers.pictures, papers.straightening, scans)
    documents.keep_days = papers.retention.keep_days
    return scan_desk, documents, looks


def _photos(ground: _Ground, pictures: Pictures, camera_desk: CameraDesk, album: Album) -> PhotosService:
    darkroom = Darkroom(pictures, ground.config.photo)
    return PhotosService(ground.store, ground.clock, album, camera_desk, darkroom, ground.bus.publish)
