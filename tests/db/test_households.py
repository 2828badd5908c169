"""A household is found by where it lives, and a further person of it begins with that dwelling."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from agent.accounts.service import SignedIn
from agent.errors import CodedError
from agent.register.desk import CardEvent
from agent.register.finding import parts_of
from agent.register.households import MOST_HOUSEHOLDS
from peewee_models.audit import AuditEntry
from peewee_models.drafts import Draft

ANY = ("lane", "sublane", "no", "room")


@pytest.mark.parametrize(
    ("address", "words", "numbers"),
    [
        ("测试路12弄3号401室", ["测试路"], [(("lane",), "12"), (("no",), "3"), (("room",), "401")]),
        ("上海市闵行区浦江镇测试路12支弄", ["测试路"], [(("sublane",), "12")]),
        ("新镇路 8", ["新镇路"], [(ANY, "8")]),
        ("镇路", ["镇路"], []),
        ("12-401", [], [(ANY, "12"), (ANY, "401")]),
        ("１２号 ３０１", [], [(("no",), "12"), (ANY, "301")]),
        (" ，。%_ ", [], []),
    ],
)
def test_an_address_is_taken_apart(address: str, words: list[str], numbers: list[Any]) -> None:
    assert parts_of(address) == (words, numbers)


def household_of(office: Any, clerk: SignedIn, address: str) -> Any:
    (line,) = office.register.households(address, clerk).lines
    return line


def test_a_household_is_found_by_its_address_and_by_nothing_else(office: Any, clerk: SignedIn, people: Any) -> None:
    office.register_person(clerk, people(), road="测试东路", lane="12", no="3", room="401")
    for address in ("测试东路", "东路12弄", "12弄3号401室", "401", "闵行区测试东路３号", "东路 12 3 401"):
        assert "测试东路12弄3号401室" in household_of(office, clerk, address).address, address
    for address in ("测试西路", "12号", "东路 12 4", "401弄", "%", "_", ""):
        assert office.register.households(address, clerk).lines == (), address


def test_its_members_are_masked_with_their_year_and_the_look_is_audited_without_the_address(
    office: Any, clerk: SignedIn, people: Any
) -> None:
    office.register_person(clerk, people(), road="测试东路")
    line = household_of(office, clerk, "东路")
    assert [(member.name_masked[1:], member.birth_year) for member in line.members] == [("＊＊", "1985")]
    entry = AuditEntry.select().order_by(AuditEntry.seq.desc()).get()
    assert (entry.action, entry.facts) == ("register.searched", {"found": 1})
    assert "东路" not in repr(entry.__data__)


def test_a_further_person_begins_with_the_dwelling_and_their_card_fills_the_rest(
    office: Any, clerk: SignedIn, people: Any
) -> None:
    office.register_person(clerk, people(), road="测试东路", lane="12", room="401")
    line = household_of(office, clerk, "东路")
    draft = office.desk.open_draft(clerk, line.id)
    assert {key: (draft.fields[key].value, draft.fields[key].source) for key in ("road", "lane", "room", "no")} == {
        "road": ("测试东路", "household"), "lane": ("12", "household"), "room": ("401", "household"),
        "no": ("12", "household"),
    }  # fmt: skip
    assert draft.fields["name"].value == ""
    assert [member.kind for member in draft.household] == ["record"]
    child = people(3, name="样例小")
    office.desk.reader_event(CardEvent("read", child))
    filled = office.draft(clerk)
    assert (filled.id, filled.fields["name"].value, filled.fields["road"].value) == (draft.id, "样例小", "测试东路")


def test_two_persons_saved_at_one_address_are_one_household(office: Any, clerk: SignedIn, people: Any) -> None:
    first = office.register_person(clerk, people(), road="测试东路")
    assert first.household
    office.desk.open_draft(clerk, first.id)
    second = office.register_person(clerk, people(3), road="测试东路")
    assert second.household == first.household
    assert len(household_of(office, clerk, "东路").members) == 2


def test_one_who_has_moved_is_listed_where_they_live_and_the_others_where_they_stayed(
    office: Any, clerk: SignedIn, people: Any
) -> None:
    first = office.register_person(clerk, people(), road="测试东路", room="401")
    office.desk.open_draft(clerk, first.id)
    office.clock.forward(1)
    second = office.register_person(clerk, people(3), road="测试东路", room="401")
    office.register.edit(second.id, {"road": "测试西路", "room": "502"}, 1, clerk, "搬走")
    stayed, moved = (household_of(office, clerk, road) for road in ("东路", "西路"))
    assert [(line.id, len(line.members)) for line in (stayed, moved)] == [(first.id, 1), (second.id, 1)]
    assert "测试东路" in stayed.address
    assert "测试西路" in moved.address
    for record, room in ((first, "401"), (second, "502")):
        assert office.desk.open_draft(clerk, record.id).fields["room"].value == room


@pytest.mark.parametrize("household", ["", "none", str(uuid.UUID(int=7))])
def test_a_household_that_is_not_there_opens_nothing(office: Any, clerk: SignedIn, household: str) -> None:
    with pytest.raises(CodedError, match="HOUSEHOLD-UNKNOWN"):
        office.desk.open_draft(clerk, household)
    assert Draft.select().count() == 0


def test_too_many_are_said_to_be_too_many(office: Any, clerk: SignedIn, people: Any) -> None:
    for number in range(MOST_HOUSEHOLDS + 1):
        office.clock.forward(1)
        office.register_person(clerk, people(2 * number + 1), road="测试东路", no=str(number + 1))
    found = office.register.households("东路", clerk)
    assert (len(found.lines), found.is_cut) == (MOST_HOUSEHOLDS, True)
    assert f"{MOST_HOUSEHOLDS + 1}号" in found.lines[0].address
    assert not office.register.households("东路 7", clerk).is_cut


@pytest.mark.parametrize("role", ["technician", "supervisor"])
def test_only_clerks_look_for_households(office: Any, role: str) -> None:
    with pytest.raises(CodedError, match="RIGHTS-DENIED"):
        office.register.households("东路", office.sign_in(role))


def test_the_same_door_of_two_roads_is_two_dwellings_and_a_part_of_the_road_is_enough(
    office: Any, clerk: SignedIn, people: Any
) -> None:
    door = {"lane": "12", "no": "3", "room": "401"}
    for number, road in ((1, "测试东路"), (3, "测试西街")):
        office.register_person(clerk, people(number), road=road, **door)

    def found(address: str) -> list[str]:
        return [line.address for line in office.register.households(address, clerk).lines]

    (east,) = found("测试东路12弄3号401室")
    assert east.endswith("测试东路12弄3号401室")
    assert found("东路12弄3号401室") == [east]
    assert len(found("测试12弄3号401室")) == len(found("12弄3号401室")) == 2
    assert found("南路12弄3号401室") == found("测试东路12弄3号402室") == found("东路12弄4号401室") == []
