"""What is looked up by index is what comparing all with all would find; decisions hold for the values of then."""

from __future__ import annotations

import random
import uuid
from datetime import date
from typing import Any

import pytest

from agent.accounts.service import SignedIn
from agent.errors import CodedError
from agent.register import alike, likeness, names, pairs
from agent.register.number_slips import slips
from agent.register.service import Wish
from drivers.id_number import check_digit
from peewee_models import duplicates, register_queries, schema
from peewee_models.accounts import User
from peewee_models.audit import AuditEntry
from peewee_models.duplicates import DistinctPersons, DuplicatePair, UncomparedPerson
from peewee_models.register import Person, Registration

PEOPLE = 60


def number(first_17: str) -> str:
    return first_17 + check_digit(first_17)


def some_people(chance: random.Random) -> list[dict[str, Any]]:
    """People of few names and days, whose numbers are often one slip apart."""
    numbers = [number(f"9900001985061{chance.randrange(2, 4)}{serial:03d}") for serial in range(1, 12)]
    numbers += [chance.choice(sorted(slips(chance.choice(numbers)))) for _ in range(30)]
    chance.shuffle(numbers)
    made = []
    for serial, one in enumerate(dict.fromkeys(numbers)):
        made.append({"id_no": one if serial % 3 else None, "name": chance.choice(["测试林", "测 试林", "测试森"])})
        made[-1]["birth_date"] = chance.choice([date(1985, 6, 12), date(1985, 6, 13), None])
        made[-1]["guardian_id"] = chance.choice(["", "", "g"])
        made[-1]["id_no_raw"] = one[:6] + one[8:17] if serial % 5 == 0 else ""
    return made[:PEOPLE]


def add(office: Any, serial: int, values: dict[str, Any]) -> Any:
    """A person with an active registration, written by the engine."""
    user, now = User.get(User.role == "clerk"), office.clock.now()
    key = names.search_key(values["name"])
    person = Person.create(
        id_type="111", sex="1", ethnic="01", hukou_address="测试地区", name_key=key, name_pinyin="", name_initials="",
        **values,
    )  # fmt: skip
    Registration.create(
        form_no=f"x{serial:04d}", person=person, soldier="0", arrive_here_date=date(2026, 1, 3), reason="12",
        proof_type="2", district="310112", town="310112101", road="测试路", notice_given="1", collected_by=user,
        collected_at=now, registered_at=now, verified_at=now,
    )  # fmt: skip
    return person


def all_with_all(people: list[Any]) -> dict[frozenset[uuid.UUID], tuple[str, ...]]:
    told = [(one.id, alike.compared(one)) for one in people]
    every = ((a, b, likeness.reasons(left, right)) for a, left in told for b, right in told if a.hex < b.hex)
    return {frozenset((a, b)): reasons for a, b, reasons in every if reasons}


@pytest.mark.parametrize("seed", [1, 2])
def test_what_is_looked_up_is_all_that_comparing_all_with_all_finds(office: Any, seed: int) -> None:
    made = some_people(random.Random(seed))
    with office.store.write():
        people = [add(office, serial, values) for serial, values in enumerate(made)]
        for person in people:
            pairs.refresh(person, office.clock.now())
        expected = all_with_all(people)
        for person in people:
            found = {frozenset((person.id, other.person.id)): other.reasons for other in alike.who_is_alike(
                alike.compared(person), person.id
            )}  # fmt: skip
            assert found == {key: why for key, why in expected.items() if person.id in key}
    suspected = {key for key, why in expected.items() if likeness.is_suspicion(why)}
    assert {frozenset((row.first_id, row.second_id)) for row in DuplicatePair.select()} == suspected
    assert 20 < len(suspected) < len(expected)
    with office.store.write():
        for person in people:
            Person.update(name_key="", name="").where(Person.id == person.id).execute()
            pairs.refresh(Person.get_by_id(person.id), office.clock.now())
    left = {frozenset((row.first_id, row.second_id)) for row in DuplicatePair.select()}
    assert left == {key for key, why in all_with_all(list(Person.select())).items() if likeness.is_suspicion(why)}
    assert left < suspected


@pytest.fixture
def two(office: Any, clerk: SignedIn, people: Any) -> tuple[Any, Any]:
    """The same name and birth date, once with a number and once without one."""
    one = office.register_person(clerk, people(1))
    with office.store.write():
        person = Person.get()
        other = add(office, 1, {"name": person.name, "birth_date": person.birth_date})
        pairs.refresh(other, office.clock.now())
    return one, Registration.get(Registration.person == other)


def listed(office: Any, clerk: SignedIn) -> list[set[str]]:
    return [{line.one.id, line.other.id} for line in office.register.duplicates.open_pairs(clerk).lines]


def test_two_people_are_two_until_a_compared_value_changes(office: Any, clerk: SignedIn, two: tuple[Any, Any]) -> None:
    one, other = two[0].id, str(two[1].id)
    service = office.register.duplicates
    assert listed(office, clerk) == [{one, other}]
    assert [line.id for line in office.register.record(one, clerk).alike] == [other]
    with pytest.raises(CodedError, match="REASON-MISSING"):
        service.find_distinct(one, other, " ", clerk)
    before = AuditEntry.select().count()
    for _ in range(2):
        service.find_distinct(one, other, "见过两人", clerk)
    assert [row.action for row in AuditEntry.select().where(AuditEntry.seq > before)] == ["register.distinct"]
    assert "见过" not in repr([row.facts for row in AuditEntry.select()])
    assert (listed(office, clerk), office.register.record(one, clerk).alike) == ([], ())
    (line,) = service.decided_pairs(clerk).lines
    assert (line.distinct.reason, {line.one.id, line.other.id}) == ("见过两人", {one, other})
    office.register.edit(one, {"mobile": "13911111111"}, 1, clerk, "来电")
    assert listed(office, clerk) == [], "a mobile is not compared"
    office.register.edit(other, {"sex": "2"}, 1, clerk, "登错")
    assert listed(office, clerk) == []
    office.register.edit(other, {"guardian_id": number("99000019600101001")}, 2, clerk, "补登")
    assert listed(office, clerk) == [{one, other}]
    assert service.decided_pairs(clerk).lines == ()
    service.find_distinct(one, other, "还是两人", clerk)
    assert (listed(office, clerk), DistinctPersons.select().count()) == ([], 2)


def test_the_decision_is_undone_with_a_reason(office: Any, clerk: SignedIn, two: tuple[Any, Any]) -> None:
    one, other = two[0].id, str(two[1].id)
    service = office.register.duplicates
    with pytest.raises(CodedError, match="DISTINCT-NONE"):
        service.undo_distinct(one, other, "错了", clerk)
    service.find_distinct(other, one, "见过两人", clerk)
    with pytest.raises(CodedError, match="REASON-MISSING"):
        service.undo_distinct(one, other, "", clerk)
    service.undo_distinct(one, other, "错了", clerk)
    assert listed(office, clerk) == [{one, other}]
    row = DistinctPersons.get()
    assert (row.undo_reason, row.reason) == ("错了", "见过两人")
    with pytest.raises(CodedError, match="DISTINCT-NONE"):
        service.undo_distinct(one, other, "错了", clerk)


def test_who_has_left_is_no_open_pair_and_neither_are_two_numbers(
    office: Any, clerk: SignedIn, people: Any, two: tuple[Any, Any]
) -> None:
    one, other = two[0].id, str(two[1].id)
    second = ("supervisor", office.passwords["supervisor"])
    typed = {"cancel_kind": "31", "leave_date": "202611", "evidence": "3", "second_name": second[0]}
    office.register.cancel(other, typed, 1, clerk, second)
    assert listed(office, clerk) == [{one, other}], "one of them is here"
    office.register.cancel(one, typed, 1, clerk, second)
    assert listed(office, clerk) == []
    namesake = office.register_person(clerk, people(251, name=people(1).name))
    shown = office.register.record(namesake.id, clerk).alike
    assert {line.id: line.reasons for line in shown}[one] == ("LIKE-TWO-NUMBERS",)
    assert listed(office, clerk) == [{namesake.id, other}]


def test_who_was_registered_before_is_compared_by_and_by(office: Any, clerk: SignedIn, two: tuple[Any, Any]) -> None:
    assert schema.downgrade(office.store, "0020_merges")[-1] == "0020_merges"
    assert schema.upgrade(office.store)[0] == "0020_merges"
    assert (DuplicatePair.select().count(), UncomparedPerson.select().count()) == (0, 2)
    with office.store.read():
        assert duplicates.are_uncompared()
    office.register.duplicates.compare_some()
    assert (DuplicatePair.select().count(), UncomparedPerson.select().count()) == (1, 0)
    assert listed(office, clerk) == [{two[0].id, str(two[1].id)}]


def test_who_has_become_another_is_in_no_pair_until_they_are_parted(
    office: Any, clerk: SignedIn, two: tuple[Any, Any]
) -> None:
    one, other = two[0].id, str(two[1].id)
    second = ("supervisor", office.passwords["supervisor"])
    with office.store.write():
        third = add(office, 2, {"name": two[1].person.name, "birth_date": two[1].person.birth_date})
        pairs.refresh(third, office.clock.now())
    assert DuplicatePair.select().count() == 3
    wish = Wish(1, 1, frozenset(), ("1",), "同一人登了两次")
    office.register.duplicates.merge(one, other, wish, clerk, second)
    assert (len(listed(office, clerk)), DuplicatePair.select().count()) == (1, 1)
    office.register.duplicates.part(other, "其实是两个人", clerk, second)
    assert ({one, other} in listed(office, clerk), DuplicatePair.select().count()) == (True, 3)


def test_two_cards_are_no_pair_though_their_numbers_are_near(office: Any, clerk: SignedIn, people: Any) -> None:
    one = office.register_person(clerk, people(1))
    other = office.register_person(clerk, people(3, name=people(1).name))
    assert (listed(office, clerk), DuplicatePair.select().count()) == ([], 0)
    (line,) = office.register.record(one.id, clerk).alike
    assert (line.id, line.reasons) == (other.id, ("LIKE-TWO-NUMBERS",))


def test_the_form_hints_at_whoever_is_here(office: Any, clerk: SignedIn, people: Any, two: tuple[Any, Any]) -> None:
    office.desk.open_draft(clerk)
    typed = {"name": people(1).name, "id_no": people(1).id_number[:6] + "850612003"}
    hints = office.register.type_fields(office.draft(clerk).id, typed, clerk).alike
    assert {hint.id: hint.reasons for hint in hints} == {
        two[0].id: ("LIKE-SLIP", "LIKE-NAME-BIRTH"),
        str(two[1].id): ("LIKE-NAME-BIRTH",),
    }
    assert register_queries.last_of(two[1].person_id).id == two[1].id
