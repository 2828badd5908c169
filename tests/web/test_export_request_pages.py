"""The pages of an export that takes two: asked for, seen by the other, refused or agreed to, made and taken."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from agent.register import in_force, rules
from peewee_models.accounts import User
from peewee_models.register import Person, Registration

WISH = {
    "form_RG": "1", "state_active": "1", "column_name": "1", "column_id_no": "1", "file_kind": "csv",
    "receiver": "测试接收单位", "purpose": "测试用途",
}  # fmt: skip
OTHER, OPENED = "测试主管乙", "测试主管丁"


@pytest.fixture
def nobody_alone(monkeypatch: Any) -> None:
    """Every export takes two."""
    own = rules.shipped().with_values({"export_alone_most": [rules.Value(0, date(2020, 1, 1), "RENHU", "")]})
    held = replace(in_force.now(), parameters=own)
    monkeypatch.setattr(in_force, "now", lambda: held)


@pytest.fixture
def own(house: Any) -> dict[str, str]:
    return {"own-password": house.sign_ins["supervisor"]["password"]}


def register(house: Any, name: str, number: str) -> None:
    """Somebody is registered at the desk."""
    clerk = house.signed_in("clerk")
    house.lay(house.card(name, number))
    clerk.get("/desk")
    rest = {
        "hukou_div": "990000", "soldier": "0", "arrive_city_date": "20260102", "arrive_here_date": "20260103",
        "reason": "12", "proof_type": "2", "town": "310112101", "road": "测试路", "no": "12", "place_type": "30",
        "committee": "测试居委", "mobile": "13800000000", "education": "20", "notice_given": "1",
    }  # fmt: skip
    answer = clerk.post(clerk.action("save"), clerk.form(**rest))
    assert answer.status_code == 303, "somebody is registered"
    house.lift()


@pytest.fixture
def boss(house: Any, nobody_alone: None) -> Iterator[Any]:
    """A supervisor of a station where somebody is registered."""
    register(house, "测试丙", "990000198506120348")
    browser = house.signed_in("supervisor")
    browser.get("/export")
    return browser


def colleague(house: Any, name: str, own: dict[str, str]) -> Any:
    """Another supervisor, in a session of their own, whose account nobody here has opened."""
    with house.station.documents._store.write():
        if User.get_or_none(User.name == name) is None:
            known = User.get(User.role == "supervisor").password_hash
            User.create(name=name, role="supervisor", password_hash=known, created_at=house.station.clock.now())
    browser = house.visitor()
    browser.get("/sign-in")
    browser.post("/sign-in", {"name": name, "password": own["own-password"]})
    browser.get("/export")
    return browser


@pytest.fixture
def other(house: Any, own: dict[str, str]) -> Any:
    return colleague(house, OTHER, own)


def asked(boss: Any, own: dict[str, str]) -> str:
    boss.get("/export")
    answer = boss.post("/export", WISH | own)
    assert answer.status_code == 303
    place = answer.headers["Location"]
    assert re.fullmatch(r"/export/asked/[0-9a-f-]{36}", place)
    boss.get(place)
    return place


def test_it_is_asked_for_agreed_to_on_the_others_page_and_taken(boss: Any, other: Any, own: dict[str, str]) -> None:
    place = asked(boss, own)
    assert "同意以前什么也不会导出" in boss.page
    assert "make-form" not in boss.page
    assert "agree-form" not in boss.page
    other.get("/register")
    assert re.search(r'class="waiting">1<', other.page), "the bar says that something waits"
    boss.get("/register")
    assert 'class="waiting"' not in boss.page
    other.get("/export")
    assert f'href="{place}"' in other.page.partition('id="export-form"')[0]
    other.get(place)
    for said in ("测试接收单位", "测试用途", "supervisor", "姓名、公民身份号码", "遮住中间"):
        assert said in other.page
    assert other.post(f"{place}/agree", {"own-password": "x"}).status_code == 409
    assert "您自己的密码不对" in other.page
    assert other.post(f"{place}/agree", own).status_code == 303
    other.get(place)
    assert "已同意" in other.page
    assert "make-form" not in other.page
    boss.get(place)
    assert boss.post(f"{place}/make", {"own-password": "x"}).status_code == 409
    assert "您自己的密码不对" in boss.page
    answer = boss.post(f"{place}/make", own)
    assert answer.status_code == 303
    boss.get(answer.headers["Location"])
    assert OTHER in boss.page, "who agreed stands with what was given away"
    file = re.search(r'href="(/export/[0-9a-f-]{36}/file)"', boss.page)[1]
    assert other.get(file).status_code == 404
    head, *lines = csv.reader(io.StringIO(boss.get(file).get_data().decode("utf-8-sig")))
    assert head == ["姓名", "公民身份号码", "SIMULATED"]
    assert ["测试丙", "990000********0348", "SIMULATED"] in lines
    boss.get(place)
    assert "已导出" in boss.page
    assert boss.post(f"{place}/make", own).status_code == 409
    assert "已经用过" in boss.page


def test_it_is_refused_with_a_reason_or_taken_back(boss: Any, other: Any, own: dict[str, str]) -> None:
    place = asked(boss, own)
    other.get(place)
    assert other.post(f"{place}/refuse", {"reason": " "}).status_code == 409
    assert "reason-problem" in other.page
    assert other.post(f"{place}/refuse", {"reason": "测试理由"}).status_code == 303
    boss.get(place)
    assert "未同意" in boss.page
    assert "测试理由" in boss.page
    assert boss.post(f"{place}/make", own).status_code == 409
    place = asked(boss, own)
    assert boss.post(f"{place}/agree", own).status_code == 409
    assert "另一位主管同意" in boss.page
    assert boss.post(f"{place}/withdraw").status_code == 303
    other.get(place)
    assert "已撤回" in other.page
    assert other.post(f"{place}/agree", own).status_code == 409
    assert "已经有了结果" in other.page


def test_there_is_no_request_that_nobody_made(boss: Any, own: dict[str, str]) -> None:
    place = "/export/asked/00000000-0000-4000-8000-000000000000"
    assert boss.get(place).status_code == 404
    for act in ("agree", "refuse", "withdraw", "make"):
        boss.get("/export")
        assert boss.post(f"{place}/{act}", own | {"reason": "测试"}).status_code == 404


def test_where_there_is_no_second_supervisor_it_says_what_to_do(house: Any, boss: Any, own: dict[str, str]) -> None:
    with house.station.documents._store.write():
        User.update(is_active=False).where(User.name.in_([OTHER, OPENED])).execute()
    asked(boss, own)
    told = boss.page.partition('id="nobody"')[2].partition("</p>")[0]
    assert "添加一位" in told
    assert "满 7 天" in told
    assert 'href="/users"' in told
    assert "请另一位主管用自己的账号登录" not in boss.page
    with house.station.documents._store.write():
        User.update(is_active=True).where(User.name.in_([OTHER, OPENED])).execute()


def test_whose_account_the_asker_has_just_opened_is_told_so_and_has_no_form(
    house: Any, boss: Any, own: dict[str, str]
) -> None:
    colleague(house, OPENED, own)
    place = asked(boss, own)
    key = User.get(User.name == OPENED).id
    boss.get(f"/users/{key}")
    for act in ("disable", "enable"):
        assert boss.post(f"/users/{key}/{act}", own).status_code == 303
    again = colleague(house, OPENED, own)
    again.get(place)
    assert "还不能算两个人" in again.page.partition('id="one-person"')[2]
    assert "agree-form" not in again.page
    assert again.post(f"{place}/agree", own).status_code == 409
    assert "7 天" in again.page.partition('id="sentence"')[2].partition("</p>")[0]


def test_what_has_gone_since_is_told_with_the_file(house: Any, boss: Any, other: Any, own: dict[str, str]) -> None:
    register(house, "测试丁", "990000196001010080")
    place = asked(boss, own)
    assert other.post(f"{place}/agree", own).status_code == 303
    with house.station.documents._store.write():
        gone = Registration.select(Registration.id).join(Person).where(Person.name == "测试丁")
        Registration.update(state="cancelled").where(Registration.id.in_(gone)).execute()
    boss.get(place)
    assert 'id="gone"' not in boss.page
    answer = boss.post(f"{place}/make", own)
    assert answer.status_code == 303
    boss.get(answer.headers["Location"])
    assert "申请的登记里有 1 条后来已注销" in boss.page.partition('id="gone"')[2].partition("</p>")[0]
    boss.get(place)
    assert 'id="gone"' in boss.page
