"""What was taken out or replaced can be taken back for so many days and is destroyed then; what is shown stays."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from agent.config import KEEP_DAYS
from agent.documents.papers import NewPage
from agent.documents.refs import owner_of
from agent.documents.retention import Retention
from agent.documents.service import OwnerRef
from agent.documents.worked_days import WorkedDays
from peewee_models.audit import AuditEntry
from peewee_models.audit_chain import look_over
from peewee_models.documents import CardPage, Media, Page
from peewee_models.failures import DiskFull
from simulators.papers import papers
from simulators.papers_drawn import FRONT, DrawnPapers
from simulators.scanner_picture import Lying, Region, Wanted, jpeg, see

if TYPE_CHECKING:
    from conftest import Deal, Room

DAY_S = 86_400.0
A4 = Region(0, 0, 2480, 3508)
DPI = 75


class JumpingClock:
    """A clock of the station that may show another date, while time passes as it does."""

    def __init__(self, true: Any) -> None:
        self._true = true
        self.wrong_by = timedelta()

    def monotonic(self) -> float:
        told: float = self._true.monotonic()
        return told

    def now(self) -> datetime:
        at: datetime = self._true.now() + self.wrong_by
        return at

    def today(self) -> date:
        return self.now().date()

    def sleep(self, seconds: float) -> None:
        self._true.sleep(seconds)


class Record:
    """A saved record: a card on one page, a receipt cut out of its sheet, and one that was taken out."""

    def __init__(self, room: Room, deal: Deal, person: Any, rest: dict[str, str], folder: Path) -> None:
        self.room, self.folder = room, folder
        room.office.desk.take(room.by)
        room.office.tap(person)
        draft = room.office.register.type_fields(room.office.draft(room.by).id, rest, room.by)
        room.ref = OwnerRef("draft", draft.id)
        deal.scan(FRONT)
        deal.scan_back()
        deal.compose()
        self.cut, self.out = self.store("D04"), self.store("D04")
        crops = room.service.straightening
        crops.look(owner_of(room.ref), self.cut)
        version = crops.view(room.ref, str(self.cut), room.by).version
        crops.accept(room.ref, str(self.cut), version, None, room.by)
        self.remove(self.out)
        self.card = uuid.UUID(room.board().documents[0].pages[0].id)
        record = room.office.desk.save(draft.id, room.by)
        self.other, room.ref = room.draft(), OwnerRef("record", record.id)
        self.media = room.papers.media
        self.clock = JumpingClock(room.clock)
        self.retention = self.restarted()
        self.retention.keep_house()

    def restarted(self) -> Retention:
        days = WorkedDays(self.room.office.store, self.clock)
        return Retention(self.room.office.store, self.clock, self.media, days)

    def store(self, kind: str) -> uuid.UUID:
        paper = Lying(papers(1)["rent-receipt-a5"])
        page = NewPage(jpeg(see(DrawnPapers(), paper, Wanted(A4, DPI, "RGB24")), DPI), "image/jpeg")
        key: uuid.UUID = self.room.papers.store_page(owner_of(self.room.ref), kind, page, self.room.by).id
        return key

    def remove(self, page: uuid.UUID) -> None:
        document = Page.get(Page.id == page).document
        self.room.service.remove(self.room.ref, str(page), document.version, self.room.by)

    def shown(self) -> list[bytes]:
        return [self.room.service.page(self.room.ref, str(key), self.room.by).content for key in (self.card, self.cut)]

    def pass_days(self, days: float) -> None:
        self.room.clock.forward(days * DAY_S)
        self.retention.keep_house()

    def kept(self) -> tuple[int, int, int]:
        """Pages, rows of files, files."""
        files = sum(path.is_file() for path in self.folder.rglob("*"))
        return Page.select().count(), Media.select().count(), files

    def acts(self) -> list[Any]:
        rows = AuditEntry.select().where(AuditEntry.action == "document.originals-shredded").order_by(AuditEntry.seq)
        return [(row.subject_id, row.facts) for row in rows]


@pytest.fixture
def record(room: Room, deal: Deal, people: Any, rest: dict[str, str], tmp_path: Path) -> Record:
    return Record(room, deal, people(), rest, tmp_path / "media")


def test_what_was_taken_out_or_replaced_goes_after_its_days_and_what_is_shown_stays(record: Record) -> None:
    room = record.room
    shown, before = record.shown(), record.kept()
    assert before == (3, 6, 6), "front, back and sheet; receipt and cut; the page taken out"
    mine, room.ref = room.ref, record.other
    record.remove(record.store("D05"))
    room.ref = mine
    record.pass_days(KEEP_DAYS - 1)
    late = record.store("D04")
    record.remove(late)
    assert (record.kept(), record.acts()) == ((5, 8, 8), [])
    record.pass_days(2)
    assert record.kept() == (4, 4, 4), "the draft's page and the one that was taken out since are still there"
    assert record.shown() == shown
    assert CardPage.select().count() == 0
    assert dict(record.acts()) == {
        record.out: {"what": "removed", "files": 1},
        record.card: {"what": "original", "files": 3},
        record.cut: {"what": "original", "files": 2},
    }
    view = room.service.straightening.view(room.ref, str(record.cut), room.by)
    assert (view.state, view.is_finished) == ("none", False)
    assert [round(side) for side in view.size_mm] == [148, 210]
    gone = str(record.out)
    assert room.code_of(lambda: room.service.restore(room.ref, gone, 1, room.by)) == "PAGE-UNKNOWN"
    assert look_over(AuditEntry._meta.database).bad_seq is None
    record.pass_days(KEEP_DAYS + 1)
    assert record.kept() == (3, 3, 3), "a draft keeps everything"


def test_a_failure_in_the_middle_loses_nothing_and_the_next_run_goes_on(
    record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = record.shown()
    monkeypatch.setattr(record.media, "keep", full)
    record.room.clock.forward((KEEP_DAYS + 2) * DAY_S)
    assert record.room.code_of(record.retention.keep_house) == "DATABASE-FULL"
    assert (record.kept(), record.shown()) == ((2, 5, 6), shown), "the new file has no row"
    monkeypatch.undo()
    record.media.sweep(1, is_start=True)
    record.restarted().keep_house()
    assert (record.kept()[:2], record.shown()) == ((2, 2), shown)


def test_a_clock_that_jumps_destroys_nothing_before_its_time(record: Record) -> None:
    before = record.kept()
    for jump in (31, -31, 3650, -20000, 0):
        record.clock.wrong_by = timedelta(days=jump)
        record.pass_days(0.05)
        record.retention = record.restarted()
        record.pass_days(0.05)
    assert (record.kept(), record.acts()) == (before, []), "half a day has passed"
    record.pass_days(KEEP_DAYS - 2)
    assert record.kept() == before
    record.pass_days(3)
    assert record.kept() == (2, 2, 2), "what was to go goes, though the clock was wrong"


def test_a_page_that_was_taken_out_while_the_clock_was_wrong_waits_like_any_other(record: Record) -> None:
    Page.update(removed_at=datetime(1970, 1, 2, tzinfo=UTC)).where(Page.id == record.out).execute()
    record.pass_days(KEEP_DAYS)
    assert (record.kept()[0], record.acts()) == (3, [])
    record.pass_days(1.5)
    record.pass_days(KEEP_DAYS)
    assert record.out in dict(record.acts())


def test_what_was_dealt_with_again_waits_anew(record: Record) -> None:
    record.pass_days(KEEP_DAYS - 1)
    document = Page.get(Page.id == record.out).document
    record.room.service.restore(record.room.ref, str(record.out), document.version, record.room.by)
    record.remove(record.out)
    record.pass_days(0.1)
    record.pass_days(3)
    assert (record.kept()[0], record.out in dict(record.acts())) == (3, False)
    record.pass_days(KEEP_DAYS)
    assert record.out in dict(record.acts())


@pytest.mark.parametrize(
    ("day", "counted"),
    [
        ([8.0], 10),  # office hours: each day on which the station is on
        ([4.0, 4.0], 10),  # started anew at noon
        ([3.0], 5),  # half days: every other one
    ],
)
def test_a_station_in_office_hours_counts_its_days(office: Any, day: list[float], counted: int) -> None:
    days = WorkedDays(office.store, office.clock)
    assert days.count() == 0
    for _ in range(10):
        for hours in day:
            days = WorkedDays(office.store, office.clock)
            days.count()
            office.clock.forward(hours * 3600)
            days.count()
        office.clock.forward((24 - sum(day)) * 3600)
    assert WorkedDays(office.store, office.clock).count() == counted


def test_a_station_that_begins_each_morning_on_the_same_date_counts_whole_days_of_running(office: Any) -> None:
    clock = JumpingClock(office.clock)
    for _ in range(9):
        days = WorkedDays(office.store, clock)
        clock.wrong_by = datetime(1970, 1, 1, tzinfo=UTC) - office.clock.now()
        office.clock.forward(8 * 3600)
        days.count()
        office.clock.forward(16 * 3600)
    assert WorkedDays(office.store, clock).count() == 3


def full(_stored: object) -> uuid.UUID:
    raise DiskFull
