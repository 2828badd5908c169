"""What is told of scans, and for how long: the last one, what went wrong, and pages that look blank."""

from __future__ import annotations

from typing import Any

from agent.documents.papers import NewPage
from agent.documents.refs import owner_of


def test_blanks_are_kept_on_the_clerks_word_and_not_proposed_again(room: Any) -> None:
    room.scan()
    for number in (1, 2):
        room.show(number, white_share=1.0)
    room.scanner.end(2)
    room.until_ended()
    [document] = room.board().documents
    assert len(document.blanks) == 2
    late = lambda: room.service.keep_blanks(room.ref, document.id, document.version - 1, room.by)  # noqa: E731
    assert room.code_of(late) == "DOCUMENT-CHANGED"
    assert room.service.keep_blanks(room.ref, document.id, document.version, room.by) == 2
    [document] = room.board().documents
    assert (document.blanks, room.order()) == ([], [b"1", b"2"])
    assert room.service.remove_blanks(room.ref, document.id, document.version, room.by) == 0


def test_the_last_scan_is_told_for_a_moment_and_a_failure_until_the_next_page(room: Any) -> None:
    room.scanned(1)
    room.clock.forward(299)
    assert room.board().job.state.value == "done"
    room.clock.forward(2)
    assert room.board().job is None
    room.scan()
    room.clock.forward(900)
    assert room.board().job.is_running
    room.scanner.fail("SCANNER-JAM")
    room.until_ended()
    room.clock.forward(86_400)
    assert room.board().job.error_code == "SCANNER-JAM", "what went wrong waits for the clerk"
    file = NewPage(b"a file", "image/jpeg", origin="uploaded")
    room.papers.store_page(owner_of(room.ref), "D05", file, room.by)
    assert room.board().job is None, "the clerk has gone on"


def test_the_end_of_a_scan_is_told_no_longer_once_its_page_was_taken_out(room: Any) -> None:
    room.scanned(1)
    [document] = room.board().documents
    room.clock.forward(1)
    room.service.rotate(room.ref, document.pages[0].id, document.version, room.by)
    assert room.board().job.state.value == "done"
    [document] = room.board().documents
    room.service.remove(room.ref, document.pages[0].id, document.version, room.by)
    assert room.board().job is None
    room.clock.forward(1)
    room.scanned(1)
    assert room.board().job.state.value == "done", "the next one is told again"


def test_the_end_of_a_scan_is_told_no_longer_once_a_page_came_otherwise(room: Any) -> None:
    room.scanned(1)
    room.clock.forward(1)
    file = NewPage(b"a file", "image/jpeg", origin="uploaded")
    room.papers.store_page(owner_of(room.ref), "D05", file, room.by)
    assert room.board().job is None


def test_a_scan_for_a_form_is_not_told_on_the_record_that_it_has_become_but_its_failure_is(case: Any) -> None:
    room, draft = case.room, case.draft(case.rest)
    room.ref = draft
    room.scanned(1)
    assert room.board().job.state.value == "done"
    record = room.ref = case.save(draft)
    assert room.board().job is None
    room.clock.forward(1)
    room.scanned(1)
    assert room.board().job.state.value == "done", "this one was scanned for the record"
    room.ref = draft = case.draft({"room": "502", "correction_reason": "补充"})
    room.scan()
    room.scanner.fail("SCANNER-JAM")
    room.until_ended()
    room.ref = case.save(draft)
    assert room.ref == record
    assert room.board().job.error_code == "SCANNER-JAM"
