"""Code tables and parameters as CSV: written so that no spreadsheet runs a cell, read in the encodings of its users.

A cell that a spreadsheet would take for a formula gets an apostrophe in front, which reading takes off again.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from agent.errors import Actor, CodedError, Retry

MOST_LINES: Final = 5000
_FORMULA: Final = re.compile(r"'*[=+\-@\t\r]")
_GUARDED: Final = re.compile(r"'+[=+\-@\t\r]")
_BAD: Final = frozenset({"Cc", "Cs", "Co", "Cn"})


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a file.

    Attributes:
        number: of the line in the file, counted from one.
        cells: by column, without blanks around them; a column that the file does not have is not there.
        is_whole: whether it has as many cells as the head, and no character that stands in no text.
    """

    number: int
    cells: Mapping[str, str]
    is_whole: bool


def guarded(cell: str) -> str:
    """Write a cell so that no spreadsheet takes it for a formula."""
    return "'" + cell if _FORMULA.match(cell) else cell


def bare(cell: str) -> str:
    """Read a cell that may be guarded."""
    text = cell.strip()
    return text[1:] if _GUARDED.match(text) else text


def written(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Write a file: UTF-8 with the mark by which a spreadsheet knows it, lines ended as RFC 4180 has them."""
    text = io.StringIO(newline="")
    lines = csv.writer(text, lineterminator="\r\n")
    lines.writerow(columns)
    lines.writerows([guarded(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def decoded(content: bytes) -> str:
    """Read a file as UTF-8, with or without its mark, or as GB18030.  Raises: CodedError TABLE-ENCODING."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise refused("TABLE-ENCODING")


def rows(text: str, needed: Sequence[str], known: Iterable[str]) -> list[Row]:
    """Read the lines of a file, without those that are empty.

    Args:
        text: of the file.
        needed: columns that must be there.
        known: columns that may be there, these too.

    Raises: CodedError TABLE-NOT-CSV, TABLE-HEAD, TABLE-LONG.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    found: list[Row] = []
    try:
        head = [cell.strip().lower() for cell in next(reader, [])]
        if not set(needed) <= set(head) <= {*needed, *known} or len(set(head)) < len(head):
            raise refused("TABLE-HEAD", columns=", ".join(known))
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            is_whole = len(cells) == len(head) and not any(_is_bad(cell) for cell in cells)
            held = dict(zip(head, map(bare, cells), strict=False))
            found.append(Row(reader.line_num, held, is_whole))
            if len(found) > MOST_LINES:
                raise refused("TABLE-LONG", most=MOST_LINES)
    except csv.Error as error:
        raise refused("TABLE-NOT-CSV") from error
    return found


def _is_bad(cell: str) -> bool:
    return any(unicodedata.category(character) in _BAD for character in cell.strip())


def refused(code: str, **facts: str | int) -> CodedError:
    """The wish does not fit; the supervisor can do something about it."""
    return CodedError(code, Actor.SUPERVISOR, Retry.AFTER_ACTION, **facts)
