"""What is still to be done to a page follows it from its draft into the record: proposals, and both sides of a card."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from agent.documents.page_looks import PATIENCE_S, PageLooks
from agent.documents.papers import NewPage
from agent.documents.pictures import Worked
from agent.documents.refs import owner_of
from agent.documents.service import OwnerRef
from agent.errors import Actor, CodedError, Retry
from simulators.papers import papers
from simulators.papers_drawn import FRONT, DrawnPapers
from simulators.scanner_picture import Lying, Region, Wanted, jpeg, see

if TYPE_CHECKING:
    from conftest import Deal, Room

A4 = Region(0, 0, 2480, 3508)
DPI = 100


def crooked() -> NewPage:
    paper = Lying(papers(1)["lease-skewed"])
    return NewPage(jpeg(see(DrawnPapers(), paper, Wanted(A4, DPI, "RGB24")), DPI), "image/jpeg")


class Story:
    """A clerk whose form is complete, and who saves it."""

    def __init__(self, room: Room, deal: Deal, person: Any, rest: dict[str, str]) -> None:
        self.room, self.deal = room, deal
        room.office.register.put_aside(room.ref.id, room.by)
        room.office.desk.take(room.by)
        room.office.tap(person)
        draft = room.office.register.type_fields(room.office.draft(room.by).id, rest, room.by)
        room.ref = OwnerRef("draft", draft.id)
        self.is_scanning: Callable[[], bool] = lambda: False
        straightening, publish = room.service.straightening, room.office.events.append
        self.looks = PageLooks(
            room.office.store, straightening, room.cards, room.pictures, publish, room.clock, self.has_scans
        )

    def has_scans(self) -> bool:
        return self.is_scanning()

    def save(self) -> None:
        record = self.room.office.desk.save(self.room.ref.id, self.room.by)
        self.room.ref = OwnerRef("record", record.id)

    def before_it_is_done(self, operation: str, deed: Callable[[], None]) -> None:
        """Have something happen while the pictures process works at this for the first time."""
        work, happened = self.room.pictures.work, []

        def slow(wanted: str, *asked: Any) -> Worked:
            if wanted == operation and not happened:
                happened.append(wanted)
                deed()
            return work(wanted, *asked)

        self.room.pictures.work = slow

    def pages(self) -> dict[str, Any]:
        return {document.kind.code: document.pages[0] for document in self.room.board().documents}


@pytest.fixture
def story(room: Room, deal: Deal, people: Any, rest: dict[str, str]) -> Iterator[Story]:
    made = Story(room, deal, people(), rest)
    yield made
    made.looks.stop()


def test_a_card_and_a_proposal_follow_a_draft_that_is_saved_at_once_also_over_a_restart(story: Story) -> None:
    room = story.room
    story.deal.scan(FRONT)
    story.deal.scan_back()
    room.papers.store_page(owner_of(room.ref), "D04", crooked(), room.by)
    story.save()
    assert (story.pages()["D01"].revision, story.pages()["D04"].crop) == ("", None)
    story.looks.start()
    room.until(lambda: story.pages()["D01"].revision and story.pages()["D04"].crop)
    assert story.pages()["D04"].crop.is_proposed
    with Image.open(io.BytesIO(story.deal.shown())) as made:
        assert made.size == (round(210 / 25.4 * DPI), round(297 / 25.4 * DPI))
    told = [dict(event.facts) for event in room.office.events if event.name == "documents" and "record" in event.facts]
    assert told == [{"record": room.ref.id}] * 2


@pytest.mark.parametrize("operation", ["card", "look"])
def test_a_draft_that_is_saved_in_the_middle_of_the_work_keeps_what_comes_of_it(story: Story, operation: str) -> None:
    room = story.room
    room.papers.on_stored = story.looks.wish
    story.looks.start()
    room.papers.store_page(owner_of(room.ref), "D05", crooked(), room.by)
    room.until(lambda: story.pages()["D05"].crop)
    story.before_it_is_done(operation, story.save)
    if operation == "card":
        story.deal.scan(FRONT)
        story.deal.scan_back()
        room.until(lambda: room.ref.kind == "record" and story.pages()["D01"].revision)
    else:
        room.papers.store_page(owner_of(room.ref), "D04", crooked(), room.by)
        room.until(lambda: room.ref.kind == "record" and story.pages()["D04"].crop)


def test_looks_wait_while_scans_are_under_way_but_not_for_ever(story: Story) -> None:
    room, waited_s = story.room, []
    begin_s = room.clock.monotonic()

    def still_scanning() -> bool:
        waited_s.append(room.clock.monotonic() - begin_s)
        assert story.pages()["D04"].crop is None
        return True

    room.papers.store_page(owner_of(room.ref), "D04", crooked(), room.by)
    story.is_scanning = still_scanning
    story.looks.start()
    room.until(lambda: story.pages()["D04"].crop)
    assert max(waited_s) == pytest.approx(PATIENCE_S, abs=0.2)


def test_a_look_that_the_end_of_the_agent_cuts_short_is_no_failure_and_is_done_after_the_next_start(
    story: Story, caplog: pytest.LogCaptureFixture
) -> None:
    room = story.room
    room.papers.store_page(owner_of(room.ref), "D04", crooked(), room.by)
    story.before_it_is_done("look", room.pictures.end)
    story.looks.start()
    room.until(lambda: room.pictures.is_over)
    story.looks.stop()
    assert (caplog.messages, story.pages()["D04"].crop) == ([], None)


def test_sides_that_could_not_be_put_together_are_told_beside_the_record_until_they_are(story: Story) -> None:
    room = story.room
    story.deal.scan(FRONT)
    story.deal.scan_back()
    story.save()

    def fail() -> None:
        raise CodedError("CARD-NOT-COMPOSED", Actor.TECHNICIAN, Retry.NOW)

    story.before_it_is_done("card", fail)
    story.looks.start()
    room.until(lambda: story.pages()["D01"].doubts)
    page = story.pages()["D01"]
    assert ([doubt.code for doubt in page.doubts], page.is_being_composed) == (["CARD-NOT-COMPOSED"], False)
    room.until(lambda: any(event.facts == {"record": room.ref.id} for event in room.office.events))
    story.deal.change("compose")
    assert (story.pages()["D01"].doubts, story.deal.lying(FRONT) != story.deal.shown()) == ([], True)
