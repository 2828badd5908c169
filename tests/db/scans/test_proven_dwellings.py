"""A proof of a dwelling counts as long as its person lives there: told by what it was brought for, never by time."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

from agent.errors import RightsDenied
from peewee_models import schema
from peewee_models.audit import AuditEntry
from peewee_models.documents import Document, Page

if TYPE_CHECKING:
    from conftest import Case


def test_a_saved_move_leaves_the_lease_behind_and_a_move_taken_back_finds_it_again(case: Case) -> None:
    record = case.registered()
    assert (case.told(record), case.of(record)) == (("here", 1, 0, 0), [""])
    case.correct(record, road="测试西路")
    assert (case.told(record), case.of(record)) == (("missing", 0, 0, 1), ["测试东路"])
    assert case.told(record, "D01") == ("here", 1, 0, 0), "a card is of its person wherever they live"
    case.lease(record)
    assert (case.told(record), case.of(record)) == (("here", 1, 0, 1), ["测试东路", ""]), "a document of its own"
    case.correct(record, road="测试东路", employer="测试厂")
    assert (case.told(record), case.of(record)) == (("here", 1, 0, 1), ["", "测试西路"])


def test_another_way_to_write_an_address_and_what_is_learnt_of_it_is_no_move(case: Case) -> None:
    record = case.registered()
    case.correct(record, no=" ８")
    assert case.told(record)[0] == "here"
    assert case.save(case.draft({"room": "502", "correction_reason": "补充"})) == record
    assert case.told(record)[0] == "here"
    case.correct(record, room="601")
    assert case.told(record) == ("missing", 0, 0, 1), "it came before the room was known, but not for each room"
    case.correct(record, room="502")
    assert case.told(record)[0] == "here"
    case.correct(record, lane="12")
    assert case.told(record) == ("missing", 0, 0, 1), "no. 8 of a road and no. 8 of a lane off it are two houses"
    case.correct(record, lane="")
    assert case.told(record)[0] == "here", "its mark was not made the other house's"


def test_the_pages_of_one_scan_stay_together_whatever_their_clerk_types_meanwhile(case: Case) -> None:
    record = case.registered()
    job = case.scan(record)
    for version, road in enumerate(("", "测试西", "测试西路"), 1):
        if road:
            case.type_over(record, road=road)
        case.lease(record, job=job)
        assert case.told(record) == ("here", 1 + version, 0, 0)
    assert case.of(record) == [""]


def test_a_paper_of_the_form_that_moves_is_of_the_dwelling_that_is_saved(case: Case) -> None:
    record = case.registered()
    draft = case.draft({})
    assert case.told(draft) == ("here", 0, 1, 0)
    case.lease(draft)
    case.register.type_fields(draft.id, {"road": "测试西路", "correction_reason": "搬家"}, case.room.by)
    assert case.told(draft) == ("here", 1, 0, 1)
    assert case.save(draft) == record
    assert (case.told(record), case.of(record)) == (("here", 1, 0, 1), ["测试东路", ""])
    again = case.draft({"road": "测试北路"})
    assert case.told(again) == ("missing", 0, 0, 2)
    case.register.discard(again.id, case.room.by, "MISTAKE")
    assert case.told(record) == ("here", 1, 0, 1)


def test_a_clerk_says_that_a_proof_is_of_the_present_dwelling_after_a_mended_spelling(case: Case) -> None:
    record = case.registered()
    case.correct(record, road="测试冬路")
    service, by = case.room.service, case.room.by
    [lease] = [one for one in case.board(record).documents if one.kind.code == "D04"]
    supervisor = case.room.office.sign_in("supervisor")
    with pytest.raises(RightsDenied):
        service.proofs.count(record, lease.id, lease.version, supervisor)
    case.correct(record, road="测试别路")
    case.correct(record, road="测试冬路")
    late = case.room.code_of(lambda: service.proofs.count(record, lease.id, lease.version, by))
    assert (late, case.told(record)[0]) == ("DOCUMENT-CHANGED", "missing"), "it was told of another address"
    [lease] = [one for one in case.board(record).documents if one.kind.code == "D04"]
    service.proofs.count(record, lease.id, lease.version, by)
    assert (case.told(record), case.of(record)) == (("here", 1, 0, 0), [""])
    said = AuditEntry.get(AuditEntry.action == "document.page-changed")
    assert (said.subject_id, said.facts) == (uuid.UUID(lease.id), {"what": "present-dwelling"})
    late = case.room.code_of(lambda: service.proofs.uncount(record, lease.id, lease.version, by))
    assert late == "DOCUMENT-CHANGED", "seen before it was counted"
    [counted] = [one for one in case.board(record).documents if one.kind.code == "D04"]
    assert counted.brought_for["road"] == "测试东路"
    service.proofs.uncount(record, counted.id, counted.version, by)
    assert (case.told(record), case.of(record)) == (("missing", 0, 0, 1), ["测试东路"])
    [again] = [one for one in case.board(record).documents if one.kind.code == "D04"]
    none = case.room.code_of(lambda: service.proofs.uncount(record, again.id, again.version, by))
    assert none == "PAGE-UNKNOWN", "nobody has counted it"
    service.proofs.count(record, again.id, again.version, by)
    case.correct(record, road="测试北路")
    [left] = [one for one in case.board(record).documents if one.kind.code == "D04"]
    assert (left.elsewhere["road"], left.brought_for) == ("测试冬路", {})
    facts = [row.facts["what"] for row in AuditEntry.select().where(AuditEntry.action == "document.page-changed")]
    assert facts == ["present-dwelling", "dwelling-as-before", "present-dwelling"]
    card = next(one for one in case.board(record).documents if one.kind.code == "D01")
    assert case.room.code_of(lambda: service.proofs.count(record, card.id, card.version, by)) == "PAGE-UNKNOWN"


def test_after_a_move_taken_back_pages_come_to_the_first_dwellings_document_again(case: Case) -> None:
    record = case.registered()
    case.correct(record, road="测试西路")
    case.lease(record)
    case.correct(record, road="测试东路")
    case.lease(record)
    leases = [one for one in case.board(record).documents if one.kind.code == "D04"]
    assert [(len(one.pages), one.elsewhere.get("road", "")) for one in leases] == [(2, ""), (1, "测试西路")]


def test_papers_from_before_the_marks_are_of_where_their_record_was_when_they_came(case: Case) -> None:
    record = case.registered()
    case.correct(record, room="502")
    moving = case.draft({"road": "测试西路", "correction_reason": "搬家"})
    case.lease(moving)
    case.save(moving)
    case.correct(record, road="测试北路")
    case.lease(record)
    case.lease(record, "D03")
    before = {row.id: row.dwelling for row in Document.select()}
    roads = sorted(mark["road"] for mark in before.values() if mark)
    assert roads == ["测试东路", "测试北路", "测试北路", "测试西路"]
    assert sum(mark is None for mark in before.values()) == 1, "a card proves no dwelling"
    schema.downgrade(case.room.office.store, "0014_proven_dwellings")
    assert schema.upgrade(case.room.office.store)[0] == "0014_proven_dwellings"
    assert {row.id: row.dwelling for row in Document.select()} == before
    leases = {row.dwelling["road"]: row for row in Document.select().where(Document.kind == "D04")}
    left, new = leases["测试东路"], leases["测试北路"]
    Page.update(document=left.id, position=2).where(Page.document == new.id).execute()
    case.correct(record, road="测试西路")
    schema.downgrade(case.room.office.store, "0014_proven_dwellings")
    schema.upgrade(case.room.office.store)
    after = {row.id: row.dwelling for row in Document.select()}
    assert after[left.id]["road"] == "测试北路", "pages of the new lease were put behind the old one"
    del after[left.id], before[left.id]
    assert after == before
