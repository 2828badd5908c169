"""Two persons who are one are merged by one and approved by another, all of it or nothing; undone all is as before."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from agent.accounts.service import SignedIn
from agent.errors import CodedError
from agent.register import outgoing
from agent.register.errors import Problems
from agent.register.service import Wish
from peewee_models import finding_index, register_queries, schema
from peewee_models.audit import AuditEntry
from peewee_models.cancellations import Cancellation
from peewee_models.database import SqlCipherStore
from peewee_models.merges import MergedRegistration, PersonMerge
from peewee_models.outbox import OutboxRow
from peewee_models.register import FieldOrigin, Person, Registration

WHY, NOT = "同一人登了两次", "其实是两个人"
LEFT = {"cancel_kind": "31", "leave_date": "202611", "evidence": "3", "second_name": "supervisor"}
Q = register_queries


def wish(record: Any, other: Any, *taken: str, **changes: Any) -> Wish:
    versions = [Registration.get_by_id(uuid.UUID(one.id)).version for one in (record, other)]
    told = {"taken": frozenset(taken), "evidence": ("1",), "reason": WHY} | changes
    return Wish(*versions, **told)


@pytest.fixture
def second(office: Any) -> tuple[str, str]:
    return "supervisor", office.passwords["supervisor"]


@pytest.fixture
def two(office: Any, clerk: SignedIn, people: Any) -> tuple[Any, Any]:
    """A person who was registered twice, with another number, name and dwelling the second time."""
    one = office.register_person(clerk, people(1), road="测试东路")
    office.clock.forward(60)
    other = office.register_person(clerk, people(3), road="测试西路", mobile="13911111111", education="60")
    return one, other


def everything() -> dict[str, Any]:
    """All that is so now: persons and registrations with what they say, where it came from, and who lives where."""
    records = [Q.by_key(row.id) for row in Registration.select()]
    return {
        "persons": {row["id"]: row for row in Person.select().dicts()},
        "rows": {
            row["id"]: {key: text for key, text in row.items() if key != "version"}
            for row in Registration.select().dicts()
        },
        "values": {row.id: Q.values_of(row) for row in records},
        "last": {row.id: Q.last_of(row.person_id).id for row in records},
        "origins": {
            (row.registration_id, row.key): (row.source, row.is_verified, row.at) for row in FieldOrigin.select()
        },
        "cancelled": {row.registration_id: row.kind for row in Cancellation.select() if row.undone_at is None},
    }


def test_one_person_is_left_with_both_records_and_all_that_was_said(
    office: Any, clerk: SignedIn, two: tuple[Any, Any], second: tuple[str, str], people: Any
) -> None:
    one, other = two
    service, before = office.register.duplicates, AuditEntry.select().count()
    for _ in range(2):
        service.merge(one.id, other.id, Wish(1, 1, frozenset({"mobile"}), ("1",), WHY), clerk, second)
    made = list(AuditEntry.select().where(AuditEntry.seq > before).order_by(AuditEntry.seq))
    assert [row.action for row in made] == ["register.merged", "register.merged"]
    assert {str(row.subject_id) for row in made} == {one.id, other.id}
    assert not any(text in repr([row.facts for row in made]) for text in (WHY, "测试", people(3).id_number))
    kept, gone = (office.register.record(each.id, clerk) for each in two)
    assert (kept.fields["mobile"].value, kept.fields["id_no"].value) == ("13911111111", people(1).id_number)
    assert (kept.fields["education"].value, kept.fields["road"].value) == ("20", "测试东路")
    assert [line.field for line in kept.history] == ["merge", "mobile"]
    assert {line.reason for line in kept.history} == {WHY}
    assert kept.history[0].merge.moved == (other.id,)
    assert (gone.is_cancelled, gone.is_merged, gone.can_restore, gone.version) == (True, True, False, 2)
    assert {key: view.value for key, view in gone.fields.items()} == {
        key: view.value for key, view in other.fields.items()
    }, "what it said stays"
    assert (gone.cancellation.kind, gone.merge.record, gone.merge.reason) == ("D1", one.id, WHY)
    assert [line.id for line in kept.others] == [other.id]
    assert Person.select().where(Person.id_no == people(3).id_number).count() == 0
    assert Person.select().count() == 2, "nobody is erased"
    sent = {str(row.subject_id): row for row in OutboxRow.select().where(OutboxRow.kind == "registration.merged")}
    assert {key: row.version for key, row in sent.items()} == {one.id: 2, other.id: 2}
    assert sent[other.id].body["state"] == "merged"
    assert sent[other.id].body["person"] == sent[one.id].body["person"]
    assert len(sent[one.id].body["merges"]) == 1
    found = office.register.find(people(1).id_number, clerk)
    assert {line.id: (line.is_cancelled, line.is_merged) for line in found} == {
        one.id: (False, False), other.id: (True, True),
    }  # fmt: skip
    assert office.register.find(people(3).id_number, clerk) == []
    if isinstance(office.store, SqlCipherStore):
        assert finding_index.faults(office.store) == 0
    assert service.open_pairs(clerk).lines == ()


@pytest.mark.parametrize("taken", [(), ("id_no", "name", "sex", "birth_date", "mobile", "education", "hukou_address")])
def test_undone_all_is_exactly_as_it_was(
    office: Any, clerk: SignedIn, two: tuple[Any, Any], second: tuple[str, str], taken: tuple[str, ...], people: Any
) -> None:
    one, other = two
    office.register.edit(one.id, {"mobile": "13922222222"}, 1, clerk, "来电")
    Registration.update(reading="single").where(Registration.id == uuid.UUID(other.id)).execute()
    before = everything()
    office.clock.forward(60)
    office.register.duplicates.merge(one.id, other.id, wish(one, other, *taken), clerk, second)
    assert everything() != before
    is_taken = "id_no" in taken
    assert Q.values_of(Q.by_key(uuid.UUID(one.id)))["id_no"] == people(3 if is_taken else 1).id_number
    office.clock.forward(60)
    with pytest.raises(CodedError, match="REASON-MISSING"):
        office.register.duplicates.part(other.id, " ", clerk, second)
    with pytest.raises(CodedError, match="SECOND-PERSON-MISSING"):
        office.register.duplicates.part(other.id, NOT, clerk, ("", ""))
    for _ in range(2):
        office.register.duplicates.part(other.id, NOT, clerk, second)
    assert everything() == before
    shown = office.register.record(other.id, clerk)
    assert (shown.is_cancelled, shown.merge, shown.version) == (False, None, 3)
    assert [line.is_restored for line in shown.history] == [True, False]
    assert OutboxRow.select().where(OutboxRow.kind == "registration.unmerged").count() == 2
    for each in two:
        record = Q.by_key(uuid.UUID(each.id))
        last = OutboxRow.select().where(OutboxRow.subject_id == record.id).order_by(OutboxRow.seq.desc()).first()
        assert (last.version, last.body) == (record.version, outgoing.body(record))
    if isinstance(office.store, SqlCipherStore):
        assert finding_index.faults(office.store) == 0
    office.register.duplicates.merge(other.id, one.id, wish(other, one), clerk, second)
    assert office.register.record(one.id, clerk).is_merged


def test_what_is_in_the_way_is_told_before_anybodys_password_is_tried(
    office: Any, clerk: SignedIn, two: tuple[Any, Any], second: tuple[str, str]
) -> None:
    one, other = two
    service, tries = office.register.duplicates, AuditEntry.select().count()
    wrong = ("supervisor", "not this one")
    with pytest.raises(Problems) as refused:
        service.merge(one.id, other.id, wish(one, other, evidence=(), reason=""), clerk, ("", ""))
    assert [problem.field for problem in refused.value.problems] == [
        "evidence", "merge_reason", "second_name", "second_password",
    ]  # fmt: skip
    with pytest.raises(Problems) as refused:
        service.merge(one.id, other.id, wish(one, other, "birth_date", "sex", "id_no", evidence=("9",)), clerk, wrong)
    assert [problem.code for problem in refused.value.problems] == ["MERGE-EVIDENCE"]
    for ids, code in (((one.id, one.id), "SAME-PERSON"), ((one.id, str(uuid.uuid4())), "RECORD-UNKNOWN")):
        with pytest.raises(CodedError, match=code):
            service.merge(*ids, wish(one, other), clerk, wrong)
    assert AuditEntry.select().count() == tries
    for code, who in {
        "ACCOUNT-SAME-PERSON": ("clerk", office.passwords["clerk"]),
        "RIGHTS-DENIED": ("technician", office.passwords["technician"]),
        "ACCOUNT-WRONG": wrong,
    }.items():
        with pytest.raises(CodedError, match=code):
            service.merge(one.id, other.id, wish(one, other), clerk, who)
    office.register.edit(other.id, {"mobile": "13922222222"}, 1, clerk, "来电")
    with pytest.raises(CodedError, match="RECORD-CHANGED"):
        service.merge(one.id, other.id, Wish(1, 1, frozenset(), ("1",), WHY), clerk, second)
    assert (PersonMerge.select().count(), {row.state for row in Registration.select()}) == (0, {"active"})


def test_values_that_do_not_go_together_are_refused_at_their_field(
    office: Any, clerk: SignedIn, people: Any, numbers: Any, second: tuple[str, str]
) -> None:
    one = office.register_person(clerk, people(1))
    born = {"birth_date": "1990-01-01", "id_number": numbers("99000019900101002")}
    other = office.register_person(clerk, people(2, **born))
    with pytest.raises(Problems) as refused:
        office.register.duplicates.merge(one.id, other.id, wish(one, other, "id_no"), clerk, second)
    assert {problem.code for problem in refused.value.problems} >= {"ID-SEX-MISMATCH", "ID-BIRTH-MISMATCH"}
    assert PersonMerge.select().count() == 0


def test_who_had_left_and_came_back_without_a_number(
    office: Any, clerk: SignedIn, two: tuple[Any, Any], second: tuple[str, str], people: Any
) -> None:
    """The one who left is joined to the one who is here; their record stays cancelled as it was."""
    one, other = two
    office.register.cancel(other.id, LEFT, 1, clerk, second)
    before = everything()
    with pytest.raises(CodedError, match="MERGE-NOT-ACTIVE"):
        office.register.duplicates.merge(other.id, one.id, wish(other, one), clerk, second)
    office.register.duplicates.merge(one.id, other.id, wish(one, other, "id_no"), clerk, second)
    gone = office.register.record(other.id, clerk)
    assert (gone.is_merged, gone.is_cancelled, gone.cancellation.kind, gone.version) == (False, True, "31", 3)
    assert gone.fields["id_no"].value == people(3).id_number
    with pytest.raises(CodedError, match="RECORD-MERGED"):
        office.register.restore(other.id, NOT, clerk, second)
    office.register.cancel(one.id, LEFT, 2, clerk, second)
    assert office.register.record(one.id, clerk).can_restore, "though the other was registered later"
    with pytest.raises(CodedError, match="MERGE-BUILT-UPON"):
        office.register.duplicates.part(other.id, NOT, clerk, second)
    office.register.restore(one.id, NOT, clerk, second)
    office.register.duplicates.part(other.id, NOT, clerk, second)
    assert everything() == before


def test_it_is_not_undone_once_something_was_built_upon_it(
    office: Any, clerk: SignedIn, two: tuple[Any, Any], second: tuple[str, str], people: Any
) -> None:
    one, other = two
    service = office.register.duplicates
    service.merge(one.id, other.id, wish(one, other), clerk, second)
    assert office.register.record(other.id, clerk).merge.can_undo
    office.register.edit(one.id, {"mobile": "13922222222"}, 2, clerk, "来电")
    assert not office.register.record(other.id, clerk).merge.can_undo
    with pytest.raises(CodedError, match="MERGE-BUILT-UPON"):
        service.part(other.id, NOT, clerk, second)
    office.register.edit(one.id, {"mobile": "13800000000"}, 3, clerk, "听错")
    stranger = office.register_person(clerk, people(3, name="测试别人"))
    assert stranger.id != other.id, "the number was free"
    with pytest.raises(CodedError, match="MERGE-BUILT-UPON"):
        service.part(other.id, NOT, clerk, second)
    with pytest.raises(CodedError, match="MERGE-NONE"):
        service.part(one.id, NOT, clerk, second)


def test_one_merge_upon_another_is_undone_in_turn(
    office: Any, clerk: SignedIn, two: tuple[Any, Any], second: tuple[str, str], people: Any
) -> None:
    one, other = two
    third = office.register_person(clerk, people(5))
    service, before = office.register.duplicates, everything()
    office.clock.forward(1)
    service.merge(one.id, other.id, wish(one, other), clerk, second)
    between = everything()
    office.clock.forward(1)
    service.merge(third.id, one.id, wish(third, one), clerk, second)
    assert {Q.by_key(row.id).person_id for row in Registration.select()} == {Q.by_key(uuid.UUID(third.id)).person_id}
    assert office.register.record(other.id, clerk).merge.record == third.id
    office.clock.forward(1)
    service.part(one.id, NOT, clerk, second)
    assert everything() == between
    office.clock.forward(1)
    service.part(other.id, NOT, clerk, second)
    assert everything() == before
    assert MergedRegistration.select().count() == 3


def test_the_household_and_the_form_on_the_desk_know_that_the_record_ended(
    office: Any, clerk: SignedIn, two: tuple[Any, Any], second: tuple[str, str], people: Any
) -> None:
    one, other = two
    assert len(office.register.households("测试西路", clerk).lines) == 1
    office.tap(people(3))
    draft = office.draft(clerk)
    assert draft.existing_record.id == other.id
    office.register.duplicates.merge(one.id, other.id, wish(one, other), clerk, second)
    assert office.register.households("测试西路", clerk).lines == ()
    with pytest.raises(Problems) as refused:
        office.desk.save(draft.id, clerk)
    assert [problem.code for problem in refused.value.problems] == ["RECORD-CANCELLED-MEANWHILE"]
    assert office.draft(clerk).existing_record is None
    office.register.duplicates.part(other.id, NOT, clerk, second)
    assert len(office.register.households("测试西路", clerk).lines) == 1


def test_a_database_that_goes_down_and_up_keeps_one_active_record(
    office: Any, clerk: SignedIn, two: tuple[Any, Any], second: tuple[str, str]
) -> None:
    one, other = two
    office.register.duplicates.merge(one.id, other.id, wish(one, other), clerk, second)
    schema.downgrade(office.store, "0020_merges")
    states = office.store.execute_sql("SELECT state FROM registration").fetchall()
    assert sorted(state for (state,) in states) == ["active", "cancelled"]
    assert schema.upgrade(office.store)[0] == "0020_merges"
    shown = office.register.record(other.id, clerk)
    assert (shown.is_cancelled, shown.merge, shown.cancellation.kind, shown.can_restore) == (True, None, "D1", False)
    with pytest.raises(CodedError, match="RECORD-CAME-BACK"):
        office.register.restore(other.id, NOT, clerk, second)
