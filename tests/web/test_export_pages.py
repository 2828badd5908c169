"""The supervisor's pages of files: an export is asked for, refused, made and taken; an import goes from file to end."""

from __future__ import annotations

import csv
import hashlib
import io
import re

import pytest

from agent.exchange import columns
from drivers.id_number import check_digit
from webui.form_layout import FIELDS

ORIGIN = "http://127.0.0.1:8731"

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
SAID = {"constant_soldier": "0", "constant_notice_given": "1", "constant_verify_mode": "4", "constant_id_type": "111"}
SAID |= {"constant_district": "310112", "constant_place_type": "30", "constant_committee": "测试居委"}
WISH = {"form_RG": "1", "state_active": "1", "column_name": "1", "column_id_no": "1", "file_kind": "csv"}
WHY = {"receiver": "测试接收单位", "purpose": "测试用途"}


def row(number: int) -> list[str]:
    head = f"99000019850612{number:03d}"
    days, where = ["2026-01-02", "2026-01-03"], ["莘庄镇", "测试路", str(number), "101", f"138{number:08d}", "高中"]
    return ["测试甲", head + check_digit(head), "汉族", "测试地区测试路1号", *days, "随迁亲属", "2", *where]


def a_file(*rows: list[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([HEADS, *rows])
    return text.getvalue().encode()


def own(house) -> str:
    return house.sign_ins["supervisor"]["password"]


def bring(boss, content: bytes):
    """Send a file as a browser codes it."""
    boss.get("/import")
    heads = ('name="csrf"', 'name="file"; filename="f.csv"')
    parts = [
        f"--edge\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + body
        for head, body in zip(heads, (boss.csrf.encode(), content), strict=True)
    ]
    headers = {"Sec-Fetch-Site": "same-origin", "Origin": ORIGIN}
    kind = "multipart/form-data; boundary=edge"
    data = b"\r\n".join([*parts, b"--edge--\r\n"])
    answer = boss.client.post(
        "/import/upload", base_url=ORIGIN, headers=headers, data=data, content_type=kind, buffered=True
    )
    boss._look(answer)
    return answer


def chosen(boss) -> dict[str, str]:
    """The columns as the page proposes them."""
    found = re.findall(r'name="(column_\d+)">(.*?)</select>', boss.page, re.DOTALL)
    picked = {name: re.search(r'value="([a-z_]+)" selected', options) for name, options in found}
    return {name: key[1] if key else "" for name, key in picked.items()}


def checked(house, boss, content: bytes):
    assert bring(boss, content).status_code == 303
    boss.get("/import")
    assert boss.post("/import/check", {**chosen(boss), **SAID}).status_code == 303
    house.station.exchange.imports.wait()
    boss.get("/import")


@pytest.fixture
def boss(house):
    browser = house.signed_in("supervisor")
    yield browser
    house.station.exchange.imports.wait()
    browser.get("/import")
    browser.post("/import/drop")


def test_a_file_is_taken_in_and_given_away(house, boss):
    checked(house, boss, a_file(row(1), row(2), [*row(3)[:12], "1380", "高中"]))
    assert "写入 2 条新登记" in boss.page
    assert "手机号应为 11 位" in boss.page
    answer = boss.get("/import/rejections.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="rejections.csv"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert "手机：手机号应为 11 位" in answer.get_data(as_text=True)
    boss.get("/import")
    assert boss.post("/import/run", {"own-password": "not this one"}).status_code == 409
    assert "您自己的密码不对" in boss.page
    assert boss.post("/import/run", {"own-password": own(house)}).status_code == 303
    house.station.exchange.imports.wait()
    boss.get("/import")
    assert "写入完成，新登记 2 条" in boss.page
    assert "已有，相同" in boss.page

    boss.get("/export")
    answer = boss.post("/export", WISH | WHY | {"own-password": own(house)})
    assert answer.status_code == 303
    boss.get(answer.headers["Location"])
    digest = re.search(r"<code>([0-9a-f]{64})</code>", boss.page)[1]
    place = re.search(r'href="(/export/[0-9a-f-]{36}/file)"', boss.page)[1]
    taken = boss.get(place)
    assert hashlib.sha256(taken.get_data()).hexdigest() == digest
    assert taken.headers["Content-Disposition"] == 'attachment; filename="register.csv"'
    assert taken.headers["Cache-Control"] == "no-store"
    lines = list(csv.reader(io.StringIO(taken.get_data().decode("utf-8-sig"))))
    assert lines[0] == ["姓名", "公民身份号码", "SIMULATED"]
    assert {line[1] for line in lines[1:]} == {f"990000********{row(number)[1][-4:]}" for number in (1, 2)}
    assert "测试接收单位" in boss.page


def test_what_will_not_do_is_said_and_what_was_typed_stays(house, boss):
    boss.get("/export")
    for typed, said in (
        ({"receiver": ""}, "请写明提供给谁"),
        ({"purpose": " "}, "请写明依据和用途"),
        ({"form_RG": ""}, "至少选一种登记表"),
        ({"is_full": "1"}, "请写明为什么"),
        ({"since": "nonsense"}, "登记日期写成"),
        ({"own-password": "x"}, "您自己的密码不对"),
    ):  # fmt: skip
        given = WISH | WHY | {"own-password": own(house)} | typed
        assert boss.post("/export", given).status_code == 409
        assert said in boss.page
        assert own(house) not in boss.page
        if "purpose" not in typed:
            assert 'value="测试用途"' in boss.page
    assert boss.get("/export/00000000-0000-4000-8000-000000000000/file").status_code == 404


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "还没有选文件"), (b"PK\x03\x04 nothing", "不是完好的 XLSX"), ("姓名\n".encode(), "只有表头")],
)
def test_a_file_that_will_not_do_is_refused_with_the_page(house, boss, content, said):
    assert bring(boss, content).status_code == 409
    assert said in boss.page
    assert house.station.exchange.imports.look(house.station.accounts.session(house.tokens["supervisor"])) is None


def test_a_file_that_is_too_large_is_not_read(house, boss):
    answer = bring(boss, b"x" * 41_000_001)
    assert answer.status_code == 413
    assert "超过 40 MB" in boss.page


def test_acts_without_a_file_say_so(house, boss):
    boss.get("/import")
    for act in ("check", "run"):
        assert boss.post(f"/import/{act}", {"own-password": own(house)}).status_code == 409
        assert "文件已不在内存里" in boss.page
    for act in ("cancel", "drop"):
        assert boss.post(f"/import/{act}").status_code == 303
    assert boss.get("/import/rejections.csv").status_code == 404


@pytest.mark.parametrize("role", ["clerk", "technician"])
def test_nobody_else_gives_away_or_takes_in(house, role):
    browser = house.signed_in(role)
    assert 'href="/export"' not in browser.page
    for path in ("/export", "/import", "/import/rejections.csv"):
        assert browser.get(path).status_code == 403


def test_the_columns_are_called_as_on_the_form(house):
    named = {key: one for key, one in columns.names().items() if key in FIELDS}
    assert len(named) > 50
    for language in ("zh", "en"):
        with house.app.test_request_context(headers={"Cookie": f"__Host-language={language}"}):
            assert {key: str(FIELDS[key].name) for key in named} == {
                key: one.head(language) for key, one in named.items()
            }
