"""A workbook of one sheet (XLSX) of nothing but text, written as its rows come; in memory.

Every cell is an inline text in a column of the format text, so a spreadsheet calculates nothing and keeps all digits.
Libraries that write workbooks put the rows into temporary files on the disk, in clear, where they write them as they
come; so this is written here.  Source: ECMA-376 part 1, 18.3 (worksheets) and 18.18.86 (`_xHHHH_`).
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from typing import Final
from xml.sax.saxutils import escape

_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OF_DOCUMENT: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_OF_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS: Final = {
    "[Content_Types].xml": f'<Types xmlns="{_OF_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_OF_PACKAGE}/relationships"><Relationship Id="rId1"'
    f' Type="{_OF_DOCUMENT}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OF_DOCUMENT}"><sheets>'
    '<sheet name="renhu" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_OF_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OF_DOCUMENT}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OF_DOCUMENT}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font>'
    '</fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/>'
    '</fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="2">'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
}
"""The parts of the package besides the sheet; 49 is the format text."""

_NOT_XML: Final = re.compile("[\x00-\x08\x0b-\x0d\x0e-\x1f\ufffe\uffff\ud800-\udfff]|_(?=x[0-9A-Fa-f]{4}_)")
_BORN: Final = (2000, 1, 1, 0, 0, 0)
_AT_ONCE: Final = 1000


def workbook(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Write a workbook.

    Args:
        heads: the texts of its first row, which stays in sight.
        rows: the texts of the others; each is written as it comes.
    """
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as package:
        for name, content in _PARTS.items():
            package.writestr(zipfile.ZipInfo(name, _BORN), _HEAD + content, zipfile.ZIP_DEFLATED)
        sheet = zipfile.ZipInfo("xl/worksheets/sheet1.xml", _BORN)
        sheet.compress_type = zipfile.ZIP_DEFLATED
        with package.open(sheet, "w", force_zip64=True) as part:
            pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
            part.write(
                f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">{pane}</sheetView>'
                f'</sheetViews><cols><col min="1" max="{max(1, len(heads))}" width="16" style="1"/></cols>'
                "<sheetData>".encode()
            )
            waiting = [_row(heads)]
            for row in rows:
                waiting.append(_row(row))
                if len(waiting) >= _AT_ONCE:
                    part.write("".join(waiting).encode())
                    waiting.clear()
            part.write("".join((*waiting, "</sheetData></worksheet>")).encode())
    return made.getvalue()


def _row(texts: Sequence[str]) -> str:
    return f"<row>{''.join(map(_cell, texts))}</row>"


def _cell(text: str) -> str:
    if not text:
        return '<c s="1"/>'
    return f'<c s="1" t="inlineStr"><is><t xml:space="preserve">{escape(_NOT_XML.sub(_coded, text))}</t></is></c>'


def _coded(found: re.Match[str]) -> str:
    return f"_x{ord(found[0]):04X}_"
