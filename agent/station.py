"""The station: everything that runs in the agent's process, put together, started in order and stopped in reverse."""

from __future__ import annotations

import logging
import os
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, cast

import msgspec

from agent.accounts.service import AccountsService
from agent.addresses.service import AddressService
from agent.clock import SystemClock
from agent.config import CameraConfig, Config, ReaderConfig, ScannerConfig
from agent.control import SOCKET_NAME, ControlServer, ask
from agent.control_photo import borrowed_picture
from agent.control_scan import borrowed_pages
from agent.devices.camera_desk import CameraDesk, Taken
from agent.devices.host import DeviceSettings
from agent.devices.service import DevicesService
from agent.devices.supervisor import Supervisor
from agent.devices.wire import Sign
from agent.documents.page_looks import PageLooks
from agent.documents.papers import NewPage
from agent.documents.pictures import Pictures
from agent.documents.scan_desk import ScanDesk
from agent.documents.service import DocumentsService
from agent.documents.uploads import Uploads
from agent.errors import Actor, CodedError, Retry
from agent.events.service import EventBus
from agent.exchange.service import ExchangeService
from agent.operations.database_watch import DatabaseWatch
from agent.photos.service import PhotosService
from agent.printing.service import PrintingService
from agent.register.desk import CardEvent, CardSign, Desk
from agent.register.service import RegisterService
from agent.scan_button import ScanButton
from agent.tables.service import TablesService
from drivers.api import Clock, IdCard
from drivers.scanner_api import Progress, ScanRequest
from peewee_models.failures import DATABASE_ERRORS

log = logging.getLogger("renhu")

STOP_LIMIT_S = 5.0
ASK_LIMIT_S = 5.0
HOUSEKEEPING_S = 30.0
RUNTIME_FOLDER = Path("/run/renhu")


def socket_places(folder: Path) -> list[Path]:
    """Where an agent's socket may stand: in systemd's runtime folder, or in a data folder of one's own."""
    return [Path(os.environ.get("RUNTIME_DIRECTORY") or RUNTIME_FOLDER) / SOCKET_NAME, folder / SOCKET_NAME]


def ask_agent(folder: Path, question: dict[str, Any], limit_s: float) -> dict[str, Any] | None:
    """Ask the agent that runs for a data folder; None when none runs.  Raises: CodedError as the agent says."""
    for place in socket_places(folder):
        answer = ask(place, question, limit_s)
        if answer is not None:
            return answer
    return None


def agent_address(folder: Path, role: str) -> str | None:
    """Where the agent that runs for a data folder looks for a device; None when none runs, or it has no such device."""
    answer = ask_agent(folder, {"ask": "status"}, ASK_LIMIT_S)
    devices = [] if answer is None else answer["devices"]
    return next((str(device["address"]) for device in devices if device["role"] == role), None)


def scan_through_agent(
    folder: Path, wanted: ScanRequest, size: str, silence_s: float | None, report: Callable[[Progress], None]
) -> Iterator[tuple[NewPage, bool]] | None:
    """Scan through the agent that runs for a data folder; None when none runs.  Raises: as `borrowed_pages`."""
    for place in socket_places(folder):
        pages = borrowed_pages(place, wanted, size, silence_s, report)
        if pages is not None:
            return pages
    return None


@contextmanager
def photo_through_agent(folder: Path, limit_s: float | None) -> Iterator[tuple[Taken, bool] | None]:
    """Take a picture through the agent that runs for a data folder; None when none runs.  As `borrowed_picture`."""
    with ExitStack() as stack:
        pictures = (stack.enter_context(borrowed_picture(place, limit_s)) for place in socket_places(folder))
        yield next((picture for picture in pictures if picture is not None), None)


def socket_place(folder: Path) -> Path:
    """Where this agent puts its socket."""
    runtime = os.environ.get("RUNTIME_DIRECTORY")
    return (Path(runtime) if runtime else folder) / SOCKET_NAME


def runtime_folder(environment: dict[str, str], data_folder: Path) -> Path:
    """Where short-lived files go: systemd's runtime folder, else the data folder."""
    return Path(environment.get("RUNTIME_DIRECTORY") or data_folder)


def reader_settings(reader: ReaderConfig) -> DeviceSettings:
    """What the supervisor needs to know of the configured reader."""
    return DeviceSettings(
        role="reader",
        driver=reader.driver,
        address=reader.address,
        options={"ports": list(reader.ports), "vid_pid": list(reader.vid_pid)},
        poll_ms=reader.poll_ms,
        idle_poll_ms=reader.idle_poll_ms,
    )


def scanner_settings(scanner: ScannerConfig) -> DeviceSettings:
    """What the supervisor needs to know of the configured scanner."""
    return DeviceSettings(
        role="scanner",
        driver=scanner.driver,
        address=scanner.address,
        options={
            name: told for name in ("configuration", "vendor", "model", "serial") if (told := getattr(scanner, name))
        },
    )


def camera_settings(camera: CameraConfig) -> DeviceSettings:
    """What the supervisor needs to know of the configured camera."""
    return DeviceSettings(role="camera", driver=camera.driver, address=camera.address, options={})


def configured_devices(config: Config) -> list[DeviceSettings]:
    """The configured devices, where the configuration says."""
    devices = [None if config.reader is None else reader_settings(config.reader)]
    devices.append(None if config.scanner is None else scanner_settings(config.scanner))
    devices.append(None if config.camera is None else camera_settings(config.camera))
    return [device for device in devices if device is not None]


def card_json(card: IdCard | None, limit_s: float) -> dict[str, Any]:
    """Put a card as the contract's JSON.  Raises: CodedError READER-NO-CARD when there is none."""
    if card is None:
        raise CodedError("READER-NO-CARD", Actor.CLERK, Retry.NOW, limit_s=limit_s)
    answer: dict[str, Any] = msgspec.to_builtins(card)
    return answer


class CardFeed:
    """A thread of its own between the reader and the desk: the supervisor never waits for the database."""

    def __init__(self, desk: Desk, register: RegisterService, clock: Clock) -> None:
        self._desk = desk
        self._register = register
        self._clock = clock
        self._look_s = self._keep_house_s = clock.monotonic()
        self.on_keeping_house: Callable[[], None] = lambda: None
        self._signs: queue.SimpleQueue[Sign | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="card-feed")

    def start(self) -> None:
        """Begin to pass cards on."""
        self._thread.start()

    def put(self, sign: Sign) -> None:
        """Take a sign of the reader; never blocks."""
        self._signs.put(sign)

    def stop(self) -> None:
        """Pass on what has come, then end."""
        self._signs.put(None)
        self._thread.join()

    @property
    def is_alive(self) -> bool:
        """Whether cards are still passed on."""
        return self._thread.is_alive()

    def _run(self) -> None:
        while True:
            due_s = self._do_what_is_due()
            try:
                sign = self._signs.get(timeout=max(0.0, due_s - self._clock.monotonic()))
            except queue.Empty:
                continue
            if sign is None:
                self.on_keeping_house()
                return
            self._attempt(partial(self._pass_on, sign))

    def _do_what_is_due(self) -> float:
        """Look after the desk and the house by the clock, however many cards come; says when next."""
        now_s = self._clock.monotonic()
        if now_s >= self._look_s:
            self._look_s = now_s + HOUSEKEEPING_S
            self._attempt(self._look)
        if now_s >= self._keep_house_s:
            self._keep_house_s = now_s + HOUSEKEEPING_S
            self._attempt(self._keep_house)
        return min(self._look_s, self._keep_house_s)

    def _attempt(self, deed: Callable[[], None]) -> None:
        """Do one thing; what the store or a worker's bytes can do wrong is logged, and the next card is taken."""
        try:
            deed()
        except (CodedError, *DATABASE_ERRORS, msgspec.MsgspecError) as error:
            log.warning("a card was not taken, or the house not kept: %s", type(error).__name__)

    def _pass_on(self, sign: Sign) -> None:
        card = msgspec.json.decode(sign.data, type=IdCard | None)
        self._desk.reader_event(CardEvent(cast("CardSign", sign.name), card, sign.code, sign.turn, sign.facts))

    def _look(self) -> None:
        """See whether somebody sits at the desk still: cards are read for nobody else."""
        self._look_s = self._clock.monotonic() + self._desk.attend()

    def _keep_house(self) -> None:
        """Erase the raw chip data of days gone by, and note what the next start may want to know.

        Who was registered before anybody looked for duplicates is compared by and by.
        """
        self.on_keeping_house()
        self._register.erase_stale_chips()
        self._register.duplicates.compare_some()


@dataclass(frozen=True, slots=True)
class Station:
    """The running parts, without the pages."""

    clock: SystemClock
    bus: EventBus
    accounts: AccountsService
    register: RegisterService
    tables: TablesService
    desk: Desk
    devices: DevicesService
    supervisor: Supervisor
    feed: CardFeed
    control: ControlServer
    documents: DocumentsService
    uploads: Uploads
    scan_desk: ScanDesk
    scan_button: ScanButton
    camera_desk: CameraDesk
    photos: PhotosService
    printing: PrintingService
    exchange: ExchangeService
    addresses: AddressService
    looks: PageLooks
    pictures: Pictures
    watch: DatabaseWatch

    def start(self) -> None:
        """Start what has a thread, devices last but for the look at the database."""
        self.exchange.start()
        self.feed.start()
        self.scan_desk.start()
        self.looks.start()
        self.control.start()
        self.supervisor.start()
        self.watch.start()

    def give_up_waiting(self) -> None:
        """Let go of whoever waits for a device or for pictures: the agent is stopping."""
        self.supervisor.give_up_waiting()
        self.pictures.end()

    def stop(self) -> None:
        """Stop in reverse: no more questions, devices released, what came from them kept."""
        self.watch.stop()
        self.pictures.end()
        self.control.stop()
        self.exchange.stop()
        self.supervisor.stop(STOP_LIMIT_S)
        self.photos.stop()
        self.scan_desk.stop()
        self.looks.stop()
        self.feed.stop()
