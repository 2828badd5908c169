"""A record that is there is changed at the desk with a reason, or by a chip that was read twice; never just so."""

from __future__ import annotations

from typing import Any

import pytest

from agent.accounts.service import SignedIn
from agent.register.desk import CardEvent
from agent.register.errors import Problems
from peewee_models.audit import AuditEntry
from peewee_models.outbox import OutboxRow
from peewee_models.register import Change, Registration

REASON = "correction_reason"


def by_number(office: Any, clerk: SignedIn, number: str, **typed: str) -> Any:
    """A draft that is tied to a record by a typed number alone."""
    office.desk.open_draft(clerk)
    return office.register.type_fields(office.draft(clerk).id, {"id_no": number, "id_no_again": number} | typed, clerk)


def test_a_record_found_by_its_number_is_not_changed_without_a_reason(
    office: Any, clerk: SignedIn, people: Any
) -> None:
    record = office.register_person(clerk, people())
    draft = by_number(office, clerk, people().id_number, mobile="13911111111")
    assert REASON in draft.missing
    assert draft.fields[REASON].required
    with pytest.raises(Problems) as refused:
        office.desk.save(draft.id, clerk)
    assert [(one.code, one.field) for one in refused.value.problems] == [("FIELD-MISSING", REASON)]
    assert office.register.record(record.id, clerk).version == 1
    draft = office.register.type_fields(draft.id, {REASON: " 本人来电 "}, clerk)
    assert REASON not in draft.missing
    saved = office.desk.save(draft.id, clerk)
    assert [(line.field, line.new, line.reason, line.source) for line in saved.history] == [
        ("mobile", "13911111111", "本人来电", "typed")
    ]
    assert saved.fields["mobile"].source == "typed"
    assert "correction_reason" not in saved.fields
    assert all(REASON not in row.body["origins"] for row in OutboxRow.select())


def test_a_plain_confirmation_needs_none_and_says_nothing(office: Any, clerk: SignedIn, people: Any) -> None:
    office.register_person(clerk, people())
    draft = by_number(office, clerk, people().id_number)
    assert REASON not in draft.missing
    assert REASON not in draft.fields
    saved = office.desk.save(draft.id, clerk)
    assert (saved.version, saved.history, OutboxRow.select().count()) == (1, (), 1)
    assert saved.fields["name"].verified


def test_a_value_typed_back_needs_none_again(office: Any, clerk: SignedIn, people: Any) -> None:
    office.register_person(clerk, people())
    draft = by_number(office, clerk, people().id_number, mobile="13911111111", employer="测试厂")
    draft = office.register.type_fields(draft.id, {"mobile": "13800000000", "employer": ""}, clerk)
    assert draft.missing == ()


def test_what_the_chip_says_is_its_own_reason_and_what_is_typed_beside_is_not(
    office: Any, clerk: SignedIn, people: Any
) -> None:
    office.register_person(clerk, people())
    office.tap(people(valid_to="2045-01-01", issuer="测试新公安局"))
    draft = office.draft(clerk)
    assert REASON not in draft.missing
    draft = office.register.type_fields(draft.id, {"mobile": "13911111111"}, clerk)
    assert REASON in draft.missing
    saved = office.desk.save(office.register.type_fields(draft.id, {REASON: "换号"}, clerk).id, clerk)
    told = [(line.field, line.source, line.verified, line.reason) for line in saved.history]
    assert told == [
        ("card_issuer", "chip", True, ""),
        ("card_valid_to", "chip", True, ""),
        ("mobile", "typed", False, "换号"),
    ]


@pytest.mark.parametrize("second", [None, "single"])
def test_one_reading_alone_is_no_reason(office: Any, clerk: SignedIn, people: Any, second: Any) -> None:
    office.register_person(clerk, people())
    renewed = people(issuer="测试新公安局")
    office.desk.reader_event(CardEvent("read", renewed))
    if second is not None:
        office.desk.reader_event(CardEvent(second, renewed))
    assert REASON in office.draft(clerk).missing


def test_the_reason_for_one_record_goes_with_its_number(office: Any, clerk: SignedIn, people: Any) -> None:
    office.register_person(clerk, people())
    draft = by_number(office, clerk, people().id_number, **{"mobile": "13911111111", REASON: "本人来电"})
    office.register.type_fields(draft.id, {"id_no": people(3).id_number}, clerk)
    draft = office.register.type_fields(draft.id, {"id_no": people().id_number}, clerk)
    assert (draft.fields[REASON].value, REASON in draft.missing) == ("", True)


def test_a_card_raises_what_was_typed_and_that_is_a_version(
    office: Any, clerk: SignedIn, people: Any, rest: dict[str, str]
) -> None:
    number = people().id_number
    office.desk.open_draft(clerk)
    typed = rest | {"name": people().name, "ethnic": "01", "hukou_address": "测试地区测试路2号", "hukou_div": "990000"}
    draft = office.register.type_fields(office.draft(clerk).id, typed | {"id_no": number, "id_no_again": number}, clerk)
    first = office.desk.save(draft.id, clerk)
    assert (first.fields["name"].source, first.fields["name"].verified) == ("typed", False)
    office.clock.forward(30)
    office.tap(people())
    draft = office.register.take_offer(office.draft(clerk).id, "hukou_address", "register", clerk)
    assert REASON not in draft.missing
    office.clock.forward(60)
    saved = office.desk.save(draft.id, clerk)
    name, address = saved.fields["name"], saved.fields["hukou_address"]
    assert (name.source, name.verified, (office.clock.now() - name.at).seconds) == ("chip", True, 60)
    assert (address.value, address.source, address.verified) == ("测试地区测试路2号", "typed", False)
    (fact,) = [line for line in saved.history if line.field == "card"]
    assert "name" in fact.new.split()
    assert "hukou_address" not in fact.new.split()
    assert saved.version == 2
    sent = OutboxRow.select().order_by(OutboxRow.seq.desc()).get()
    assert sent.version == 2
    assert sent.body["origins"]["name"] == {"source": "chip", "is_verified": True, "at": name.at.isoformat()}
    office.lift()
    office.tap(people())
    again = office.desk.save(
        office.register.take_offer(office.draft(clerk).id, "hukou_address", "register", clerk).id, clerk
    )
    assert (again.version, OutboxRow.select().count()) == (2, 2)


def test_values_that_a_card_vouches_for_unchanged_are_told_as_such(
    office: Any, clerk: SignedIn, people: Any, rest: dict[str, str]
) -> None:
    office.desk.reader_event(CardEvent("read", people()))
    office.desk.reader_event(CardEvent("single", people()))
    record = office.desk.save(office.register.type_fields(office.draft(clerk).id, rest, clerk).id, clerk)
    assert not record.fields["name"].verified
    office.lift()
    office.tap(people())
    saved = office.desk.save(office.draft(clerk).id, clerk)
    assert saved.fields["name"].verified
    assert [row.kind for row in OutboxRow.select().order_by(OutboxRow.seq)] == [
        "registration.saved", "registration.verified",
    ]  # fmt: skip
    entry = AuditEntry.select().order_by(AuditEntry.seq.desc()).get()
    assert (entry.action, entry.facts) == ("register.confirmed", {"version": 2})
    assert [line.key for line in Change.select()] == ["card"]


def test_a_form_without_a_card_takes_nothing_from_what_a_card_had_proved(
    office: Any, clerk: SignedIn, people: Any
) -> None:
    record = office.register_person(clerk, people())
    draft = by_number(office, clerk, people().id_number, **{"mobile": "13911111111", REASON: "本人来电"})
    saved = office.desk.save(draft.id, clerk)
    assert saved.fields["name"].verified
    assert Registration.get().reading == "verified"
    assert office.register.edit(record.id, {"mobile": "13922222222"}, 2, clerk, "本人来电").version == 3
