"""A look at the glass is kept nowhere and by nobody else; the part that is picked is scanned, the size remembered."""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING

import pytest

from agent.devices.wire import Sign, raw
from agent.documents.page_sizes import Region
from agent.documents.preview import KEPT_S
from agent.documents.service import ScanWish
from agent.errors import CodedError
from drivers.scanner_api import ColourMode, PaperEdge, ScannerOffers, Source, SourceOffer
from peewee_models.audit import AuditEntry
from peewee_models.documents import Media

if TYPE_CHECKING:
    from conftest import Room

MODES = (ColourMode.COLOUR, ColourMode.GREY)
GLASS = SourceOffer(Source.FLATBED, MODES, (50, 100, 300), 216, 297, PaperEdge.LEFT)
OFFERS = ScannerOffers(
    (GLASS, SourceOffer(Source.FEEDER, MODES, (100, 200), 216, 356, PaperEdge.CENTER)), has_button=False
)


def look(room: Room) -> str:
    before = len(room.scanner.asked)
    job = room.scans.preview(room.ref, "D05", room.by)
    room.until(lambda: len(room.scanner.asked) > before)
    return job


def test_a_look_at_the_glass_is_held_for_the_one_who_looked_and_stored_nowhere(room: Room) -> None:
    room.desk.put(Sign("offers", raw(OFFERS)))
    look(room)
    [asked] = room.scanner.asked
    how = [asked[name] for name in ("source", "mode", "resolution_dpi", "page_limit")]
    assert how == ["flatbed", "colour", 100, 1]
    assert (asked["left_mm"], asked["top_mm"], asked["width_mm"], asked["height_mm"]) == (0, 0, 216, 297)
    room.show(1)
    room.scanner.end(1)
    assert room.until_ended() == ("done", 0, "")
    board = room.board()
    assert board.job.is_preview
    assert (board.preview.kind, board.preview.width_mm, board.preview.height_mm) == ("D05", 216, 297)
    assert room.scans.preview_picture(room.ref, room.by).content.endswith(b"page 1")
    assert (Media.select().count(), board.documents) == (0, [])
    assert AuditEntry.select().where(AuditEntry.action == "document.glass-viewed").count() == 1
    again = room.office.sign_in("clerk")
    assert room.scans.preview_picture(room.ref, again) is None, "another session, though of the same clerk"
    assert room.scans.preview_picture(room.draft(), room.by) is None, "another draft"
    room.clock.forward(KEPT_S)
    assert room.scans.preview_picture(room.ref, room.by) is None
    assert room.board().preview is None


def test_a_look_is_a_job_that_can_be_called_off_and_keeps_others_from_the_scanner(room: Room) -> None:
    job = look(room)
    assert room.code_of(lambda: room.scans.scan(room.ref, "D05", ScanWish("flatbed", "grey", 100), room.by)) == (
        "SCAN-UNDER-WAY"
    )
    room.scans.cancel(job, room.by)
    room.scanner.end(0, is_cancelled=True)
    assert room.until_ended() == ("cancelled", 0, "")
    assert room.board().preview is None


def test_the_picked_part_is_scanned_and_what_does_not_lie_on_the_glass_is_refused(room: Room) -> None:
    room.desk.put(Sign("offers", raw(OFFERS)))
    room.scan(ScanWish("flatbed", "colour", 300, region=Region(10.5, 20, 100, 60)), "D05")
    asked = room.scanner.asked[-1]
    assert (asked["left_mm"], asked["top_mm"], asked["width_mm"], asked["height_mm"]) == (10.5, 20, 100, 60)
    room.scanner.end(0)
    room.until_ended()
    assert room.board().presets["D05"].source == "adf", "what was picked is not how the kind is scanned"
    outside = [(-1, 0, 50, 50), (0, 0, 4, 50), (200, 0, 50, 50), (0, 290, 50, 50)]
    for sides in [*outside, (math.nan, 0, 50, 50), (0, 0, 50, math.inf)]:
        wish = ScanWish("flatbed", "colour", 300, region=Region(*sides))
        with pytest.raises(CodedError) as refused:
            room.scans.scan(room.ref, "D05", wish, room.by)
        assert (refused.value.code, refused.value.facts) == ("SCAN-REGION", {"width_mm": 216, "height_mm": 297})


def test_the_size_is_remembered_for_its_kind_and_lies_where_the_feeder_holds_the_paper(room: Room) -> None:
    room.desk.put(Sign("offers", raw(OFFERS)))
    room.scan(ScanWish("adf", "grey", 200, "a5"), "D05")
    asked = room.scanner.asked[-1]
    assert (asked["left_mm"], asked["width_mm"], asked["height_mm"]) == (34, 148, 210)
    room.show(1)
    room.scanner.end(1)
    room.until_ended()
    assert dataclasses.astuple(room.board().presets["D05"]) == ("grey", 200, "adf", False, "a5")
    assert room.board().presets["D04"].size == "a4"
