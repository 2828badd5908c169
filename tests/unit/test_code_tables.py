"""The shipped code tables against their standards' counts, and every coded field against its table."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime
from importlib import resources

import pytest

from agent.register import asked, code_tables, codes, fields, in_force, leaving
from agent.register.code_tables import ALL, About, CodeTable, Line
from agent.register.evaluate import Setting, judge
from agent.register.form import Entry

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
TODAY = date(2026, 11, 23)
SHIPPED = code_tables.shipped()
CODED = sorted(key for key, rule in fields.RULES.items() if rule.kind == "code")
# Counted in the sources, apart from our files.
COUNTS = {
    "sex": 4, "marital": 8, "relation": 84, "ethnic": 58, "education-national": 40, "education": 7, "political": 13,
    "reason": 17, "place_type": 27, "id_type": 8, "occupation": 13, "employer_kind": 7, "not_working_reason": 9,
    "income_source": 7, "town": 13, "proof_type": 4, "plan_stay": 4, "change_kind": 22, "cancel_kind": 13,
    "cancel_evidence": 9, "household_kind": 2, "district": 16,
}  # fmt: skip


@pytest.fixture(autouse=True)
def shipped_again():
    yield
    in_force.put(None)


def test_every_table_says_where_it_comes_from() -> None:
    for name, table in SHIPPED.items():
        about = table.about
        own = {line.code for line in table.lines}
        assert all((about.title_zh, about.title_en, about.standard, about.edition, about.source)), name
        assert (about.note_zh == "") is (about.note_en == ""), name
        assert about.fixed | (about.unconfirmed | about.local) - {ALL} <= own, name
        assert all(len(line.code) <= about.width and line.text_zh and line.text_en for line in table.lines), name
        assert {line.parent for line in table.lines} - {""} <= own, name
        assert {line.code for line in table.offered(TODAY)} >= about.fixed, name
    assert set(code_tables.about_of("code_tables.toml")) == set(SHIPPED)


def test_the_tables_have_as_many_lines_as_their_sources() -> None:
    assert {name: len(SHIPPED[name].lines) for name in COUNTS} == COUNTS


def test_what_is_never_offered() -> None:
    police = code_tables.maps()["reason-police"]
    assert (police.codes["217"], police.codes["218"]) == ("17", "17")
    assert all("上访" not in line.text_zh and "乞讨" not in line.text_zh for line in SHIPPED["reason"].lines)
    groups = {line.code for line in SHIPPED["place_type"].lines if not line.is_offered}
    assert groups == {"10", "20", "40", "60", "70"}
    assert codes.choice("place_type", "10") is not None
    assert codes.resolve("place_type", "10") is None
    assert "military" not in SHIPPED


@pytest.mark.parametrize("key", CODED)
def test_a_coded_field_takes_exactly_the_codes_of_its_table(key: str) -> None:
    rule = fields.RULES[key]
    table = SHIPPED[rule.table]
    assert table.about.width <= rule.most
    every = {line.code for own in SHIPPED.values() for line in own.lines} | {"", "x", "00", "217", " 1"}
    taken = {code for code in every if code and not refuses(key, code)}
    assert taken == {line.code for line in table.offered(TODAY)}


@pytest.mark.parametrize(("table", "key"), [("cancel_kind", leaving.KIND), ("cancel_evidence", leaving.EVIDENCE)])
def test_a_cancellation_takes_exactly_the_codes_of_its_tables(table: str, key: str) -> None:
    setting = leaving.Setting(NOW, date(2026, 1, 3))
    every = {line.code for own in SHIPPED.values() for line in own.lines} | {"x", "00"}
    told = {code: leaving.judge({leaving.KIND: "31", leaving.EVIDENCE: "1", key: code}, setting) for code in every}
    refused = {code for code, problems in told.items() if ("FIELD-CODE", key) in {(p.code, p.field) for p in problems}}
    assert every - refused == {line.code for line in SHIPPED[table].offered(TODAY)}


def refuses(key: str, code: str) -> bool:
    ground = {} if asked.is_asked(key, "RG") else {"hukou_div": "310104", "lives_here": "0"}
    if key == "owner_relation":
        ground["lives_here"] = "1"
    form = {name: Entry(text, "typed", NOW) for name, text in (ground | {key: code}).items()}
    problems = judge(form, Setting(TODAY, is_practice=True)).problems
    return any(problem.code == "FIELD-CODE" and problem.field == key for problem in problems)


def test_codes_that_rules_name_are_fixed() -> None:
    """What the rules of the documents name; a table without such a code would change which papers are asked for."""
    text = resources.files("agent.documents").joinpath("kinds.toml").read_text(encoding="utf-8")
    for kind in tomllib.loads(text).values():
        for need in kind.get("needed", ()) if isinstance(kind, dict) else ():
            for name, named in need.items():
                rule = fields.RULES.get(name.removeprefix("not_"))
                if rule is not None:
                    assert set(named) - {""} <= SHIPPED[rule.table].about.fixed, name
    for key, code in (("verify_mode", "2"), ("id_type", "111"), ("district", "310112"), ("reason", "17")):
        assert code in SHIPPED[fields.RULES[key].table].about.fixed
    own = {"occupation_kind": ("7", "8", "11", "12", "13"), "marital": ("10", "90"), "political": ("01", "02", "03")}
    for key, coded in (own | {"place_type": ("30",), "proof_type": ("2",), "reason": ("01", "02", "04", "05")}).items():
        assert set(coded) <= SHIPPED[fields.RULES[key].table].about.fixed


def test_every_map_leads_into_its_table() -> None:
    for name, one in code_tables.maps().items():
        assert one.codes, name
        assert set(one.codes) == set(one.words), name
        if one.to in SHIPPED:
            known = {line.code for line in SHIPPED[one.to].offered(TODAY)}
            assert set(one.codes.values()) - {""} <= known, name
    maps = code_tables.maps()
    assert (maps["separation-common"].codes["2"], maps["separation-reversed"].codes["02"]) == ("2", "3")
    assert (maps["separation-zero"].codes["0"], maps["separation-zero"].codes["999"]) == ("2", "")
    assert (maps["relation-98"].codes["98"], maps["education-1984"].codes["50"]) == ("99", "40")


def test_a_code_has_the_words_of_its_day() -> None:
    turn = date(2026, 6, 1)
    old = Line("01", "旧名", "Old name", "jm", valid_to=date(2026, 5, 31))
    lines = (
        old,
        Line("01", "新名", "New name", "xm", valid_from=turn),
        Line("02", "停用", "Closed", "ty", valid_to=turn),
    )
    table = CodeTable(About("reason", "", ""), lines)
    in_force.put(in_force.InForce({"reason": table}, today=lambda: TODAY))
    assert codes.shown("reason", "01", datetime(2026, 5, 31, 12, tzinfo=UTC)) == "旧名"
    assert codes.shown("reason", "01", datetime(2026, 6, 1, 12, tzinfo=UTC)) == codes.shown("reason", "01") == "新名"
    assert [one.code for one in codes.table("reason")] == ["01"]
    assert codes.shown("reason", "02") == "停用"
    assert [codes.is_taken("reason", "02", day) for day in (turn, date(2026, 6, 2), None)] == [True, False, False]
    assert codes.resolve("reason", "停用") is None
    assert codes.resolve("reason", "旧名") is None
    assert codes.shown("reason", "77") == "77"


def test_a_form_collected_before_a_code_ended_may_have_it() -> None:
    closed = Line("01", "务工", "Employment", "wg", valid_to=date(2026, 11, 20))
    open_line = Line("02", "经商", "Business", "js")
    in_force.put(in_force.InForce(dict(SHIPPED) | {"reason": CodeTable(About("reason", "", ""), (closed, open_line))}))
    form = {"reason": Entry("01", "typed", NOW)}
    for collected, is_wrong in ((None, True), (date(2026, 11, 21), True), (date(2026, 11, 20), False)):
        judged = judge(form, Setting(TODAY, is_practice=True, collected=collected))
        assert ("FIELD-CODE" in {problem.code for problem in judged.problems_of("reason")}) is is_wrong
