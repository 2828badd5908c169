"""A person with a cancelled and a living registration: each shows its own values, and neither takes the other's."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from agent.accounts.service import SignedIn
from agent.errors import CodedError
from agent.register.errors import Problems
from peewee_models import cancellations, register_queries
from peewee_models.register import Registration

LEFT = {"cancel_kind": "31", "leave_date": "20261120", "evidence": "1", "second_name": "supervisor"}
CITY = {"arrive_city_date": "2026-11-21", "arrive_here_date": "2026-11-21", "plan_stay": "2"}


def cancel(office: Any, clerk: SignedIn, record: Any) -> None:
    version = office.register.record(record.id, clerk).version
    office.register.cancel(record.id, LEFT, version, clerk, ("supervisor", office.passwords["supervisor"]))


@pytest.fixture
def both(office: Any, clerk: SignedIn, people: Any) -> tuple[Any, Any]:
    """Somebody who left under one name and came back under another."""
    gone = office.register_person(clerk, people(name="测试旧"))
    cancel(office, clerk, gone)
    office.clock.forward(60)
    return gone, office.register_person(clerk, people(name="测试新"), **CITY)


def test_a_list_shows_each_as_it_was(office: Any, clerk: SignedIn, both: tuple[Any, Any]) -> None:
    gone, here = both
    names = {line.id: (line.name, line.is_cancelled) for line in office.register.recent(clerk)}
    assert names == {gone.id: ("测试旧", True), here.id: ("测试新", False)}
    assert [line.name for line in office.register.record(here.id, clerk).others] == ["测试旧"]


def test_the_old_number_of_a_cancelled_record_is_the_one_of_then(
    office: Any, clerk: SignedIn, both: tuple[Any, Any]
) -> None:
    gone, here = both
    person = Registration.get_by_id(uuid.UUID(here.id)).person
    person.id_no_raw = "990000850612001"
    person.save()
    assert office.register.record(here.id, clerk).id_no_raw == "990000850612001"
    assert office.register.record(gone.id, clerk).id_no_raw == ""


def test_a_number_is_not_corrected_where_the_person_has_another_record(
    office: Any, clerk: SignedIn, both: tuple[Any, Any], people: Any
) -> None:
    _, here = both
    number = people(7).id_number
    with pytest.raises(Problems) as refused:
        office.register.edit(here.id, {"id_no": number, "id_no_again": number}, here.version, clerk, "登错")
    assert "NUMBER-HAS-OTHERS" in {problem.code for problem in refused.value.problems}


def test_a_new_form_does_not_take_over_who_left(
    office: Any, clerk: SignedIn, people: Any, rest: dict[str, str]
) -> None:
    gone = office.register_person(clerk, people())
    cancel(office, clerk, gone)
    office.clock.forward(60)
    office.tap(people(3))
    draft = office.draft(clerk)
    taken = people().id_number
    office.register.type_fields(draft.id, {**rest, **CITY, "id_no": taken, "id_no_again": taken}, clerk)
    with pytest.raises(Problems) as refused:
        office.desk.save(draft.id, clerk)
    assert "NUMBER-OF-CANCELLED" in {problem.code for problem in refused.value.problems}
    assert register_queries.person_with_number(taken).name == gone.fields["name"].value


def test_a_colleagues_typed_cancellation_stays(office: Any, clerk: SignedIn, people: Any) -> None:
    record = office.register_person(clerk, people())
    row = Registration.get_by_id(uuid.UUID(record.id))
    user = uuid.UUID(office.sign_in("supervisor").user_id)
    cancellations.put_form(row.id, user, 1, {"cancel_kind": "31"}, office.clock.now())
    office.register.keep_cancellation(record.id, LEFT, 1, clerk)
    cancel(office, clerk, record)
    assert cancellations.form_of(row.id, user) is not None
    assert cancellations.form_of(row.id, uuid.UUID(clerk.user_id)) is None


def test_a_cancelled_record_says_so_before_it_asks_for_a_reason(office: Any, clerk: SignedIn, people: Any) -> None:
    record = office.register_person(clerk, people())
    cancel(office, clerk, record)
    with pytest.raises(CodedError, match="RECORD-CANCELLED"):
        office.register.edit(record.id, {"mobile": "13911111111"}, 1, clerk, "")


def test_a_confirmed_household_does_not_stand_in_the_way_of_a_correction(
    office: Any, clerk: SignedIn, people: Any
) -> None:
    record = office.register_person(clerk, people(), road="测试东路")
    (line,) = office.register.households("测试东路", clerk).lines
    office.register.confirm_household(line.id, line.seen, clerk)
    changed = office.register.edit(record.id, {"mobile": "13911111111"}, record.version, clerk, "本人来电")
    assert changed.fields["mobile"].value == "13911111111"
