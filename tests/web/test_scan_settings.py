"""The form in which a scan is set by hand: each place for paper with what it has, and anything else explained."""

from __future__ import annotations

import re

import pytest

from agent.devices.wire import Sign, raw
from drivers.scanner_api import ColourMode, PaperEdge, ScannerOffers, Source, SourceOffer


@pytest.fixture(scope="module")
def house(house_with_scanner):
    """A station with a scanner that is not there just now: the test says what it offered."""
    with house_with_scanner(address="sane:test:9") as opened:
        yield opened


def test_each_place_for_paper_is_offered_with_what_it_has_and_anything_else_is_refused_with_a_reason(house):
    """The glass of this scanner does 600 dpi in colour, its feeder 300 in grey, and only paper of nearly its width."""
    clerk = house.signed_in("clerk")
    clerk.post("/desk/without-card")
    glass = SourceOffer(Source.FLATBED, (ColourMode.COLOUR, ColourMode.GREY), (300, 1200), 216, 297, PaperEdge.LEFT)
    feeder = SourceOffer(Source.FEEDER, (ColourMode.GREY,), (200, 300), 216, 356)
    house.station.scan_desk.put(Sign("offers", raw(ScannerOffers((glass, feeder), has_button=False))))
    clerk.get("/desk")
    [place] = set(re.findall(r'"(/documents/draft/[0-9a-f-]{36})/', clerk.page))
    clerk.get(place)
    offered = dict(re.findall(r'<option value="([^"]+)" data-sources="([^"]*)"', clerk.page))
    assert (offered["colour"], offered["grey"], offered["200"], offered["300"]) == (
        *("flatbed", "flatbed adf", "adf", "flatbed adf"),
    )
    assert (offered["a5"], offered["a4"], "1200" in offered) == ("flatbed", "flatbed adf", False)
    right = {"kind": "D04", "source": "adf", "colour": "grey", "dpi": "300", "size": "a4"}
    for wrong, told in (
        ({"source": "adf-duplex"}, "没有所选的放纸的地方"),
        ({"colour": "colour"}, "扫不了所选的颜色"),
        ({"dpi": "600"}, "可选：200, 300"),
        ({"size": "a5"}, "最大 216×356 毫米"),
        ({"source": "flatbed", "dpi": "1200"}, "最高用 300 dpi"),
    ):
        assert clerk.post(f"{place}/scan", {**right, **wrong}).status_code == 409
        assert told in re.search(r'id="sentence">(.*?)</p>', clerk.page, re.DOTALL)[1]
    assert re.search(r'<option value="flatbed" selected>', clerk.page), "what was chosen is still chosen"
