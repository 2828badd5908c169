"""Files taken in: a dry run writes nothing, a run writes what is new by the same rules, and doubles nothing."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

import pytest

from agent.accounts.service import SignedIn
from agent.errors import CodedError, RightsDenied
from agent.exchange import passes
from agent.exchange.service import ExchangeService
from agent.exchange.tables_read import sheet_of
from agent.exchange.views import Counts, FileView
from agent.exchange.xlsx_writing import workbook
from agent.register import outgoing
from peewee_models import finding_index, register_queries
from peewee_models.audit import AuditEntry
from peewee_models.audit_chain import look_over
from peewee_models.exchange import ImportRun
from peewee_models.outbox import OutboxRow
from peewee_models.register import FieldOrigin, Household, Person, Registration

HEADS = [
    "姓名",
    "身份证号",
    "民族",
    "户籍地址",
    "来沪日期",
    "入住日期",
    "居住事由",
    "证明类别",
    "街道",
    "路名",
    "号",
    "室",
    "手机",
    "文化程度",
]
ALL_ROWS = {
    "soldier": "0", "notice_given": "1", "verify_mode": "4", "id_type": "111", "district": "310112", "place_type": "30",
    "committee": "测试居委",
}  # fmt: skip


class Importing:
    """A supervisor with files."""

    def __init__(self, office: Any, numbers: Any) -> None:
        self.office, self._numbers = office, numbers
        self.exchange = ExchangeService(office.register, office.accounts)
        self.boss = office.sign_in("supervisor")

    def row(self, number: int, **said: str) -> list[str]:
        row = dict(zip(HEADS, self._usual(number), strict=True)) | said
        return [row[head] for head in HEADS]

    def _usual(self, number: int) -> list[str]:
        whole = self._numbers(f"99000019850612{number:03d}")
        days = ["2026/1/2", "20260103"]
        where = ["莘庄镇", "测试路", str(number), "101", f"138{number:08d}", "高中"]
        return [
            "测试" + "一二三四五六七八九"[number % 9],
            whole,
            "汉",
            "测试地区测试路1号",
            *days,
            "随迁亲属",
            "2",
            *where,
        ]

    def file(self, rows: Iterable[list[str]], heads: list[str] = HEADS) -> bytes:
        text = io.StringIO()
        csv.writer(text).writerows([heads, *rows])
        return text.getvalue().encode("gb18030")

    def check(self, content: bytes, legacy: dict[str, str] | None = None, **constants: str) -> FileView:
        imports = self.exchange.imports
        imports.take(content, self.boss)
        keys = [column.key for column in self.look().columns]
        imports.check(keys, ALL_ROWS | constants, legacy or {}, self.boss)
        imports.wait()
        return self.look()

    def run(self) -> FileView:
        self.exchange.imports.run(self.boss, self.office.passwords["supervisor"])
        self.exchange.imports.wait()
        return self.look()

    def look(self) -> FileView:
        seen = self.exchange.imports.look(self.boss)
        assert seen is not None
        return seen

    def reasons(self, seen: FileView) -> dict[int, str]:
        """What is said of the rows that are not taken in, by their place below the head."""
        return {one.line - 1: " ".join(self.exchange.reasons(one, "zh")) for one in seen.rejections}


@pytest.fixture
def importing(office: Any, numbers: Any) -> Importing:
    return Importing(office, numbers)


def codes(seen: FileView) -> dict[int, list[tuple[str, str | None]]]:
    return {one.line - 1: [(problem.code, problem.field) for problem in one.problems] for one in seen.rejections}


def stored() -> list[int]:
    return [table.select().count() for table in (Person, Registration, FieldOrigin, OutboxRow, Household)]


def test_a_dry_run_writes_nothing_and_the_run_writes_what_is_new(importing: Importing) -> None:
    seen = importing.check(importing.file(importing.row(number) for number in range(1, 6)))
    assert (seen.state, seen.counts, seen.encoding) == ("checked", Counts(rows=5, made=5), "GB18030")
    assert stored() == [0] * 5
    seen = importing.run()
    assert (seen.state, seen.counts.made) == ("done", 5)
    people = {person.id_no: person for person in Person.select()}
    record = Registration.get(Registration.person == people[importing.row(3)[1]])
    assert (record.arrive_here_date.isoformat(), record.verify_mode, record.reason) == ("2026-01-03", "4", "08")
    assert record.form_no == "31011210120261123D0000003"
    assert [line.name for line in importing.office.register.find(importing.row(3)[1], importing.boss)] == ["测试四"]
    if finding_index.serves(importing.office.store):
        assert finding_index.faults(importing.office.store) == 0


def test_what_is_written_is_told_and_audited_as_a_saved_form_is(importing: Importing) -> None:
    importing.check(importing.file([importing.row(1), importing.row(2)]))
    importing.run()
    for row in Registration.select():
        record = register_queries.by_key(row.id)
        sent = OutboxRow.get(OutboxRow.subject_id == row.id)
        assert (sent.kind, sent.version, sent.body) == ("registration.saved", 1, outgoing.body(record))
        assert AuditEntry.select().where(
            (AuditEntry.subject_id == row.id) & (AuditEntry.action == "register.imported")
        ).count() == 1  # fmt: skip
    assert [row.seq for row in OutboxRow.select().order_by(OutboxRow.seq)] == [1, 2]
    assert look_over(importing.office.store).fault == ""
    audited = repr(list(AuditEntry.select().dicts())) + repr(list(ImportRun.select().dicts()))
    assert not [said for said in (*importing.row(1)[:2], "13800000001", "测试路1号") if said in audited]
    record = importing.office.register.full_views.look(str(row.id), importing.boss).record
    sources = {key: view.source for key, view in record.fields.items() if view.value}
    assert set(sources.values()) == {"import"}
    assert not [key for key, view in record.fields.items() if view.source and not view.value]


def test_once_more_doubles_nothing_and_overwrites_nothing(importing: Importing) -> None:
    rows = [importing.row(number) for number in range(1, 5)]
    importing.check(importing.file(rows))
    importing.run()
    before = stored()
    seen = importing.check(importing.file(rows))
    assert seen.counts == Counts(rows=4, equal=4)
    rows[1][12] = "13911111111"
    seen = importing.check(importing.file([*rows, importing.row(9)]))
    assert seen.counts == Counts(rows=5, made=1, equal=3, different=1)
    assert codes(seen) == {2: [("IMPORT-DIFFERENT", "mobile")]}
    importing.run()
    assert Person.get(Person.id_no == rows[1][1]).mobile == "13800000002"
    assert stored()[0] == before[0] + 1


def test_a_row_is_judged_as_a_typed_form_and_says_why_it_is_refused(importing: Importing) -> None:
    wrong = importing.row(1)[1][:-1] + ("0" if importing.row(1)[1][-1] != "0" else "1")
    rows = [
        importing.row(1, 身份证号=wrong), importing.row(2, 手机="1380"), importing.row(3, 民族="火星族"),
        importing.row(4, 入住日期="2027-01-01"), importing.row(5, 路名=""),
        importing.row(6, 身份证号="9.90000198506E+17"),
        importing.row(7, 身份证号="990000198506120000"), importing.row(8, 姓名="测\ue863"), importing.row(9),
        importing.row(9, 手机="13800000099"), importing.row(10, 户籍地址="上海市测试区"),
        importing.row(11, 身份证号="990000********0049"),
    ]  # fmt: skip
    seen = importing.check(importing.file(rows))
    said = codes(seen)
    assert {place: each[0] for place, each in said.items()} == {
        1: ("ID-CHECK-DIGIT", "id_no"), 2: ("MOBILE-SHORT", "mobile"), 3: ("FIELD-CODE", "ethnic"),
        4: ("DATE-FUTURE", "arrive_here_date"), 5: ("FIELD-MISSING", "road"), 6: ("IMPORT-LOST-DIGITS", "id_no"),
        7: ("IMPORT-LOST-DIGITS", "id_no"), 8: ("IMPORT-PRIVATE-CHARACTER", "name"), 10: ("IMPORT-TWICE", None),
        11: said[11][0], 12: ("IMPORT-MASKED", "id_no"),
    }  # fmt: skip
    assert importing.reasons(seen)[2] == "手机：手机号应为 11 位，还差 7 位。"
    assert importing.reasons(seen)[10] == "与文件第 10 行是同一个人。"
    assert seen.counts == Counts(rows=12, made=1, rejected=11)


def test_the_file_of_rejections_has_the_rows_as_they_came_with_reasons(importing: Importing) -> None:
    importing.check(importing.file([importing.row(1), importing.row(2, 手机="=1+1", 姓名="01")]))
    content = importing.exchange.imports.rejections(importing.boss)
    assert b',"\'=1+1",' in content
    rows = list(sheet_of(content).rows())
    assert rows[0] == ["原文件行号", "处理", "原因", *HEADS]
    (rejected,) = rows[1:]
    assert rejected[:2] == ["3", "改正后再导入"]
    assert "姓名：" in rejected[2]
    assert rejected[3:] == importing.row(2, 手机="=1+1", 姓名="01")


def test_workbooks_days_and_editions_of_codes_are_understood(importing: Importing) -> None:
    heads = [head if head != "来沪日期" else "来沪日期（必填）" for head in HEADS]
    rows = [["来沪人员名单"], heads, importing.row(1, 居住事由="204", 民族="01 汉族"), importing.row(2, 居住事由="999")]
    content = workbook(rows[0], rows[1:])
    seen = importing.check(content, {"reason": "police-app"})
    assert (seen.encoding, seen.head_line, seen.total) == ("XLSX", 2, 2)
    assert codes(seen) == {3: [("FIELD-MISSING", "reason_other")]}
    importing.run()
    assert [record.reason for record in Registration.select()] == ["01"]


def test_who_lives_at_one_dwelling_is_one_household(importing: Importing, clerk: SignedIn, people: Any) -> None:
    there = importing.office.register_person(clerk, people(99), no="1", room="101")
    rows = [
        importing.row(1),
        importing.row(2, 号="2"),
        importing.row(3, 号="2"),
        importing.row(4, 室=""),
        importing.row(5, 室=""),
    ]
    importing.check(importing.file(rows))
    importing.run()
    by_number = {row.person.id_no: str(row.household_id) for row in Registration.select()}
    first, second, third, fourth, fifth = (by_number[row[1]] for row in rows)
    assert first == there.household
    assert second == third
    assert len({first, second, fourth, fifth}) == 4


def test_a_cancelled_persons_row_is_for_somebody_to_look_at(importing: Importing, clerk: SignedIn, people: Any) -> None:
    record = importing.office.register_person(clerk, people(1))
    left = {"cancel_kind": "31", "leave_date": "20261120", "evidence": "1", "second_name": "supervisor"}
    second = ("supervisor", importing.office.passwords["supervisor"])
    importing.office.register.cancel(record.id, left, 1, clerk, second)
    seen = importing.check(importing.file([importing.row(1)]))
    assert codes(seen) == {1: [("IMPORT-CANCELLED", "id_no")]}
    assert seen.counts.different == 1


def test_what_was_written_stays_when_a_run_is_stopped_and_the_next_goes_on(
    importing: Importing, monkeypatch: Any
) -> None:
    monkeypatch.setattr(passes, "AT_ONCE", 3)
    content = importing.file(importing.row(number) for number in range(1, 11))
    importing.check(content)
    imports = importing.exchange.imports
    monkeypatch.setattr(imports, "_told", lambda lying: lying.found.done >= 6 and lying.is_over.set())
    seen = importing.run()
    assert (seen.state, seen.counts.made) == ("cancelled", 6)
    (run,) = imports.runs(importing.boss)
    assert (run.state, run.last_row, run.counts.made) == ("cancelled", 7, 6)
    assert stored()[:2] == [6, 6]
    monkeypatch.undo()
    assert importing.check(content).counts == Counts(rows=10, made=4, equal=6)
    assert importing.run().state == "done"
    assert stored()[:2] == [10, 10]


def test_a_batch_that_fails_leaves_nothing_of_itself(importing: Importing, monkeypatch: Any) -> None:
    monkeypatch.setattr(passes, "AT_ONCE", 3)
    importing.check(importing.file(importing.row(number) for number in range(1, 8)))
    write, batches = passes.Entering.write, []

    def failing(self: Any, rows: Any) -> None:
        write(self, rows)
        batches.append(rows)
        if len(batches) == 2:
            raise CodedError("DATABASE-FULL", "technician", "after_action")  # type: ignore[arg-type]

    monkeypatch.setattr(passes.Entering, "write", failing)
    seen = importing.run()
    assert (seen.state, seen.error_code) == ("failed", "DATABASE-FULL")
    (run,) = importing.exchange.imports.runs(importing.boss)
    assert (run.state, run.error_code, run.last_row) == ("failed", "DATABASE-FULL", 4)
    assert stored() == [3, 3, stored()[2], 3, 3]
    assert AuditEntry.select().where(AuditEntry.action == "register.imported").count() == 3


def test_a_run_that_the_agent_left_is_told_as_interrupted(importing: Importing) -> None:
    importing.check(importing.file([importing.row(1)]))
    importing.run()
    ImportRun.update(state="running", ended_at=None).execute()
    ExchangeService(importing.office.register, importing.office.accounts).start()
    (run,) = importing.exchange.imports.runs(importing.boss)
    assert (run.state, run.ended_at) == ("interrupted", importing.office.clock.now())


def test_groups_that_are_numbered_otherwise_stop_the_run_until_somebody_has_looked(importing: Importing) -> None:
    seen = importing.check(importing.file(importing.row(number, 民族="03") for number in range(1, 121)))
    assert seen.share_of_han == 0
    own = importing.office.passwords["supervisor"]
    with pytest.raises(CodedError, match="IMPORT-GROUPS"):
        importing.exchange.imports.run(importing.boss, own)
    importing.exchange.imports.run(importing.boss, own, has_seen_groups=True)
    importing.exchange.imports.wait()
    assert importing.look().state == "done"


def test_only_supervisors_and_one_file_at_a_time(importing: Importing, clerk: SignedIn) -> None:
    imports, boss, office = importing.exchange.imports, importing.boss, importing.office
    with pytest.raises(RightsDenied):
        imports.take(b"x", clerk)
    for act, code in (
        (lambda: imports.take(b"", boss), "IMPORT-NONE"),
        (lambda: imports.take(importing.file([]), boss), "IMPORT-NO-ROWS"),
        (lambda: imports.run(boss, office.passwords["supervisor"]), "IMPORT-GONE"),
    ):
        with pytest.raises(CodedError, match=code):
            act()
    imports.take(importing.file([importing.row(1)]), boss)
    with pytest.raises(CodedError, match="IMPORT-NOT-CHECKED"):
        imports.run(boss, office.passwords["supervisor"])
    with pytest.raises(CodedError, match="IMPORT-NO-COLUMNS"):
        imports.check([], ALL_ROWS, {}, boss)
    importing.check(importing.file([importing.row(1)]))
    with pytest.raises(CodedError, match="ACCOUNT-OWN-PASSWORD"):
        imports.run(boss, "not this one")
    assert stored()[0] == 0
    office.clock.forward(3601)
    importing.exchange.keep_house()
    assert imports.look(boss) is None


def test_an_answer_that_another_one_rules_out_is_not_taken_in_and_keeps_nobody_out(importing: Importing) -> None:
    heads = [*HEADS, "房东", "岗位", "曾用名"]
    rows = [[*importing.row(1, 证明类别="1"), "测试房东", "", "测试旧"], [*importing.row(2), "测试房东", "测试员", ""]]
    seen = importing.check(importing.file(rows, heads), place_type="21")
    assert seen.counts == Counts(rows=2, made=2)
    importing.run()
    held = [register_queries.values_of(row) for row in Registration.select().order_by(Registration.form_no)]
    assert [one["owner_name"] for one in held] == ["", "测试房东"], "the second has a lease for its proof"
    assert [(one["job"], one["former_name"]) for one in held] == [("", "测试旧"), ("测试员", "")]
