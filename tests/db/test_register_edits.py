"""A record is corrected: old and new values are kept, two edits never overwrite each other, no change is none."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from agent.accounts.service import SignedIn
from agent.errors import CodedError
from agent.register.service import Problems
from peewee_models.outbox import OutboxRow
from peewee_models.register import Change, Person


def test_editing_keeps_old_and_new_values(office: Any, clerk: SignedIn, people: Any) -> None:
    record = office.register_person(clerk, people())
    edited = office.register.edit(record.id, {"road": "新测试路", "name": "测试改"}, 1, clerk, "本人申报")
    changes = {(line.field, line.old, line.new, line.by, line.reason) for line in edited.history}
    assert changes == {
        ("road", "测试路", "新测试路", "clerk", "本人申报"),
        ("name", record.fields["name"].value, "测试改", "clerk", "本人申报"),
    }
    assert (edited.version, edited.fields["name"].source, edited.fields["name"].verified) == (2, "typed", False)
    assert office.register.find("csg", clerk)[0].id == record.id
    with pytest.raises(CodedError, match="RECORD-CHANGED"):
        office.register.edit(record.id, {"road": "别路"}, 1, clerk, "x")
    with pytest.raises(CodedError, match="REASON-MISSING"):
        office.register.edit(record.id, {"road": "别路"}, 2, clerk, " ")
    with pytest.raises(Problems):
        office.register.edit(record.id, {"mobile": "1"}, 2, clerk, "x")
    assert office.register.edit(record.id, {"road": "新测试路"}, 2, clerk, "x").version == 2
    assert [row.kind for row in OutboxRow.select().order_by(OutboxRow.seq)] == [
        "registration.saved",
        "registration.edited",
    ]
    assert Change.select().count() == 2


def test_two_edits_at_once_do_not_overwrite_each_other(office: Any, clerk: SignedIn, people: Any) -> None:
    record = office.register_person(clerk, people())
    answers: list[str] = []

    def edit(road: str) -> None:
        try:
            office.register.edit(record.id, {"road": road}, 1, clerk, "x")
            answers.append("kept")
        except CodedError as error:
            answers.append(error.code)
        office.store.close()

    threads = [threading.Thread(target=edit, args=(f"测试路{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["RECORD-CHANGED"] * 3 + ["kept"]


def test_fifteen_digits_are_upgraded_in_an_edit_too(office: Any, clerk: SignedIn, people: Any, numbers: Any) -> None:
    record = office.register_person(clerk, people())
    values = {"id_no": "990000850612001", "guardian_id": "990000600612001"}
    edited = office.register.edit(record.id, values, 1, clerk, "x")
    assert edited.fields["guardian_id"].value == numbers("99000019600612001")
    assert (Person.get().id_no, Person.get().id_no_raw) == (numbers("99000019850612001"), "990000850612001")
    new = numbers("99000019850612003")
    office.register.edit(record.id, {"id_no": new, "id_no_again": new}, 2, clerk, "x")
    assert Person.get().id_no_raw == ""


def test_an_unchanged_value_sent_back_is_no_change(office: Any, clerk: SignedIn, people: Any) -> None:
    card = people(address="\u3000测试地区测试路1号\u00a0")
    office.tap(card)
    draft = office.draft(clerk)
    posted = {key: draft.fields[key].value for key in ("name", "hukou_address", "id_no", "card_valid_to")}
    after = office.register.type_fields(draft.id, posted, clerk)
    assert after.fields == draft.fields
    typed = office.register.type_fields(draft.id, {"remark": " \u3000甲\u00a0\r\n"}, clerk)
    assert typed.fields["remark"].value == "\u3000甲\u00a0"


def test_a_new_number_is_held_against_the_birth_date_and_sex_that_the_old_one_gave(
    office: Any, clerk: SignedIn, rest: dict[str, str], numbers: Any
) -> None:
    old, new = numbers("99000019850612001"), numbers("99000019900101002")
    typed = {"name": "测试甲", "ethnic": "01", "hukou_address": "测试地区测试路1号", "id_no": old, "id_no_again": old}
    draft = office.register.type_fields(office.desk.open_draft(clerk).id, rest | typed, clerk)
    record = office.desk.save(draft.id, clerk)
    assert record.fields["birth_date"].source == "derived"
    twice = {"id_no": new, "id_no_again": new}
    with pytest.raises(Problems) as refused:
        office.register.edit(record.id, twice, 1, clerk, "证件更正")
    assert {one.code for one in refused.value.problems} == {"ID-BIRTH-MISMATCH", "ID-SEX-MISMATCH"}
    whole = twice | {"birth_date": "1990-01-01", "sex": "2"}
    assert office.register.edit(record.id, whole, 1, clerk, "证件更正").version == 2
