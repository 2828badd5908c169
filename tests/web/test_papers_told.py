"""What papers are missing is told before a form is saved and after, and what the record of its person has counts."""

from __future__ import annotations

import html
import re
import uuid
from types import SimpleNamespace
from typing import Any

import pytest

from agent.documents.papers import NewPage
from peewee_models.document_queries import Owner
from peewee_models.drafts import Draft

REST = {
    "hukou_div": "990000", "soldier": "0", "arrive_city_date": "20260302", "arrive_here_date": "20260305",
    "reason": "12", "proof_type": "2", "town": "xzz", "road": "测试东路", "mobile": "13800000000",
    "place_type": "30", "committee": "测试居委", "no": "12",
    "education": "高中", "notice_given": "1",
}  # fmt: skip


@pytest.fixture
def clerk(house: Any) -> Any:
    """A clerk before the form of a card."""
    browser = house.signed_in("clerk")
    browser.post("/language", {"language": "zh"})
    house.lay(house.card("测试纸", "990000198506120049"))
    browser.get("/desk")
    return browser


def add_page(house: Any, clerk: Any, kind: str) -> None:
    """A page of a kind, in the documents of the form on the desk."""
    papers = house.station.documents._papers
    with papers._store.read():
        draft = Draft.get(Draft.id == uuid.UUID(re.search(r'data-draft="([^"]+)"', clerk.page)[1]))
        by = SimpleNamespace(user_id=str(draft.user_id), session_id=str(uuid.UUID(int=1)))
    papers.store_page(Owner("draft", draft.id), kind, NewPage(b"\xff\xd8\xff", "image/jpeg"), by)


def at(clerk: Any, key: str) -> str:
    """The text of the paragraph with this id, without marks; "" where there is none."""
    found = re.search(rf'<p [^>]*id="{key}"[^>]*>(.*?)</p>', clerk.page, re.DOTALL)
    return "" if found is None else re.sub(r"<[^>]+>", "", found[1]).strip()


def line(clerk: Any, kind: str) -> str:
    found = re.search(rf'id="paper-{kind}".*?<p>(.*?)</p>', clerk.page, re.DOTALL)[1]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", found)).strip()


def test_what_is_missing_is_told_before_saving_and_after_and_counts_for_the_next_form(house: Any, clerk: Any) -> None:
    assert at(clerk, "lacking") == "! 材料还缺 2 种"
    assert at(clerk, "depends").startswith("还要看：证明类别、居住处所")
    add_page(house, clerk, "D01")
    clerk.post(clerk.action("keep"), clerk.form(**REST))
    clerk.get("/desk")
    told = "《居住登记信息表》（已签名）、住房租赁合同或租赁合同登记备案证明"
    assert at(clerk, "lacking") == f"! 材料还缺 2 种：{told}。可以先保存，请一次告知本人。"
    assert at(clerk, "depends") == ""
    add_page(house, clerk, "D04")
    assert clerk.post(clerk.action("save"), clerk.form()).status_code == 303, "papers keep nobody from saving"
    clerk.get("/desk")
    assert "还缺 1 种材料：《居住登记信息表》（已签名）。请一次告知本人。" in clerk.page
    clerk.get(re.search(r'id="saved-record".*?href="([^"]+)"', clerk.page)[1])
    assert "还缺 1 种材料：《居住登记信息表》（已签名）。" in clerk.page
    house.lift()
    house.lay(house.card("测试纸", "990000198506120049"))
    clerk.get("/desk")
    assert [line(clerk, kind) for kind in ("D01", "D02", "D04")] == [
        "✓ 原登记有 1 页 居民身份证（正反面）或户口簿",
        "✗ 缺 《居住登记信息表》（已签名）",
        "✓ 原登记有 1 页 住房租赁合同或租赁合同登记备案证明",
    ]
    clerk.post(clerk.action("keep"), clerk.form(road="测试西路"))
    clerk.get("/desk")
    assert line(clerk, "D01").startswith("✓")
    assert line(clerk, "D04").startswith("✗ 缺")
    assert "另一住处的证明有 1 页，不算。" in clerk.page
    clerk.post(clerk.action("save"), clerk.form(correction_reason="搬家"))
    clerk.get("/desk")
    clerk.get(re.search(r'id="saved-record".*?href="([^"]+)"', clerk.page)[1])
    told = "还缺 2 种材料：《居住登记信息表》（已签名）；住房租赁合同或租赁合同登记备案证明。请一次告知本人。"
    assert f"{told} 另一住处的证明有 1 页，不算。" in clerk.page
    clerk.get(re.search(r'href="(/documents/record/[^"]+)"', clerk.page)[1])
    assert "这是另一住处的证明，现住处不能用：" in clerk.page
    [press] = re.findall(r'formaction="([^"]+)/dwelling([^"]+)" name="document" value="([^"]+)"', clerk.page)
    assert clerk.post(f"{press[0]}/dwelling{html.unescape(press[1])}", {"document": press[2]}).status_code == 303
    clerk.get(press[0])
    assert (line(clerk, "D04").startswith("✓ 1 页"), "另一住处的证明" in clerk.page) == (True, False)
    house.lift()
    house.lay(house.card("测试纸", "990000198506120049"))
    clerk.get("/desk")
    add_page(house, clerk, "D02")
    clerk.get("/desk")
    assert clerk.post(clerk.action("save"), clerk.form()).status_code == 303
    clerk.get("/desk")
    assert "材料已归入，登记内容没有变化：" in clerk.page
    clerk.get(re.search(r'id="saved-record".*?href="([^"]+)"', clerk.page)[1])
    assert "材料已归入这份登记，登记内容没有变化。" in clerk.page


def test_what_is_wrong_is_named_beside_the_save_button_and_when_saving_is_refused(house: Any, clerk: Any) -> None:
    clerk.post(clerk.action("aside"), clerk.form())
    house.lay(house.card("测试墨", "990000198506120065"))
    clerk.get("/desk")
    clerk.post(clerk.action("keep"), clerk.form(**REST))
    clerk.get("/desk")
    assert "可以先保存" in at(clerk, "lacking")
    clerk.post(clerk.action("keep"), clerk.form(mobile="1380000", guardian_mobile="1"))
    clerk.get("/desk")
    assert at(clerk, "in-the-way") == "有 2 处要改：手机、监护人手机"
    assert "可以先保存" not in clerk.page
    assert clerk.post(clerk.action("save"), clerk.form()).status_code == 422
    assert at(clerk, "sentence") == "✗ 还有 2 处需要处理，改好后再保存。 手机、监护人手机"
