"""Code tables as files: written so that no spreadsheet runs a cell, read back as they were, and what each line does."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.errors import CodedError
from agent.register import code_tables
from agent.register.code_tables import About, CodeTable, Line
from agent.tables import csv_text, table_change

TODAY = date(2026, 11, 23)
FROM = date(2026, 12, 1)
YESTERDAY = TODAY - timedelta(days=1)
ABOUT = About("reason", "事由", "Reason", width=2, fixed=frozenset({"17"}))
LINES = (
    Line("01", "务工", "Employment", "wg"),
    Line("02", "经商", "Business", "js"),
    Line("03", "旧由", "Old reason", "jy", valid_to=date(2025, 12, 31)),
    Line("17", "其他", "Other", "qt"),
)
TABLE = CodeTable(ABOUT, LINES)
HEAD = "code,zh,en,initials,parent,is_offered,valid_from,valid_to\r\n"
WHOLE = "01,务工,Employment,wg\n02,经商,Business,js\n03,旧由,Old reason,jy,,1,,2025-12-31\n17,其他,Other,qt\n"


def plan(body: str, table: CodeTable = TABLE, head: str = HEAD) -> table_change.Plan:
    width = len(head.split(","))
    lines = [line + "," * (width - 1 - line.count(",")) for line in body.splitlines()]
    return table_change.plan(table, head + "\n".join(lines), FROM, TODAY)


def steps(made: table_change.Plan) -> list[tuple[str, str, str, str]]:
    days = ((one.kind, one.line.code, one.line.valid_from, one.line.valid_to) for one in made.steps)
    return [(kind, code, str(first or ""), str(last or "")) for kind, code, first, last in days]


def refusals(body: str) -> list[tuple[int, str]]:
    return [(one.number, one.code) for one in plan(body).refused]


@pytest.mark.parametrize("name", sorted(code_tables.shipped()))
def test_a_shipped_table_comes_back_as_it_went(name: str) -> None:
    table = code_tables.shipped()[name]
    made = table_change.plan(table, csv_text.decoded(table_change.written(table)), FROM, TODAY)
    assert (made.steps, made.refused, made.same) == ((), (), len(table.lines))
    assert made.lines == table.lines


@given(st.text(max_size=12))
def test_no_cell_is_a_formula_and_every_cell_comes_back(text: str) -> None:
    cell = text.strip()
    guarded = csv_text.guarded(cell)
    assert not guarded.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert csv_text.bare(guarded) == cell


def test_a_file_is_utf_8_with_its_mark_and_a_formula_is_taken_for_text() -> None:
    table = CodeTable(ABOUT, (Line("17", "=1+1", "@sum", "-x"),))
    content = table_change.written(table)
    assert content.startswith(b"\xef\xbb\xbfcode,")
    (row,) = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert (row["zh"], row["en"], row["initials"]) == ("'=1+1", "'@sum", "'-x")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_files_come_in_the_encodings_of_their_users(encoding: str) -> None:
    made = table_change.plan(TABLE, csv_text.decoded((HEAD + "17,其他,Other,qt,,,,").encode(encoding)), FROM, TODAY)
    assert made.refused == ()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\x00c\x00o", "TABLE-ENCODING"),
        (b"\xff\xff\xff", "TABLE-ENCODING"),
        (b"a,b\n1,2", "TABLE-HEAD"),
        (b"code,zh\n1,2", "TABLE-HEAD"),
        (b"code,zh,en,en\n1,2,3,4", "TABLE-HEAD"),
        (b"code,zh,en,colour\n1,2,3,4", "TABLE-HEAD"),
        (b'code,zh,en\n"1,2,3', "TABLE-NOT-CSV"),
        (b"code,zh,en\n" + b"1,2,3\n" * 5001, "TABLE-LONG"),
    ],
)
def test_what_is_no_table_is_refused_as_a_whole(content: bytes, code: str) -> None:
    with pytest.raises(CodedError) as refused:
        table_change.plan(TABLE, csv_text.decoded(content), FROM, TODAY)
    assert refused.value.code == code


def test_what_the_file_does_to_each_line() -> None:
    assert steps(plan(WHOLE)) == []
    assert steps(plan(WHOLE + "18,探亲,Visit,tq")) == [("new", "18", "2026-12-01", "")]
    assert steps(plan(WHOLE.replace("02,经商,Business,js\n", ""))) == [("closed", "02", "", "2026-11-30")]
    made = plan(WHOLE.replace("务工", "就业"))
    assert steps(made) == [("changed", "01", "2026-12-01", "")]
    assert [str(line.valid_to or "") for line in made.lines if line.code == "01"] == ["2026-11-30", ""]
    assert {line.text_zh for line in made.lines if line.code == "01"} == {"务工", "就业"}
    closed = plan(WHOLE.replace("Business,js", "Business,js,,1,,2027-01-31"))
    assert steps(closed) == [("closed", "02", "", "2027-01-31")]
    assert steps(plan(WHOLE.replace("Business,js", "Business,js,,0"))) == [("changed", "02", "2026-12-01", "")]


def test_a_plain_list_means_the_lines_that_hold_now() -> None:
    table = CodeTable(ABOUT, plan(WHOLE.replace("务工", "就业") + "18,探亲,Visit,tq").lines)
    plain = "01,就业,Employment\n02,经商,Business\n17,其他,Other\n18,探亲,Visit\n"
    again = table_change.plan(table, "code,zh,en\n" + plain, date(2027, 1, 1), FROM)
    assert (again.steps, again.refused, again.same) == ((), (), 4)
    named = table_change.plan(table, "code,zh,en\n" + plain.replace("探亲", "访友"), date(2027, 1, 1), FROM)
    assert [(one.kind, one.line.code, one.line.pinyin_initials) for one in named.steps] == [("changed", "18", "tq")]
    reopened = table_change.plan(table, "code,zh,en\n" + plain + "03,旧由,Old reason", date(2027, 1, 1), FROM)
    assert ("new", "03", "2027-01-01", "") in steps(reopened)
    assert reopened.refused == ()


@pytest.mark.parametrize(
    ("body", "number", "code"),
    [
        (WHOLE + "1,务农,Farming", 6, "TABLE-LINE-ZERO"),
        (WHOLE + "018,务农,Farming", 6, "TABLE-LINE-CODE"),
        (WHOLE + "=1,务农,Farming", 6, "TABLE-LINE-CODE"),
        (WHOLE + "1 8,务农,Farming", 6, "TABLE-LINE-CODE"),
        (WHOLE + "18,,Farming", 6, "TABLE-LINE-WORDS"),
        (WHOLE + "18,务农,务农", 6, "TABLE-LINE-WORDS"),
        (WHOLE + "18,务" + "农" * 100 + ",Farming", 6, "TABLE-LINE-WORDS"),
        (WHOLE + "18,务\ue863,Farming", 6, "TABLE-LINE-SHAPE"),
        (WHOLE + "18,务农,Farming,,,,,,,x", 6, "TABLE-LINE-SHAPE"),
        (WHOLE + "18,务农,Farming,,,vielleicht", 6, "TABLE-LINE-OFFERED"),
        (WHOLE + "18,务农,Farming,,,,2026-13-01", 6, "TABLE-LINE-DATE"),
        (WHOLE + "18,务农,Farming,,,,2027-02-01,2027-01-01", 6, "TABLE-LINE-DATE"),
        (WHOLE + "18,务农,Farming,,,,,2026-11-25", 6, "TABLE-LINE-DATE"),
        (WHOLE + "18,务工,Farming", 6, "TABLE-LINE-SAME-WORDS"),
        (WHOLE + "18,务农,Farming,,99", 6, "TABLE-LINE-PARENT"),
        (WHOLE + "18,务农,Farming,,18", 6, "TABLE-LINE-PARENT"),
        (WHOLE + "01,就业,Employment,,,,2027-01-01", 6, "TABLE-LINE-TWICE"),
        (WHOLE + "01,务工,Employment,wg", 6, "TABLE-LINE-TWICE"),
        (WHOLE + "01,就业,Employment,,,,2026-01-01", 6, "TABLE-LINE-PAST"),
        (WHOLE.replace("旧由", "古由"), 4, "TABLE-LINE-PAST"),
        (WHOLE.replace("2025-12-31", "2025-12-30"), 4, "TABLE-LINE-PAST"),
        (WHOLE.replace("Business,js", "Business,js,,1,,2026-11-21"), 3, "TABLE-LINE-PAST"),
        (WHOLE.replace("17,其他,Other,qt\n", ""), 0, "TABLE-LINE-FIXED"),
        (WHOLE.replace("Other,qt", "Other,qt,,0"), 0, "TABLE-LINE-FIXED"),
        (WHOLE.replace("Other,qt", "Other,qt,,1,,2027-12-31"), 0, "TABLE-LINE-FIXED"),
    ],
)
def test_why_a_line_is_refused(body: str, number: int, code: str) -> None:
    assert (number, code) in refusals(body)


def test_a_line_that_cannot_be_read_closes_nothing() -> None:
    made = plan(WHOLE.replace("02,经商,Business", "02,,Business"))
    assert [one.code for one in made.refused] == ["TABLE-LINE-WORDS"]
    assert made.steps == ()


def test_what_begins_today_can_be_mended_today_and_what_was_planned_can_go() -> None:
    today = CodeTable(ABOUT, (*LINES, Line("18", "探亲", "Visit", "tq", valid_from=TODAY)))
    mended = table_change.plan(today, HEAD + WHOLE_CELLS + "18,访友,Visit,fy,,,2026-11-23,", TODAY, TODAY)
    assert [(one.kind, one.line.text_zh) for one in mended.steps] == [("changed", "访友")]
    assert len([line for line in mended.lines if line.code == "18"]) == 1
    gone = table_change.plan(today, HEAD + WHOLE_CELLS, TODAY, TODAY)
    assert steps(gone) == [("closed", "18", "2026-11-23", "2026-11-23")]
    planned = CodeTable(ABOUT, (*LINES, Line("18", "探亲", "Visit", "tq", valid_from=FROM)))
    dropped = table_change.plan(planned, HEAD + WHOLE_CELLS, FROM, TODAY)
    assert steps(dropped) == [("dropped", "18", "2026-12-01", "")]
    assert dropped.lines == LINES


WHOLE_CELLS = (
    "01,务工,Employment,wg,,,,\n02,经商,Business,js,,,,\n03,旧由,Old reason,jy,,,,2025-12-31\n17,其他,Other,qt,,,,\n"
)

edits = st.lists(
    st.tuples(st.sampled_from(["01", "02", "18", "19"]), st.sampled_from(["甲", "乙", "丙"]), st.booleans()), max_size=4
)


@given(st.lists(edits, max_size=4))
def test_no_code_that_was_ever_in_force_vanishes_and_no_day_has_two_lines(
    files: list[list[tuple[str, str, bool]]],
) -> None:
    table, day = TABLE, TODAY
    for number, file in enumerate(files):
        day += timedelta(days=7)
        rows = {code: f"{code},{zh}{code},Word,,,{int(offered)},," for code, zh, offered in file}
        made = table_change.plan(table, HEAD + "17,其他,Other,qt,,,,\n" + "\n".join(rows.values()), day, day)
        assert made.refused == ()
        after = CodeTable(ABOUT, made.lines)
        for line in table.lines:
            then = line.valid_from or date(2000, 1, 1)
            known = after.line(line.code, then)
            assert known is not None, number
            assert known.text_zh == line.text_zh
        for code in {line.code for line in after.lines}:
            for one in (day - timedelta(days=1), day, day + timedelta(days=400)):
                assert sum(line.code == code and line.holds_on(one) for line in after.lines) <= 1
        table = after
