"""A correction is kept as it is typed; a colleague who was faster, a wrong value, a second click cost nothing."""

from __future__ import annotations

from typing import Any

import pytest

from agent.accounts.service import SignedIn
from agent.errors import CodedError
from agent.register.service import Problems
from peewee_models.audit import AuditEntry
from peewee_models.corrections import Correction
from peewee_models.register import Change, Person


@pytest.fixture
def record(office: Any, clerk: SignedIn, people: Any) -> Any:
    return office.register_person(clerk, people())


@pytest.fixture
def colleague(office: Any) -> SignedIn:
    supervisor = office.sign_in("supervisor")
    password = office.passwords["supervisor"]
    made, code = office.accounts.users.add("clerk2", "clerk", supervisor, password)
    return office.accounts.enrol(code.text, made.name, "a long enough phrase")


def test_what_is_typed_waits_with_its_clerk_alone(
    office: Any, clerk: SignedIn, colleague: SignedIn, record: Any
) -> None:
    office.register.keep_correction(record.id, {"road": "改测试路", "mobile": "139"}, 1, clerk, "本人申报")
    shown = office.register.correction(record.id, clerk)
    assert (shown.fields["road"].value, shown.fields["road"].offers[0].value) == ("改测试路", "测试路")
    assert [(problem.code, problem.field) for problem in shown.problems] == [("MOBILE-SHORT", "mobile")]
    assert shown.fields["mobile"].problems == shown.problems
    assert (shown.reason, shown.record.fields["road"].value, shown.meanwhile) == ("本人申报", "测试路", {})
    assert office.register.correction_kept_at(record.id, clerk) == office.clock.now()
    other = office.register.correction(record.id, colleague)
    assert (other.fields["road"].value, other.kept_at) == ("测试路", None)
    office.register.take_stored(record.id, "mobile", clerk)
    assert office.register.correction(record.id, clerk).problems == ()
    office.register.keep_correction(record.id, {}, 1, clerk, "")
    assert Correction.select().count() == 0


def test_a_faster_colleague_is_shown_beside_and_either_value_can_be_saved(
    office: Any, clerk: SignedIn, colleague: SignedIn, record: Any
) -> None:
    mine = {"road": "我的路", "room": "5"}
    office.register.keep_correction(record.id, mine, 1, clerk, "x")
    office.register.edit(record.id, {"road": "他的路", "employer": "测试厂"}, 1, colleague, "y")
    office.register.edit(record.id, {"road": "他的新路"}, 2, colleague, "y")
    with pytest.raises(CodedError, match="RECORD-CHANGED"):
        office.register.edit(record.id, mine, 1, clerk, "x")
    shown = office.register.correction(record.id, clerk)
    road = shown.meanwhile["road"]
    assert (road.old, road.new, road.by) == ("测试路", "他的新路", "clerk2")
    assert (shown.meanwhile.keys(), shown.record.version) == ({"road", "employer"}, 3)
    assert (shown.fields["road"].value, shown.fields["road"].offers[0].value) == ("我的路", "他的新路")
    assert shown.fields["employer"].value == "测试厂"
    saved = office.register.edit(record.id, mine, 3, clerk, "x")
    assert {key: saved.fields[key].value for key in ("road", "room", "employer")} == mine | {"employer": "测试厂"}
    assert Correction.select().count() == 0


def test_the_same_form_sent_twice_changes_the_record_once(office: Any, clerk: SignedIn, record: Any) -> None:
    for _ in range(2):
        office.register.keep_correction(record.id, {"road": "改测试路"}, 1, clerk, "x")
        assert office.register.edit(record.id, {"road": "改测试路"}, 1, clerk, "x").version == 2
    office.register.keep_correction(record.id, {"road": "改测试路"}, 1, clerk, "x")
    assert (Change.select().count(), Correction.select().count()) == (1, 0)


def test_a_new_number_is_typed_twice(office: Any, clerk: SignedIn, record: Any, numbers: Any) -> None:
    new = numbers("99000019850612003")

    def refusal(**values: str) -> set[tuple[str, str | None]]:
        with pytest.raises(Problems) as refused:
            office.register.edit(record.id, values, 1, clerk, "x")
        return {(problem.code, problem.field) for problem in refused.value.problems}

    assert refusal(id_no=new) == {("FIELD-MISSING", "id_no_again")}
    assert refusal(id_no=new, id_no_again=new[:17]) == {("ID-TYPED-DIFFERENT", "id_no_again")}
    saved = office.register.edit(record.id, {"id_no": new, "id_no_again": new.lower()}, 1, clerk, "x")
    assert (saved.fields["id_no"].value, "id_no_again" in saved.fields) == (new, False)


def test_fifteen_digits_survive_the_page_that_shows_eighteen(
    office: Any, clerk: SignedIn, record: Any, numbers: Any
) -> None:
    office.register.keep_correction(record.id, {"id_no": "990000850612003"}, 1, clerk, "")
    new = numbers("99000019850612003")
    office.register.edit(record.id, {"id_no": new, "id_no_again": new}, 1, clerk, "x")
    assert (Person.get().id_no, Person.get().id_no_raw) == (new, "990000850612003")


def test_beginning_and_giving_up_leave_a_row_each(office: Any, clerk: SignedIn, record: Any) -> None:
    last = AuditEntry.select().count()
    for road in ("甲路", "乙路"):
        office.register.keep_correction(record.id, {"road": road}, 1, clerk, "")
    office.register.give_up_correction(record.id, clerk)
    office.register.give_up_correction(record.id, clerk)
    rows = list(AuditEntry.select().where(AuditEntry.seq > last).order_by(AuditEntry.seq))
    assert [row.action for row in rows] == ["register.correction-begun", "register.correction-given-up"]
    assert {str(row.subject_id) for row in rows} == {record.id}
    assert "路" not in repr([row.facts for row in rows])
