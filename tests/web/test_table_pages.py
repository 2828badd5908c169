"""The supervisor's pages of code tables and rules, as a browser without JavaScript sends them."""

from __future__ import annotations

import csv
import io
import re

import pytest

from agent.register import codes, in_force
from peewee_models.code_tables import CodeEdition, CodeUpload, RuleValue


@pytest.fixture(autouse=True)
def shipped_again(house):
    yield
    for table in (CodeUpload, CodeEdition, RuleValue):
        table.delete().execute()
    house.station.tables.load()


@pytest.fixture(scope="module", autouse=True)
def nothing_left_in_force():
    yield
    in_force.put(None)


@pytest.fixture
def boss(house):
    return house.signed_in("supervisor")


def brought(boss, content: bytes, name: str = "reason", **fields: str):
    file = (io.BytesIO(content), "名单.csv")
    given = {"edition": "2026 年版", "source": "测试文件", "holds_from": "", **fields}
    return boss.post(f"/tables/{name}/upload", {**given, "file": file})


def downloaded(boss, name: str = "reason") -> str:
    return boss.get(f"/tables/{name}/csv").get_data().decode("utf-8-sig")


def seen(boss) -> str:
    return re.search(r'name="seen" value="([^"]+)"', boss.page)[1]


def test_the_list_has_every_table_with_edition_and_every_parameter(house, boss):
    answer = boss.get("/tables")
    assert answer.status_code == 200
    for name, table in in_force.now().tables.items():
        assert f'href="/tables/{name}"' in boss.page
        assert table.about.standard in boss.page
    for key in in_force.now().parameters.keys:
        assert f'href="/rules/{key}"' in boss.page
    assert "217" in boss.page
    assert 'aria-current="page"' in boss.page


def test_every_table_and_parameter_has_a_page_in_both_languages(boss):
    for language in ("en", "zh"):
        boss.post("/language", {"language": language, "back": "/tables"})
        for name in codes.tables():
            assert boss.get(f"/tables/{name}").status_code == 200, name
            title = "Reason for residence" if language == "en" else "居住事由"
            assert name != "reason" or f"<h1>{title}</h1>" in boss.page
        for key in in_force.now().parameters.keys:
            assert boss.get(f"/rules/{key}").status_code == 200, key


def test_a_table_goes_down_changes_and_comes_up_through_a_dry_run(house, boss):
    answer = boss.get("/tables/reason/csv")
    assert (answer.mimetype, answer.headers["Content-Disposition"]) == ("text/csv", 'attachment; filename="reason.csv"')
    text = downloaded(boss)
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["code"] for row in rows] == [line.code for line in codes.every("reason")]
    changed = text.replace("投靠亲友", "投亲靠友") + "18,测试事由,Made up,cssy,,1,,\r\n"
    answer = brought(boss, changed.encode("gb18030"))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/tables/reason/waiting")
    boss.get("/tables/reason")
    assert 'href="/tables/reason/waiting"' in boss.page
    boss.get("/tables/reason/waiting")
    for told in ("新增", "改动", "测试事由", "投亲靠友", "2026 年版", "测试文件"):
        assert told in boss.page
    assert codes.resolve("reason", "18") is None
    answer = boss.post("/tables/reason/confirm", {"seen": seen(boss)})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/tables/reason")
    boss.get("/tables/reason")
    assert ">18</td>" in boss.page
    clerk = house.clerk_at_a_form()
    clerk.get("/desk")
    assert 'value="18 测试事由"' in clerk.page
    assert 'value="12 投亲靠友"' in clerk.page


def test_what_is_refused_stands_line_by_line_and_has_no_button(boss):
    text = downloaded(boss).replace("17,其他,Other,qt,,1,,\r\n", "") + "1,务,No,,,1,,\r\n"
    assert brought(boss, text.encode()).status_code == 303
    boss.get("/tables/reason/waiting")
    assert "可能被表格软件去掉了" in boss.page
    assert "/tables/reason/confirm" not in boss.page
    answer = boss.post("/tables/reason/confirm", {"seen": seen(boss)})
    assert answer.status_code == 409
    assert "没有生效" in boss.page
    assert boss.post("/tables/reason/give-up").headers["Location"] == "/tables/reason"
    assert boss.get("/tables/reason/waiting").status_code == 404


@pytest.mark.parametrize(
    ("content", "fields", "told"),
    [
        (b"", {}, "没有选文件"),
        (b"a,b\n1,2", {}, "列名不对"),
        (b"\xff\xff", {}, "编码"),
        (b"code,zh,en\n", {"edition": ""}, "哪一版"),
        (b"code,zh,en\n", {"source": ""}, "从哪里来"),
        (b"code,zh,en\n", {"holds_from": "20200101"}, "生效日期"),
    ],
)
def test_a_file_that_does_not_do_keeps_what_was_typed_beside_it(boss, content, fields, told):
    answer = brought(boss, content, **({"source": "测试来源"} | fields))
    assert answer.status_code == 409
    assert told in boss.page
    assert fields.get("source") == "" or 'value="测试来源"' in boss.page


def test_a_file_has_to_be_a_file_and_fits_the_limit(house, boss):
    headers = {"Sec-Fetch-Site": "same-origin", "Origin": "http://127.0.0.1:8731"}
    plain = boss.client.post(
        "/tables/reason/upload", base_url="http://127.0.0.1:8731", data={"csrf": boss.csrf}, headers=headers
    )
    assert plain.status_code == 415
    assert brought(boss, b"x" * 300_000).status_code == 413


def test_a_parameter_gets_another_value_from_a_day_on(house, boss):
    today = house.station.clock.today()
    given = {"value": "200", "valid_from": today.isoformat(), "basis": "PIPL", "article": "31", "reason": "测试理由"}
    answer = boss.post("/rules/consent_under", given)
    assert answer.status_code == 409
    assert "1 至 18" in boss.page
    assert 'value="测试理由"' in boss.page
    assert '<option value="PIPL" selected>' in boss.page
    assert boss.post("/rules/consent_under", given | {"value": "12", "reason": ""}).status_code == 409
    answer = boss.post("/rules/consent_under", given | {"value": "12"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/rules/consent_under")
    boss.get("/rules/consent_under")
    assert "测试理由" in boss.page
    clerk = house.clerk_at_a_form()
    clerk.get("/desk")
    clerk.post(clerk.action("keep"), clerk.form(birth_date="20200101"))
    clerk.get("/desk")
    assert "监护人同意（未满 12 周岁）" in clerk.page
    planned = given | {"value": "10", "valid_from": "20991231"}
    boss.post("/rules/consent_under", planned)
    boss.get("/rules/consent_under")
    (value_id,) = re.findall(r'name="value_id" value="([^"]+)"', boss.page)
    boss.get("/tables")
    assert "2099-12-31" in boss.page
    assert boss.post("/rules/consent_under/withdraw", {"value_id": value_id}).status_code == 303
    assert house.station.tables.rules_today.consent_under == 12
    boss.get("/rules/consent_under")
    assert "已取消" in boss.page


def test_parameters_come_and_go_as_a_file(boss):
    text = downloaded(boss, "parameters")
    planned = text.replace(
        "days_in_scope,停留满几天属登记范围（到达当天算第一天）,days,3,,,HKDJ-1958,15\r\n",
        ("days_in_scope,,days,3,,2098-12-31,HKDJ-1958,15\r\ndays_in_scope,,days,4,2099-01-01,,HKDJ-1958,15\r\n"),
    )
    assert planned != text
    assert brought(boss, planned.encode(), "parameters").headers["Location"] == "/tables/parameters/waiting"
    boss.get("/tables")
    assert "/tables/parameters/waiting" in boss.page
    boss.get("/tables/parameters/waiting")
    assert "2099-01-01" in boss.page
    assert boss.post("/tables/parameters/confirm", {"seen": seen(boss)}).headers["Location"] == "/tables"
    assert RuleValue.select().count() == 1
    answer = brought(boss, b"x,y\n1,2", "parameters")
    assert answer.status_code == 409
    assert "列名不对" in boss.page


def test_no_form_asks_the_database_for_a_code(house, boss, monkeypatch):
    brought(boss, (downloaded(boss) + "18,测试事由,Made up,cssy,,1,,\r\n").encode())
    boss.get("/tables/reason/waiting")
    boss.post("/tables/reason/confirm", {"seen": seen(boss)})
    clerk = house.clerk_at_a_form()
    store, asked = house.station.register.place.store, []
    real = store.execute_sql
    monkeypatch.setattr(store, "execute_sql", lambda sql, *rest: (asked.append(sql), real(sql, *rest))[1])
    clerk.get("/desk")
    assert 'value="18 测试事由"' in clerk.page
    clerk.post(clerk.action("keep"), clerk.form(reason="18"))
    assert any("draft" in sql for sql in asked)
    assert [sql for sql in asked if "code_" in sql or "rule_value" in sql] == []


def test_what_is_not_there_is_not_found(boss):
    for path in ("/tables/none", "/tables/none/csv", "/tables/none/waiting", "/tables/reason/waiting", "/rules/none"):
        assert boss.get(path).status_code == 404, path
    assert brought(boss, b"code,zh,en\n", "none").status_code == 404
    for path in ("/tables/none/confirm", "/rules/none"):
        assert boss.post(path).status_code == 404, path


def test_what_the_cancellation_asks_for_follows_the_parameters(house, boss):
    today = house.station.clock.today().isoformat()
    boss.post("/rules/least_visits", {"value": "2", "valid_from": today, "basis": "RENHU", "reason": "测试"})
    with house.app.test_request_context():
        needed = house.app.jinja_env.globals["visits_needed"]()
    assert needed == {"least": 2, "minutes": 60}
