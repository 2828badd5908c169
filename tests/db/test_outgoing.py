"""What is told of a record is whole: no column is left out but on purpose, and the last row is the record as it is."""

from __future__ import annotations

from typing import Any

from agent.accounts.service import SignedIn
from agent.register import outgoing
from agent.register.views import SecondWord
from peewee_models import register_queries
from peewee_models.cancellations import Cancellation
from peewee_models.outbox import OutboxRow
from peewee_models.register import AcceptedProblem, Change, FieldOrigin, Person, Registration

FOR_SEARCHING = {"name_key", "name_pinyin", "name_initials"}
OF_THE_ROW = {"id", "version"}
OF_THE_STATION = {"reading"}
LEFT = {"cancel_kind": "31", "leave_date": "202611", "evidence": "1", "second_name": "supervisor"}


def columns(table: Any) -> set[str]:
    return set(table._meta.fields)


def last_sent() -> Any:
    return OutboxRow.select().order_by(OutboxRow.seq.desc()).get()


def register_a_wrong_number(office: Any, clerk: SignedIn, people: Any, rest: dict[str, str]) -> Any:
    right = people().id_number
    office.tap(people(id_number=right[:-1] + ("0" if right[-1] != "0" else "1")))
    draft = office.register.type_fields(office.draft(clerk).id, rest, clerk)
    supervisor = ("supervisor", office.passwords["supervisor"])
    office.register.second_person(draft.id, clerk, *supervisor, SecondWord("id_no", "ID-CHECK-DIGIT", "派出所证明"))
    record = office.desk.save(draft.id, clerk)
    office.lift()
    return record


def test_every_column_is_told_or_left_out_on_purpose(
    office: Any, clerk: SignedIn, people: Any, rest: dict[str, str]
) -> None:
    record = register_a_wrong_number(office, clerk, people, rest)
    office.register.edit(record.id, {"mobile": "13911111111"}, 1, clerk, "本人来电")
    body = last_sent().body
    told = columns(Person) | columns(Registration)
    beside = {"origins", "accepted", "changes", "cancellations", "merges", "target"}
    assert set(body) == told - FOR_SEARCHING - OF_THE_ROW - OF_THE_STATION | beside
    (change,), (accepted,) = body["changes"], body["accepted"]
    assert set(body["origins"]["name"]) == columns(FieldOrigin) - {"id", "registration", "key"}
    assert set(accepted) == columns(AcceptedProblem) - {"id", "registration"}
    assert set(change) == columns(Change) - {"id", "registration", "version"}
    assert body["origins"]["id_no"]["is_verified"]
    assert not body["origins"]["mobile"]["is_verified"]
    assert (body["household"], body["collected_by"]) == (record.household, clerk.user_id)
    assert (change["key"], change["reason"], accepted["reason"]) == ("mobile", "本人来电", "派出所证明")
    assert "clerk" not in repr({key: value for key, value in body.items() if key != "collected_by"})


def test_the_last_row_is_the_record_as_it_is(office: Any, clerk: SignedIn, people: Any, rest: dict[str, str]) -> None:
    east = office.register_person(clerk, people(3), road="测试东路")
    record = register_a_wrong_number(office, clerk, people, rest)
    steps = [
        lambda: office.register.edit(record.id, {"mobile": "13911111111"}, 1, clerk, "本人来电"),
        lambda: _move(office, clerk, east.id, record),
        lambda: _move(office, clerk, east.id, record),
        lambda: office.register.cancel(record.id, LEFT, 3, clerk, ("supervisor", office.passwords["supervisor"])),
        lambda: office.register.restore(record.id, "没有离开", clerk, ("supervisor", office.passwords["supervisor"])),
    ]
    for version, step in zip((1, 2, 3, 3, 4, 5), (lambda: None, *steps), strict=True):
        step()
        (row,) = [row for row in Registration.select() if str(row.id) == record.id]
        sent = last_sent()
        assert (str(sent.subject_id), sent.version) == (record.id, version)
        assert sent.body == outgoing.body(register_queries.by_key(row.id))
    (cancelled,) = last_sent().body["cancellations"]
    assert set(cancelled) == columns(Cancellation) - {"id", "registration", "person_values"}


def _move(office: Any, clerk: SignedIn, member_id: str, record: Any) -> None:
    office.desk.open_draft(clerk, member_id)
    number = record.fields["id_no"].value
    typed = {"id_no": number, "id_no_again": number, "correction_reason": "同住", "relation_to_head": "97"}
    draft = office.register.type_fields(office.draft(clerk).id, typed, clerk)
    supervisor = ("supervisor", office.passwords["supervisor"])
    office.register.second_person(draft.id, clerk, *supervisor, SecondWord("id_no", "ID-CHECK-DIGIT", "派出所证明"))
    office.desk.save(draft.id, clerk)
