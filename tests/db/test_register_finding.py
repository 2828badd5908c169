"""Finding and looking at records: by number, name and initials, page by page, with an audit row that tells nothing."""

from __future__ import annotations

from typing import Any

import pytest

from agent.accounts.service import SignedIn
from agent.errors import CodedError
from peewee_models.audit import AuditEntry


def test_records_are_found_by_number_name_and_initials(office: Any, clerk: SignedIn, people: Any) -> None:
    first = office.register_person(clerk, people(1, name="曾测试·阿卜杜"))
    second = office.register_person(clerk, people(2, name="测试乐"))
    both = {first.id, second.id}

    def found(query: str) -> set[str]:
        return {line.id for line in office.register.find(query, clerk)}

    assert found(first.fields["id_no"].value) == found(first.fields["id_no"].value[13:]) == {first.id}
    assert found("0612") == found("测试") == both
    assert found("测试 • 阿") == found("曾测试•阿卜杜") == {first.id}
    old = first.fields["id_no"].value
    assert found(old[:6] + old[8:17]) == found(f"{old[:6]} {old[8:14]} {old[14:17]}") == {first.id}
    assert found(old[:15]) == both
    assert found("zengceshi") == found("zcs") == found("ZCS") == {first.id}
    assert found("csl") == found("csy") == found("ceshiyue") == {second.id}
    assert found("%") == found("_") == found("'") == found("") == found("zzz") == set()
    searches = AuditEntry.select().where(AuditEntry.action == "register.searched")
    assert {tuple(row.facts) for row in searches} == {("found",)}


def at(mobile: str, lane: str = "", no: str = "5", room: str = "") -> dict[str, str]:
    return {"mobile": mobile, "road": "测试东路", "lane": lane, "no": no, "room": room}


def test_what_stands_apart_must_all_fit_each_in_its_way(office: Any, clerk: SignedIn, people: Any) -> None:
    first = office.register_person(clerk, people(1, name="曾测试·阿卜杜"), **at("13900001234", lane="88", room="101"))
    second = office.register_person(clerk, people(2, name="𠮷测试"), **at("13900005678", no="88", room="1010"))
    road = first.fields["road"].value

    def found(query: str) -> set[str]:
        return {line.id for line in office.register.find(query, clerk)}

    both = {first.id, second.id}
    assert found("0000 1234") == found("1390000-1234") == found("1234") == {first.id}
    assert found(road) == found(f"某区{road}") == found(f"{road} 88") == both
    assert found(f"{road}88弄") == found(f"{road} 88弄 101") == found(f"{road}88弄101室") == {first.id}
    assert found("88号 测试") == found("1010室") == {second.id}
    assert found("zeng ce shi 88") == found("zcs 1234") == found(f"{road} 曾") == {first.id}
    assert found("csy 88弄") == found("曾 5678") == found(f"{road}99弄") == set()
    assert found("U+20BB7") == found("u+20bb7 测") == {second.id}
    assert found("U+D800") == found("U+110000") == found("U+4E00") == set()
    assert found(road[:2]) == both, "a name's part, for all are called so"


def test_finding_goes_by_pages(office: Any, clerk: SignedIn, people: Any) -> None:
    for number in range(1, 24):
        office.clock.forward(60)
        office.accounts.unlock(clerk, office.passwords["clerk"])
        office.register_person(clerk, people(number))
    first, second = office.register.find("测试", clerk, 1), office.register.find("测试", clerk, 2)
    assert (len(first), len(second)) == (20, 3)
    assert not {line.id for line in first} & {line.id for line in second}
    assert first == office.register.recent(clerk)
    assert first[0].registered_on.isoformat() == "2026-11-23"


def test_looking_at_a_record_leaves_an_audit_row(office: Any, clerk: SignedIn, people: Any) -> None:
    record = office.register_person(clerk, people())
    supervisor = office.sign_in("supervisor")
    office.register.record(record.id, supervisor)
    row = AuditEntry.select().order_by(AuditEntry.seq.desc()).get()
    assert (row.action, str(row.subject_id), str(row.user_id)) == ("register.viewed", record.id, supervisor.user_id)
    for key in ("x", "00000000-0000-0000-0000-000000000000"):
        with pytest.raises(CodedError, match="RECORD-UNKNOWN"):
            office.register.record(key, supervisor)


def test_form_numbers_count_by_the_stations_day(office: Any, clerk: SignedIn, people: Any) -> None:
    assert office.register_person(clerk, people(1)).form_no.endswith("202611230001")
    assert office.register_person(clerk, people(2)).form_no.endswith("202611230002")
    office.clock.forward(14 * 3600)
    next_day = office.sign_in("clerk")
    office.desk.take(next_day)
    assert office.register_person(next_day, people(3)).form_no.endswith("202611240001")
