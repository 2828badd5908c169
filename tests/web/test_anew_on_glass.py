"""A page is scanned anew where its kind is, or on the glass: the button says where; and otherwise by hand."""

from __future__ import annotations

import re
import time
import uuid
from types import SimpleNamespace

import pytest

from agent.documents.kinds import Preset
from agent.documents.papers import NewPage
from agent.documents.scan_views import ScannerView, SourceView
from agent.simulator_process import SimulatorProcess
from peewee_models.document_queries import Owner
from peewee_models.drafts import Draft

PATIENCE_S = 60.0


@pytest.fixture(scope="module")
def house(house_with_scanner):
    """A station whose scanner has a glass and a feeder for both sides."""
    simulator = SimulatorProcess.start("scanner", "--speed-factor", "100")
    with house_with_scanner(address=simulator.address) as opened:
        end_s = time.monotonic() + PATIENCE_S
        while opened.station.documents.scans._status().state.value != "ready":
            assert time.monotonic() < end_s
            time.sleep(0.05)
        yield opened
    simulator.stop()


def test_a_page_from_the_feeder_can_be_scanned_anew_there_and_on_the_glass(house):
    clerk = house.clerk_at_a_form()
    place, papers = clerk.documents(), house.station.documents._papers
    with papers._store.read():
        draft = Draft.get(Draft.id == uuid.UUID(place.rpartition("/")[2]))
    by = SimpleNamespace(user_id=str(draft.user_id), session_id=str(uuid.UUID(int=1)))
    page = NewPage(b"\xff\xd8\xff", "image/jpeg", side="back", doubts=[{"code": "PAGE-FLAT-EDGE", "percent": 66}])
    papers.store_page(Owner("draft", draft.id), "D05", page, by)
    for shown_at in (place, "/desk"):
        clerk.get(shown_at)
        buttons = re.findall(r'source=([a-z-]+)[^"]*replaces=[^"]*"[^>]*>([^<]*)<', clerk.page)
        assert list(dict.fromkeys(buttons)) == [
            ("adf", "重扫 · 送纸器"),
            ("flatbed", "重扫 · 平板"),
        ], shown_at
        assert "请让背面朝着扫描面" in clerk.page
        assert "请把背面朝下放在平板上" in clerk.page


def test_the_glass_is_asked_for_what_it_has_and_is_no_second_way_where_it_is_the_first():
    glass = SourceView(["colour"], [300, 600], ["a4", "whole"], 216, 297)
    feeder = SourceView(["grey"], [200], ["a4", "letter"], 216, 356)
    scanner = ScannerView("ready", "", {}, "", {"flatbed": glass, "adf": feeder})
    preset = Preset("grey", 200, "adf", size="letter")
    assert scanner.ways(preset) == [preset, Preset("colour", 300, "flatbed", size="whole")]
    assert scanner.ways(Preset("colour", 300, "flatbed")) == [Preset("colour", 300, "flatbed")]
    assert ScannerView("ready", "", {}, "", {"adf": feeder}).ways(preset) == [preset]
    assert ScannerView("starting", "SCANNER-COMING", {}, "", {}).ways(preset) == [preset]


def test_what_was_chosen_by_hand_stays_chosen_beside_the_scan_and_is_said_to_stay_for_the_kind(house):
    clerk = house.clerk_at_a_form()
    chosen = {"kind": "D05", "source": "flatbed", "colour": "grey", "dpi": "150", "size": "a5"}
    clerk.get(clerk.post(f"{clerk.documents()}/scan", chosen).location)
    panel = clerk.page.split('id="other-scan"')[1].split("</section>")[0]
    assert re.findall(r'value="([^"]+)"[^>]* selected', panel) == ["D05", "flatbed", "a5", "grey", "150"]
    assert "直到另行设置" in panel
