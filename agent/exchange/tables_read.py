"""What came as a file, as rows of text: CSV in UTF-8 or GB18030, or the first sheet of a workbook.

Source: domain reference 4.1 (encodings).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from agent.errors import Actor, CodedError, Retry
from agent.exchange import xlsx_reading
from agent.exchange.cells import MARK, Number, as_text, has_lost_digits, unmarked, unmarked_formula
from drivers.stored_text import REPLACEMENT

XLSX: Final = "XLSX"
_ZIP: Final = b"PK\x03\x04"
_OLD_EXCEL: Final = b"\xd0\xcf\x11\xe0"
_BOM: Final = b"\xef\xbb\xbf"
_WIDE_BOMS: Final = (b"\xff\xfe", b"\xfe\xff")
_PARTERS: Final = ",;\t"
_LOOKED_AT: Final = 20_000
_LONGEST_SHORT: Final = 11
"""So many digits a number may have that came as 1.38E+10: it has lost none."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file that can be read as rows, again and again.

    Attributes:
        encoding: `XLSX`, `UTF-8` or `GB18030`.
        content: the file; in memory only.
    """

    encoding: str
    content: bytes

    def rows(self) -> Iterator[list[str]]:
        """The rows, each as its texts; what we marked for spreadsheets is unmarked, and short numbers are texts.

        Raises: CodedError IMPORT-XLSX, IMPORT-XLSX-HOSTILE, IMPORT-TOO-WIDE, IMPORT-TOO-LONG, IMPORT-CSV.
        """
        given = xlsx_reading.rows_of(self.content) if self.encoding == XLSX else _of_csv(self.content, self.encoding)
        is_csv = self.encoding != XLSX
        for number, row in enumerate(given, start=1):
            if number > xlsx_reading.MOST_ROWS + 10:
                raise _refused("IMPORT-TOO-LONG", most=xlsx_reading.MOST_ROWS)
            yield [
                cell if type(cell) is str and not cell.startswith(MARK) else _plain(cell, is_csv=is_csv) for cell in row
            ]


def sheet_of(content: bytes) -> Sheet:
    """Tell what a file is.  Raises: CodedError IMPORT-EMPTY, IMPORT-OLD-EXCEL, IMPORT-ENCODING."""
    if not content.strip():
        raise _refused("IMPORT-EMPTY")
    if content.startswith(_ZIP):
        return Sheet(XLSX, content)
    if content.startswith(_OLD_EXCEL):
        raise _refused("IMPORT-OLD-EXCEL")
    if content.startswith(_WIDE_BOMS) or b"\0" in content[:_LOOKED_AT]:
        raise _refused("IMPORT-ENCODING")
    return Sheet(_encoding(content), content)


def _encoding(content: bytes) -> str:
    """UTF-8 where it is that, else GB18030; one with a few spoilt places is still what most of it is.

    Bytes of UTF-8 among which one is spoilt may all be something in GB18030, too.
    """
    if content.startswith(_BOM) or _is(content, "utf-8"):
        return "UTF-8"
    if not _is(content, "gb18030"):
        return min(("UTF-8", "GB18030"), key=lambda encoding: content.decode(encoding, "replace").count(REPLACEMENT))
    text = content.decode("utf-8", "replace")
    return "UTF-8" if text.count(REPLACEMENT) * 2 < len(text) - len(text.encode("ascii", "ignore")) else "GB18030"


def _is(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _of_csv(content: bytes, encoding: str) -> Iterator[list[str]]:
    text = content.removeprefix(_BOM).decode(encoding, "replace")
    head = text.lstrip("\r\n").partition("\n")[0]
    parter = max(_PARTERS, key=head.count)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=parter):
            if len(row) > xlsx_reading.MOST_COLUMNS:
                raise _refused("IMPORT-TOO-WIDE", most=xlsx_reading.MOST_COLUMNS)
            yield row
    except csv.Error as error:
        raise _refused("IMPORT-CSV") from error


def _plain(cell: str, *, is_csv: bool) -> str:
    if isinstance(cell, Number):
        return cell if has_lost_digits(cell) and len(as_text(cell)) > _LONGEST_SHORT else Number(as_text(cell))
    return unmarked(cell) if is_csv else unmarked_formula(cell)


def _refused(code: str, **facts: int) -> CodedError:
    return CodedError(code, Actor.SUPERVISOR, Retry.AFTER_ACTION, **facts)
