"""Files of rows as they come: encodings, workbooks of others, hostile ones; and ours as another library reads them."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import openpyxl
import pytest

from agent.errors import CodedError
from agent.exchange import xlsx_reading
from agent.exchange.cells import Number, as_text, flaw, has_lost_digits, inert, inert_and_whole, unmarked
from agent.exchange.tables_read import sheet_of
from agent.exchange.xlsx_writing import workbook

FORMULAS = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1", "＋1", "－1", "＠x", "'=1",
    "''+1", "=cmd|'/c calc'!A0",
]  # fmt: skip
REWRITTEN = ["990000198506120014", "01", "1-2", "3/4", "1E5", "1.10", "0101", "12:30", "1,000", "138000000001"]
KEPT = ["", "13800000000", "0", "101", "2026-03-02", "测试路", "01 汉族", "1号", "甲1", "'", "990000********0014"]


def rows_of(content: bytes) -> list[list[str]]:
    return list(sheet_of(content).rows())


def refusal(content: bytes) -> str:
    with pytest.raises(CodedError) as refused:
        rows_of(content)
    return refused.value.code


def made_by_another(*rows: list[object]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def changed(content: bytes, part: str, old: bytes, new: bytes) -> bytes:
    """A workbook of which one part says something else."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            held = before.read(name)
            if name == part:
                assert old in held
                held = held.replace(old, new, 1)
            after.writestr(name, held)
    return made.getvalue()


@pytest.mark.parametrize("text", FORMULAS)
def test_what_would_be_a_formula_begins_with_a_mark(text):
    assert inert(text) == inert_and_whole(text) == "'" + text


@pytest.mark.parametrize("text", REWRITTEN)
def test_what_a_spreadsheet_would_rewrite_is_marked_in_csv_alone(text):
    assert inert_and_whole(text) == "'" + text
    assert inert(text) == text


@pytest.mark.parametrize("text", KEPT)
def test_all_else_stays_as_it_is(text):
    assert inert(text) == inert_and_whole(text) == unmarked(text) == text


@pytest.mark.parametrize(
    ("text", "is_lost"),
    [
        ("9.90000198506E+17", True), ("9.9e17", True), ("990000198506120000", True), ("990000198506121000", True),
        ("990000198506120014.0", True), (Number("990000198506120014"), True), ("990000198506120014", False),
        ("990000850612001", False), (Number("990000850612001"), False), ("13800000000", False), ("", False),
        (" 1.1E+17 ", True), ("99000019850612001X", False),
    ],
)  # fmt: skip
def test_a_number_that_has_been_a_float_is_noticed(text, is_lost):
    assert has_lost_digits(text) is is_lost


def test_a_short_number_of_a_workbook_is_written_as_people_would():
    assert [as_text(Number(raw)) for raw in ("13800000000.0", "1.38E+10", "3", "2.50", "x", "1e400", "NaN")] == [
        "13800000000", "13800000000", "3", "2.5", "x", "1e400", "NaN",
    ]  # fmt: skip


def test_characters_that_were_lost_or_are_private_are_named():
    assert [flaw(text) for text in ("测试", "测\ufffd", "测\ue863", "\U000f0001", "a\0b", "测\0", "𠮷")] == [
        "", "IMPORT-LOST-CHARACTER", "IMPORT-PRIVATE-CHARACTER", "IMPORT-PRIVATE-CHARACTER",
        "IMPORT-CONTROL", "IMPORT-CONTROL", "",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("encoding", "told"), [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("gb18030", "GB18030"), ("gbk", "GB18030")]
)
@pytest.mark.parametrize("parter", [",", ";", "\t"])
def test_text_in_either_encoding_is_read(encoding, told, parter):
    content = parter.join(["姓名", "住址"]) + '\r\n测试甲,"测试路\n1号"'.replace(",", parter)
    sheet = sheet_of(content.encode(encoding))
    assert sheet.encoding == told
    assert list(sheet.rows()) == [["姓名", "住址"], ["测试甲", "测试路\n1号"]]


def test_one_spoilt_character_spoils_its_row_and_no_other():
    content = "姓名,住址\n测试甲,测试路\n测试乙,测试路\n".encode()
    broken = content.replace("乙".encode(), b"\xe4\xb9")
    assert rows_of(broken) == [["姓名", "住址"], ["测试甲", "测试路"], ["测试\ufffd", "测试路"]]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b" \r\n", "IMPORT-EMPTY"), ("姓名".encode("utf-16"), "IMPORT-ENCODING"), (b"a\0b", "IMPORT-ENCODING"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "IMPORT-OLD-EXCEL"), (b"PK\x03\x04 no archive", "IMPORT-XLSX"),
        (b"," * 300, "IMPORT-TOO-WIDE"), (b'"' + b"x" * 200_000 + b'"', "IMPORT-CSV"),
    ],
)  # fmt: skip
def test_what_is_no_such_file_is_refused(content, code):
    assert refusal(content) == code


def test_a_workbook_of_another_program_is_read():
    content = made_by_another(
        ["姓名", "手机", "号码"], ["  测试甲", 13800000000, 990000198506120014], [], [None, 2.5, True, date(2026, 3, 2)]
    )
    rows = rows_of(content)
    assert rows[0] == ["姓名", "手机", "号码"]
    assert rows[1][:2] == ["  测试甲", "13800000000"]
    assert has_lost_digits(rows[1][2])
    assert rows[2] == []
    assert rows[3] == ["", "2.5", "1", "46083"]


def test_our_workbook_is_read_by_another_program_as_text_alone():
    texts = ["990000198506120014", "=1+1", " 两 ", "测\n试", "𠮷𰻝", "<&>\"'"]
    book = openpyxl.load_workbook(io.BytesIO(workbook(["列"] * 6, [texts])))
    cells = list(book.active.iter_rows())[1]
    assert [cell.value for cell in cells] == texts
    assert {cell.data_type for cell in cells} == {"s"}
    assert {cell.number_format for cell in cells} == {"@"}


def test_a_cell_far_out_is_refused_before_room_is_made_for_it():
    plain = workbook(["列"], [["值"]])
    for place, code in ((b'<c r="XFD1"><v>1</v></c>', "IMPORT-TOO-WIDE"), (b'<c r="1"><v>1</v></c>', "IMPORT-XLSX")):
        far = changed(plain, "xl/worksheets/sheet1.xml", b"</row></sheetData>", place + b"</row></sheetData>")
        assert refusal(far) == code
    low = changed(plain, "xl/worksheets/sheet1.xml", b"<row>", b'<row r="1048576">')
    assert refusal(low) == "IMPORT-TOO-LONG"


def test_entities_document_types_and_damage_are_refused():
    plain = workbook(["列"], [["值"]])
    entity = b'<!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet'
    assert refusal(changed(plain, "xl/worksheets/sheet1.xml", b"<worksheet", entity)) == "IMPORT-XLSX-HOSTILE"
    outside = b'<!DOCTYPE w SYSTEM "file:///etc/hostname"><workbook'
    assert refusal(changed(plain, "xl/workbook.xml", b"<workbook", outside)) == "IMPORT-XLSX-HOSTILE"
    assert refusal(changed(plain, "xl/worksheets/sheet1.xml", b"</row>", b"</rwo>")) == "IMPORT-XLSX"
    dated = changed(plain, "xl/workbook.xml", b"<sheets>", b'<workbookPr date1904="1"/><sheets>')
    assert refusal(dated) == "IMPORT-XLSX-1904"
    for cut in range(4, len(plain), 97):
        assert refusal(plain[:cut]) == "IMPORT-XLSX"


def test_an_archive_that_unpacks_to_too_much_is_refused(monkeypatch):
    monkeypatch.setattr(xlsx_reading, "MOST_UNPACKED_BYTES", 200_000)
    bomb = changed(workbook(["列"], [["值"]]), "xl/worksheets/sheet1.xml", b"</worksheet>", b" " * 300_000)
    assert len(bomb) < 20_000
    assert refusal(bomb) == "IMPORT-XLSX-HOSTILE"
