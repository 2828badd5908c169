"""Put a station together from its configuration: the composition root, the only place that knows all the parts."""

from __future__ import annotations

import logging
import os
import select
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agent.accounts.service import AccountsPolicy, AccountsService
from agent.clock import SystemClock
from agent.config import Config
from agent.control import ControlServer, Talk
from agent.control_handlers import handlers
from agent.control_scan import ScanLender
from agent.devices.chosen import ChosenPorts
from agent.devices.host import DeviceSettings
from agent.devices.photo_decoder import PhotoDecoder, PhotoSettings
from agent.devices.service import DevicesService
from agent.devices.state import DeviceState
from agent.devices.status import DeviceStatus
from agent.devices.supervisor import Supervisor
from agent.devices.wire import Page, Sign
from agent.documents.media_key import KeySources
from agent.documents.opening import Documents, open_documents
from agent.documents.page_looks import PageLooks
from agent.documents.scan_desk import ScanDesk
from agent.documents.scan_orders import Around
from agent.documents.scans import Kept, Scans
from agent.documents.service import DocumentsService
from agent.events.service import EventBus
from agent.folder import DataFolder, FolderKind
from agent.notify import Notifier
from agent.register.desk import Desk
from agent.register.pictures import DraftPictures
from agent.register.service import RegisterService
from agent.register.views import StationSettings
from agent.scan_button import ScanButton
from agent.station import CardFeed, Station, reader_settings, scanner_settings, socket_place
from agent.store import open_store
from agent.web_server import WebServer, listen
from peewee_models.database import SqlCipherStore
from webui import Services, WebSettings, create_app, warm
from webui.services import PracticePanel, PracticeScanner

log = logging.getLogger("renhu")

STREAM_CAP = 32


@dataclass(slots=True)
class Practice:
    """What a practice folder has besides: panels for its simulators, and what draws their cards' photos."""

    panel: PracticePanel | None = None
    scanner: PracticeScanner | None = None
    draw: Callable[[bytes], bytes | None] | None = None


@dataclass(slots=True)
class Running:
    """A station that answers.  `stop` ends it in reverse order."""

    url: str
    station: Station
    accounts: AccountsService
    store: SqlCipherStore
    _web: WebServer
    _folder: DataFolder
    _app: Any

    def stop(self) -> None:
        """No more pages, no more devices, everything kept, the folder free."""
        self.station.give_up_waiting()
        self._app.extensions["renhu"].streams.end_all()
        self._web.stop()
        self.station.stop()
        self.store.close()
        self._folder.release()


def start(config: Config, kind: FolderKind, notifier: Notifier, practice: Practice) -> Running:
    """Start everything that a configuration asks for.

    Raises: StartRefused with the contract's exit code; nothing is left running then.
    """
    folder = DataFolder.take(config.folder, kind)
    try:
        bound = listen(config.host, config.port)
        try:
            store = open_store(folder, config.key)
            try:
                sources = KeySources(config.media_key, config.key)
                documents = open_documents(sources, folder, store, SystemClock(config.time_zone))
                station = assemble(config, kind, store, documents, notifier)
            except BaseException:
                store.close()
                raise
        except BaseException:
            bound.close()
            raise
    except BaseException:
        folder.release()
        raise
    host, port = bound.getsockname()[:2]
    services = Services(
        accounts=station.accounts,
        register=station.register,
        desk=station.desk,
        devices=station.devices,
        documents=station.documents,
        bus=station.bus,
        clock=station.clock,
        practice=practice.panel,
        practice_scanner=practice.scanner,
        pictures=DraftPictures(station.register, station.devices, practice.draw),
    )
    settings = WebSettings(
        host=host,
        port=port,
        is_practice=kind is FolderKind.PRACTICE,
        station_name=config.station_name,
        stream_cap=STREAM_CAP,
        time_zone=config.time_zone,
    )
    app = create_app(services, settings)
    web = WebServer(bound, app, STREAM_CAP)
    station.start()
    web.start()
    notifier.ready()
    warm(app)
    return Running(f"http://{host}:{port}", station, station.accounts, store, web, folder, app)


def assemble(config: Config, kind: FolderKind, store: SqlCipherStore, papers: Documents, notifier: Notifier) -> Station:
    """Make the parts of a station and tie them together; starts nothing."""
    clock = SystemClock(config.time_zone)
    bus = EventBus()
    is_practice = kind is FolderKind.PRACTICE
    settings = StationSettings(config.station_code, config.station_name, config.time_zone, is_practice)
    accounts = AccountsService(store, clock, AccountsPolicy(lock_s=config.lock_s))
    register = RegisterService(store, clock, settings, bus.publish, papers.papers, accounts)
    desk = Desk(register, clock, bus.publish)
    feed = CardFeed(desk, register)
    parts: list[DevicesService] = []
    desks: list[ScanDesk] = []

    def on_sign(role: str, sign: Sign | Page) -> None:
        if role == "scanner":
            for scan_desk in desks:
                scan_desk.put(sign)
        elif isinstance(sign, Sign) and not any(devices.offer(sign) for devices in parts):
            feed.put(sign)

    def feed_watchdog() -> None:
        if feed.is_alive and all(scan_desk.is_alive for scan_desk in desks):
            notifier.alive(clock.monotonic())

    ports = ChosenPorts(store, config.folder)
    devices_there = _configured(config)
    supervisor = Supervisor(
        devices_there if is_practice else ports.applied(devices_there),
        clock,
        bus.publish,
        on_sign,
        feed_watchdog,
        refuses_simulated=not is_practice,
    )

    photo = PhotoSettings.of(config.reader.photo if config.reader is not None else {})
    devices = DevicesService(supervisor, clock, ports.remember, PhotoDecoder(photo, clock))
    parts.append(devices)

    def scanner_status() -> DeviceStatus | None:
        return supervisor.statuses().get("scanner")

    def is_scanner_ready() -> bool:
        status = scanner_status()
        return status is not None and status.state is DeviceState.READY

    scan_desk = ScanDesk(supervisor, clock, bus.publish, Around(papers.keep_house, is_scanner_ready, store.close))
    desks.append(scan_desk)
    kept = Kept(papers.papers, papers.jobs, papers.shelf)
    scans = Scans(store, clock, kept, scan_desk, scanner_status, bus.publish)
    looks = PageLooks(store, papers.straightening, bus.publish)
    papers.papers.on_stored = looks.wish
    documents = DocumentsService(store, clock, papers.papers, papers.pictures, papers.straightening, scans)
    scan_desk.on_button = ScanButton(desk, register, documents).pressed
    desk.on_holder_changed = lambda session, turn: devices.desk_held(is_held=session is not None, turn=turn)
    talks: dict[str, Talk] = {"scan": ScanLender(scan_desk, accounts).serve}
    control = ControlServer(socket_place(config.folder), handlers(devices, accounts), talks)
    parts_of_documents = (documents, scan_desk, looks, papers.pictures)
    return Station(clock, bus, accounts, register, desk, devices, supervisor, feed, control, *parts_of_documents)


def _configured(config: Config) -> list[DeviceSettings]:
    """The configured devices, where the configuration says; a demo's simulators move with each start."""
    configured = []
    if config.reader is not None:
        configured.append(reader_settings(config.reader))
    if config.scanner is not None:
        configured.append(scanner_settings(config.scanner))
    return configured


class StopSignal:
    """SIGTERM and SIGINT ask for an orderly end; a second one ends at once.

    The signal itself wakes the wait, through a pipe: one that comes just before the wait begins is heard too.
    """

    def __init__(self) -> None:
        self._is_asked = False
        self._waking, told = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(told)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._take)

    def wait(self, limit_s: float | None = None) -> bool:
        """Wait until somebody asks, or `limit_s` seconds; says whether somebody did."""
        if not self._is_asked:
            select.select((self._waking,), (), (), limit_s)
        return self._is_asked

    def _take(self, number: int, _frame: object) -> None:
        if self._is_asked:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        self._is_asked = True


def runtime_folder(environment: dict[str, str], data_folder: Path) -> Path:
    """Where short-lived files go: systemd's runtime folder, else the data folder."""
    return Path(environment.get("RUNTIME_DIRECTORY") or data_folder)
