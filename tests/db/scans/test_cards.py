"""Both sides of a card on one page: the back is awaited in the database, both originals stay, nobody gets between."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image, ImageChops, ImageStat

from agent.devices.wire import Sign, raw
from agent.documents.loan import Loan
from agent.documents.service import ScanWish
from agent.errors import CodedError
from drivers.scanner_api import ColourMode, PaperEdge, ScannerOffers, ScanRequest, Source, SourceOffer
from peewee_models import schema
from peewee_models.audit import AuditEntry
from peewee_models.audit_chain import look_over
from peewee_models.documents import CardPage, Media
from peewee_models.documents import Page as PageRow
from simulators.papers_drawn import BACK, FRONT

if TYPE_CHECKING:
    from conftest import Deal, Room

DPI = 100
COARSE = (43, 27)
FLAT = {"flat_edge_px": 3}
BLANK = {"white_share": 1.0}
ON_GLASS = ScanWish("flatbed", "grey", 200)


def side_of(page: bytes, place: int) -> Image.Image:
    """A side of the card as it stands on the composed page."""
    with Image.open(io.BytesIO(page)) as made:
        assert made.size == (round(210 / 25.4 * DPI), round(297 / 25.4 * DPI))
        middle = (99, 198)[place] / 25.4 * DPI
        half = (85.6 / 25.4 * DPI / 2, 54 / 25.4 * DPI / 2)
        box = (made.width / 2 - half[0], middle - half[1], made.width / 2 + half[0], middle + half[1])
        return made.convert("RGB").crop(tuple(map(round, box)))


def lying_card(deal: Deal, side: int) -> Image.Image:
    """The card as the scanner sees it."""
    with Image.open(io.BytesIO(deal.lying(side))) as seen:
        return seen.convert("RGB").crop((0, 0, round(85.6 / 25.4 * DPI), round(54 / 25.4 * DPI)))


def difference(one: Image.Image, other: Image.Image) -> float:
    """Mean difference of two pictures, 0 to 255, looked at coarsely."""
    coarse = (one.resize(COARSE), other.resize(COARSE))
    return sum(ImageStat.Stat(ImageChops.difference(*coarse)).mean) / 3


def state(room: Any) -> str:
    return next(line.state for line in room.board().lines if line.kind.code == "D01")


def test_front_then_back_become_one_page_at_true_size(room: Any, deal: Deal) -> None:
    deal.scan(FRONT)
    assert room.scanner.asked[-1]["page_limit"] == 1
    waiting = room.board().card
    assert (waiting.kind, waiting.page_id, waiting.used_by) == ("D01", deal.page.id, "")
    assert (deal.page.card, state(room)) == ("front", "missing"), "one side is not the document yet"
    assert room.code_of(lambda: room.scans.scan_card(room.ref, "D01", "flatbed", room.by)) == "CARD-UNDER-WAY"
    deal.scan_back()
    assert (room.board().card, deal.page.card, state(room)) == (None, "both", "here")
    deal.compose()
    shown = deal.shown()
    fronts, backs = lying_card(deal, FRONT), lying_card(deal, BACK)
    assert difference(side_of(shown, 0), fronts) < 4 < difference(side_of(shown, 0), backs)
    assert difference(side_of(shown, 1), backs) < 4 < difference(side_of(shown, 1), fronts)
    assert deal.page.doubts == []
    assert Media.select().count() == 3, "both originals and the page"
    assert look_over(AuditEntry._meta.database).bad_seq is None


def test_the_feeder_gives_both_sides_at_once(room: Any, deal: Deal) -> None:
    deal.scan(FRONT, BACK, source="adf-duplex")
    assert (room.scanner.asked[-1]["source"], room.scanner.asked[-1]["page_limit"]) == ("adf-duplex", 2)
    assert (deal.page.card, len(room.board().documents[0].pages)) == ("both", 1)


def test_a_scan_of_somebody_else_between_the_sides_is_told_before_the_back_is_taken(room: Any, deal: Deal) -> None:
    deal.scan(FRONT)
    mine, room.ref = room.ref, room.draft()
    room.clock.forward(1)
    room.scanned(1)
    assert room.board(mine).card.used_by == "", "a feeder leaves the glass alone"
    room.clock.forward(1)
    room.scanned(1, wish=ON_GLASS)
    room.ref = mine
    with pytest.raises(CodedError) as told:
        deal.scan_back()
    assert (told.value.code, told.value.facts) == ("SCANNER-USED-BETWEEN", {"name": room.by.name})
    waiting = room.board().card
    assert waiting.used_by == room.by.name
    deal.scan_back(seen=waiting.seen)
    assert deal.page.card == "both"


def test_a_loan_and_the_clerks_own_other_paper_come_between_too_and_a_look_at_the_card_does_not(
    room: Room, deal: Deal
) -> None:
    deal.scan(FRONT)
    room.clock.forward(1)
    room.scans.preview(room.ref, "D01", room.by)
    room.until(lambda: len(room.scanner.asked) == 2)
    room.scanner.end(0)
    room.until(lambda: room.desk.under_way() is None)
    assert room.board().card.used_by == ""
    room.desk.begin(Loan("renhu scan (root)", ScanRequest(Source.FLATBED)))
    room.until(lambda: len(room.scanner.asked) == 3)
    room.scanner.end(0)
    room.until(lambda: room.desk.under_way() is None)
    assert room.board().card.used_by == "renhu scan (root)"
    room.clock.forward(1)
    room.scanned(1, kind="D03", wish=ON_GLASS)
    assert room.board().card.used_by == room.by.name
    deal.scan_back(seen=room.board().card.seen)
    assert room.board().card is None


def feeders(*sources: Source) -> ScannerOffers:
    """A scanner without glass."""
    return ScannerOffers(
        tuple(SourceOffer(source, (ColourMode.COLOUR,), (100, 300), 216, 356, PaperEdge.CENTER) for source in sources),
        has_button=False,
    )


def test_a_scanner_without_glass_takes_a_card_as_its_feeder_can(room: Room, deal: Deal) -> None:
    room.desk.put(Sign("offers", raw(feeders(Source.FEEDER))))
    assert (room.board().scanner.card_sources, room.board().scanner.back_source) == (("adf",), "adf")
    deal.scan(FRONT, source="adf")
    deal.scan_back()
    assert [(asked["source"], asked["page_limit"]) for asked in room.scanner.asked] == [("adf", 1)] * 2
    assert (room.board().card, deal.page.card) == (None, "both")
    room.desk.put(Sign("offers", raw(feeders(Source.FEEDER, Source.DUPLEX_FEEDER))))
    assert room.board().scanner.card_sources == ("adf-duplex",)


def test_what_is_awaited_outlives_a_cancel_and_a_restart_and_can_be_given_up(room: Any, deal: Deal) -> None:
    deal.scan(FRONT)
    room.clock.forward(1)
    job = room.scans.scan_card_back(room.ref, deal.page.id, "", room.by)
    room.until(lambda: len(room.scanner.asked) == 2)
    room.scans.cancel(job, room.by)
    room.scanner.fail("SCANNER-CANCELLED")
    assert room.until_ended() == ("cancelled", 0, "")
    room.jobs.interrupt_unended()
    assert (room.board().card is not None, CardPage.select().count()) == (True, 1)
    deal.change("split")
    assert (room.board().card, deal.page.card, state(room)) == (None, "", "here")


def test_a_card_that_was_not_turned_over_is_told_and_its_back_scanned_anew(room: Any, deal: Deal) -> None:
    deal.scan(FRONT)
    deal.scan_back(FRONT)
    deal.compose()
    assert [doubt.code for doubt in deal.page.doubts] == ["CARD-SAME-SIDE"]
    for act in ("turn-front", "swap"):
        deal.change(act)
        assert [doubt.code for doubt in deal.page.doubts] == ["CARD-SAME-SIDE"], "nobody has looked at it yet"
    version = room.board().documents[0].version
    room.service.settle(room.ref, deal.page.id, version, room.by, ("CARD-SAME-SIDE", ""))
    for act in ("turn-back", "swap"):
        deal.change(act)
        assert deal.page.doubts == [], "what was settled is not asked about again"
    deal.scan_back(FRONT)
    deal.compose()
    assert [doubt.code for doubt in deal.page.doubts] == ["CARD-SAME-SIDE"], "another back is another question"
    deal.scan_back(BACK)
    deal.compose()
    assert deal.page.doubts == []
    assert len(room.board().documents[0].removed) == 2, "the first backs can be taken back"
    assert Media.select().count() == 5


def test_sides_are_turned_exchanged_and_parted_and_the_originals_stay(room: Any, deal: Deal) -> None:
    deal.scan(FRONT)
    deal.scan_back()
    deal.compose()
    before = deal.shown()
    deal.change("turn-front")
    assert difference(side_of(deal.shown(), 0), side_of(before, 0).rotate(180)) < 4
    assert difference(side_of(deal.shown(), 1), side_of(before, 1)) < 4
    deal.change("turn-front")
    deal.change("swap")
    assert difference(side_of(deal.shown(), 0), side_of(before, 1)) < 4
    deal.change("swap")
    deal.change("split")
    pages = room.board().documents[0].pages
    assert [page.card for page in pages] == ["", ""]
    shown = [room.service.page(room.ref, page.id, room.by).content for page in pages]
    assert shown == [deal.lying(FRONT), deal.lying(BACK)]
    assert Media.select().count() == PageRow.select().count() == 2
    assert room.code_of(lambda: deal.change("compose")) == "PAGE-UNKNOWN"


def test_cards_follow_their_draft_and_are_shredded_with_it(room: Any, deal: Deal) -> None:
    deal.scan(FRONT)
    deal.scan_back()
    deal.compose()
    room.office.register.discard(room.ref.id, room.by, "MISTAKE")
    assert (CardPage.select().count(), PageRow.select().count(), Media.select().count()) == (0, 0, 0)


def test_the_step_goes_down_and_up_with_a_card_in_it(room: Any, deal: Deal) -> None:
    deal.scan(FRONT, BACK, source="adf-duplex")
    schema.downgrade(room.office.store, "0010_card_pages")
    assert "card_page" not in room.office.store.get_tables()
    assert schema.upgrade(room.office.store)[0] == "0010_card_pages"
    assert (CardPage.select().count(), PageRow.select().count(), deal.page.card) == (0, 1, "")
    assert deal.shown() == deal.lying(FRONT)


def doubts(page: Any) -> list[tuple[str, str]]:
    return [(doubt.code, doubt.side) for doubt in page.doubts]


def test_what_is_doubtful_of_a_side_stays_with_it_together_and_apart(room: Room, deal: Deal) -> None:
    deal.scan(FRONT, **FLAT)
    assert doubts(deal.page) == [("PAGE-FLAT-EDGE", "")]
    deal.scan_back(**BLANK)
    both = [("PAGE-FLAT-EDGE", "front"), ("CARD-SIDE-BLANK", "back")]
    assert doubts(deal.page) == both, "before they are together too"
    deal.compose()
    assert doubts(deal.page) == both
    assert deal.page.doubts[0].facts == {"percent": 30}, "of ten lines"
    deal.scan_back(deal.BARE, **BLANK)
    deal.compose()
    assert doubts(deal.page) == both, "a blank side is not asked about its edges too"
    assert room.board().documents[0].blanks == [], "a blank side does not take the other one out with it"
    deal.change("turn-back")
    assert doubts(deal.page) == both
    deal.change("swap")
    assert doubts(deal.page) == [("PAGE-FLAT-EDGE", "back"), ("CARD-SIDE-BLANK", "front")]
    deal.change("split")
    pages = room.board().documents[0].pages
    assert [doubts(page) for page in pages] == [[("PAGE-BLANK", "")], [("PAGE-FLAT-EDGE", "")]]


def test_one_side_is_settled_by_a_look_at_it_and_the_other_is_not(room: Room, deal: Deal) -> None:
    deal.scan(FRONT, **FLAT)
    deal.scan_back(**FLAT)
    deal.compose()
    version = room.board().documents[0].version
    room.service.settle(room.ref, deal.page.id, version, room.by, ("PAGE-FLAT-EDGE", "front"))
    assert doubts(deal.page) == [("PAGE-FLAT-EDGE", "back")]
    deal.change("turn-front")
    assert doubts(deal.page) == [("PAGE-FLAT-EDGE", "back")], "what was settled is not asked about again"


def test_a_front_kept_alone_keeps_what_was_doubtful_of_it(room: Room, deal: Deal) -> None:
    deal.scan(FRONT, **FLAT)
    deal.change("split")
    assert doubts(deal.page) == [("PAGE-FLAT-EDGE", "")]


def test_the_side_whose_edges_were_not_clear_is_named_and_scanned_anew_by_itself(room: Room, deal: Deal) -> None:
    deal.scan(deal.BARE)
    deal.scan_back()
    deal.compose()
    assert doubts(deal.page) == [("CARD-EDGES", "front")]
    deal.change("turn-back")
    assert doubts(deal.page) == [("CARD-EDGES", "front")], "nobody has looked at it yet"
    deal.scan_front(**FLAT)
    assert doubts(deal.page) == [("PAGE-FLAT-EDGE", "front")]
    deal.compose()
    shown = deal.shown()
    assert difference(side_of(shown, 0), lying_card(deal, FRONT)) < 4
    assert difference(side_of(shown, 1), lying_card(deal, BACK).rotate(180)) < 4, "the back stands as it was turned"
    [document] = room.board().documents
    assert [(page.side, page.doubts) for page in document.removed] == [("front", [])]
    assert room.scanner.asked[-1]["page_limit"] == 1


def test_a_front_that_waits_for_its_back_is_scanned_anew_too(room: Room, deal: Deal) -> None:
    deal.scan(deal.BARE, **FLAT)
    before = deal.page
    deal.scan_front()
    assert (deal.page.id, deal.page.card, deal.page.doubts) == (before.id, "front", [])
    assert deal.page.shown != before.shown, "a page that shows the old picture must fetch the new one"
    assert (deal.shown(), room.board().card.page_id) == (deal.lying(FRONT), before.id)
    [removed] = room.board().documents[0].removed
    assert doubts(removed) == [("PAGE-FLAT-EDGE", "")]
