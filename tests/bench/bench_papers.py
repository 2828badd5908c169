"""Papers: from the wish to the PDF and the drawings of a form, a household's forms and a long list, by their process.

The process is warm, as after the first paper of a morning; each paper is set by a fresh child of it, as always.
"""

from __future__ import annotations

import io
import time
import uuid
from datetime import UTC, date, datetime
from typing import Any

import msgspec
from PIL import Image
from table import Row, percentile

from agent.clock import SystemClock
from agent.documents.pictures import Pictures
from agent.printing import sheets
from agent.register import fields
from agent.register.board_views import WalkLine

FORM_MS, HOUSEHOLD_MS, LIST_MS = 300.0, 1000.0, 1500.0
PAPERS, FAMILY, LISTS, LINES = 40, 4, 10, 1000
RARE, KNOWN = "\U00030000", "U+30000"


def rows() -> list[Row]:
    """Measure the forms of one person, of one whose name no font draws, and of a family."""
    pictures = Pictures(SystemClock())
    try:
        _set(pictures, [_sheet("测试甲")])
        series = {
            "form to PDF and preview, warm, p95 ms": ([_sheet("测试甲")], FORM_MS),
            "form with a character that no font draws, p95 ms": ([_sheet(f"测试{RARE}")], FORM_MS),
            f"forms of a household of {FAMILY}, p95 ms": ([_sheet(f"测试{each}") for each in "甲乙丙丁"], HOUSEHOLD_MS),
        }
        return [_row(pictures, name, sheets, budget) for name, (sheets, budget) in series.items()] + [_list(pictures)]
    finally:
        pictures.end()


def _row(pictures: Pictures, name: str, sheets: list[dict[str, Any]], budget: float) -> Row:
    taken = [_set(pictures, sheets) for _ in range(PAPERS)]
    return Row(name, percentile(taken, 0.95), None, "", budget, {"ms": taken})


def _list(pictures: Pictures) -> Row:
    """A list of as many lines as one takes."""

    def address(number: int) -> str:
        return f"莘庄镇测试东路{number % 90}弄{number}号301室"

    day = date(2026, 3, 2)
    lines = [
        WalkLine(f"测试{number}", "2", "0049", address(number), "测试省测试路1号", address(number), "RG", day, day)
        for number in range(LINES)
    ]
    printing = sheets.Printing("测试站", "测试录入员", datetime(2026, 3, 2, tzinfo=UTC), UTC, is_practice=True)
    taken = []
    for _ in range(LISTS):
        content = msgspec.json.encode(sheets.list_content("RG", "测试居委 来沪", lines, str(uuid.uuid4()), printing))
        began_s = time.perf_counter()
        made = pictures.work("paper", {"template": "list", "undrawn": []}, [content], "PAPER-NOT-MADE")
        taken.append((time.perf_counter() - began_s) * 1000)
        assert len(made.pieces) == 1 + made.facts["pages"]
    return Row(f"list of {LINES:,} lines, p95 ms", percentile(taken, 0.95), None, "", LIST_MS, {"ms": taken})


def _set(pictures: Pictures, people: list[dict[str, Any]]) -> float:
    """Have one paper set; how long it took, ms."""
    photo = io.BytesIO()
    Image.radial_gradient("L").resize((358, 441)).save(photo, "JPEG", quality=90)
    people = [sheet | {"photo": number} for number, sheet in enumerate(people, 1)]
    content = {
        "station": "测试站",
        "printed_by": "测试录入员",
        "printed_at": "2026-03-02 09:30",
        "is_practice": True,
        "sheets": people,
    }
    pieces = [msgspec.json.encode(content), *[photo.getvalue()] * len(people)]
    began_s = time.perf_counter()
    made = pictures.work("paper", {"template": "registration", "undrawn": [KNOWN]}, pieces, "PAPER-NOT-MADE")
    took_ms = (time.perf_counter() - began_s) * 1000
    assert len(made.pieces) == 1 + made.facts["pages"]
    return took_ms


def _sheet(name: str) -> dict[str, Any]:
    """A person's part with a value in every field."""
    values = {key: f"测试{number}" for number, key in enumerate((*fields.KEYS, "id_no_raw", "notice_version"))}
    return {
        "id": str(uuid.uuid4()),
        "form_no": "990000001202603020001",
        "values": values | {"name": name, "id_no": "990000 19850612 0049"},
        "address": "江川路街道测试东路88弄12号301室",
        "collected_by": "测试采集员",
        "collected_at": "2026-03-02 09:20",
        "registered_at": "2026-03-02 09:30",
        "is_cancelled": False,
        "photo": None,
        "form": "RG",
        "valid_for": "一年",
    }
