"""Pages are put right as the clerk says and never otherwise; the original stays, what was made of it can be undone."""

from __future__ import annotations

import dataclasses
import io
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pikepdf
import pytest
from PIL import Image

from agent.accounts.service import SignedIn
from agent.documents.cards import Cards
from agent.documents.crops import Box
from agent.documents.media_files import MediaFiles
from agent.documents.media_key import MediaKey
from agent.documents.media_store import MediaStore
from agent.documents.page_looks import PageLooks
from agent.documents.papers import NewPage, Papers
from agent.documents.pictures import Pictures
from agent.documents.service import DocumentsService, OwnerRef
from agent.documents.straightening import Straightening
from agent.documents.views import CropView
from agent.errors import CodedError
from agent.register.desk import Desk
from agent.register.service import RegisterService
from agent.register.views import StationSettings
from peewee_models.audit import AuditEntry
from peewee_models.audit_chain import look_over
from peewee_models.document_queries import Owner
from peewee_models.documents import Media, Page
from simulators.papers import papers
from simulators.papers_drawn import DrawnPapers
from simulators.scanner_picture import Lying, Region, Wanted, jpeg, see

STACK = papers(1)
DPI = 75
LIMIT_S = 60.0
A4 = Region(0, 0, 2480, 3508)
VALUES = {"id_type": "111"}


def scan(name: str) -> NewPage:
    """A paper on the glass."""
    return NewPage(jpeg(see(DrawnPapers(), Lying(STACK[name]), Wanted(A4, DPI, "RGB24")), DPI), "image/jpeg")


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


class Unused(NamedTuple):
    """The scans, which these tests have none of."""

    cards: Cards


class Counter:
    """An office whose clerk has a draft."""

    def __init__(self, office: Any, folder: Path) -> None:
        store, clock = office.store, office.clock
        self.office, self.folder = office, folder
        self.media = MediaStore(store, MediaFiles(folder), MediaKey.of(bytes(32), uuid.UUID(int=7)), clock)
        self.papers, self.pictures = Papers(store, clock, self.media), Pictures(clock)
        settings = StationSettings("310112101", "测试站", "Asia/Shanghai", is_practice=True)
        office.register = RegisterService(store, clock, settings, office.events.append, self.papers)
        office.desk = Desk(office.register, clock, office.events.append)
        self.crops = Straightening(store, clock, self.papers, self.media, self.pictures)
        self.cards = Cards(store, clock, self.papers, self.media, self.pictures)
        scans: Any = Unused(self.cards)
        self.service = DocumentsService(store, clock, self.papers, self.pictures, self.crops, scans)
        self.by: SignedIn = office.sign_in("clerk")
        office.desk.take(self.by)
        self.ref = OwnerRef("draft", office.register.open_draft(self.by).id)
        self.owner = Owner("draft", uuid.UUID(self.ref.id))

    def store(self, name: str) -> str:
        kept = self.papers.store_page(self.owner, "D04", scan(name), self.by)
        self.crops.look(self.owner, kept.id)
        return str(kept.id)

    def view(self, page: str) -> CropView:
        return self.crops.view(self.ref, page, self.by)

    def accept(self, page: str, box: Box | None = None) -> None:
        self.crops.accept(self.ref, page, self.view(page).version, box, self.by)

    def leave(self, page: str) -> None:
        self.crops.leave(self.ref, page, self.view(page).version, self.by)

    def shown(self, page: str) -> bytes:
        return self.service.page(self.ref, page, self.by).content

    def original(self, page: str) -> bytes:
        return self.service.original(self.ref, page, self.by).content

    def files(self) -> int:
        return sum(path.is_file() for path in self.folder.rglob("*"))

    def code_of(self, act: Callable[[], object]) -> str:
        with pytest.raises(CodedError) as caught:
            act()
        return caught.value.code


@pytest.fixture
def counter(office: Any, tmp_path: Path) -> Iterator[Counter]:
    made = Counter(office, tmp_path / "media")
    yield made
    made.pictures.end()


def test_a_small_paper_is_proposed_accepted_changed_and_given_back(counter: Counter) -> None:
    page = counter.store("rent-receipt-a5")
    view = counter.view(page)
    assert (view.state, view.is_finished, round(view.box.width_mm), round(view.box.height_mm)) == (
        "proposed",
        False,
        148,
        210,
    )
    original = counter.shown(page)
    assert opened(original).size == (620, 877), "nothing is done before the clerk has said so"
    counter.accept(page)
    first = counter.shown(page)
    assert opened(first).size == tuple(round(side / 25.4 * DPI) for side in (view.box.width_mm, view.box.height_mm))
    assert counter.original(page) == original
    row = Page.get()
    assert (row.finished.kind, row.finished.subject_id, counter.files()) == ("finished", counter.owner.id, 2)
    counter.accept(page, Box(10, 10, 50, 80, 5))
    assert opened(counter.shown(page)).size == (148, 236)
    assert (counter.files(), Media.select().count(), Page.get().finished.revision) == (2, 2, 2)
    counter.leave(page)
    assert (counter.shown(page), counter.files(), counter.view(page).state) == (original, 1, "rejected")
    acts = [one.facts["what"] for one in AuditEntry.select().where(AuditEntry.action == "document.page-changed")]
    assert acts == ["straighten", "straighten", "original"]
    assert look_over(AuditEntry._meta.database).bad_seq is None


def test_the_pdf_has_the_finished_page_and_the_record_takes_it_over(
    counter: Counter, people: Any, rest: dict[str, str]
) -> None:
    counter.office.tap(people())
    draft = counter.office.register.type_fields(counter.office.draft(counter.by).id, rest, counter.by)
    counter.ref = OwnerRef("draft", draft.id)
    counter.owner = Owner("draft", uuid.UUID(draft.id))
    page = counter.store("rent-receipt-a5")
    counter.accept(page)
    shown, original = counter.shown(page), counter.original(page)
    record = counter.office.desk.save(draft.id, counter.by)
    counter.ref = OwnerRef("record", record.id)
    assert (counter.shown(page), counter.original(page)) == (shown, original)
    pdf = b"".join(counter.service.pdf(counter.ref, str(Page.get().document_id), counter.by))
    with pikepdf.open(io.BytesIO(pdf)) as made:
        [image] = made.pages[0].get_images().values()
        assert image.read_raw_bytes() == shown
    counter.leave(page)
    assert (counter.shown(page), counter.files()) == (original, 1)


def test_a_discarded_draft_takes_the_finished_page_with_it(counter: Counter) -> None:
    counter.accept(counter.store("rent-receipt-a5"))
    counter.office.register.discard(counter.ref.id, counter.by, "MISTAKE")
    assert (Media.select().count(), counter.files()) == (0, 0)


def test_what_was_decided_on_a_page_that_looks_different_now_is_refused(counter: Counter) -> None:
    page = counter.store("rent-receipt-a5")
    seen = counter.view(page)
    counter.service.rotate(counter.ref, page, seen.version, counter.by)
    for act in (counter.crops.draw, counter.crops.accept):
        assert counter.code_of(lambda act=act: act(counter.ref, page, seen.version, seen.box, counter.by)) == (
            "DOCUMENT-CHANGED"
        )
    assert counter.code_of(lambda: counter.crops.leave(counter.ref, page, seen.version, counter.by)) == (
        "DOCUMENT-CHANGED"
    )
    supervisor = counter.office.sign_in("supervisor")
    assert counter.code_of(lambda: counter.crops.view(counter.ref, page, supervisor)) == "RIGHTS-DENIED"
    impossible = Box(-300, 0, 50, 50)
    version = counter.view(page).version
    for act in (counter.crops.draw, counter.crops.accept):
        assert counter.code_of(lambda act=act: act(counter.ref, page, version, impossible, counter.by)) == (
            "CROP-IMPOSSIBLE"
        )
    assert (counter.files(), Page.get().finished_id) == (1, None)


def test_numbers_are_those_of_the_page_as_the_clerk_has_turned_it(counter: Counter) -> None:
    page = counter.store("rent-receipt-a5")
    counter.service.rotate(counter.ref, page, counter.view(page).version, counter.by)
    view = counter.view(page)
    assert [round(side) for side in view.size_mm] == [297, 210]
    assert [round(value) for value in view.box.as_list()] == [87, 0, 210, 148, 0]
    corner = Box(277, 0, 20, 10)
    counter.crops.draw(counter.ref, page, view.version, corner, counter.by)
    drawn = counter.view(page)
    assert (drawn.box, drawn.state, drawn.is_finished) == (corner, "proposed", False)
    assert [round(value) for value in drawn.original_box.as_list()] == [0, 0, 10, 20, 0]
    counter.accept(page)
    assert opened(counter.shown(page)).size == (30, 59)
    assert counter.view(page).box == corner


@pytest.mark.parametrize("code", ["PAGE-BLANK", "PAGE-FLAT-EDGE"])
def test_no_frame_is_proposed_on_a_page_that_is_blank_or_ended_early(counter: Counter, code: str) -> None:
    page = dataclasses.replace(scan("rent-receipt-a5"), doubts=[{"code": code, "percent": 66}])
    kept = counter.papers.store_page(counter.owner, "D04", page, counter.by)
    assert counter.crops.look(counter.owner, kept.id).state == "none", "cutting the grey off would hide what is missing"


def test_line_art_stays_line_art_and_a_page_that_is_only_cut_keeps_its_pixels(counter: Counter) -> None:
    art = Image.new("1", (620, 877), 1)
    art.paste(0, (100, 100, 300, 130))
    content = io.BytesIO()
    art.save(content, "TIFF", compression="group4", dpi=(DPI, DPI))
    kept = counter.papers.store_page(counter.owner, "D04", NewPage(content.getvalue(), "image/tiff"), counter.by)
    page = str(kept.id)
    millimetres = [value / DPI * 25.4 for value in (90, 95, 250, 60)]
    counter.accept(page, Box(*millimetres))
    finished = counter.papers.shown_content(counter.owner, kept.id)
    with opened(finished.content) as made:
        assert (finished.content_type, made.mode, made.info["compression"]) == ("image/tiff", "1", "group4")
        assert made.tobytes() == art.crop((90, 95, 340, 155)).tobytes()


def test_pages_are_looked_at_as_they_come_and_after_a_restart(counter: Counter) -> None:
    early = counter.papers.store_page(counter.owner, "D04", scan("lease-skewed"), counter.by)
    published: list[Any] = []
    office = counter.office
    looks = PageLooks(
        office.store, counter.crops, counter.cards, counter.pictures, published.append, office.clock, lambda: False
    )
    counter.papers.on_stored = looks.wish
    looks.start()
    for name in ("lease", "blank", "rent-receipt-a5"):
        counter.papers.store_page(counter.owner, "D04", scan(name), counter.by)
    spoilt = counter.papers.store_page(counter.owner, "D04", NewPage(b"\xff\xd8\xff", "image/jpeg"), counter.by)
    last = counter.papers.store_page(counter.owner, "D04", scan("rent-receipt-a5"), counter.by)
    end_s = time.monotonic() + LIMIT_S
    while Page.get(Page.id == last.id).crop is None:
        assert time.monotonic() < end_s
        time.sleep(0.02)
    looks.stop()
    states = [row.crop and row.crop["state"] for row in Page.select().order_by(Page.position)]
    assert states == ["proposed", "none", "none", "proposed", None, "proposed"]
    assert Page.get(Page.id == early.id).crop["box"][4] == pytest.approx(-4, abs=0.1)
    assert {event.facts["draft"] for event in published} == {counter.ref.id}
    assert len(published) == 3
    assert counter.code_of(lambda: counter.view(str(spoilt.id))) == "PAGE-UNREADABLE"
    assert counter.shown(str(early.id)) == counter.original(str(early.id))
