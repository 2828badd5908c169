"""The form's fields, code tables, divisions and names: what is understood, what is required, what is wrong."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import UTC, date, datetime
from importlib import resources

import pytest

from agent.register import asked, codes, divisions, fields, names, rules, spelling
from agent.register.derive import derive
from agent.register.evaluate import Setting, judge
from agent.register.form import Entry

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, tzinfo=UTC)
SETTING = Setting(TODAY, is_practice=True)


def form(**values: str) -> dict[str, Entry]:
    return {key: Entry(value, "typed", NOW) for key, value in values.items()}


def found(kind: str, **values: str) -> set[tuple[str, str | None]]:
    judged = judge(form(**values), SETTING)
    return {(problem.code, problem.field) for problem in getattr(judged, kind)}


@pytest.mark.parametrize(
    ("key", "typed", "kept"),
    [
        ("reason", "wg", "01"),
        ("reason", "01", "01"),
        ("reason", "务工", "01"),
        ("reason", "务", "务"),
        ("reason", "w", "w"),
        ("ethnic", "汉", "01"),
        ("ethnic", "Han", "01"),
        ("ethnic", "hz", "hz"),
        ("sex", "女", "2"),
        ("town", "莘庄", "310112101"),
        ("district", "mhq", "310112"),
        ("arrive_here_date", "20260302", "2026-03-02"),
        ("arrive_here_date", "2026.3.2", "2026-03-02"),
        ("arrive_here_date", "2026年3月2日", "2026-03-02"),
        ("arrive_here_date", "２０２６/３/２", "2026-03-02"),
        ("arrive_here_date", "2026。3。2", "2026-03-02"),
        ("arrive_here_date", "2026 年 3 月 2 号", "2026-03-02"),
        ("arrive_here_date", "20260230", "20260230"),
        ("arrive_here_date", "昨天", "昨天"),
        ("card_valid_to", "长期", "long-term"),
        ("card_valid_to", "20300101", "2030-01-01"),
        ("mobile", "１３８-0000 0000", "13800000000"),
        ("id_no", "11010519491231002x", "11010519491231002X"),
        ("hukou_div", "江苏省", "320000"),
        ("hukou_div", "昆山市", "320583"),
        ("hukou_div", "火星", "火星"),
        ("road", "  测试路 ", "测试路"),
        ("name", "测试\u2022甲", "测试\u2022甲"),
        ("remark", "x" * 6000, "x" * 5000),
    ],
)
def test_what_a_clerk_types(key: str, typed: str, kept: str) -> None:
    assert fields.understood(key, typed, is_practice=True) == kept


@pytest.mark.parametrize("typed", ["2026111", "202631", "2026-111", "202611-1", "2026W11", "2026-W11-1", "2026x3y2"])
@pytest.mark.parametrize("key", ["arrive_here_date", "card_valid_to"])
def test_a_day_that_could_be_another_is_not_guessed(key: str, typed: str) -> None:
    kept = fields.understood(key, typed, is_practice=True)
    assert kept == typed
    assert ("FIELD-DATE", key) in found("problems", **{key: kept})


@pytest.mark.parametrize(
    ("key", "values", "is_required"),
    [
        ("id_no", {"id_type": "111"}, True),
        ("id_no", {"id_type": "117"}, False),
        ("id_no", {"id_type": "117", "birth_date": "2010-11-24"}, False),
        ("id_no", {"id_type": "113", "birth_date": "2010-11-24"}, False),
        ("id_no", {"id_type": "113", "birth_date": "2010-11-23"}, True),
        ("id_no", {"id_type": "117", "birth_date": "2010-11-23"}, True),
        ("mobile", {"birth_date": "2010-11-24"}, False),
        ("mobile", {"birth_date": "2010-11-23"}, True),
        ("mobile", {}, True),
        ("guardian_name", {"birth_date": "2010-11-24"}, True),
        ("guardian_mobile", {"birth_date": "2010-11-23"}, False),
        ("guardian_id", {}, False),
        ("education", {"birth_date": "2020-11-24"}, False),
        ("education", {"birth_date": "2020-11-23"}, True),
        ("plan_stay", {"arrive_here_date": "2026-11-22"}, True),
        ("plan_stay", {"arrive_here_date": "2026-11-21"}, False),
        ("plan_stay", {}, False),
        ("reason_other", {"reason": "17"}, True),
        ("reason_other", {"reason": "01"}, False),
        ("lane", {}, False),
        ("road", {}, True),
    ],
)
def test_what_is_required(key: str, values: dict[str, str], is_required: bool) -> None:
    assert (key in asked.required(form(**values), "RG", rules.When(TODAY, TODAY))) is is_required


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"mobile": "1380000000"}, ("MOBILE-SHORT", "mobile")),
        ({"mobile": "138000000000"}, ("MOBILE-LONG", "mobile")),
        ({"mobile": "12800000000"}, ("MOBILE-SHAPE", "mobile")),
        ({"mobile": "1380000000a"}, ("MOBILE-SHAPE", "mobile")),
        ({"ethnic": "57"}, ("FIELD-CODE", "ethnic")),
        ({"arrive_here_date": "2026-02-30"}, ("FIELD-DATE", "arrive_here_date")),
        ({"arrive_here_date": "2026-11-24"}, ("DATE-FUTURE", "arrive_here_date")),
        ({"arrive_city_date": "2026-03-02", "arrive_here_date": "2026-03-01"}, ("DATE-ORDER", "arrive_here_date")),
        ({"birth_date": "2000-01-01", "arrive_city_date": "1999-12-31"}, ("DATE-BEFORE-BIRTH", "arrive_city_date")),
        ({"birth_date": "1895-11-23"}, ("BIRTH-TOO-OLD", "birth_date")),
        ({"road": "路" * 41}, ("FIELD-LENGTH", "road")),
        ({"name": "测" * 51}, ("NAME-LENGTH", "name")),
        ({"name": "测试1"}, ("NAME-DIGIT", "name")),
        ({"name": "测\u200b试"}, ("NAME-CONTROL-CHARACTER", "name")),
        ({"notice_given": "0"}, ("NOTICE-NOT-GIVEN", "notice_given")),
        ({"district": "310101", "town": "310112101"}, ("TOWN-DISTRICT", "town")),
        ({"hukou_div": "999999"}, ("DIVISION-UNKNOWN", "hukou_div")),
        ({"birth_date": "2015-01-01", "declarer": "1"}, ("DECLARER-CHILD", "declarer")),
        ({"birth_date": "2015-01-01", "declarer": "3"}, ("DECLARER-CHILD", "declarer")),
        ({"birth_date": "2015-01-01", "declarer": "4"}, ("DECLARER-CHILD", "declarer")),
        ({"birth_date": "2015-01-01", "guardian_rel": "01"}, ("GUARDIAN-RELATION", "guardian_rel")),
        ({"birth_date": "2015-01-01", "guardian_rel": "12"}, ("GUARDIAN-RELATION", "guardian_rel")),
        ({"birth_date": "2015-01-01", "guardian_rel": "20"}, ("GUARDIAN-RELATION", "guardian_rel")),
        ({"birth_date": "2010-11-23", "id_type": "117"}, ("DOCUMENT-CHILDS", "id_type")),
        ({"guardian_id": "11010519491231002X", "id_no": "11010519491231002X"}, ("GUARDIAN-SAME", "guardian_id")),
        ({"guardian_id": "110105194912310021"}, ("ID-CHECK-DIGIT", "guardian_id")),
        ({"guardian_id": "810000198506120010"}, ("ID-CHECK-DIGIT", "guardian_id")),
        ({"guardian_id": "911101201006120010"}, ("GUARDIAN-AGE", "guardian_id")),
        ({"guardian_id": "830000198502300013"}, ("ID-DATE", "guardian_id")),
    ],
)
def test_what_is_wrong(values: dict[str, str], problem: tuple[str, str]) -> None:
    assert problem in found("problems", **values)


def test_a_text_far_too_long_is_kept_whole_and_its_length_told() -> None:
    kept = fields.understood("remark", "长" * 800, is_practice=True)
    told = [problem for problem in judge(form(remark=kept), SETTING).problems if problem.field == "remark"]
    assert [(problem.code, problem.facts) for problem in told] == [("FIELD-LENGTH", {"most": 200, "over": 600})]


@pytest.mark.parametrize(
    ("values", "warning"),
    [
        ({"card_valid_to": "2026-11-22"}, ("CARD-EXPIRED", "card_valid_to")),
        ({"card_valid_from": "2026-11-24"}, ("CARD-NOT-YET", "card_valid_from")),
        ({"card_valid_from": "2020-01-02", "card_valid_to": "2020-01-01"}, ("CARD-DAYS-TURNED", "card_valid_to")),
        ({"id_no": "11010519491231002X", "sex": "0"}, ("SEX-UNSAID", "sex")),
        ({"id_no": "11010519491231002X", "sex": "9"}, ("SEX-UNSAID", "sex")),
        ({"reason": "01"}, ("EMPLOYER-OR-NOTE", "employer")),
        ({"remark": "见110105194912310021"}, ("REMARK-DIGITS", "remark")),
        ({"name": "测试\u2022甲"}, ("NAME-DOT", "name")),
        ({"guardian_id": "810000198506120016"}, ("GUARDIAN-OTHER-CARD", "guardian_id")),
        ({"name": "测\ue863"}, ("NAME-PRIVATE-CHARACTER", "name")),
        ({"hukou_address": "不知何处"}, ("DIVISION-NOT-FOUND", "hukou_div")),
    ],
)
def test_what_is_worth_a_look(values: dict[str, str], warning: tuple[str, str]) -> None:
    assert warning in found("warnings", **values)


@pytest.mark.parametrize(
    "values",
    [
        {"card_valid_to": "2026-11-23"},
        {"card_valid_to": "long-term"},
        {"reason": "01", "employer": "无"},
        {"name": "测试·甲"},
        {"arrive_city_date": "2026-03-01", "arrive_here_date": "2026-03-01"},
        {"mobile": "19900000000"},
        {"birth_date": "2026-11-23"},
        {"birth_date": "2010-11-24", "id_type": "117", "declarer": "2", "guardian_rel": "52"},
        {"birth_date": "1985-06-12", "declarer": "4", "guardian_rel": "20"},
        {"card_valid_from": "2026-11-23", "card_valid_to": "2026-11-23"},
        {"card_valid_from": "2020-01-01", "card_valid_to": "long-term"},
        {"id_no": "11010519491231002X", "sex": "2"},
        {"sex": "0"},
    ],
)
def test_what_is_well(values: dict[str, str]) -> None:
    assert found("problems", **values) == set()
    assert found("warnings", **values) == set()


def test_a_wrong_dot_is_proposed_and_never_changed() -> None:
    derived = derive(form(name="测试\u2022甲"), NOW, SETTING)["name"]
    assert derived.value == "测试\u2022甲"
    assert derived.offered("proposal") == "测试·甲"


def test_the_division_follows_the_address_until_somebody_types_one() -> None:
    derived = derive(form(hukou_address="江苏省南京市测试路"), NOW, SETTING)
    assert derived["hukou_div"].value == "320100"
    moved = derive(derived | form(hukou_address="上海市闵行区"), NOW, SETTING)
    assert moved["hukou_div"].value == "310112"
    typed = derive(moved | form(hukou_div="110000", hukou_address="四川省"), NOW, SETTING)
    assert (typed["hukou_div"].value, typed["hukou_div"].offered("proposal")) == ("110000", "510000")
    assert ("DIVISION-OTHER", "hukou_div") in found("warnings", hukou_div="110000", hukou_address="四川省")
    mended = derive(typed | form(hukou_address="北京市东城区"), NOW, SETTING)
    assert mended["hukou_div"].offers == ()


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("上海市闵行区莘庄镇1号", "310112"),
        ("上海闵行区", "310112"),
        ("上海市南汇区", "310119"),
        ("闸北区测试路", "310108"),
        ("上海路5号", None),
        ("普陀区测试路", None),
        ("昆山市玉山镇", "320583"),
        ("南京市鼓楼区", "320106"),
        ("内蒙古通辽市", "150500"),
        ("新疆维吾尔自治区喀什市", "653101"),
        ("吉林市船营区", "220204"),
        ("湖北省恩施土家族苗族自治州恩施市", "422801"),
        ("重庆万州区", "500101"),
        ("湖南省邵阳市", "430500"),
        ("江苏省南通市崇川区", "320613"),
        ("江苏省沭阳县", "321322"),
        ("海南省琼海市", "469002"),
        ("安徽省巢湖市", "340181"),
        ("安徽省六安市寿县", "340422"),
        ("江苏省淮阴市沭阳县", "321322"),
        ("山西省大同市城区", "140202"),
        ("湖南省邵东县", None),
        ("上海市松江县", "310000"),
        ("江川县", "530421"),
        ("山西省城区", None),
        ("山西省测试镇", "140000"),
        ("", None),
    ],
)
def test_divisions_of_addresses(address: str, code: str | None) -> None:
    division = divisions.parse(address, is_practice=False)
    assert (None if division is None else division.code) == code


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("320000", "320583", False),
        ("320500", "320583", False),
        ("320583", "320583", False),
        ("320583", "320582", True),
        ("320600", "320583", True),
        ("310000", "320000", True),
    ],
)
def test_divisions_are_apart_where_neither_lies_in_the_other(one: str, other: str, apart: bool) -> None:
    assert (divisions.are_apart(one, other), divisions.are_apart(other, one)) == (apart, apart)


def test_every_division_in_force_is_found_by_its_names() -> None:
    lines = resources.files("agent.register").joinpath("divisions.csv").read_text(encoding="utf-8").splitlines()
    now = {row["code"]: row["name"] for row in csv.DictReader(lines) if row["status"] == "now"}
    shared = Counter((code[:2], name) for code, name in now.items() if not code.endswith("0000"))

    def found(address: str) -> str | None:
        division = divisions.parse(address + "测试路1号", is_practice=False)
        return None if division is None else division.code

    for code, name in now.items():
        province = "" if code.endswith("0000") else now[code[:2] + "0000"]
        prefecture = "" if code.endswith("00") else now.get(code[:4] + "00", "")
        assert found(province + prefecture + name) == code, name
        assert found(province + name) == (code if shared[code[:2], name] < 2 else None), name
        assert divisions.name_of(code) == province + prefecture + name


def test_the_made_up_division_exists_in_practice_only() -> None:
    assert divisions.parse("测试地区测试路", is_practice=False) is None
    assert divisions.parse("测试地区测试路", is_practice=True) == divisions.Division("990000", "测试地区")
    assert divisions.name_of("310112") == "上海市闵行区"


def test_code_tables_are_whole() -> None:
    assert [len(codes.table(name)) for name in ("ethnic", "sex", "reason", "proof_type", "town", "district")] == [
        58,
        4,
        17,
        4,
        13,
        16,
    ]
    for name in codes.tables():
        lines = codes.table(name)
        assert len({line.code for line in lines}) == len(lines)
        assert all(line.text_zh and line.text_en for line in lines)
        assert all(codes.resolve(name, line.code) == line.code for line in lines)
        assert all(codes.resolve(name, line.text_zh) == line.code for line in lines)
    for rule in fields.RULES.values():
        assert (rule.kind == "code") is bool(rule.table)


@pytest.mark.parametrize(
    ("name", "key"),
    [("阿·卜", "阿·卜"), ("阿\u2022卜", "阿·卜"), ("阿 ． 卜", "阿·卜"), ("A.B", "a.b"), ("Å", "å"), ("测 试", "测试")],
)
def test_search_keys(name: str, key: str) -> None:
    assert names.search_key(name) == key


def test_surnames_are_spelled_as_surnames() -> None:
    for name, spelled in (("单测", "shance"), ("曾测", "zengce"), ("尉迟测", "yuchice"), ("仇测", "qiuce")):
        assert spelling.pinyin_keys(name)[0].split()[0] == spelled
    assert spelling.pinyin_keys("") == ("", "")


def test_names_are_masked() -> None:
    assert [names.masked(name) for name in ("", "测", "测试", "测试一二三四")] == ["", "测", "测＊", "测＊＊＊"]
