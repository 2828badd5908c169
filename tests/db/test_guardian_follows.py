"""A child's form that has the head for a guardian follows what the head's record says, while it lies open."""

from __future__ import annotations

from typing import Any

import pytest

from agent.accounts.service import SignedIn
from peewee_models.drafts import Draft

CHILD = {
    "name": "测试小儿", "sex": "1", "ethnic": "01", "birth_date": "2015-12-01", "id_type": "113",
    "hukou_address": "测试地区测试路1号", "hukou_div": "990000", "relation_to_head": "20",
}  # fmt: skip
LEFT = {"cancel_kind": "31", "leave_date": "20261120", "evidence": "1", "second_name": "supervisor"}


@pytest.fixture
def head(office: Any, clerk: SignedIn, people: Any) -> Any:
    return office.register_person(clerk, people(1), road="测试东路", room="401", mobile="13800000001")


@pytest.fixture
def child(office: Any, clerk: SignedIn, head: Any) -> Any:
    """The form of the head's child, under work."""
    draft = office.desk.open_draft(clerk, head.id)
    made = office.register.type_fields(draft.id, CHILD, clerk)
    assert guardian(made) == (head.fields["name"].value, "13800000001", "household")
    office.events.clear()
    return made


def guardian(draft: Any) -> tuple[str, str, str]:
    name, mobile = draft.fields["guardian_name"], draft.fields["guardian_mobile"]
    return name.value, mobile.value, mobile.source


def told(office: Any, child: Any) -> list[dict[str, Any]]:
    """What the pages were told of the child's form."""
    return [one.facts for one in office.events if one.name == "draft" and one.facts["draft"] == child.id]


def test_it_follows_a_correction_and_the_page_is_told(office: Any, clerk: SignedIn, head: Any, child: Any) -> None:
    office.register.edit(head.id, {"mobile": "13900000002"}, 1, clerk, "换号")
    after = office.draft(clerk)
    assert guardian(after) == (head.fields["name"].value, "13900000002", "household")
    assert after.version == child.version + 1
    assert told(office, child) == [{"draft": child.id, "version": after.version}]
    office.register.edit(head.id, {"name": "测试改"}, 2, clerk, "更名")
    assert guardian(office.draft(clerk))[0] == "测试改"
    office.events.clear()
    office.register.edit(head.id, {"remark": "无关"}, 3, clerk, "补记")
    assert told(office, child) == [], "nothing that it takes has changed"
    assert office.draft(clerk).version == after.version + 1


def test_it_follows_the_heads_card(office: Any, clerk: SignedIn, people: Any, head: Any, child: Any) -> None:
    office.register.put_aside(child.id, clerk)
    office.tap(people(1))
    draft = office.draft(clerk)
    office.desk.save(office.register.type_fields(draft.id, {"mobile": "13900000003", "correction_reason": "换号"},
                                                 clerk).id, clerk)  # fmt: skip
    office.lift()
    assert guardian(office.register.draft(child.id, clerk))[1] == "13900000003"


def test_what_the_clerk_has_typed_stays(office: Any, clerk: SignedIn, head: Any, child: Any) -> None:
    office.register.type_fields(child.id, {"guardian_mobile": "13700000009"}, clerk)
    office.register.edit(head.id, {"mobile": "13900000002"}, 1, clerk, "换号")
    assert guardian(office.draft(clerk)) == (head.fields["name"].value, "13700000009", "typed")


def test_a_head_who_is_cancelled_is_no_guardian_and_is_one_again_when_that_is_undone(
    office: Any, clerk: SignedIn, head: Any, child: Any
) -> None:
    second = ("supervisor", office.passwords["supervisor"])
    office.register.cancel(head.id, LEFT, 1, clerk, second)
    assert guardian(office.draft(clerk)) == ("", "", "")
    office.register.restore(head.id, "错了", clerk, second)
    assert guardian(office.draft(clerk))[1] == "13800000001"
    assert len(told(office, child)) == 2


def test_it_follows_the_heads_own_form_under_work(office: Any, clerk: SignedIn, people: Any) -> None:
    office.tap(people(1))
    parent = office.register.type_fields(office.draft(clerk).id, {"mobile": "13800000001"}, clerk)
    office.lift()
    office.tap(people(4, name="测试小", birth_date="2015-12-01", id_number=None))
    question = office.desk.view(clerk).question
    assert question is not None
    office.desk.answer_question(clerk, question.id, "household-member")
    child = office.register.type_fields(office.draft(clerk).id, CHILD, clerk)
    assert guardian(child)[1] == "13800000001"
    office.register.type_fields(parent.id, {"mobile": "13900000002"}, clerk)
    assert guardian(office.register.draft(child.id, clerk))[1] == "13900000002"
    office.register.discard(parent.id, clerk, "MISTAKE")
    assert guardian(office.register.draft(child.id, clerk))[1] == ""
    assert Draft.select().count() == 1


def test_forms_of_other_households_do_not(office: Any, clerk: SignedIn, people: Any, head: Any, child: Any) -> None:
    office.register.put_aside(child.id, clerk)
    other = office.register_person(clerk, people(5), road="测试西路", mobile="13800000005")
    office.events.clear()
    office.register.edit(other.id, {"mobile": "13900000006"}, 1, clerk, "换号")
    assert told(office, child) == []
    assert guardian(office.register.draft(child.id, clerk))[1] == "13800000001"
