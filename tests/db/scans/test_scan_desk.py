"""Scans one at a time: pages are kept as they come, every ending is written down, and nobody's pages mix."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import msgspec
import pytest

from agent.devices.wire import Page, Sign, raw
from agent.documents.scan_desk import READY_WAIT_S
from agent.documents.service import OwnerRef, ScanWish
from agent.errors import Actor, CodedError, Retry
from drivers.scanner_api import ColourMode, ScannerOffers, Source, SourceOffer
from peewee_models.audit import AuditEntry
from peewee_models.audit_chain import look_over
from peewee_models.documents import Media, ScanJob
from peewee_models.documents import Page as PageRow
from peewee_models.failures import DiskFull

if TYPE_CHECKING:
    from conftest import Room

VALUES = {"id_type": "111", "verify_mode": "2", "proof_type": "2"}
FEEDER = ScanWish("adf-duplex", "grey", 200)
MODES = (ColourMode.COLOUR, ColourMode.GREY)
OFFERS = ScannerOffers(
    (SourceOffer(Source.FLATBED, MODES, (100, 300), 216, 297), SourceOffer(Source.FEEDER, MODES, (100, 200), 216, 356)),
    has_button=False,
)


def test_pages_are_kept_as_they_come(room: Room) -> None:
    room.scan()
    assert room.scanner.asked == [
        {"source": "adf-duplex", "mode": "grey", "resolution_dpi": 200, "page_limit": 50}
        | {"left_mm": 0.0, "top_mm": 0.0, "width_mm": 210.0, "height_mm": 297.0},
    ]
    room.show(1)
    room.until(lambda: room.board().job.pages == 1)
    assert [page.side for page in room.board().documents[0].pages] == ["front"]
    room.show(2, white_share=1.0)
    room.scanner.end(2)
    assert room.until_ended() == ("done", 2, "")
    assert room.order() == [b"1", b"2"]
    [document] = room.board().documents
    assert ([page.side for page in document.pages], [page.position for page in document.blanks]) == (
        ["front", "back"],
        [2],
    )
    assert look_over(AuditEntry._meta.database).bad_seq is None


def test_progress_of_the_page_under_way_is_shown_and_told_without_personal_data(room: Room) -> None:
    room.scan()
    room.desk.put(Sign("progress", facts={"page": 1, "lines": 700, "lines_expected": 3508}))
    room.until(lambda: room.board().job.lines == 700)
    assert room.board().job.lines_expected == 3508
    told = [event for event in room.office.events if event.name == "documents"]
    assert {tuple(event.facts) for event in told} == {("draft",)}
    room.scanner.end(0)
    room.until_ended()


def test_a_scanner_that_is_just_coming_back_is_waited_for_and_not_for_ever(room: Room) -> None:
    room.is_coming = lambda: True
    before = room.clock.monotonic()
    room.scan()
    assert room.clock.monotonic() >= before + READY_WAIT_S
    room.scanner.fail("SCANNER-ABSENT")
    assert room.until_ended() == ("failed", 0, "SCANNER-ABSENT")
    looks = iter([True, True, False])
    room.is_coming = lambda: next(looks)
    room.scanned(1)
    assert next(looks, "none left") == "none left"


def test_a_scan_called_off_while_the_scanner_comes_back_never_reaches_it(room: Room) -> None:
    def call_off() -> bool:
        one = room.desk.under_way()
        assert one is not None
        room.scans.cancel(one.key, room.by)
        return True

    room.is_coming = call_off
    room.scans.scan(room.ref, "D04", FEEDER, room.by)
    assert room.until_ended() == ("cancelled", 0, "")
    assert room.scanner.asked == []


@pytest.mark.parametrize("code", ["SCANNER-JAM", "SCANNER-COVER", "SCANNER-WORKER-DIED", "SCANNER-IO"])
def test_a_scan_that_fails_keeps_what_came_before_and_the_next_one_works(room: Room, code: str) -> None:
    room.scan()
    room.show(1)
    room.scanner.fail(code)
    assert room.until_ended() == ("failed", 1, code)
    room.scanned(1)
    assert room.order() == [b"1", b"1"]


def test_a_cancel_keeps_whole_pages_and_nothing_that_comes_behind_its_end(room: Room) -> None:
    job = room.scan()
    room.show(1)
    room.until(lambda: room.board().job.pages == 1)
    room.scans.cancel(job, room.by)
    assert room.scanner.cancels == 1
    room.scanner.fail("SCANNER-CANCELLED")
    assert room.until_ended() == ("cancelled", 1, "")
    room.show(2)
    room.scanned(1)
    assert room.order() == [b"1", b"1"]
    assert room.code_of(lambda: room.scans.cancel(job, room.by)) == "SCAN-ENDED"


def test_a_busy_scanner_says_who_holds_it_and_nobody_elses_scan_can_be_called_off(room: Room) -> None:
    job = room.scan()
    colleague = room.colleague()
    theirs = OwnerRef("draft", room.office.register.open_draft(colleague).id)
    with pytest.raises(CodedError) as refused:
        room.scans.scan(theirs, "D04", FEEDER, colleague)
    assert (refused.value.code, refused.value.facts) == ("SCANNER-HELD", {"name": room.by.name})
    assert room.code_of(lambda: room.scans.scan(room.ref, "D05", FEEDER, room.by)) == "SCAN-UNDER-WAY"
    assert room.scans.scan(room.ref, "D04", FEEDER, room.by) == job, "the same wish sent once more is the same scan"
    assert room.code_of(lambda: room.scans.cancel(job, colleague)) == "SCAN-ENDED"
    assert room.service.board(theirs, VALUES, colleague).scanner.holder == room.by.name
    assert room.board().scanner.holder == ""
    assert room.code_of(lambda: room.service.board(room.ref, VALUES, colleague)) == "DRAFT-UNKNOWN"
    room.scanner.end(0)
    room.until_ended()
    assert (ScanJob.select().count(), len(room.scanner.asked)) == (1, 1)


def test_a_full_disk_ends_the_scan_with_its_code(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    room.scan()
    room.show(1)
    room.until(lambda: room.board().job.pages == 1)

    def full(*_: object) -> None:
        raise CodedError("DATABASE-FULL", Actor.TECHNICIAN, Retry.AFTER_ACTION)

    monkeypatch.setattr(room.papers, "store_page", full)
    room.show(2)
    room.show(3)
    room.until(lambda: room.scanner.cancels == 1)
    room.scanner.fail("SCANNER-CANCELLED")
    assert room.until_ended() == ("failed", 1, "DATABASE-FULL")
    assert Media.select().count() == 1


def test_an_end_that_cannot_be_written_frees_the_scanner_and_is_written_at_the_next_start(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.scan()
    with monkeypatch.context() as broken:

        def full(*_: object, **__: object) -> None:
            raise DiskFull

        broken.setattr(room.jobs, "note", full)
        room.scanner.end(0)
        room.until(lambda: room.desk.under_way() is None)
    room.jobs.interrupt_unended()
    assert room.until_ended()[0] == "interrupted"
    room.scanned(1)


def test_a_stop_of_the_agent_interrupts_the_scan(room: Room) -> None:
    room.scan()
    room.show(1)
    room.scanner.fail("SCANNER-STOPPING")
    assert room.until_ended() == ("interrupted", 1, "")


def test_what_a_worker_says_without_sense_is_not_kept(room: Room) -> None:
    room.scan()
    room.desk.put(Page(1, msgspec.Raw(b'{"number": "x"}'), 1, b"?"))
    room.until(lambda: room.scanner.cancels == 1)
    room.scanner.fail("SCANNER-CANCELLED")
    assert room.until_ended() == ("failed", 0, "SCANNER-IO")


def test_without_a_scanner_it_is_said_and_the_board_is_there(room: Room) -> None:
    room.status = None
    assert room.code_of(lambda: room.scans.scan(room.ref, "D04", FEEDER, room.by)) == "SCANNER-NOT-CONFIGURED"
    assert room.board().scanner.code == "SCANNER-NOT-CONFIGURED"
    assert [line.kind.code for line in room.board().lines if line.state == "missing"] == ["D01", "D02", "D04"]


def test_how_a_kind_was_scanned_is_remembered_as_far_as_the_scanner_can(room: Room) -> None:
    before = room.board().presets["D04"]
    room.scan(ScanWish("flatbed", "colour", 300))
    room.scanner.fail("SCANNER-UNSUPPORTED")
    room.until_ended()
    assert room.board().presets["D04"] == before, "it has brought nothing"
    room.scan(ScanWish("flatbed", "colour", 300))
    room.show(1)
    room.scanner.end(1)
    room.until_ended()
    assert dataclasses.astuple(room.board().presets["D04"])[:3] == ("colour", 300, "flatbed")
    assert room.board().presets["D02"].source == "adf"
    room.scan(ScanWish("adf-duplex", "lineart", 600), "D07")
    room.show(1)
    room.scanner.end(1)
    room.until_ended()
    room.desk.put(Sign("offers", raw(OFFERS)))
    assert dataclasses.astuple(room.board().presets["D07"])[:3] == ("colour", 200, "adf")


def test_pages_are_turned_moved_taken_out_and_taken_back(room: Room) -> None:
    room.scanned(4)

    def act(name: str, place: int, *more: int) -> None:
        [document] = room.board().documents
        page = (document.removed if name == "restore" else document.pages)[place - 1]
        getattr(room.service, name)(room.ref, page.id, document.version, *more, room.by)

    act("move", 4, 1)
    assert room.order() == [b"4", b"1", b"2", b"3"]
    act("move", 1, 99)
    assert room.order() == [b"1", b"2", b"3", b"4"]
    act("remove", 2)
    assert room.order() == [b"1", b"3", b"4"]
    act("restore", 1)
    assert room.order() == [b"1", b"2", b"3", b"4"]
    for _ in range(5):
        act("rotate", 3)
    assert [page.rotation_deg for page in room.board().documents[0].pages] == [0, 0, 90, 0]
    acts = [one.facts["what"] for one in AuditEntry.select().where(AuditEntry.action == "document.page-changed")]
    assert sorted(acts) == sorted(["move"] * 2 + ["remove", "restore"] + ["turn"] * 5)
    assert PageRow.select().count() == Media.select().count() == 4


def test_blanks_go_in_one_step_and_only_as_they_were_seen(room: Room) -> None:
    room.scan()
    for number in range(1, 5):
        room.show(number, white_share=0.2 if number % 2 else 1.0)
    room.scanner.end(4)
    room.until_ended()
    [document] = room.board().documents
    room.service.rotate(room.ref, document.pages[0].id, document.version, room.by)
    late = lambda: room.service.remove_blanks(room.ref, document.id, document.version, room.by)  # noqa: E731
    assert room.code_of(late) == "DOCUMENT-CHANGED"
    assert room.service.remove_blanks(room.ref, document.id, document.version + 1, room.by) == 2
    assert room.order() == [b"1", b"3"]
    second, fourth = room.board().documents[0].removed
    room.service.restore(room.ref, second.id, room.board().documents[0].version, room.by)
    assert (list(room.board().documents[0].blanks), len(room.order())) == ([], 3)
    room.service.restore(room.ref, fourth.id, room.board().documents[0].version, room.by)
    assert room.service.remove_blanks(room.ref, document.id, room.board().documents[0].version, room.by) == 0


def test_a_page_scanned_anew_stands_where_the_old_one_stood(room: Room) -> None:
    room.scanned(3)
    second = room.board().documents[0].pages[1]
    room.clock.forward(1)
    room.scan(replaces=second.id)
    assert room.scanner.asked[-1]["page_limit"] == 2, "its back passes behind the front"
    for number in (1, 2):
        room.show(number, white_share=1.0)
    room.scanner.end(2)
    assert room.until_ended()[:2] == ("done", 1)
    [document] = room.board().documents
    assert [(page.side, page.is_blank) for page in document.pages] == [
        ("front", False),
        ("back", True),
        ("front", False),
    ]
    assert [page.id for page in document.removed] == [second.id]
    room.clock.forward(1)
    room.scan(replaces=document.pages[0].id)
    assert room.scanner.asked[-1]["page_limit"] == 1
    room.show(9)
    room.scanner.end(1)
    room.until_ended()
    assert room.order() == [b"9", b"2", b"3"]


def test_rights_are_kept_here_too(room: Room) -> None:
    room.scanned(1)
    [document] = room.board().documents
    supervisor = room.office.sign_in("supervisor")
    page = document.pages[0].id
    assert room.code_of(lambda: room.service.page(room.ref, page, supervisor)) == "DRAFT-UNKNOWN"
    for act in (
        lambda: room.scans.scan(room.ref, "D04", FEEDER, supervisor),
        lambda: room.service.rotate(room.ref, page, document.version, supervisor),
        lambda: room.service.remove_blanks(room.ref, document.id, document.version, supervisor),
    ):
        assert room.code_of(act) == "RIGHTS-DENIED"
    elsewhere = room.draft()
    assert room.code_of(lambda: room.service.page(elsewhere, page, room.by)) == "PAGE-UNKNOWN"
    assert room.code_of(lambda: room.service.pdf(elsewhere, document.id, room.by)) == "PAGE-UNKNOWN"
    for nonsense in ("", "x", "00000000-0000-4000-8000-000000000000"):
        assert room.code_of(lambda nonsense=nonsense: room.service.page(room.ref, nonsense, room.by)) == "PAGE-UNKNOWN"
    assert room.code_of(lambda: room.service.board(OwnerRef("record", "x"), VALUES, room.by)) == "RECORD-UNKNOWN"
    assert room.code_of(lambda: room.scans.scan(room.ref, "D99", FEEDER, room.by)) == "KIND-UNKNOWN"
