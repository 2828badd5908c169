"""An office with a scanner that does what a test says, its clerk, a draft, and a card to be scanned."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PIL import Image

from agent.devices.state import DeviceState
from agent.devices.status import DeviceStatus
from agent.devices.wire import Page, raw
from agent.documents.cards import Cards
from agent.documents.job_state import JobHappening
from agent.documents.jobs import Jobs
from agent.documents.media_files import MediaFiles
from agent.documents.media_key import MediaKey
from agent.documents.media_store import MediaStore
from agent.documents.papers import NewPage, Papers
from agent.documents.pictures import Pictures
from agent.documents.preview import PreviewShelf
from agent.documents.refs import owner_of
from agent.documents.scan_desk import ScanDesk
from agent.documents.scan_orders import Around
from agent.documents.scans import Kept, Scans
from agent.documents.service import Board, DocumentsService, OwnerRef, ScanWish
from agent.documents.straightening import Straightening
from agent.errors import Actor, CodedError, DeviceError, Retry
from agent.register.desk import Desk
from agent.register.service import RegisterService
from agent.register.views import StationSettings
from agent.scan_button import ScanButton
from drivers.scanner_api import ColourMode, Encoding, ScannedPage
from peewee_models import document_queries
from simulators.papers import papers
from simulators.papers_drawn import BACK, FRONT, DrawnPapers
from simulators.scanner_picture import Lying, Region, Wanted, jpeg, see

LIMIT_S = 20.0
JPEG = b"\xff\xd8\xff page "
VALUES = {"id_type": "111", "verify_mode": "2", "proof_type": "2"}
CARD_DPI = 100
A4 = Region(0, 0, 2480, 3508)
FEEDER = ScanWish("adf-duplex", "grey", 200)


class HandScanner:
    """A scanner that does what a test says."""

    def __init__(self) -> None:
        self.asked: list[dict[str, object]] = []
        self.answers: list[Future[bytes]] = []
        self.limits_s: list[float] = []
        self.moving_s: list[float | None] = []
        self.cancels = 0

    def request(
        self, _role: str, operation: str, arguments: dict[str, object], limit_s: float, moving_s: float | None = None
    ) -> Future[bytes]:
        assert operation == "scan"
        self.limits_s.append(limit_s)
        self.moving_s.append(moving_s)
        self.asked.append(arguments)
        self.answers.append(Future())
        return self.answers[-1]

    def cancel(self, _role: str) -> None:
        self.cancels += 1

    def end(self, pages: int = 1, *, is_cancelled: bool = False) -> None:
        self.answers[-1].set_result(msgspec.json.encode({"pages": pages, "is_cancelled": is_cancelled}))

    def fail(self, code: str) -> None:
        self.answers[-1].set_exception(DeviceError(code, Actor.CLERK, Retry.AFTER_ACTION))


class Room:
    """An office with a scanner, its clerk, and a draft."""

    def __init__(self, office: Any, folder: Path) -> None:
        self.office = office
        self.clock = office.clock
        media = MediaStore(office.store, MediaFiles(folder), MediaKey.of(bytes(32), uuid.UUID(int=7)), self.clock)
        self.papers, self.jobs = Papers(office.store, self.clock, media), Jobs(office.store, self.clock)
        settings = StationSettings("310112101", "测试站", "Asia/Shanghai", is_practice=True)
        office.register = RegisterService(office.store, self.clock, settings, office.events.append, self.papers)
        office.desk = Desk(office.register, self.clock, office.events.append)
        self.scanner = HandScanner()
        self.status: DeviceStatus | None = DeviceStatus(
            "scanner", "scanner_sane", "sane:auto", DeviceState.READY, None, {}, None, {}, {}, True, ()
        )
        self.is_coming: Callable[[], bool] = lambda: False
        around = Around(lambda: None, self._looked, office.store.close)
        self.desk = ScanDesk(self.scanner, self.clock, office.events.append, around)
        pictures = self.pictures = Pictures(self.clock)
        self.cards = Cards(office.store, self.clock, self.papers, media, pictures)
        kept = Kept(self.papers, self.jobs, PreviewShelf(self.clock), self.cards)
        self.scans = Scans(office.store, self.clock, kept, self.desk, lambda: self.status, office.events.append)
        straightening = Straightening(office.store, self.clock, self.papers, media, pictures)
        self.service = DocumentsService(office.store, self.clock, self.papers, pictures, straightening, self.scans)
        button = ScanButton(office.desk, office.register, self.service, self.clock, office.events.append)
        self.button, self.desk.on_button = button, button.pressed
        self.by = office.sign_in("clerk")
        self.ref = self.draft()

    def _looked(self) -> bool:
        return self.is_coming()

    def draft(self) -> OwnerRef:
        return OwnerRef("draft", self.office.register.open_draft(self.by).id)

    def board(self, ref: OwnerRef | None = None) -> Board:
        return self.service.board(ref or self.ref, VALUES, self.by)

    def scan(self, wish: ScanWish = FEEDER, kind: str = "D04", **more: Any) -> str:
        """Begin a scan; when this returns, the scanner has been asked."""
        before = len(self.scanner.asked)
        job = self.scans.scan(self.ref, kind, wish, self.by, **more)
        self.until(lambda: len(self.scanner.asked) > before)
        return job

    def show(self, number: int, **known: Any) -> None:
        page = ScannedPage(number, Encoding.JPEG, ColourMode.GREY, 10, 10, 200, **known)
        self.desk.put(Page(1, raw(page), 8, JPEG + str(number).encode()))

    def until(self, condition: Callable[[], Any]) -> None:
        end_s = time.monotonic() + LIMIT_S
        while not condition():
            assert time.monotonic() < end_s
            time.sleep(0.005)

    def until_ended(self) -> tuple[str, int, str]:
        self.until(lambda: self.desk.under_way() is None)
        job = self.board().job
        assert job is not None
        return job.state.value, job.pages, job.error_code

    def scanned(self, pages: int, wish: ScanWish = FEEDER, kind: str = "D04", **known: Any) -> None:
        """A whole scan of so many sides."""
        self.scan(wish, kind)
        for number in range(1, pages + 1):
            self.show(number, **known)
        self.scanner.end(pages)
        self.until_ended()

    def order(self) -> list[bytes]:
        [document] = self.board().documents
        return [self.service.page(self.ref, page.id, self.by).content[-1:] for page in document.pages]

    def colleague(self) -> Any:
        """Another clerk, signed in."""
        boss, own = self.office.sign_in("supervisor"), self.office.passwords["supervisor"]
        _, code = self.office.accounts.users.add("second", "clerk", boss, own)
        return self.office.accounts.enrol(code.text, "second", "a long enough phrase 2")

    def code_of(self, act: Callable[[], object]) -> str:
        with pytest.raises(CodedError) as caught:
            act()
        return caught.value.code


@pytest.fixture
def room(office: Any, tmp_path: Path) -> Iterator[Room]:
    made = Room(office, tmp_path / "media")
    made.desk.start()
    yield made
    made.desk.stop()
    made.pictures.end()


class Deal:
    """A clerk who scans a card.

    Attributes:
        BARE: the side of a card that does not lie on the glass.
    """

    BARE = -1

    def __init__(self, room: Room) -> None:
        self.room = room

    @staticmethod
    def lying(side: int) -> bytes:
        """What the scanner sees of the card with this side down, or of the bare glass."""
        if side == Deal.BARE:
            return jpeg(Image.new("RGB", A4.size_px(CARD_DPI), "white"), CARD_DPI)
        card = Lying(papers(1)["id-card-family-a-1"], side)
        return jpeg(see(DrawnPapers(), card, Wanted(A4, CARD_DPI, "RGB24")), CARD_DPI)

    def scan(self, *sides: int, source: str = "flatbed", **known: Any) -> None:
        """Scan a card's front, or both its sides from the feeder."""
        self._carried(lambda: self.room.scans.scan_card(self.room.ref, "D01", source, self.room.by), *sides, **known)

    def scan_back(self, side: int = BACK, seen: str = "", page: str = "", **known: Any) -> None:
        page = page or self.page.id
        self._carried(lambda: self.room.scans.scan_card_back(self.room.ref, page, seen, self.room.by), side, **known)

    def scan_front(self, **known: Any) -> None:
        """Scan the front anew."""
        page = self.page.id
        self._carried(lambda: self.room.scans.scan_card_front(self.room.ref, page, self.room.by), FRONT, **known)

    def _carried(self, begin: Any, *sides: int, **known: Any) -> None:
        before = len(self.room.scanner.asked)
        self.room.clock.forward(1)
        begin()
        self.room.until(lambda: len(self.room.scanner.asked) > before)
        for number, side in enumerate(sides, 1):
            page = ScannedPage(number, Encoding.JPEG, ColourMode.COLOUR, 10, 10, CARD_DPI, **known)
            self.room.desk.put(Page(1, raw(page), 8, self.lying(side)))
        self.room.scanner.end(len(sides))
        self.room.until(lambda: self.room.desk.under_way() is None)

    def change(self, act: Any) -> None:
        [document] = self.room.board().documents
        self.room.cards.change(self.room.ref, document.pages[0].id, document.version, act, self.room.by)

    @property
    def page(self) -> Any:
        return self.room.board().documents[0].pages[0]

    def shown(self) -> bytes:
        return self.room.service.page(self.room.ref, self.page.id, self.room.by).content

    def compose(self) -> None:
        self.room.cards.compose(owner_of(self.room.ref), uuid.UUID(self.page.id))


@pytest.fixture
def deal(room: Room) -> Deal:
    return Deal(room)


LEASE = NewPage(b"\xff\xd8\xff lease", "image/jpeg")


class Case:
    """One person, their record and its papers."""

    def __init__(self, room: Room, card: Any, rest: dict[str, str]) -> None:
        self.room, self.card = room, card
        self.register = room.office.register
        room.office.desk.take(room.by)
        self.rest = rest | {"road": "测试东路", "no": "8"}

    def draft(self, values: dict[str, str]) -> OwnerRef:
        """The form of their card, with these values typed."""
        self.room.clock.forward(1)
        self.room.office.tap(self.card)
        draft = self.room.office.draft(self.room.by)
        self.register.type_fields(draft.id, values, self.room.by)
        self.room.office.lift()
        return OwnerRef("draft", draft.id)

    def save(self, draft: OwnerRef) -> OwnerRef:
        self.room.clock.forward(1)
        return OwnerRef("record", self.room.office.desk.save(draft.id, self.room.by).id)

    def lease(self, ref: OwnerRef, kind: str = "D04", by: Any = None, job: uuid.UUID | None = None) -> None:
        """Let a page come: of a lease, from this clerk, from no scan."""
        self.room.clock.forward(1)
        self.room.papers.store_page(owner_of(ref), kind, LEASE, by or self.room.by, job)

    def scan(self, ref: OwnerRef) -> uuid.UUID:
        """Begin a scan whose pages come as the test says."""
        wish = {"source": "adf", "colour": "grey", "dpi": 75, "size": "a4"}
        job = self.room.jobs.queue(owner_of(ref), "D04", wish, self.room.by)
        self.room.jobs.note(job, JobHappening.STARTED)
        return job

    def registered(self) -> OwnerRef:
        """Their record, with a lease that was scanned for its form."""
        draft = self.draft(self.rest)
        self.lease(draft)
        self.lease(draft, "D01")
        return self.save(draft)

    def correct(self, record: OwnerRef, **values: str) -> None:
        self.room.clock.forward(1)
        version = self.register.record(record.id, self.room.by).version
        self.register.edit(record.id, values, version, self.room.by, "本人申报")

    def type_over(self, record: OwnerRef, by: Any = None, **values: str) -> None:
        """Keep what is typed over a record, as the page does of itself."""
        self.room.clock.forward(1)
        by = by or self.room.by
        version = self.register.record(record.id, by).version
        self.register.keep_correction(record.id, values, version, by, "")

    def board(self, ref: OwnerRef, by: Any = None) -> Any:
        """What the pages show."""
        register, by = self.register, by or self.room.by
        form = register.draft(ref.id, by) if ref.kind == "draft" else register.record(ref.id, by)
        record = form.existing_record if ref.kind == "draft" else None
        values = {key: view.value for key, view in form.fields.items()}
        return self.room.service.board(ref, values, by, record.id if record else "")

    def told(self, ref: OwnerRef, kind: str = "D04") -> tuple[str, int, int, int]:
        [line] = [one for one in self.board(ref).lines if one.kind.code == kind]
        return line.state, line.pages, line.held, line.elsewhere

    def of(self, ref: OwnerRef) -> list[str]:
        """The roads of the other dwellings that papers prove; "" for one that counts."""
        return [one.elsewhere.get("road", "") for one in self.leases(ref)]

    def row(self, document: Any) -> Any:
        """What is stored of a document."""
        return document_queries.document(uuid.UUID(document.id))

    def leases(self, ref: OwnerRef, by: Any = None) -> list[Any]:
        """The documents that are leases, as the pages show them."""
        return [one for one in self.board(ref, by).documents if one.kind.code == "D04"]


@pytest.fixture
def case(room: Room, people: Any, rest: dict[str, str]) -> Case:
    return Case(room, people(), rest)
