"""The driver at a network scanner: python-sane, libsane, airscan and HTTP to the simulated eSCL device.

Of the obligations in `test_scanner_contract` some cannot be shown here.  airscan gives a page only when it has it
all: there are no lines to be told of, to be called off among, to come in pieces or to be fewer than announced.  It says
`Error during device I/O` for most of what SANE has a status for; the fault matrix holds what it says of each.  And at
the finest that the simulated device offers no page is too large.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image, ImageChops, ImageStat

from drivers.scanner_api import ColourMode, Source

if TYPE_CHECKING:
    from conftest import ScannerWorker, Simulated

    At = Callable[..., ScannerWorker]


def papers(simulated: Simulated, count: int) -> list[str]:
    """The first few papers that have two sides or one."""
    return [paper["id"] for paper in simulated.control("GET", "/papers")["papers"]][:count]


def test_it_tells_its_serial_number_and_what_its_two_places_for_paper_offer(
    simulated: Simulated, worker_at: At
) -> None:
    worker = worker_at(simulated.address)
    state = worker.until_state()
    assert state.state == "ready"
    assert state.identity["serial"].startswith("RENHU-SIM-")
    assert worker.offers is not None
    assert {offer.source for offer in worker.offers.sources} == set(Source)
    assert all(offer.modes == tuple(ColourMode) for offer in worker.offers.sources)


def test_the_scanner_that_was_meant_before_needs_no_list_and_another_one_in_its_place_is_not_taken(
    simulated: Simulated, worker_at: At, tmp_path: Path
) -> None:
    (tmp_path / "airscan.conf").write_text("[options]\ndiscovery = disable\n")
    searching = {"backends": ["airscan"], "configuration": str(tmp_path)}
    told = worker_at(simulated.address).until_state().identity
    assert told["model"] == "RENHU-SIM eSCL Scanner"
    again = worker_at("sane:auto", last=told, **searching).until_state()
    assert (again.state, again.identity) == ("ready", told), "no list has this scanner"
    other = worker_at("sane:auto", last={**told, "serial": "RENHU-SIM-00000077"}, **searching).until_state()
    assert (other.state, other.code) == ("absent", "SCANNER-ABSENT")


@pytest.mark.parametrize("mode", ColourMode)
def test_the_flatbed_gives_one_page_of_what_was_asked_for(
    simulated: Simulated, worker_at: At, mode: ColourMode
) -> None:
    simulated.control("PUT", "/platen", {"paper": papers(simulated, 1)[0]})
    scan = worker_at(simulated.address).scan(mode=mode, resolution_dpi=150)
    assert scan.code is None
    [(page, body)] = scan.pages
    image = Image.open(io.BytesIO(body))
    image.load()
    assert image.size == (page.width_px, page.height_px)
    assert page.width_px == pytest.approx(210 / 25.4 * 150, abs=4)
    assert page.height_px == pytest.approx(297 / 25.4 * 150, abs=4)
    assert 0.3 < page.white_share < 1.0
    assert page.flat_edge_px == 0


def test_what_is_not_offered_is_refused_what_is_beyond_the_glass_is_cut_and_the_next_scan_works(
    simulated: Simulated, worker_at: At
) -> None:
    worker = worker_at(simulated.address)
    refused = worker.scan(resolution_dpi=77)
    assert (refused.code, refused.pages) == ("SCANNER-SETTING", [])
    [(page, _)] = worker.scan(resolution_dpi=75, width_mm=500, height_mm=700).pages
    assert (page.width_px, page.height_px) == (pytest.approx(638, abs=2), pytest.approx(877, abs=2))


def test_the_feeder_gives_both_sides_of_every_sheet(simulated: Simulated, worker_at: At) -> None:
    simulated.control("PUT", "/feeder", {"papers": papers(simulated, 3)})
    scan = worker_at(simulated.address).scan(source="adf-duplex", resolution_dpi=75)
    assert (scan.code, [page.number for page, _ in scan.pages]) == (None, [1, 2, 3, 4, 5, 6])


@pytest.mark.parametrize("sheets", [1, 3])
def test_behind_a_feeder_that_was_ended_by_its_limit_the_glass_gives_what_lies_on_it(
    simulated: Simulated, worker_at: At, sheets: int
) -> None:
    """The library would go on with the feeder: with its next sheet, or with word that it is empty."""
    worker = worker_at(simulated.address)
    simulated.control("PUT", "/feeder", {"papers": papers(simulated, sheets)})
    card = worker.scan(source="adf-duplex", resolution_dpi=75, page_limit=2)
    assert (card.code, len(card.pages)) == (None, 2)
    bare = worker.scan(resolution_dpi=75)
    assert (bare.code, [page.white_share > 0.99 for page, _ in bare.pages], worker.renewals) == (None, [True], 0)


def test_an_empty_feeder_asks_for_paper_and_works_with_it(simulated: Simulated, worker_at: At) -> None:
    worker = worker_at(simulated.address)
    scan = worker.scan(source="adf", resolution_dpi=75)
    assert (scan.code, scan.pages) == ("SCANNER-EMPTY", [])
    simulated.control("PUT", "/feeder", {"papers": papers(simulated, 2)})
    assert len(worker.scan(source="adf", resolution_dpi=75).pages) == 2


@pytest.mark.parametrize(("fault", "code"), [("jam", "SCANNER-JAM"), ("cover-open", "SCANNER-COVER")])
def test_trouble_with_the_paper_has_its_own_code_and_is_over_when_it_is_mended(
    simulated: Simulated, worker_at: At, fault: str, code: str
) -> None:
    worker = worker_at(simulated.address)
    simulated.control("PUT", "/feeder", {"papers": papers(simulated, 1)})
    simulated.control("PUT", f"/faults/{fault}", {})
    scan = worker.scan(source="adf", resolution_dpi=75)
    assert (scan.code, scan.pages) == (code, [])
    simulated.control("DELETE", "/faults")
    simulated.control("PUT", "/feeder", {"papers": papers(simulated, 1)})
    assert len(worker.scan(source="adf", resolution_dpi=75).pages) == 1


@pytest.mark.parametrize("fault", ["html-page", "png-page", "empty-page"])
def test_what_is_no_page_is_never_one(simulated: Simulated, worker_at: At, fault: str) -> None:
    worker = worker_at(simulated.address)
    simulated.control("PUT", "/platen", {"paper": papers(simulated, 1)[0]})
    simulated.control("PUT", f"/faults/{fault}", {})
    scan = worker.scan(resolution_dpi=75)
    assert (scan.code, scan.pages) == ("SCANNER-IO", [])
    simulated.control("DELETE", "/faults")
    assert len(worker.scan(resolution_dpi=75).pages) == 1


def test_a_page_that_ended_early_is_marked_by_its_flat_lower_edge(simulated: Simulated, worker_at: At) -> None:
    worker = worker_at(simulated.address)
    simulated.control("PUT", "/platen", {"paper": papers(simulated, 1)[0]})
    simulated.control("PUT", "/faults/truncated-jpeg", {})
    [(page, _)] = worker.scan(resolution_dpi=100).pages
    assert page.flat_edge_px > page.height_px // 10


def test_a_scan_of_the_feeder_is_called_off_between_two_pages(simulated: Simulated, worker_at: At) -> None:
    worker = worker_at(simulated.address)
    simulated.control("PUT", "/feeder", {"papers": papers(simulated, 4)})
    scan = worker.scan(lambda scan: len(scan.pages) == 2, source="adf", resolution_dpi=75)
    assert (scan.code, scan.is_cancelled, len(scan.pages)) == (None, True, 2)
    simulated.control("PUT", "/feeder", {"papers": papers(simulated, 1)})
    assert len(worker.scan(source="adf", resolution_dpi=75).pages) == 1


def test_a_part_of_the_glass_is_what_lies_there_and_nothing_else(simulated: Simulated, worker_at: At) -> None:
    worker = worker_at(simulated.address)
    simulated.control("PUT", "/platen", {"paper": "lease"})
    [(_, whole)] = worker.scan(mode="grey", resolution_dpi=100, width_mm=215.0, height_mm=297.0).pages
    part_mm = {"left_mm": 50.8, "top_mm": 25.4, "width_mm": 76.2, "height_mm": 50.8}
    [(page, body)] = worker.scan(mode="grey", resolution_dpi=100, **part_mm).pages
    assert (page.width_px, page.height_px) == (pytest.approx(300, abs=2), pytest.approx(200, abs=2))
    cut = Image.open(io.BytesIO(whole)).crop((200, 100, 200 + page.width_px, 100 + page.height_px))
    difference = ImageChops.difference(cut, Image.open(io.BytesIO(body)))
    assert ImageStat.Stat(difference).mean[0] < 6
    scan = worker.scan(resolution_dpi=100, left_mm=300.0)
    assert (scan.code, scan.pages) == ("SCANNER-SETTING", [])


def test_the_feeder_says_that_it_holds_narrow_paper_in_the_middle(simulated: Simulated, worker_at: At) -> None:
    worker = worker_at(simulated.address)
    worker.until_state()
    assert worker.offers is not None
    assert [(str(offer.source), str(offer.paper_edge)) for offer in worker.offers.sources] == [
        ("flatbed", "left"),
        ("adf", "center"),
        ("adf-duplex", "center"),
    ]
