"""The first sheet of a workbook (XLSX) as rows of text, read as they are asked for; hostile files are refused.

Read with expat and within limits: an archive that unpacks to more than is allowed, a document type, an entity, a cell
far out are refused before anything is made of them.  The library that was tried reserves room for every cell up to the
farthest one, and a file of 5 kB ended the whole process so; hence this reader.
Source: ECMA-376 part 1, 18.3 (worksheets), 18.4 (shared strings), 18.18.86 (`_xHHHH_`).
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Any, Final
from xml.parsers import expat

from agent.errors import Actor, CodedError, Retry
from agent.exchange.cells import Number

MOST_COLUMNS: Final = 200
MOST_ROWS: Final = 200_000
MOST_UNPACKED_BYTES: Final = 600_000_000
MOST_SHARED_BYTES: Final = 150_000_000
MOST_PARTS: Final = 2000
_AT_ONCE: Final = 64 * 1024
_CODED: Final = re.compile("_x([0-9A-Fa-f]{4})_")
_LETTERS: Final = re.compile("[A-Z]{1,3}")
_DIGITS: Final = "0123456789"
_SHEET: Final = "worksheets/sheet1.xml"


def rows_of(content: bytes) -> Iterator[list[str]]:
    """Give the rows of the first sheet; numbers are `Number`, empty rows are empty lists.

    Raises: CodedError IMPORT-XLSX (no such file, or damaged), IMPORT-XLSX-HOSTILE, IMPORT-XLSX-1904, IMPORT-TOO-WIDE,
        IMPORT-TOO-LONG.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = _parts(package)
            shared = _shared(package, parts)
            yield from _rows(package, _first_sheet(package, parts), shared)
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, RuntimeError, OSError) as error:
        raise _refused("IMPORT-XLSX") from error
    except (expat.ExpatError, ValueError, UnicodeError, OverflowError) as error:
        raise _refused("IMPORT-XLSX") from error


def _parts(package: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The parts by their names; what they say of their sizes is an upper bound, which reading them keeps."""
    listed = package.infolist()
    unpacked = sum(part.file_size for part in listed)
    if len(listed) > MOST_PARTS or unpacked > MOST_UNPACKED_BYTES:
        raise _refused("IMPORT-XLSX-HOSTILE")
    return {part.filename.lstrip("/"): part for part in listed}


def _parse(part: IO[bytes], start: Any, end: Any = None, text: Any = None) -> Iterator[None]:
    """Parse one part piece by piece, giving way after each; elements are named without their prefix."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    parser.StartDoctypeDeclHandler = _hostile
    parser.EntityDeclHandler = _hostile
    while piece := part.read(_AT_ONCE):
        parser.Parse(piece, False)
        yield
    parser.Parse(b"", True)
    yield


def _hostile(*_: Any) -> None:
    raise _refused("IMPORT-XLSX-HOSTILE")


class _Local(dict[str, str]):
    """The names of elements without their prefixes, each looked at once."""

    def __missing__(self, name: str) -> str:
        if len(self) > MOST_PARTS:
            raise _refused("IMPORT-XLSX-HOSTILE")
        self[name] = local = name.rpartition(":")[2]
        return local


def _first_sheet(package: zipfile.ZipFile, parts: dict[str, zipfile.ZipInfo]) -> zipfile.ZipInfo:
    """The part of the first sheet that is not hidden, as the workbook names it."""
    wanted: list[str] = []
    targets: dict[str, str] = {}

    def sheet(name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "workbookPr" and attributes.get("date1904") in {"1", "true"}:
            raise _refused("IMPORT-XLSX-1904")
        if local == "sheet" and attributes.get("state", "visible") == "visible":
            wanted.extend(value for key, value in attributes.items() if key.rpartition(":")[2] == "id")

    def relation(_name: str, attributes: dict[str, str]) -> None:
        if attributes.get("TargetMode") != "External" and "Id" in attributes:
            targets[attributes["Id"]] = attributes.get("Target", "")

    for name, handler in (("xl/workbook.xml", sheet), ("xl/_rels/workbook.xml.rels", relation)):
        with package.open(parts[name]) as part:
            for _ in _parse(part, handler):
                pass
    target = next((targets[key] for key in wanted if key in targets), _SHEET)
    path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
    return parts[path]


class _Strings:
    """The texts that cells share; what is written small beside a text, to read it by, is left out."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.pieces: list[str] = []
        self._said: list[str] = []
        self._beside = 0
        self._local = _Local()

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        """An element begins."""
        local = self._local[name]
        if local == "t":
            self.pieces.clear()
        elif local == "si":
            self._said.clear()
        elif local == "rPh":
            self._beside += 1

    def end(self, name: str) -> None:
        """An element ends."""
        local = self._local[name]
        if local == "t":
            if not self._beside:
                self._said.append("".join(self.pieces))
        elif local == "si":
            self.texts.append(decoded("".join(self._said)))
        elif local == "rPh":
            self._beside -= 1


def _shared(package: zipfile.ZipFile, parts: dict[str, zipfile.ZipInfo]) -> list[str]:
    found, strings = parts.get("xl/sharedStrings.xml"), _Strings()
    if found is not None:
        if found.file_size > MOST_SHARED_BYTES:
            raise _refused("IMPORT-XLSX-HOSTILE")
        with package.open(found) as part:
            for _ in _parse(part, strings.start, strings.end, strings.pieces.append):
                pass
    return strings.texts


class _Cells:
    """The cells of a sheet, as they are parsed, put together as rows."""

    def __init__(self, shared: list[str]) -> None:
        self.rows: list[list[str]] = []
        self.pieces: list[str] = []
        self._local = _Local()
        self._columns: dict[str, int] = {}
        self._shared = shared
        self._row: list[str] = []
        self._number = 0
        self._kind = ""
        self._said: list[str] = []
        self._beside = 0
        self._place = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        local = self._local[name]
        if local in {"t", "v"}:
            self.pieces.clear()
        elif local == "c":
            self._kind, self._place = attributes.get("t", "n"), attributes.get("r", "")
            self._said.clear()
        elif local == "row":
            self._begin_row(attributes.get("r", ""))
        elif local == "rPh":
            self._beside += 1

    def end(self, name: str) -> None:
        """An element ends."""
        local = self._local[name]
        if local == "t":
            if not self._beside:
                self._said.append("".join(self.pieces))
        elif local == "v":
            self._said[:] = ["".join(self.pieces)]
        elif local == "c":
            self._put()
        elif local == "row":
            self.rows.append(self._row)
        elif local == "rPh":
            self._beside -= 1

    def _begin_row(self, said: str) -> None:
        number = int(said) if said.isascii() and said.isdigit() else self._number + 1
        if number > MOST_ROWS + 10:
            raise _refused("IMPORT-TOO-LONG", most=MOST_ROWS)
        self.rows.extend([] for _ in range(self._number + 1, number))
        self._number, self._row = max(number, self._number + 1), []

    def _put(self) -> None:
        row = self._row
        column = len(row) if not self._place else self._column(self._place.rstrip(_DIGITS))
        if column >= MOST_COLUMNS:
            raise _refused("IMPORT-TOO-WIDE", most=MOST_COLUMNS)
        while len(row) <= column:
            row.append("")
        row[column] = self._value("".join(self._said))

    def _value(self, raw: str) -> str:
        if self._kind == "s":
            place = int(raw) if raw else -1
            return self._shared[place] if 0 <= place < len(self._shared) else ""
        return Number(raw.strip()) if self._kind == "n" and raw.strip() else decoded(raw)

    def _column(self, letters: str) -> int:
        """The column of a place such as C7, from 0.  Raises: ValueError for what is no place."""
        known = self._columns.get(letters)
        if known is None:
            if not _LETTERS.fullmatch(letters):
                raise ValueError("no place of a cell")
            known = 0
            for letter in letters:
                known = known * 26 + ord(letter) - ord("A") + 1
            known = self._columns[letters] = known - 1
        return known


def _rows(package: zipfile.ZipFile, sheet: zipfile.ZipInfo, shared: list[str]) -> Iterator[list[str]]:
    cells = _Cells(shared)
    with package.open(sheet) as part:
        for _ in _parse(part, cells.start, cells.end, cells.pieces.append):
            yield from cells.rows
            cells.rows.clear()


def decoded(text: str) -> str:
    """Read what stands in a cell: characters that XML has no place for are written `_xHHHH_`."""
    return _CODED.sub(_character, text) if "_x" in text else text


def _character(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return found[0] if 0xD800 <= code <= 0xDFFF else chr(code)


def _refused(code: str, **facts: int) -> CodedError:
    return CodedError(code, Actor.SUPERVISOR, Retry.AFTER_ACTION, **facts)
