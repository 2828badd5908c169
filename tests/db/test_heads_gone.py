"""A household that has lost its head says so on the pages of those who stay, and one of them can become the head."""

from __future__ import annotations

from typing import Any

import pytest

from agent.accounts.service import SignedIn
from peewee_models.register import Registration

LEFT = {"cancel_kind": "31", "leave_date": "20261120", "evidence": "1", "second_name": "supervisor"}
WHERE = {"road": "测试东路", "no": "3", "room": "401"}


@pytest.fixture
def family(office: Any, clerk: SignedIn, people: Any) -> list[Any]:
    """A head, the wife and a brother at one dwelling, registered in this order."""
    made = [office.register_person(clerk, people(1), **WHERE)]
    for card, relation in ((people(2), "12"), (people(3), "73")):
        office.clock.forward(1)
        office.desk.open_draft(clerk, made[0].id)
        made.append(office.register_person(clerk, card, relation_to_head=relation, **WHERE))
    return made


def told(office: Any, record: Any, by: SignedIn) -> list[str]:
    """Of whom one is to be the head, as a record's page says."""
    return [one.id for one in office.register.record(record.id, by).heads]


def on_the_households_page(office: Any, by: SignedIn, address: str = "测试东路") -> list[list[str]]:
    return [[one.id for one in line.heads] for line in office.register.households(address, by).lines]


def cancel(office: Any, record: Any, clerk: SignedIn) -> None:
    version = office.register.record(record.id, clerk).version
    office.register.cancel(record.id, LEFT, version, clerk, ("supervisor", office.passwords["supervisor"]))


def test_a_head_who_was_cancelled_is_missed_until_another_is_chosen(
    office: Any, clerk: SignedIn, family: list[Any]
) -> None:
    head, wife, brother = family
    assert told(office, wife, clerk) == told(office, head, clerk) == []
    assert on_the_households_page(office, clerk) == [[]]
    cancel(office, head, clerk)
    left = [wife.id, brother.id]
    assert told(office, wife, clerk) == told(office, brother, clerk) == left
    assert told(office, wife, office.sign_in("supervisor")) == left
    assert told(office, head, clerk) == []
    assert on_the_households_page(office, clerk) == [left]
    office.register.edit(wife.id, {"relation_to_head": "02"}, 1, clerk, "原户主离开")
    assert told(office, brother, clerk) == told(office, wife, clerk) == []
    assert on_the_households_page(office, clerk) == [[]]


def test_a_head_who_moved_is_missed_by_those_who_stay_and_keeps_nobody_from_being_it(
    office: Any, clerk: SignedIn, family: list[Any]
) -> None:
    head, wife, brother = family
    office.register.edit(head.id, {"road": "测试西路", "room": "9"}, 1, clerk, "搬走")
    assert told(office, head, clerk) == []
    assert told(office, wife, clerk) == [wife.id, brother.id]
    assert on_the_households_page(office, clerk, "测试西路") == [[]]
    office.register.edit(wife.id, {"relation_to_head": "02"}, 1, clerk, "原户主搬走")
    assert told(office, brother, clerk) == []
    assert [row.relation_to_head for row in Registration.select().order_by(Registration.registered_at)] == [
        "02", "02", "73",
    ]  # fmt: skip


def test_a_head_who_takes_the_family_along_is_missed_until_they_are_corrected(
    office: Any, clerk: SignedIn, family: list[Any]
) -> None:
    head, wife, brother = family
    for one in family:
        office.register.edit(one.id, {"road": "测试西路"}, 1, clerk, "搬家")
    assert told(office, wife, clerk) == told(office, brother, clerk) == told(office, head, clerk) == []


def test_a_head_who_lives_elsewhere_by_now_is_no_head_here(office: Any, clerk: SignedIn, family: list[Any]) -> None:
    head, wife, brother = family
    Registration.update(form="HZ").where(Registration.id == head.id).execute()
    assert told(office, wife, clerk) == [wife.id, brother.id]
    assert told(office, head, clerk) == []


def test_nobody_is_missed_where_nobody_has_said_who_is_who(office: Any, clerk: SignedIn, family: list[Any]) -> None:
    Registration.update(relation_to_head="").execute()
    assert [told(office, one, clerk) for one in family] == [[], [], []]
    assert on_the_households_page(office, clerk) == [[]]
