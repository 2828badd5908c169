"""A registration with every value there can be, and how a paper that was made of it is read and looked at."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from PIL import Image

from agent.printing import sheets, typesetting
from agent.register import asked, fields
from agent.register.record_views import CancellationLine, ChangeLine, RecordView
from agent.register.views import FieldView

ADDRESS = "江川路街道测试东路88弄12号301室"
AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
PRINTING = sheets.Printing("测试站", "测试录入员", AT, ZONE, is_practice=True)
VALUES = dict.fromkeys(fields.KEYS, "") | {
    "name": "测试甲", "sex": "2", "ethnic": "01", "birth_date": "1985-06-12", "id_type": "111",
    "id_no": "990000198506120049", "hukou_address": "测试地区云杉路8号", "hukou_div": "990000",
    "card_issuer": "测试市公安局", "card_valid_from": "2018-05-01", "card_valid_to": "2038-05-01", "soldier": "0",
    "arrive_city_date": "2026-01-02", "arrive_here_date": "2026-01-03", "plan_stay": "2", "reason": "17",
    "reason_other": "陪同就医", "place_type": "30", "proof_type": "2", "district": "310112", "town": "310112101",
    "committee": "测试居委", "road": "测试东路", "lane": "88", "sublane": "6", "no": "12", "room": "301",
    "mobile": "13800000000", "education": "20", "employer": "测试工厂", "guardian_name": "测试乙",
    "guardian_id": "990000198506120065", "guardian_rel": "52", "guardian_mobile": "13900000000",
    "guardian_consent": "1", "declarer": "2", "verify_mode": "2",
    "household_kind": "1", "relation_to_head": "30", "notice_given": "1", "remark": "没有别的要说",
}  # fmt: skip
SEPARATED = {
    "lives_here": "1", "h_district": "310104", "h_town": "310112102", "h_committee": "测试北居委",
    "h_police": "测试派出所",
    "h_road": "测试北路", "h_lane": "77", "h_sublane": "4", "h_no": "9", "h_room": "502", "separation_scope": "3",
    "separation_reason": "10", "separated_since": "2020-05", "residence_reason": "6", "house_use": "2",
    "informant": "2", "result": "40", "owner_relation": "03", "present_address": "测试省测试市测试大道6号",
}  # fmt: skip
FURTHER = {
    "occupation_kind": "2", "job": "测试工程师", "employer_kind": "5", "employer_addr": "测试西路3号",
    "owner_relation": "08", "owner_name": "测试丁", "owner_id": "990000198506120081", "owner_mobile": "13700000000",
    "lease_from": "2026-01-01", "lease_to": "2027-12-31", "lease_record_no": "测试备字123", "permit_has": "1",
    "permit_no": "TEST1234567890", "permit_valid_to": "2027-05-06", "wants_permit": "1", "income_source": "1",
    "studying": "1", "school": "测试学校", "school_addr": "测试南路5号", "study_from": "2025-09-01",
    "study_to": "2028-06-30", "former_name": "测试戊", "tel": "021-12345678", "email": "test@example.invalid",
    "marital": "21", "political": "13", "not_working_reason": "1",
}  # fmt: skip
VALUES_OF = {
    kind: {key: text if asked.is_asked(key, kind) else "" for key, text in (VALUES | SEPARATED | FURTHER).items()}
    for kind in ("RG", "RZ", "HZ")
}
"""The same of each form: what it does not ask for is empty."""

CHANGES = (
    ChangeLine(AT, "测试录入员", "road", "测试西路", "测试东路", "搬家", "typed"),
    ChangeLine(AT, "测试录入员", "card", "", "name sex", "", "chip", verified=True),
    ChangeLine(datetime(2026, 2, 1, tzinfo=UTC), "测试别人", "education", "30", "20", "补充学历", "typed"),
)


CANCELLATION = CancellationLine(
    kind="32",
    leave_date="2026-03",
    leave_to="测试区",
    evidence=("8", "6"),
    visits=(AT, datetime(2026, 3, 1, tzinfo=UTC)),
    remark="房子已退租",
    targets=("DISTRICT", "SPS"),
    entered_by="测试录入员",
    entered_at=AT,
    approved_by="测试审核员",
    approved_at=AT,
)


class Press:
    """Makes registrations and their papers, and reads these as people do."""

    PRINTING = PRINTING
    VALUES = VALUES
    VALUES_OF = VALUES_OF
    CHANGES = CHANGES
    ADDRESS = ADDRESS

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @staticmethod
    def record(values: Mapping[str, str] = VALUES, **changes: Any) -> RecordView:
        """A saved registration with these values."""
        assert set(values) == set(fields.KEYS)
        shown = {
            key: FieldView(key, value, fields.shown(key, value), "chip" if key == "name" else "typed", False, AT)
            for key, value in values.items()
        }
        made = RecordView(
            id="00000000-0000-4000-8000-000000000001",
            version=2,
            fields=shown,
            history=CHANGES,
            accepted=(),
            full_views=(),
            collected_by="测试采集员",
            collected_at=AT,
            registered_at=AT,
            verified_at=AT,
            form_no="990000001202603020001",
            notice_version="2026-11-29",
            id_no_raw="990000850612004",
            cancellation=CANCELLATION,
        )
        return replace(made, **changes)

    @staticmethod
    def held(record: RecordView, photo: bytes | None = None) -> sheets.Held:
        """A registration with its papers."""
        return sheets.Held(record, ADDRESS, [("居住证明", 3)], photo)

    @staticmethod
    def portrait(shade: int = 0) -> bytes:
        """A made-up photo: nobody's."""
        drawn = BytesIO()
        Image.radial_gradient("L").resize((358, 441)).point(lambda light: max(light, shade)).save(
            drawn, "JPEG", dpi=(350, 350)
        )
        return drawn.getvalue()

    @staticmethod
    def content(kind: str, people: Sequence[sheets.Held]) -> dict[str, Any]:
        """What a template is given."""
        return sheets.content(kind, people, PRINTING)[0]

    @staticmethod
    def paper(
        kind: str, people: Sequence[sheets.Held], undrawn: Sequence[str] = ()
    ) -> tuple[dict[str, Any], bytes, list[bytes]]:
        """A paper as the pictures process sets it: what it tells, the PDF, the pages."""
        content, photos = sheets.content(kind, people, PRINTING)
        asked = {"template": sheets.template_of(kind), "undrawn": undrawn}
        facts, (pdf, *pages) = typesetting.typeset(asked, [msgspec.json.encode(content), *photos])
        return dict(facts), pdf, pages

    def text(self, pdf: bytes) -> str:
        """What a PDF says, without blanks, and without the watermark behind it."""
        read = subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True)
        return self.bare(read.stdout.decode())

    @staticmethod
    def bare(text: str) -> str:
        """A text without blanks and without what only breaks a line."""
        return re.sub(r"[\s\u200b]", "", text)

    def drawn(self, pdf: bytes, page: int = 1, dpi: int = 50) -> Image.Image:
        """How a page of a PDF looks, in shades of grey."""
        asked = ["pdftoppm", "-r", str(dpi), "-gray", "-f", str(page), "-l", str(page), "-singlefile"]
        subprocess.run([*asked, "-", str(self._folder / "page")], input=pdf, check=True, capture_output=True)
        with Image.open(self._folder / "page.pgm") as read:
            return read.copy()


@pytest.fixture
def press(tmp_path: Path) -> Press:
    """A press."""
    return Press(tmp_path)
