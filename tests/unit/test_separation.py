"""Which form a person is on by household and dwelling, and what the forms RZ and HZ ask for."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from agent.register import asked, codes, fields, rules, separation
from agent.register.derive import derive
from agent.register.evaluate import Setting, judge
from agent.register.form import Entry, value
from peewee_models.register_queries import PERSON_KEYS, REGISTRATION_KEYS

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, tzinfo=UTC)
AREA = "310112101"
WHEN = rules.When(TODAY, TODAY)
SETTING = Setting(TODAY, is_practice=True, area=AREA)
HERE = {"district": "310112", "town": AREA, "road": "测试东路", "lane": "88", "no": "12", "room": "301"}
THERE = {"h_district": "310104", "h_road": "测试西路", "h_no": "3"}
IN_AREA = {"h_district": "310112", "h_town": AREA, "h_road": "测试北路", "h_no": "5"}
CITY = {"hukou_div": "310104", "hukou_address": "上海市徐汇区测试西路3号"}


def form(**values: str) -> dict[str, Entry]:
    return {key: Entry(text, "typed", NOW) for key, text in values.items()}


@pytest.mark.parametrize(
    ("values", "kind", "code", "is_in_both", "out"),
    [
        ({"hukou_div": "320583"} | HERE, "RG", "", False, ""),
        ({}, "RG", "", False, ""),
        (CITY | HERE | THERE, "RZ", "CLASS-RZ", False, ""),
        (CITY | HERE | IN_AREA, "RZ", "CLASS-RZ-HZ", True, ""),
        (CITY | {"lives_here": "1"} | HERE, "RZ", "CLASS-RZ", False, ""),
        ({"hukou_address": "上海市徐汇区测试西路3号"}, "RZ", "CLASS-RZ", False, ""),
        ({"hukou_address": "上海市徐汇区测试西路3号", "hukou_div": "320583"}, "RZ", "CLASS-RZ", False, ""),
        (CITY | HERE | {f"h_{key}": text for key, text in HERE.items()}, "RZ", "CLASS-RZ", False, "SCOPE-TOGETHER"),
        (
            CITY | HERE | {f"h_{key}": text for key, text in HERE.items()} | {"h_room": "302"},
            "RZ",
            "CLASS-RZ-HZ",
            True,
            "",
        ),
        (CITY | IN_AREA | {"lives_here": "0"}, "HZ", "CLASS-HZ", False, ""),
        (CITY | {"lives_here": "0"}, "HZ", "CLASS-HZ", False, ""),
        (CITY | THERE | {"lives_here": "0"}, "HZ", "CLASS-HZ", False, "SCOPE-NEITHER"),
        (CITY | IN_AREA | {"lives_here": "0", "h_town": "310112102"}, "HZ", "CLASS-HZ", False, "SCOPE-NEITHER"),
    ],
)
def test_the_class_of_a_person(values: dict[str, str], kind: str, code: str, is_in_both: bool, out: str) -> None:
    found = separation.residence(form(**values), AREA, is_practice=True)
    assert (found.form, found.code, found.is_in_both, found.out) == (kind, code, is_in_both, out)
    assert (found.kind != "") is (kind != "RG")
    assert found.kind in {"", *(line.code for line in codes.table("separation_kind"))}


def test_a_station_without_a_town_tells_no_area_apart() -> None:
    away = separation.residence(form(**CITY, **THERE, lives_here="0"), "", is_practice=True)
    moved = separation.residence(form(**CITY, **HERE, **IN_AREA), "", is_practice=True)
    assert (away.out, moved.is_in_both) == ("", False)


def test_a_door_without_its_house_is_not_one_dwelling() -> None:
    bare = {"road": "测试东路", "h_road": "测试东路"}
    assert separation.residence(form(**CITY, **bare), AREA, is_practice=True).out == ""


WANTED = {
    "RZ": {
        *("name", "sex", "ethnic", "birth_date", "id_type", "id_no", "hukou_address", "hukou_div", "soldier", "mobile"),
        *("education", "district", "town", "road", "proof_type", "lives_here", "h_road", "separation_scope"),
        *("separation_reason", "residence_reason", "owner_relation", "informant", "result", "notice_given"),
        *("household_kind", "relation_to_head", "committee", "no", "place_type", "verify_mode", "h_district", "h_no"),
    },
    "HZ": {
        *("name", "sex", "ethnic", "birth_date", "id_type", "id_no", "hukou_address", "hukou_div", "lives_here"),
        *(
            "h_road",
            "h_town",
            "h_committee",
            "separation_scope",
            "separation_reason",
            "house_use",
            "informant",
            "result",
        ),
        *("present_address", "verify_mode", "h_district", "h_no"),
    },
}


@pytest.mark.parametrize("kind", ["RZ", "HZ"])
def test_what_a_form_wants_of_a_grown_person(kind: str) -> None:
    bare = form(**CITY, lives_here="0" if kind == "HZ" else "1", birth_date="1990-01-01")
    wanted = asked.required(bare, kind, WHEN) & {*fields.KEYS}
    assert wanted == WANTED[kind]
    judged = judge(bare, SETTING)
    assert {*judged.missing} == wanted - {"hukou_address", "hukou_div", "lives_here", "birth_date"}


@pytest.mark.parametrize("kind", ["RG", "RZ", "HZ"])
def test_a_form_asks_for_no_field_of_another(kind: str) -> None:
    others = {key for key in fields.KEYS if not asked.is_asked(key, kind)}
    assert others
    lives = {"RG": {"hukou_div": "320583"}, "RZ": CITY, "HZ": CITY | {"lives_here": "0"}}[kind]
    # What no form takes, in fields that this one does not have, is neither wrong nor missing.
    nonsense = form(**dict.fromkeys(others - {*lives}, "?")) | form(**lives)
    judged = judge(nonsense, SETTING)
    told = {problem.field for problem in (*judged.problems, *judged.warnings)} | {*judged.missing}
    assert not told & others
    assert not others & asked.required(nonsense, kind, WHEN)


def test_every_field_is_on_a_form_and_has_a_column() -> None:
    assert {key for keys in asked.ASKED.values() for key in keys} == {*fields.RULES}
    assert {*fields.KEYS, separation.FORM} - {*PERSON_KEYS, *REGISTRATION_KEYS} == set()


@pytest.mark.parametrize(
    ("informant", "is_told"), [("", False), ("1", True), ("2", True), ("3", False), ("4", False), ("5", False)]
)
def test_only_the_family_of_who_is_away_can_be_told_and_agree(informant: str, is_told: bool) -> None:
    child = form(**CITY, lives_here="0", birth_date="2020-01-01", informant=informant)
    for key in ("notice_given", "guardian_consent"):
        assert (key in asked.required(child, "HZ", WHEN)) is is_told
        assert key in asked.required(child, "RZ", WHEN)
    assert "guardian_name" not in asked.required(child, "HZ", WHEN)
    assert "guardian_name" in asked.required(child, "RZ", WHEN)


@pytest.mark.parametrize(("scope", "is_known"), [("", True), ("3", True), ("4", True), ("5", False), ("6", False)])
def test_an_address_is_wanted_where_it_can_be_known(scope: str, is_known: bool) -> None:
    away = form(**CITY, lives_here="0", separation_scope=scope)
    assert ("present_address" in asked.required(away, "HZ", WHEN)) is is_known


@pytest.mark.parametrize(
    ("kind", "values", "told"),
    [
        ("RZ", {"result": "41"}, ("SEPARATION-RESULT", "result")),
        ("RZ", {"town": "310112102"}, ("SEPARATION-NOT-HERE", "town")),
        ("RZ", {"separation_scope": "4"}, ("SEPARATION-SCOPE-CITY", "separation_scope")),
        ("RZ", {"separation_scope": "6"}, ("SEPARATION-SCOPE-CITY", "separation_scope")),
        ("RZ", {"h_town": AREA, "h_district": "310104"}, ("TOWN-DISTRICT", "h_town")),
        ("RZ", {"separated_since": "2026-12"}, ("DATE-FUTURE", "separated_since")),
        ("RZ", {"separated_since": "2026-11"}, None),
        ("RZ", {"separated_since": "去年"}, ("FIELD-MONTH", "separated_since")),
        ("RZ", {"separated_since": "1990-01-01", "birth_date": "1990-02-01"}, ("DATE-BEFORE-BIRTH", "separated_since")),
        ("RZ", {"separated_since": "1990-02", "birth_date": "1990-02-10"}, None),
        ("HZ", {"separation_scope": "1"}, ("SEPARATION-SCOPE-HERE", "separation_scope")),
        ("HZ", {"separation_scope": "4"}, None),
        ("HZ", {"town": "310112102"}, None),
        ("HZ", {"notice_given": "0", "informant": "3"}, None),
        ("HZ", {"notice_given": "0", "informant": "1"}, ("NOTICE-NOT-GIVEN", "notice_given")),
    ],
)
def test_what_is_wrong(kind: str, values: dict[str, str], told: tuple[str, str] | None) -> None:
    ground = CITY | {"lives_here": "0" if kind == "HZ" else "1", "result": "40"}
    problems = {(one.code, one.field) for one in judge(form(**(ground | values)), SETTING).problems}
    assert problems == ({told} if told else set())


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"informant": "3"}, {("INFORMANT-NOT-MET", "informant")}),
        ({"informant": "2"}, set()),
        ({"h_district": "310112"}, {("DIVISION-OTHER", "h_district")}),
        (HERE | THERE | {"separation_scope": "2"}, {("SEPARATION-SCOPE-OTHER", "separation_scope")}),
        (HERE | THERE | {"separation_scope": "3"}, set()),
    ],
)
def test_what_is_worth_a_look(values: dict[str, str], told: set[tuple[str, str]]) -> None:
    assert {(one.code, one.field) for one in judge(form(**(CITY | values)), SETTING).warnings} == told


def test_another_form_than_the_records_is_refused_and_within_the_separated_it_may_change() -> None:
    def codes_of(registered_as: str, **values: str) -> list[str]:
        setting = Setting(TODAY, is_practice=True, area=AREA, registered_as=registered_as)
        judged = judge(form(**values), setting)
        return [one.code for one in (*judged.problems, judged.scope.reason) if one is not None]

    assert codes_of("RG", **CITY) == ["FORM-OTHER"]
    assert codes_of("RZ", hukou_div="320583") == ["FORM-OTHER"]
    assert codes_of("RZ", **CITY, lives_here="0") == []
    assert codes_of("HZ", **CITY) == []
    assert codes_of("RG", hukou_div="320583") == []


def derived(**values: str) -> dict[str, str]:
    filled = derive(form(**values), NOW, SETTING)
    return {key: value(filled, key) for key in (*separation.SEPARATED_KEYS, separation.FORM) if value(filled, key)}


def test_a_household_address_in_the_city_is_taken_apart() -> None:
    moved = derived(hukou_address="上海市闵行区莘庄镇测试路66弄7号502室", **HERE)
    assert moved == {
        "form": "RZ",
        "lives_here": "1",
        "h_district": "310112",
        "h_town": AREA,
        "h_road": "测试路",
        "h_lane": "66",
        "h_no": "7",
        "h_room": "502",
        "separation_scope": "1",
        "informant": "1",
        "result": "40",
    }
    other = derived(hukou_address="上海市徐汇区测试西路3号", **HERE)
    assert (other["h_district"], other["h_road"], other["separation_scope"]) == ("310104", "测试西路", "3")
    assert derived(hukou_address="上海市闵行区七宝镇测试路6号", **HERE)["separation_scope"] == "2"


def test_who_lives_away_says_how_far_and_who_told() -> None:
    away = derived(hukou_address="上海市闵行区莘庄镇测试路66弄7号502室", lives_here="0")
    assert (away["form"], "separation_scope" in away, "informant" in away) == ("HZ", False, False)


def test_what_had_followed_goes_with_its_ground_and_what_was_typed_waits() -> None:
    city = derive(form(hukou_address="上海市徐汇区测试西路3号", separation_reason="1", **HERE), NOW, SETTING)
    typed = {**city, "hukou_address": Entry("江苏省昆山市测试路1号", "typed", NOW)}
    elsewhere = derive({key: one for key, one in typed.items() if key != "hukou_div"}, NOW, SETTING)
    held = {key: value(elsewhere, key) for key in separation.SEPARATED_KEYS if value(elsewhere, key)}
    assert (held, value(elsewhere, "form")) == ({"separation_reason": "1"}, "RG")
