"""What every scanner behind SANE must do, shown on SANE's own pattern scanner, alone and behind its network server."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from drivers.scanner_api import ColourMode, Encoding, Source

if TYPE_CHECKING:
    from conftest import Scan, Started

BED_MM = 200.0
STATUSES = {
    "SANE_STATUS_UNSUPPORTED": "SCANNER-UNSUPPORTED",
    "SANE_STATUS_CANCELLED": "SCANNER-CANCELLED",
    "SANE_STATUS_DEVICE_BUSY": "SCANNER-BUSY",
    "SANE_STATUS_INVAL": "SCANNER-INVALID",
    "SANE_STATUS_EOF": "SCANNER-NO-DATA",
    "SANE_STATUS_JAMMED": "SCANNER-JAM",
    "SANE_STATUS_NO_DOCS": "SCANNER-EMPTY",
    "SANE_STATUS_COVER_OPEN": "SCANNER-COVER",
    "SANE_STATUS_IO_ERROR": "SCANNER-IO",
    "SANE_STATUS_NO_MEM": "SCANNER-MEMORY",
    "SANE_STATUS_ACCESS_DENIED": "SCANNER-PERMISSION",
}


def px(length_mm: float, resolution_dpi: int) -> Any:
    return pytest.approx(length_mm / 25.4 * resolution_dpi, abs=2)


def test_it_says_who_it_is_and_what_it_offers(started: Started) -> None:
    worker = started()
    state = worker.until_state()
    assert state.state == "ready"
    assert state.identity["address"].startswith("sane:")
    assert worker.offers is not None
    assert [offer.source for offer in worker.offers.sources] == [Source.FLATBED, Source.FEEDER]
    for offer in worker.offers.sources:
        assert offer.modes == tuple(ColourMode)
        assert {75, 150, 300, 600} <= set(offer.resolutions_dpi)
        assert (offer.width_mm, offer.height_mm) == (BED_MM, BED_MM)


@pytest.mark.parametrize(
    ("mode", "encoding", "file_format", "shape"),
    [
        (ColourMode.COLOUR, Encoding.JPEG, "JPEG", "RGB"),
        (ColourMode.GREY, Encoding.JPEG, "JPEG", "L"),
        (ColourMode.LINEART, Encoding.TIFF_G4, "TIFF", "1"),
    ],
)
def test_a_page_comes_as_it_was_asked_for(
    started: Started, mode: ColourMode, encoding: Encoding, file_format: str, shape: str
) -> None:
    scan = started().scan(mode=mode, resolution_dpi=150, width_mm=100, height_mm=60)
    assert scan.code is None
    [(page, body)] = scan.pages
    assert (page.number, page.encoding, page.mode, page.resolution_dpi) == (1, encoding, mode, 150)
    image = Image.open(io.BytesIO(body), formats=[file_format])
    image.load()
    assert (image.mode, image.size) == (shape, (page.width_px, page.height_px))
    assert (page.width_px, page.height_px) == (px(100, 150), px(60, 150))
    assert [round(float(value)) for value in image.info["dpi"]] == [150, 150]
    if file_format == "TIFF":
        assert image.info["compression"] == "group4"


def test_small_pieces_become_whole_pages(started: Started) -> None:
    [(page, _)] = started(read_limit="true", read_limit_size=7).scan(resolution_dpi=75).pages
    assert (page.width_px, page.height_px) == (px(BED_MM, 75), px(BED_MM, 75))


def test_a_page_whose_size_is_told_at_random_is_whole_or_refused(started: Started, witness: str) -> None:
    """Sizes are right while pages come; a server that has sent all by then answers with any size."""
    for _ in range(3):
        scan = started(fuzzy_parameters="true").scan(resolution_dpi=75)
        if witness == "saned" and scan.code is not None:
            assert scan.code in {"SCANNER-IO", "SCANNER-SHORT-PAGE"}
            assert scan.pages == []
        else:
            [(page, _)] = scan.pages
            assert (page.width_px, page.height_px) == (px(BED_MM, 75), px(BED_MM, 75))


def test_what_is_larger_than_the_bed_is_cut_to_it(started: Started) -> None:
    [(page, _)] = started().scan(resolution_dpi=75, width_mm=500, height_mm=700).pages
    assert (page.width_px, page.height_px) == (px(BED_MM, 75), px(BED_MM, 75))


def test_the_feeder_gives_page_after_page_until_it_is_empty(started: Started) -> None:
    worker = started()
    scan = worker.scan(source="adf", resolution_dpi=75)
    assert scan.code is None
    assert [page.number for page, _ in scan.pages] == list(range(1, 11))
    assert [page.number for page, _ in worker.scan(source="adf", resolution_dpi=75, page_limit=3).pages] == [1, 2, 3]


@pytest.mark.parametrize(
    ("wanted", "setting"),
    [({"source": "adf-duplex"}, "source"), ({"resolution_dpi": 77}, "resolution"), ({"mode": "sepia"}, "request")],
)
def test_what_is_not_offered_is_refused_and_the_next_scan_works(
    started: Started, wanted: dict[str, object], setting: str
) -> None:
    worker = started()
    scan = worker.scan(**wanted)
    assert (scan.code, scan.pages) == ("SCANNER-SETTING", [])
    assert scan.reply is not None
    assert scan.reply.facts["setting"] == setting
    assert len(worker.scan(resolution_dpi=75).pages) == 1


def test_a_page_that_no_station_could_handle_is_refused_before_it_is_scanned(started: Started) -> None:
    scan = started().scan(resolution_dpi=1200, width_mm=200, height_mm=300)
    assert (scan.code, scan.pages, scan.progress) == ("SCANNER-TOO-LARGE", [], [])


@pytest.mark.parametrize(("status", "code"), STATUSES.items())
def test_every_status_has_its_own_code(started: Started, status: str, code: str) -> None:
    worker = started(read_status_code=status)
    for turn in range(2):
        scan = worker.scan(resolution_dpi=75)
        assert (scan.code, scan.pages, worker.renewals) == (code, [], turn + 1)


def slow() -> dict[str, object]:
    """A page that takes a while, in many pieces."""
    return {"read_limit": "true", "read_limit_size": 2048, "read_delay": "true", "read_delay_duration": 1000}


@pytest.mark.parametrize("twentieth", range(0, 20, 4))
def test_a_scan_is_called_off_anywhere_in_a_page(started: Started, twentieth: int) -> None:
    """No page comes, it ends as cancelled, and the next scan is whole; through the agent `test_scan_called_off`."""
    worker = started(**slow())

    def is_there(scan: Scan) -> bool:
        if not scan.progress:
            return False
        last = scan.progress[-1]
        return int(str(last["lines"])) * 20 >= int(str(last["lines_expected"])) * twentieth

    scan = worker.scan(is_there, source="adf", resolution_dpi=100)
    assert (scan.code, scan.is_cancelled, scan.pages, worker.renewals) == (None, True, [], 1)
    again = worker.scan(resolution_dpi=75, height_mm=20)
    assert (again.code, again.is_cancelled, len(again.pages)) == (None, False, 1)


def test_pages_that_came_before_a_scan_was_called_off_are_kept(started: Started) -> None:
    scan = started(**slow()).scan(
        lambda scan: len(scan.pages) == 2 and scan.progress[-1]["page"] == 3, source="adf", resolution_dpi=75
    )
    assert (scan.is_cancelled, [page.number for page, _ in scan.pages]) == (True, [1, 2])


def test_progress_goes_on_and_never_back(started: Started) -> None:
    scan = started().scan(source="adf", resolution_dpi=100, page_limit=2)
    steps = [(step["page"], step["lines"]) for step in scan.progress]
    assert len(steps) > 40
    assert steps == sorted(steps)


def test_a_scanner_of_three_passes_is_not_supported(started: Started) -> None:
    scan = started(three_pass="true").scan(resolution_dpi=75)
    assert (scan.code, scan.pages) == ("SCANNER-UNSUPPORTED", [])
