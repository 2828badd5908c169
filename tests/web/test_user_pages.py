"""The users' pages: a colleague is added, comes in with the code, is switched off and on; no secret is shown twice."""

from __future__ import annotations

import html
import re

import pytest

NEW = "a long new password"


def own(house, role="supervisor"):
    return house.sign_ins[role]["password"]


def add(house, boss, name, role="clerk"):
    """Add a person; gives the code that the page shows."""
    boss.get("/users")
    answer = boss.post("/users", {"name": name, "role": role, "own-password": own(house)})
    assert answer.status_code == 200, boss.page
    found = re.search(r'id="one-time-code"[^>]*>([0-9A-Z-]+)<', boss.page)
    assert found
    return found[1]


def address(boss, name):
    """The address of one person's page."""
    boss.get("/users")
    found = re.search(rf'href="(/users/[0-9a-f-]{{36}})">{name}</a>', boss.page)
    assert found, boss.page
    return found[1]


def enrol(house, name, code, secret=NEW, again=NEW):
    """Somebody with a code; gives their browser and the answer."""
    visitor = house.visitor()
    visitor.get("/enrol")
    assert 'name="role"' not in visitor.page
    return visitor, visitor.post("/enrol", {"name": name, "code": code, "password": secret, "again": again})


def test_a_colleague_is_added_comes_in_and_works(house):
    boss = house.signed_in("supervisor")
    code = add(house, boss, "测试员")
    assert boss.get("/users").status_code == 200
    assert "等本人设密码" in boss.page
    assert code not in boss.page
    house.visitor().get("/sign-in")
    for wrong in ({"code": "0000"}, {"again": "another"}, {"secret": "short", "again": "short"}):
        _, answer = enrol(house, "测试员", **{"code": code, **wrong})
        assert answer.status_code == 409
        assert 'role="alert"' in answer.get_data(as_text=True)
        assert code not in answer.get_data(as_text=True)
    colleague, answer = enrol(house, "测试员", code)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert colleague.get("/desk").status_code == 200
    assert colleague.get("/users").status_code == 403
    _, answer = enrol(house, "测试员", code)
    assert answer.status_code == 409


def test_switched_off_is_out_at_once_and_lets_the_desk_go(house):
    boss = house.signed_in("supervisor")
    colleague, _ = enrol(house, "测试二", add(house, boss, "测试二"))
    token = colleague.client.get_cookie("__Host-sid", domain="127.0.0.1").value
    session = house.station.accounts.session(token)
    house.station.desk.hand_over(session)
    assert house.station.desk.holder_session() == session.session_id
    person = address(boss, "测试二")
    assert boss.get(person).status_code == 200
    refused = boss.post(f"{person}/disable", {"own-password": "not this one"})
    assert refused.status_code == 409
    assert "您自己的密码不对" in boss.page
    assert colleague.get("/desk").status_code == 200
    assert boss.post(f"{person}/disable", {"own-password": own(house)}).headers["Location"] == person
    assert house.station.desk.holder_session() is None
    assert colleague.get("/desk").headers["Location"] == "/sign-in"
    boss.get(person)
    assert "停用中" in boss.page
    boss.post(f"{person}/code", {"own-password": own(house)})
    assert "请先启用" in boss.page
    assert boss.post(f"{person}/enable", {"own-password": own(house)}).status_code == 303
    again = house.visitor()
    again.get("/sign-in")
    assert again.post("/sign-in", {"name": "测试二", "password": NEW}).status_code == 303


def test_a_forgotten_password_gets_a_new_code(house):
    boss = house.signed_in("supervisor")
    first, _ = enrol(house, "测试三", add(house, boss, "测试三"))
    person = address(boss, "测试三")
    boss.get(person)
    boss.post(f"{person}/code", {"own-password": own(house)})
    code = re.search(r'id="one-time-code"[^>]*>([0-9A-Z-]+)<', boss.page)[1]
    assert first.get("/desk").status_code == 200
    second, answer = enrol(house, "测试三", code, "another long password", "another long password")
    assert answer.status_code == 303
    assert second.get("/desk").status_code == 200
    assert first.get("/desk").headers["Location"] == "/sign-in"


def test_what_will_not_do_is_said_on_the_page_and_what_was_typed_stays(house):
    boss = house.signed_in("supervisor")
    boss.get("/users")
    for typed, said in (
        ({"name": "clerk"}, "已有同名的用户"),
        ({"name": ""}, "用户名应为"),
        ({"name": "<b>测试</b>", "role": "auditor"}, "没有这个角色"),
        ({"name": "测试四", "own-password": "x"}, "您自己的密码不对"),
    ):
        given = {"role": "technician", "own-password": own(house), **typed}
        assert boss.post("/users", given).status_code == 409
        assert said in boss.page
        assert f'value="{html.escape(typed["name"])}"' in boss.page
        assert own(house) not in boss.page
    assert "测试四</a>" not in boss.page


def test_the_last_supervisor_has_no_button_and_is_refused(house):
    boss = house.signed_in("supervisor")
    person = address(boss, "supervisor")
    boss.get(person)
    assert "/disable" not in boss.page
    assert boss.post(f"{person}/disable", {"own-password": own(house)}).status_code == 409
    assert boss.get("/users").status_code == 200


def test_an_unknown_person_is_no_page(house):
    boss = house.signed_in("supervisor")
    for unknown in ("x", "00000000-0000-4000-8000-000000000000"):
        assert boss.get(f"/users/{unknown}").status_code == 404
        boss.get("/users")
        assert boss.post(f"/users/{unknown}/disable", {"own-password": own(house)}).status_code == 404


@pytest.mark.parametrize("role", ["clerk", "technician"])
def test_others_see_no_such_page(house, role):
    browser = house.signed_in(role)
    assert 'href="/users"' not in browser.page
    assert browser.get("/users").status_code == 403
    assert "supervisor" not in browser.page


def test_ones_own_password_is_changed_and_the_old_token_opens_nothing(house):
    boss = house.signed_in("supervisor")
    here, _ = enrol(house, "测试五", add(house, boss, "测试五"))
    old_token = here.client.get_cookie("__Host-sid", domain="127.0.0.1").value
    here.get("/password")
    other = "another long password"
    for typed, said in (
        ({"old": "x", "password": other, "again": other}, "您自己的密码不对"),
        ({"old": NEW, "password": other, "again": "x"}, "两次输入"),
        ({"old": NEW, "password": "x", "again": "x"}, "密码应为"),
    ):
        assert here.post("/password", typed).status_code == 409
        assert said in here.page
    assert here.post("/password", {"old": NEW, "password": other, "again": other}).status_code == 303
    assert here.get("/password?done=1").status_code == 200
    assert "密码已修改" in here.page
    thief = house.visitor()
    thief.client.set_cookie("__Host-sid", old_token, domain="127.0.0.1")
    assert thief.get("/desk").headers["Location"] == "/sign-in"


def test_a_refusal_at_the_door_is_no_page_of_users(house):
    boss = house.signed_in("supervisor")
    answer = boss.client.post("/users", base_url="http://127.0.0.1:8731", data={"csrf": boss.csrf})
    assert answer.status_code == 403
    assert "测试站" in answer.get_data(as_text=True)
    assert "用户列表" not in answer.get_data(as_text=True)


def test_who_signs_in_elsewhere_ends_the_session_here_and_is_told(house):
    first = house.signed_in("technician")
    house.tokens["technician"] = house.sign_in("technician")
    assert first.get("/devices").headers["Location"] == "/sign-in"
    first.get("/sign-in")
    assert re.search(r'role="alert">.*您已在别处登录', first.page)
    assert house.signed_in("technician").get("/devices").status_code == 200
    visitor = house.visitor()
    visitor.get("/sign-in")
    assert "您已在别处登录" not in visitor.page
