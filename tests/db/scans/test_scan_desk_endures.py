"""What the scan desk outlives: a disk without room at any step, a worker that talks nonsense, a stop amid waiting."""

from __future__ import annotations

import threading
import uuid
from typing import TYPE_CHECKING

import msgspec
import peewee
import pytest

from agent.accounts.storage import writing
from agent.devices.state import DeviceState
from agent.devices.wire import Sign
from agent.documents import scan_desk
from agent.documents.job_state import JobHappening
from agent.documents.service import ScanWish
from peewee_models import document_queries
from peewee_models.documents import Media
from peewee_models.failures import DiskFull

if TYPE_CHECKING:
    from conftest import Room

LEASE = ScanWish("adf-duplex", "grey", 200)


def fail_at(room: Room, monkeypatch: pytest.MonkeyPatch, *happenings: JobHappening) -> None:
    """Let the database have no room for these words about a job."""
    note = room.jobs.note

    def full(job_id: uuid.UUID, happening: JobHappening, *more: object, **facts: object) -> object:
        if happening in happenings:
            raise DiskFull
        return note(job_id, happening, *more, **facts)

    monkeypatch.setattr(room.jobs, "note", full)


def test_an_end_that_cannot_be_written_is_written_as_soon_as_there_is_room(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan_desk, "WRITE_AGAIN_S", 0.01)
    room.scan()
    with monkeypatch.context() as broken:
        fail_at(room, broken, JobHappening.FINISHED)
        room.scanner.end(0)
        room.until(lambda: room.desk.under_way() is None)
        assert room.board().job.state == "scanning"
    room.until(lambda: room.board().job.state == "done")
    with writing(room.office.store):
        room.papers.draft_discarded(uuid.UUID(room.ref.id), room.by)


def test_a_beginning_that_cannot_be_written_is_no_beginning(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_at(room, monkeypatch, JobHappening.STARTED)
    room.scans.scan(room.ref, "D04", LEASE, room.by)
    assert room.until_ended() == ("failed", 0, "DATABASE-FAILED")
    assert room.scanner.asked == []


def test_a_page_that_the_database_refuses_ends_its_scan_and_nothing_else(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.scan()
    with monkeypatch.context() as broken:

        def refuse(*_: object, **__: object) -> None:
            raise peewee.IntegrityError

        broken.setattr(document_queries, "insert_page", refuse)
        room.show(1)
        room.until(lambda: room.scanner.cancels == 1)
    room.scanner.fail("SCANNER-CANCELLED")
    assert room.until_ended() == ("failed", 0, "DATABASE-FAILED")
    assert Media.select().count() == 0
    room.scanned(1)


@pytest.mark.parametrize("facts", [{}, {"page": 1, "lines": 1e400, "lines_expected": 1}, {"page": "x"}])
def test_a_worker_that_talks_nonsense_is_not_the_end_of_scanning(room: Room, facts: dict[str, object]) -> None:
    room.desk.put(Sign("offers", msgspec.Raw(b'{"sources": 7}')))
    room.scan()
    room.desk.put(Sign("progress", facts=facts))
    room.show(1)
    room.scanner.end(1)
    assert room.until_ended() == ("done", 1, "")


def test_a_stop_does_not_wait_for_a_scanner_that_is_still_coming(room: Room) -> None:
    looked = threading.Event()

    def coming() -> bool:
        looked.set()
        return True

    room.is_coming = coming
    room.clock.sleep = lambda _s: None
    room.scans.scan(room.ref, "D04", LEASE, room.by)
    assert looked.wait(10)
    room.desk.stop()
    assert room.board().job.state == "interrupted"
    assert room.scanner.asked == []


def test_ones_own_scan_for_another_form_is_told_beside_this_one(room: Room) -> None:
    room.scan()
    other = room.draft()
    assert room.board(other).scanner.code == "SCAN-ELSEWHERE"
    assert room.board().scanner.code == ""
    room.scanner.end(0)
    room.until_ended()
    assert room.board(other).scanner.code == ""


def test_while_a_worker_gets_ready_the_scanner_is_coming_and_a_scan_may_be_wished_for(room: Room) -> None:
    assert room.status is not None
    opening, gone = (DeviceState.STARTING, "SCANNER-HUNG"), (DeviceState.ABSENT, "SCANNER-ABSENT")
    for (state, code), told in ((opening, True), (gone, False)):
        room.status = msgspec.structs.replace(room.status, state=state, code=code)
        scanner = room.board().scanner
        assert (scanner.code, scanner.is_usable) == ("SCANNER-COMING" if told else code, told)


def test_a_scan_that_was_called_off_at_the_scanner_failed_and_was_not_the_clerks_wish(room: Room) -> None:
    room.scan()
    room.scanner.fail("SCANNER-CANCELLED")
    assert room.until_ended() == ("failed", 0, "SCANNER-CANCELLED")


def test_a_finer_page_gets_more_time_before_its_scanner_counts_as_hung(room: Room) -> None:
    for dpi, colour in ((200, "grey"), (300, "colour"), (600, "colour"), (600, "grey")):
        room.scan(ScanWish("flatbed", colour, dpi))  # type: ignore[arg-type]
        room.scanner.end(0)
        room.until_ended()
    assert room.scanner.limits_s == [60, 60, 240, 120]
    assert room.scanner.moving_s == [60] * 4, "between two lines of a page no more than usual"
