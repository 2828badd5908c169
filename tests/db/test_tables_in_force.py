"""Code tables and parameters of a station on both engines: brought, looked at, put in force, shown as they were."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from agent.errors import CodedError, RightsDenied
from agent.register import code_tables, codes, in_force, rules
from agent.register.errors import Problems
from agent.tables import csv_text
from agent.tables.service import RULES, Brought, TablesService
from peewee_models import outbox
from peewee_models.audit import AuditEntry
from peewee_models.code_tables import CodeEdition, CodeLine, CodeUpload, RuleValue
from peewee_models.outbox import OutboxRow

HEAD = "code,zh,en,initials,parent,is_offered,valid_from,valid_to"
NEW_DAYS = {
    "key": "days_in_scope",
    "value": "5",
    "valid_from": "20261201",
    "basis": "RENHU",
    "article": "",
    "reason": "测试",
}


@pytest.fixture(autouse=True)
def shipped_again():
    yield
    in_force.put(None)


@pytest.fixture
def tables(office) -> TablesService:
    made = TablesService(office.store, office.clock, "Asia/Shanghai")
    made.load()
    return made


@pytest.fixture
def boss(office):
    return office.sign_in("supervisor")


def reasons(*, without: str = "", **words: str) -> bytes:
    """The table of reasons as a file, some lines left out, reworded or added."""
    lines = {line.code: line.text_zh for line in codes.table("reason")} | {key[1:]: zh for key, zh in words.items()}
    return (
        HEAD + "\n" + "\n".join(f"{code},{zh},Word {code},,,,," for code, zh in lines.items() if code != without)
    ).encode()


def bring(tables, boss, content: bytes, holds_from: str = "", name: str = "reason") -> None:
    tables.bring(name, Brought(content, "2026 年版", "测试文件", holds_from), boss)


def put(tables, boss, content: bytes, holds_from: str = "", name: str = "reason") -> None:
    bring(tables, boss, content, holds_from, name)
    tables.put_in_force(name, tables.dry_run(name, boss).seen, boss)


def at_the_desk(office):
    """The clerk, who signs in anew after days."""
    by = office.sign_in("clerk")
    office.desk.take(by)
    return by


def code_of(act) -> str:
    with pytest.raises(CodedError) as refused:
        act()
    return refused.value.code


def test_a_file_is_looked_at_and_then_in_force_with_audit_and_outbox(office, tables, boss) -> None:
    bring(tables, boss, reasons(without="09", _18="测试事由"))
    run = tables.dry_run("reason", boss)
    assert {(one.kind, one.line.code) for one in run.steps if one.kind != "changed"} == {
        ("new", "18"),
        ("closed", "09"),
    }
    assert (run.refused, run.can_be_put_in_force, run.holds_from) == ((), True, date(2026, 11, 23))
    assert codes.resolve("reason", "18") is None
    assert CodeEdition.select().count() == OutboxRow.select().count() == 0
    tables.put_in_force("reason", run.seen, boss)
    assert (codes.resolve("reason", "测试事由"), codes.resolve("reason", "09")) == ("18", None)
    assert codes.shown("reason", "09") == "拆迁搬家"
    view = tables.one("reason", boss)
    (edition,) = view.editions
    assert (edition.number, edition.edition, edition.source, edition.entered_by) == (
        1,
        "2026 年版",
        "测试文件",
        "supervisor",
    )
    assert (view.about.edition, view.about.source, view.is_waiting) == ("2026 年版", "测试文件", False)
    acts = [(row.action, row.facts) for row in AuditEntry.select().order_by(AuditEntry.seq.desc()).limit(2)]
    assert [action for action, _ in acts] == ["tables.put-in-force", "tables.brought"]
    assert acts[0][1]["table"] == "reason"
    assert (acts[0][1]["new"], acts[0][1]["closed"], acts[0][1]["number"]) == (1, 1, 1)
    sent = OutboxRow.get()
    assert (sent.kind, sent.version, sent.body["sha256"]) == ("codes.edition", 1, edition.sha256)
    assert len(sent.body["lines"]) == CodeLine.select().count()
    before = in_force.now().tables["reason"].lines
    in_force.put(None)
    TablesService(office.store, office.clock, "Asia/Shanghai").load()
    assert in_force.now().tables["reason"].lines == before


def test_nothing_is_kept_of_what_could_not_be_written_whole(office, tables, boss, monkeypatch) -> None:
    bring(tables, boss, reasons(_18="测试事由"))
    seen = tables.dry_run("reason", boss).seen
    monkeypatch.setattr(outbox.OutboxRow, "insert", lambda **_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        tables.put_in_force("reason", seen, boss)
    assert (CodeEdition.select().count(), CodeLine.select().count(), CodeUpload.select().count()) == (0, 0, 1)
    assert codes.resolve("reason", "18") is None
    with pytest.raises(ZeroDivisionError):
        tables.set_rule(NEW_DAYS, boss)
    assert RuleValue.select().count() == 0


def test_a_record_keeps_the_words_of_its_day_and_a_new_form_has_the_new_ones(
    office, clerk, tables, boss, people
) -> None:
    record = office.register_person(clerk, people(), reason="12")
    office.clock.forward(86400)
    put(tables, boss, reasons(without="14", _12="投亲靠友"))
    office.clock.forward(86400)
    clerk = at_the_desk(office)
    view = office.register.record(record.id, clerk)
    assert view.fields["reason"].shown == "投靠亲友"
    assert codes.shown("reason", "12") == "投亲靠友"
    office.tap(people(2))
    draft = office.register.type_fields(office.draft(clerk).id, {"reason": "投亲"}, clerk)
    assert draft.fields["reason"].shown == "投亲靠友"
    draft = office.register.type_fields(draft.id, {"reason": "14"}, clerk)
    assert {one.code for one in draft.fields["reason"].problems} == {"FIELD-CODE"}
    office.register.edit(record.id, {"reason": "14"}, view.version, clerk, "当时就是探亲")
    corrected = office.register.record(record.id, clerk)
    assert corrected.fields["reason"].value == "14"


def test_how_many_hold_a_code_that_is_closed(office, clerk, tables, boss, people) -> None:
    office.register_person(clerk, people(), reason="12")
    office.register_person(clerk, people(2), reason="12")
    bring(tables, boss, reasons(without="12"))
    assert dict(tables.dry_run("reason", boss).uses) == {"12": 2}


def test_what_was_seen_is_what_is_put_in_force(tables, boss) -> None:
    bring(tables, boss, reasons(_18="测试事由"))
    seen = tables.dry_run("reason", boss).seen
    bring(tables, boss, reasons(_18="别的事由"))
    assert code_of(lambda: tables.put_in_force("reason", seen, boss)) == "TABLE-CHANGED"
    newer = tables.dry_run("reason", boss).seen
    tables.put_in_force("reason", newer, boss)
    tables.put_in_force("reason", newer, boss)
    assert CodeEdition.select().count() == 1
    assert code_of(lambda: tables.put_in_force("reason", seen, boss)) == "TABLE-CHANGED"
    assert code_of(lambda: tables.dry_run("reason", boss)) == "TABLE-WAITING-GONE"


def test_a_file_with_a_refused_line_is_never_put_in_force(tables, boss) -> None:
    bring(tables, boss, reasons(without="17"))
    run = tables.dry_run("reason", boss)
    assert [one.code for one in run.refused] == ["TABLE-LINE-FIXED"]
    assert code_of(lambda: tables.put_in_force("reason", run.seen, boss)) == "TABLE-REFUSED"
    tables.give_up("reason", boss)
    tables.give_up("reason", boss)
    assert (CodeUpload.select().count(), CodeEdition.select().count()) == (0, 0)


def test_an_edition_holds_from_its_day(office, tables, boss) -> None:
    put(tables, boss, reasons(without="09", _18="测试事由"), "20261125")
    assert (codes.resolve("reason", "18"), codes.resolve("reason", "09")) == (None, "09")
    office.clock.forward(2 * 86400)
    assert (codes.resolve("reason", "18"), codes.resolve("reason", "09")) == ("18", None)
    assert [codes.is_taken("reason", "09", date(2026, 11, day)) for day in (24, 25)] == [True, False]


def test_a_file_that_waited_past_its_day_holds_from_the_day_it_is_put_in_force(office, tables, boss) -> None:
    bring(tables, boss, reasons(without="09"))
    office.clock.forward(3 * 86400)
    run = tables.dry_run("reason", boss)
    assert run.holds_from == date(2026, 11, 26)
    tables.put_in_force("reason", run.seen, boss)
    assert [codes.is_taken("reason", "09", date(2026, 11, day)) for day in (25, 26)] == [True, False]


def test_a_code_that_the_rules_need_comes_back_where_an_edition_lacks_it(office, tables, boss) -> None:
    put(tables, boss, reasons(_18="测试事由"))
    CodeLine.delete().where(CodeLine.code == "17").execute()
    tables.load()
    assert codes.resolve("reason", "17") == "17"


def test_what_cannot_wait(tables, boss) -> None:
    cases: list[tuple[dict, str]] = [
        ({"content": b" "}, "TABLE-NO-FILE"),
        ({"content": b"\xff\xff"}, "TABLE-ENCODING"),
        ({"content": b"a,b"}, "TABLE-HEAD"),
        ({"edition": " "}, "TABLE-EDITION"),
        ({"edition": "x" * 101}, "TABLE-EDITION"),
        ({"source": ""}, "TABLE-SOURCE"),
        ({"holds_from": "bald"}, "TABLE-DATE"),
        ({"holds_from": "20261122"}, "TABLE-DATE"),
    ]
    for changes, code in cases:
        given = {"content": reasons(), "edition": "1", "source": "测试", "holds_from": ""} | changes
        assert code_of(lambda given=given: tables.bring("reason", Brought(**given), boss)) == code
        assert CodeUpload.select().count() == 0


def test_only_a_supervisor_may(office, clerk, tables) -> None:
    for act in (
        lambda: tables.all(clerk),
        lambda: tables.one("reason", clerk),
        lambda: tables.csv("reason", clerk),
        lambda: bring(tables, clerk, reasons()),
        lambda: tables.dry_run("reason", clerk),
        lambda: tables.give_up("reason", clerk),
        lambda: tables.put_in_force("reason", "", clerk),
        lambda: tables.rule("days_in_scope", clerk),
        lambda: tables.set_rule(NEW_DAYS, clerk),
        lambda: tables.withdraw_rule("days_in_scope", "", clerk),
    ):
        with pytest.raises(RightsDenied):
            act()
    assert CodeUpload.select().count() == RuleValue.select().count() == 0


def test_every_table_goes_out_and_comes_in_unchanged(tables, boss) -> None:
    for name in (*code_tables.shipped(), RULES):
        bring(tables, boss, tables.csv(name, boss), name=name)
        run = tables.dry_run(name, boss)
        assert (run.refused, run.steps, run.rules, run.can_be_put_in_force) == ((), (), (), False), name
    assert tables.all(boss).is_waiting
    assert all(line.is_waiting and line.is_shipped for line in tables.all(boss).tables)


def test_a_value_holds_from_its_day_and_old_records_go_by_theirs(office, clerk, tables, boss, people) -> None:
    arrived = {"arrive_city_date": "2026-11-20", "arrive_here_date": "2026-11-20"}
    record = office.register_person(clerk, people(), **arrived)
    tables.set_rule(NEW_DAYS, boss)
    tables.set_rule(NEW_DAYS, boss)
    assert RuleValue.select().count() == 1
    assert in_force.now().parameters.on(date(2026, 11, 30)) == rules.shipped().on(date(2026, 11, 30))
    assert tables.rules_today.days_in_scope == 3
    office.clock.forward(8 * 86400)
    assert tables.rules_today.days_in_scope == 5
    clerk = at_the_desk(office)
    later = {"arrive_city_date": "2026-11-28", "arrive_here_date": "2026-11-28"}
    with pytest.raises(Problems):
        office.register_person(clerk, people(2), **later)
    office.register.edit(record.id, later, record.version, clerk, "日期登错")
    (row,) = AuditEntry.select().where(AuditEntry.action == "tables.rule-changed")
    assert row.facts == {"key": "days_in_scope", "value": 5, "valid_from": "2026-12-01"}
    sent = OutboxRow.get(OutboxRow.kind == "rules.value")
    assert (sent.subject_id, sent.body["reason"], sent.body["value"]) == (row.subject_id, "测试", 5)


def test_a_cancellation_goes_by_the_rules_of_its_day(office, clerk, tables, boss, people) -> None:
    record = office.register_person(clerk, people())
    typed = {
        "cancel_kind": "31",
        "leave_date": "20261120",
        "evidence": "8",
        "visits": "20261120 1000\n20261121 1000",
    }
    office.register.keep_cancellation(record.id, typed, record.version, clerk)
    assert [one.code for one in office.register.cancellation(record.id, clerk).problems] == ["CANCEL-VISITS-FEW"]
    tables.set_rule(NEW_DAYS | {"key": "least_visits", "value": "2", "valid_from": "20261123"}, boss)
    assert office.register.cancellation(record.id, clerk).problems == ()


def test_a_planned_value_is_replaced_or_taken_back_and_one_that_holds_is_not(office, tables, boss) -> None:
    tables.set_rule(NEW_DAYS, boss)
    tables.set_rule(NEW_DAYS | {"value": "7", "valid_from": "20261127"}, boss)
    view = tables.rule("days_in_scope", boss)
    assert [(one.value, one.state) for one in view.values] == [(7, "planned"), (3, "now"), (5, "withdrawn")]
    tables.withdraw_rule("days_in_scope", view.values[0].id, boss)
    tables.withdraw_rule("days_in_scope", view.values[0].id, boss)
    assert in_force.now().parameters == rules.shipped()
    tables.set_rule(NEW_DAYS | {"valid_from": "20261123"}, boss)
    now = tables.rule("days_in_scope", boss).values[0]
    assert (now.value, now.state, now.reason, now.entered_by) == (5, "now", "测试", "supervisor")
    assert code_of(lambda: tables.withdraw_rule("days_in_scope", now.id, boss)) == "RULE-HOLDS"
    tables.set_rule(NEW_DAYS | {"value": "4", "valid_from": "20261123"}, boss)
    assert tables.rules_today.days_in_scope == 4
    standing = RuleValue.select().where(RuleValue.withdrawn_at.is_null())
    assert [(row.value, row.valid_from) for row in standing] == [(4, date(2026, 11, 23))]


def test_which_values_are_refused(tables, boss) -> None:
    cases: list[tuple[dict, str]] = [
        ({"key": "none"}, "RULE-UNKNOWN"),
        ({"value": "x"}, "RULE-VALUE"),
        ({"valid_from": "20261122"}, "RULE-BEFORE"),
        ({"basis": "SH-1"}, "RULE-BASIS"),
        ({"reason": " "}, "REASON-MISSING"),
        ({"value": "3", "basis": "HKDJ-1958", "article": "15"}, "RULE-SAME"),
    ]
    for changes, code in cases:
        assert code_of(lambda changes=changes: tables.set_rule(NEW_DAYS | changes, boss)) == code
        assert RuleValue.select().count() == 0


def test_values_come_as_a_file(office, tables, boss) -> None:
    text = csv_text.decoded(tables.csv(RULES, boss))
    line = next(one for one in text.splitlines() if one.startswith("days_in_scope"))
    longer = line.replace(",,,HKDJ-1958", ",,2026-12-31,HKDJ-1958") + "\n" + line.replace("3,,,", "5,2027-01-01,,")
    put(tables, boss, text.replace(line, longer).encode(), name=RULES)
    assert [one.days_in_scope for one in map(in_force.now().parameters.on, (date(2026, 12, 31), date(2027, 1, 1)))] == [
        3,
        5,
    ]
    put(tables, boss, text.encode("gb18030"), name=RULES)
    assert in_force.now().parameters == rules.shipped()
    assert [row.withdrawn_at is None for row in RuleValue.select()] == [False]
    assert RuleValue.get().reason == "测试文件"
    bring(tables, boss, text.replace(",3,,,HKDJ-1958", ",4,,,HKDJ-1958").encode(), name=RULES)
    assert code_of(lambda: tables.put_in_force(RULES, tables.dry_run(RULES, boss).seen, boss)) == "TABLE-REFUSED"


def test_days_between_two_looks_do_not_matter(office, tables, boss) -> None:
    put(tables, boss, reasons(_18="测试事由"))
    first = codes.table("reason")
    office.clock.forward(timedelta(days=400).total_seconds())
    assert codes.table("reason") == first
