"""Who left and comes back is the same person with another registration; whoever is cancelled is offered nowhere."""

from __future__ import annotations

from typing import Any

import pytest

from agent.accounts.service import SignedIn
from agent.errors import CodedError
from agent.register.errors import Problems
from agent.register.record_views import RecordView
from drivers.id_number import check_digit
from peewee_models import schema
from peewee_models.outbox import OutboxRow
from peewee_models.register import Person, Registration

LEFT = {"cancel_kind": "31", "leave_date": "20261120", "evidence": "1", "second_name": "supervisor"}
CITY = {"arrive_city_date": "2026-11-21", "arrive_here_date": "2026-11-21", "plan_stay": "2"}


def cancel(office: Any, clerk: SignedIn, record: Any) -> None:
    version = office.register.record(record.id, clerk).version
    office.register.cancel(record.id, LEFT, version, clerk, ("supervisor", office.passwords["supervisor"]))


def restore(office: Any, clerk: SignedIn, record: Any) -> None:
    office.register.restore(record.id, "没有离开", clerk, ("supervisor", office.passwords["supervisor"]))


@pytest.fixture
def gone(office: Any, clerk: SignedIn, people: Any) -> RecordView:
    """A cancelled record of somebody with an employer."""
    record: RecordView = office.register_person(clerk, people(), employer="测试厂")
    cancel(office, clerk, record)
    office.clock.forward(60)
    return record


def test_the_card_of_who_comes_back_opens_a_new_form_with_what_is_known_of_them(
    office: Any, clerk: SignedIn, people: Any, gone: RecordView
) -> None:
    office.tap(people())
    draft = office.draft(clerk)
    assert (draft.existing_record, draft.former.id, draft.former.is_cancelled) == (None, gone.id, True)
    filled = {key: (draft.fields[key].value, draft.fields[key].source) for key in ("name", "mobile", "employer")}
    assert filled["name"] == (gone.fields["name"].value, "chip")
    assert filled["mobile"] == ("13800000000", "register")
    assert filled["employer"] == ("测试厂", "register")
    for key in ("arrive_city_date", "arrive_here_date", "road", "reason", "soldier", "notice_given"):
        assert draft.fields[key].value == "", key
    assert not any("register" in {offer.source for offer in view.offers} for view in draft.fields.values())
    assert "correction_reason" not in draft.fields


def test_saved_it_is_another_registration_of_the_same_person(
    office: Any, clerk: SignedIn, people: Any, rest: dict[str, str], gone: RecordView
) -> None:
    office.tap(people())
    typed = rest | CITY | {"mobile": "13911111111", "road": "测试新路"}
    again = office.desk.save(office.register.type_fields(office.draft(clerk).id, typed, clerk).id, clerk)
    assert again.id != gone.id
    assert (again.version, again.form_no != gone.form_no, again.household != gone.household) == (1, True, True)
    assert (Person.select().count(), Registration.select().count()) == (1, 2)
    new, old = office.register.record(again.id, clerk), office.register.record(gone.id, clerk)
    assert [(line.id, line.is_cancelled) for line in new.others] == [(gone.id, True)]
    assert [(line.id, line.is_cancelled) for line in old.others] == [(again.id, False)]
    assert new.fields["employer"].source == "register"
    assert [shown.fields["mobile"].value for shown in (new, old)] == ["13911111111", "13800000000"]
    assert old.fields == gone.fields, "what was cancelled stays as it was"
    sent = OutboxRow.select().order_by(OutboxRow.seq.desc()).get()
    first = OutboxRow.select().order_by(OutboxRow.seq).get()
    assert (sent.kind, str(sent.subject_id)) == ("registration.saved", again.id)
    assert sent.body["mobile"] == "13911111111"
    assert sent.body["person"] == first.body["person"]
    assert [line.is_cancelled for line in office.register.find(people().id_number, clerk)] == [False, True]


def test_it_is_not_undone_any_more_once_the_person_was_registered_again(
    office: Any, clerk: SignedIn, people: Any, gone: RecordView
) -> None:
    again = office.register_person(clerk, people(), **CITY)
    for _ in range(2):
        assert not office.register.record(gone.id, clerk).can_restore
        with pytest.raises(CodedError, match="RECORD-CAME-BACK"):
            restore(office, clerk, gone)
        if not office.register.record(again.id, clerk).is_cancelled:
            office.register.cancel(
                again.id, LEFT | {"leave_date": "202611"}, 1, clerk, ("supervisor", office.passwords["supervisor"])
            )
    restore(office, clerk, again)
    states = {str(row.id): row.state for row in Registration.select()}
    assert states == {gone.id: "cancelled", again.id: "active"}


def test_the_database_itself_keeps_a_second_active_registration_out(
    office: Any, clerk: SignedIn, people: Any, gone: RecordView
) -> None:
    office.register_person(clerk, people(), **CITY)
    with pytest.raises(Exception, match=r"(?i)unique"), office.store.write():
        Registration.update(state="active").where(Registration.id == gone.id).execute()


def test_a_form_whose_record_is_cancelled_meanwhile_becomes_a_new_registration(
    office: Any, clerk: SignedIn, people: Any, rest: dict[str, str]
) -> None:
    record = office.register_person(clerk, people())
    office.tap(people())
    draft = office.register.type_fields(
        office.draft(clerk).id, {"mobile": "13911111111", "correction_reason": "来电"}, clerk
    )
    cancel(office, clerk, record)
    assert office.draft(clerk).existing_record is None
    with pytest.raises(Problems) as refused:
        office.desk.save(draft.id, clerk)
    assert [one.code for one in refused.value.problems] == ["RECORD-CANCELLED-MEANWHILE"]
    draft = office.draft(clerk)
    assert (draft.existing_record, draft.former.id) == (None, record.id)
    assert (draft.fields["mobile"].value, draft.fields["arrive_here_date"].value) == ("13911111111", "")
    draft = office.register.type_fields(draft.id, {**rest, **CITY, "mobile": "13911111111"}, clerk)
    again = office.desk.save(draft.id, clerk)
    assert again.id != record.id
    assert office.register.record(record.id, clerk).version == 2


def test_a_form_of_who_came_back_follows_when_the_cancellation_is_undone(
    office: Any, clerk: SignedIn, people: Any, rest: dict[str, str], gone: RecordView
) -> None:
    office.tap(people())
    draft = office.register.type_fields(office.draft(clerk).id, rest | CITY, clerk)
    restore(office, clerk, gone)
    assert office.draft(clerk).former is None
    with pytest.raises(Problems) as refused:
        office.desk.save(draft.id, clerk)
    assert [one.code for one in refused.value.problems] == ["PERSON-REGISTERED"]
    draft = office.draft(clerk)
    assert (draft.existing_record.id, draft.former) == (gone.id, None)


def test_with_another_number_nothing_of_who_left_stays_in_the_form(
    office: Any, clerk: SignedIn, people: Any, gone: RecordView
) -> None:
    office.desk.open_draft(clerk)
    number, other = people().id_number, people(3).id_number
    draft = office.register.type_fields(office.draft(clerk).id, {"id_no": number, "id_no_again": number}, clerk)
    assert (draft.fields["employer"].value, draft.former.id) == ("测试厂", gone.id)
    draft = office.register.type_fields(draft.id, {"id_no": other, "id_no_again": other}, clerk)
    assert (draft.fields["employer"].value, draft.fields["name"].value, draft.former) == ("", "", None)
    assert not any(view.source == "register" for view in draft.fields.values())


def test_nobody_joins_whoever_is_cancelled_and_they_count_for_no_household(
    office: Any, clerk: SignedIn, people: Any, rest: dict[str, str]
) -> None:
    first = office.register_person(clerk, people(1), road="测试东路", room="401")
    assert len(office.register.households("测试东路", clerk).lines) == 1
    cancel(office, clerk, first)
    assert office.register.households("测试东路", clerk).lines == ()
    with pytest.raises(CodedError, match="HOUSEHOLD-UNKNOWN"):
        office.desk.open_draft(clerk, first.id)
    restore(office, clerk, first)
    office.desk.open_draft(clerk, first.id)
    number = people(3).id_number
    named = {
        "name": "测试丁",
        "ethnic": "01",
        "hukou_address": "测试地区测试路1号",
        "id_no": number,
        "id_no_again": number,
    }
    typed = {**rest, **named, "road": "测试东路", "room": "401", "relation_to_head": "97"}
    second = office.desk.save(office.register.type_fields(office.draft(clerk).id, typed, clerk).id, clerk)
    assert second.household == first.household
    (line,) = office.register.households("测试东路", clerk).lines
    assert {member.id for member in line.members} == {first.id, second.id}
    cancel(office, clerk, first)
    (line,) = office.register.households("测试东路", clerk).lines
    assert [member.id for member in line.members] == [second.id]
    assert office.desk.open_draft(clerk, second.id).household[0].id == second.id


def test_a_number_of_somebody_who_left_is_not_given_to_another_record(
    office: Any, clerk: SignedIn, people: Any, gone: RecordView
) -> None:
    other = office.register_person(clerk, people(3))
    number = people().id_number
    with pytest.raises(Problems) as refused:
        office.register.edit(other.id, {"id_no": number, "id_no_again": number}, 1, clerk, "更正")
    assert ("NUMBER-OF-CANCELLED", "id_no") in {(one.code, one.field) for one in refused.value.problems}
    assert office.register.record(gone.id, clerk).fields["id_no"].value == number


def test_a_hint_of_the_same_name_speaks_of_who_is_here(
    office: Any, clerk: SignedIn, people: Any, rest: dict[str, str]
) -> None:
    card, guardian = people(), "99000019900506002"
    office.desk.open_draft(clerk)
    child = {
        "name": card.name, "sex": "1", "ethnic": "01", "birth_date": "2024-05-06", "id_type": "117",
        "hukou_address": "测试地区测试路1号", "guardian_name": "测试母", "guardian_rel": "52",
        "guardian_id": guardian + check_digit(guardian), "guardian_mobile": "13900000000", "guardian_consent": "1",
        "education": "", "mobile": "",
    }  # fmt: skip
    first = office.desk.save(office.register.type_fields(office.draft(clerk).id, rest | child, clerk).id, clerk)
    office.desk.open_draft(clerk)
    assert [line.id for line in office.register.type_fields(office.draft(clerk).id, child, clerk).alike] == [first.id]
    cancel(office, clerk, first)
    assert office.draft(clerk).alike == ()


def test_a_database_that_goes_down_and_up_keeps_who_is_cancelled(
    office: Any, clerk: SignedIn, people: Any, gone: RecordView
) -> None:
    office.register_person(clerk, people(), **CITY)
    schema.downgrade(office.store, "0017_cancellations")
    assert "cancellation" not in office.store.get_tables()
    assert schema.upgrade(office.store)[0] == "0017_cancellations"
    states = sorted(row.state for row in Registration.select())
    assert states == ["active", "cancelled"]
    shown = office.register.record(gone.id, clerk)
    assert (shown.is_cancelled, shown.cancellation, shown.can_restore) == (True, None, False)
