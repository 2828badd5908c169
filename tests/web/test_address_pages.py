"""The address base's pages and the form that works with it, as a browser without JavaScript sends them."""

from __future__ import annotations

import io
import re

import pytest

from peewee_models.addresses import AddressEdition, DoorPlate, ResponsibleBlock

HEAD = "标准地址编号,街道、镇,居委会,责任块,队伍,路名,弄,支弄,号,新门牌编号"
NEW = "99000000000000000001"
LINES = (
    f"{NEW},莘庄镇,测试一居,A01,测试一队,测试东路,88,,12,",
    f"99000000000000000009,莘庄镇,,,,测试老街,,,5,{NEW}",
)
LIST = "\n".join((HEAD, *LINES, ""))


@pytest.fixture(autouse=True)
def no_base_again(house):
    yield
    for table in (DoorPlate, ResponsibleBlock, AddressEdition):
        table.delete().execute()
    house.station.addresses.load()


@pytest.fixture
def boss(house):
    return house.signed_in("supervisor")


def brought(boss, content: bytes, source: str = "测试文件"):
    return boss.post("/addresses/upload", {"source": source, "file": (io.BytesIO(content), "门牌.csv")})


def seen(boss) -> str:
    return re.search(r'name="seen" value="([^"]+)"', boss.page)[1]


def take(boss, text: str = LIST) -> None:
    assert brought(boss, text.encode()).status_code == 303
    boss.get("/addresses/waiting")
    answer = boss.post("/addresses/confirm", {"seen": seen(boss), "withdraws_many": "1"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/addresses")


def test_a_list_comes_up_is_looked_at_taken_in_and_goes_down(boss):
    boss.get("/tables")
    assert 'href="/addresses"' in boss.page
    boss.get("/addresses")
    assert 'id="nothing"' in boss.page
    assert 'aria-current="page"' in boss.page
    answer = brought(boss, (LIST + "99000000000000000003,莘庄镇,测试一居,,,测试东路,,,1,\n").encode("gb18030"))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/addresses/waiting")
    boss.get("/addresses/waiting")
    for told in ("GB18030", "测试一居 A01 测试东路88弄12号", "测试文件", "没有责任块"):
        assert told in boss.page
    rejected = boss.get("/addresses/waiting/rejections.csv").get_data().decode("utf-8-sig")
    assert rejected.splitlines()[1].startswith('"4","没有责任块')
    boss.get("/addresses/waiting")
    assert boss.post("/addresses/confirm", {"seen": "x"}).status_code == 409
    assert boss.post("/addresses/confirm", {"seen": seen(boss)}).status_code == 303
    boss.get("/addresses")
    assert re.search(r'id="plates">1<', boss.page)
    assert "测试一队" in boss.page
    answer = boss.get("/addresses/csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="addresses.csv"'
    assert f'"\'{NEW}","310112101","测试一居"' in answer.get_data().decode("utf-8-sig")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "还没有选文件"),
        (b"\xff\xfe1\x00,\x00", "认不出这个文件的编码"),
        (b"PK\x03\x04 no workbook", "不是完好的 XLSX"),
        (b"\xd0\xcf\x11\xe0 old", "旧的 XLS"),
        ("路名,号\n测试路,1\n".encode(), "少了这些列：标准地址编号、居委会、责任块、队伍"),
        (HEAD.encode(), "只有表头"),
    ],
)
def test_a_file_that_is_no_list_is_refused_in_words_and_nothing_waits(boss, content, said):
    answer = brought(boss, content)
    assert answer.status_code in {404, 409}
    assert said in boss.page
    assert 'value="测试文件"' in boss.page, "what was typed stays"
    assert boss.get("/addresses/waiting").status_code == 404
    assert DoorPlate.select().count() == 0


def test_a_part_of_the_list_is_not_taken_for_the_whole(boss):
    take(boss)
    assert brought(boss, LIST.replace(NEW, "99000000000000000002").encode()).status_code == 303
    boss.get("/addresses/waiting")
    assert 'id="many"' in boss.page
    answer = boss.post("/addresses/confirm", {"seen": seen(boss)})
    assert (answer.status_code, "autofocus" in boss.page) == (409, True)
    assert boss.post("/addresses/give-up").status_code == 303
    assert [row.addr_id for row in DoorPlate.select() if row.withdrawn_at is not None] == []


def test_the_practice_list_is_tried_by_one_button(boss):
    boss.get("/addresses")
    assert 'action="/addresses/practice"' in boss.page
    boss.post("/addresses/practice")
    boss.get("/addresses/waiting")
    assert 'data-count="rejected">0<' in boss.page
    boss.post("/addresses/confirm", {"seen": seen(boss)})
    boss.get("/addresses")
    assert all(team in boss.page for team in ("测试一队", "测试二队", "测试三队", "测试四队"))


def test_the_form_offers_doors_and_takes_one_apart(house, boss):
    take(boss)
    clerk = house.clerk_at_a_form()
    clerk.get("/desk")
    assert 'list="list-doors-road"' in clerk.page
    assert '<option value="测试东路"></option>' in clerk.page
    answer = clerk.post("/doors", {"typed": "老街"})
    assert answer.status_code == 200
    assert '<option value="测试东路88弄12号" label="测试老街5号（旧）→ 测试东路88弄12号">' in clerk.page
    clerk.get("/desk")
    clerk.post(clerk.action("keep"), clerk.form(road="测试东路88弄12号", town="310112101"))
    clerk.get("/desk")
    form = clerk.form()
    assert [form[key] for key in ("road", "lane", "no", "committee")] == ["测试东路", "88", "12", "测试一居"]
    assert f'data-door="{NEW}"' in clerk.page
    assert "A01 测试一队" in clerk.page
    clerk.post(clerk.action("keep"), clerk.form(no="14"))
    clerk.get("/desk")
    assert "地址库里没有这个门牌" in clerk.page
    kept = clerk.action("keep")
    for posted in ({"addr_id": "7"}, {"block": "B"}, {"was.addr_id": ""}):
        assert clerk.post(kept, clerk.form(no="12") | posted).status_code == 400, posted
        clerk.get("/desk")
        assert clerk.form()["no"] == "14", "of a form that brings a number nothing is kept"


def test_without_a_base_the_form_is_as_it_was(house):
    clerk = house.clerk_at_a_form()
    clerk.get("/desk")
    assert "list-doors" not in clerk.page
    assert clerk.post("/doors", {"typed": "测试"}).status_code == 200
    assert "<option" not in clerk.page
