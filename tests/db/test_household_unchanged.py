"""A household in which nothing has changed is confirmed as a whole, dated, told, and only as the clerk has seen it."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from agent.accounts.service import SignedIn
from agent.errors import CodedError, RightsDenied
from peewee_models.audit import AuditEntry
from peewee_models.outbox import OutboxRow
from peewee_models.register import Change, Registration

HERE = {"road": "测试东路", "lane": "12", "room": "401"}


@pytest.fixture
def family(office: Any, clerk: SignedIn, people: Any) -> list[Any]:
    """Two who live together, and a third at the same address who is a household of their own."""
    first = office.register_person(clerk, people(), **HERE)
    office.desk.open_draft(clerk, first.id)
    office.clock.forward(1)
    second = office.register_person(clerk, people(3), **HERE)
    office.clock.forward(1)
    third = office.register_person(clerk, people(5), **HERE)
    return [first, second, third]


def found(office: Any, clerk: SignedIn, member: Any) -> Any:
    lines = office.register.households("测试东路12弄401室", clerk).lines
    return next(line for line in lines if member.id in line.seen)


def test_all_of_a_household_are_dated_with_a_line_of_history_an_audit_row_and_a_word_to_the_district(
    office: Any, clerk: SignedIn, family: list[Any]
) -> None:
    first, second, third = family
    office.clock.forward(3 * 86_400)
    line = found(office, clerk, first)
    assert len(line.members) == 2
    before = OutboxRow.select().count()
    assert office.register.confirm_household(line.id, line.seen, clerk) == 2
    for member in (first, second):
        record = office.register.record(member.id, clerk)
        assert record.version == member.version + 1
        assert record.verified_at == office.clock.now()
        assert (record.history[0].field, record.history[0].by, record.history[0].at) == (
            "unchanged", clerk.name, office.clock.now(),
        )  # fmt: skip
    assert office.register.record(third.id, clerk).verified_at < office.clock.now()
    sent = list(OutboxRow.select().order_by(OutboxRow.seq))[before:]
    assert [(row.kind, str(row.subject_id), row.version) for row in sent] == [
        ("registration.verified", member.id, member.version + 1) for member in (first, second)
    ]
    assert [row.body["verified_at"] for row in sent] == [office.clock.now().isoformat()] * 2
    noted = AuditEntry.select().where(AuditEntry.action == "register.confirmed").order_by(AuditEntry.seq)
    assert [str(row.subject_id) for row in noted] == [first.id, second.id]
    assert found(office, clerk, first).verified_on == office.clock.today()


def test_a_household_that_has_changed_since_it_was_seen_is_not_confirmed(
    office: Any, clerk: SignedIn, family: list[Any]
) -> None:
    first, second, _ = family
    line = found(office, clerk, first)
    office.register.edit(second.id, {"mobile": "13911111111"}, second.version, clerk, "本人来电")
    rows = OutboxRow.select().count(), Change.select().count(), AuditEntry.select().count()
    with pytest.raises(CodedError, match="HOUSEHOLD-CHANGED"):
        office.register.confirm_household(line.id, line.seen, clerk)
    assert (OutboxRow.select().count(), Change.select().count(), AuditEntry.select().count()) == rows
    again = found(office, clerk, first)
    assert office.register.confirm_household(again.id, again.seen, clerk) == 2
    rows = OutboxRow.select().count(), Change.select().count(), AuditEntry.select().count()
    assert office.register.confirm_household(again.id, again.seen, clerk) == 2, "the same press once more"
    assert (OutboxRow.select().count(), Change.select().count(), AuditEntry.select().count()) == rows
    office.register.edit(second.id, {"mobile": "13922222222"}, second.version + 2, clerk, "本人来电")
    with pytest.raises(CodedError, match="HOUSEHOLD-CHANGED"):
        office.register.confirm_household(again.id, again.seen, clerk)


def test_nobody_is_no_household_and_only_a_clerk_confirms(office: Any, clerk: SignedIn, family: list[Any]) -> None:
    line = found(office, clerk, family[0])
    for member in (str(uuid.uuid4()), "none"):
        with pytest.raises(CodedError, match="HOUSEHOLD-UNKNOWN"):
            office.register.confirm_household(member, line.seen, clerk)
    with pytest.raises(RightsDenied):
        office.register.confirm_household(line.id, line.seen, office.sign_in("supervisor"))


def test_a_saved_form_dates_its_record_too(office: Any, clerk: SignedIn, people: Any) -> None:
    first = office.register_person(clerk, people(), **HERE)
    assert office.register.record(first.id, clerk).verified_at == office.clock.now()
    office.clock.forward(60)
    office.tap(people(address="测试地区另一路2号"))
    office.desk.save(office.draft(clerk).id, clerk)
    assert office.register.record(first.id, clerk).verified_at == office.clock.now()
    office.clock.forward(60)
    office.register.edit(first.id, {"mobile": "13911111111"}, 2, clerk, "本人来电")
    assert Registration.get().verified_at < office.clock.now(), (
        "one value that was put right says nothing of the others"
    )
