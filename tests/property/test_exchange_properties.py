"""Any text in any cell survives its way out and in again, and no cell of ours is ever a formula."""

from __future__ import annotations

import io
import re
from contextlib import suppress

import openpyxl
from hypothesis import example, given
from hypothesis import strategies as st

from agent.errors import CodedError
from agent.exchange.cells import inert
from agent.exchange.exports import as_csv
from agent.exchange.tables_read import sheet_of
from agent.exchange.xlsx_writing import workbook
from drivers.stored_text import storable

# What people type, what spreadsheets calculate, and everything else that can be stored.
ODD = st.sampled_from(
    ["=1", "'", "''=", "+", "-1", "@", "\t", "\r", "\n", "_x000D_", "_x0041_", "01", "1E5", "990000", "＝"]
)
TEXTS = st.lists(st.one_of(st.text(max_size=8), ODD), max_size=4).map(lambda parts: storable("".join(parts)))
ROWS = st.lists(st.lists(TEXTS, min_size=2, max_size=4), min_size=1, max_size=5)
FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")


def rows_or_none(content: bytes) -> list[list[str]]:
    """The rows of a file; none where it is refused by a code of ours.  Any other exception is a failure."""
    with suppress(CodedError):
        return list(sheet_of(content).rows())
    return []


def trimmed(rows: list[list[str]]) -> list[list[str]]:
    """Rows without the empty cells behind, which no workbook has."""
    return [row[: max((place + 1 for place, text in enumerate(row) if text), default=0)] for row in rows]


@given(ROWS)
@example([["'=1", "''=1"], ["\r\n", "a\r"], ["_x000D_", "x_x005F_"], ["\ufeff", "\ufffe"]])
def test_any_text_survives_a_workbook(rows: list[list[str]]) -> None:
    content = workbook(["列", "列"], [[inert(text) for text in row] for row in rows])
    assert trimmed(list(sheet_of(content).rows())[1:]) == trimmed(rows)


@given(ROWS)
@example([["'01", "01"], ["1-2", "'=1"], ["\r", "a\r\nb"], ["\ufeff", "\ufffe"]])
def test_any_text_survives_csv(rows: list[list[str]]) -> None:
    content = as_csv(["列", "列"], rows)
    assert content.startswith(b"\xef\xbb\xbf")
    assert list(sheet_of(content).rows())[1:] == rows


@given(TEXTS)
def test_no_cell_of_ours_is_a_formula_to_anybody(text: str) -> None:
    assert not FORMULA.match(inert(text))
    book = openpyxl.load_workbook(io.BytesIO(workbook(["列"], [[inert(text)]])))
    assert {cell.data_type for row in book.active.iter_rows() for cell in row} <= {"s", "n"}
    assert not any(isinstance(cell.value, int | float) for row in book.active.iter_rows() for cell in row)


@given(st.binary(max_size=300), st.sampled_from([b"", b"PK\x03\x04", b"\xef\xbb\xbf"]))
def test_any_bytes_are_rows_or_refused(content: bytes, head: bytes) -> None:
    assert all(isinstance(cell, str) for row in rows_or_none(head + content) for cell in row)


@given(st.integers(0, 4000), st.integers(0, 255))
def test_a_spoilt_workbook_is_rows_or_refused(place: int, byte: int) -> None:
    content = bytearray(WHOLE)
    content[place % len(content)] = byte
    rows_or_none(bytes(content))


WHOLE = workbook(["姓名", "住址"], [["测试甲", "测试路1号"], ["测试乙", "=1"]])
