"""Who a person is to the head: one head, a relation that fits sex and years, and the guardian of the head's child."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from agent.register import codes, relations
from agent.register.derive import derive
from agent.register.evaluate import Setting, judge
from agent.register.form import Entry, value
from agent.register.relations import Member
from peewee_models.finding_queries import DWELLING_KEYS

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, tzinfo=UTC)
FATHER = Member("1", "02", "测试父", "1", "1982-01-01", "990000198201010017", "13800000000")
MOTHER = Member("2", "12", "测试母", "2", "1984-01-01", "990000198401010026", "13900000000")


def form(**values: str) -> dict[str, Entry]:
    return {key: Entry(text, "typed", NOW) for key, text in values.items()}


def setting(*members: Member) -> Setting:
    return Setting(TODAY, is_practice=True, household=members)


def told(members: tuple[Member, ...], **values: str) -> set[str]:
    judged = judge(form(**values), setting(*members))
    ours = {relations.KEY, relations.KIND}
    return {one.code for one in (*judged.problems, *judged.warnings) if one.field in ours}


@pytest.mark.parametrize(
    ("members", "values", "codes_told"),
    [
        ((), {"relation_to_head": "02"}, set()),
        ((MOTHER,), {"relation_to_head": "02"}, set()),
        ((FATHER,), {"relation_to_head": "02"}, {"HEAD-TWICE"}),
        ((FATHER, MOTHER), {"relation_to_head": "01"}, {"RELATION-SELF"}),
        ((MOTHER,), {"relation_to_head": "20", "sex": "1"}, {"HEAD-NONE"}),
        ((), {"relation_to_head": "10"}, {"HEAD-NONE"}),
        ((FATHER,), {"relation_to_head": "47", "sex": "2"}, {"RELATION-SEX"}),
        ((FATHER,), {"relation_to_head": "48", "sex": "1"}, {"RELATION-SEX"}),
        ((FATHER,), {"relation_to_head": "12", "sex": "1"}, {"RELATION-SEX"}),
        ((FATHER,), {"relation_to_head": "11", "sex": "2"}, {"RELATION-SEX"}),
        ((FATHER,), {"relation_to_head": "10", "sex": "2"}, set()),
        ((FATHER,), {"relation_to_head": "30", "sex": "2", "birth_date": "2012-05-05"}, set()),
        ((FATHER,), {"relation_to_head": "30", "sex": "2", "birth_date": "1995-12-31"}, {"RELATION-AGE"}),
        ((FATHER,), {"relation_to_head": "30", "sex": "2", "birth_date": "1996-01-01"}, set()),
        ((FATHER,), {"relation_to_head": "38", "sex": "2", "birth_date": "1983-01-01"}, set()),
        ((FATHER,), {"relation_to_head": "51", "sex": "1", "birth_date": "1983-01-01"}, {"RELATION-AGE"}),
        ((FATHER,), {"relation_to_head": "51", "sex": "1", "birth_date": "1960-01-01"}, set()),
        ((FATHER,), {"relation_to_head": "40", "birth_date": "2009-12-31"}, {"RELATION-AGE"}),
        ((FATHER,), {"relation_to_head": "61", "sex": "1", "birth_date": "1954-01-01"}, set()),
        ((FATHER,), {"relation_to_head": "61", "sex": "1", "birth_date": "1954-01-02"}, {"RELATION-AGE"}),
        ((FATHER,), {"relation_to_head": "20", "sex": "1"}, set()),
        ((), {"household_kind": "2", "proof_type": "2"}, {"HOUSEHOLD-KIND"}),
        ((), {"household_kind": "2", "proof_type": "4"}, set()),
        ((), {"household_kind": "3"}, {"FIELD-CODE", "HOUSEHOLD-KIND"}),
    ],
)
def test_what_is_told_of_a_place_in_a_household(
    members: tuple[Member, ...], values: dict[str, str], codes_told: set[str]
) -> None:
    assert told(members, **values) == codes_told


def test_each_code_that_is_of_one_sex_says_so_by_its_name() -> None:
    """The table's own words against the rule: a son is no woman, and what names no sex is for both."""
    men = {"夫", "子", "父", "兄", "弟", "甥", "公公", "伯父", "叔父", "舅父", "姑父", "婿"}
    women = {"妻", "女", "母", "姐", "妹", "嫂", "媳", "婆", "婶", "姨母", "姑母"}
    for line in codes.table("relation"):
        is_of_women = ("RELATION-SEX" in told((FATHER,), relation_to_head=line.code, sex="1")) and line.code != "02"
        is_of_men = ("RELATION-SEX" in told((FATHER,), relation_to_head=line.code, sex="2")) and line.code != "02"
        assert not (is_of_women and is_of_men)
        if is_of_men:
            assert any(word in line.text_zh for word in men), line
        if is_of_women:
            assert any(word in line.text_zh for word in women), line


def derived(members: tuple[Member, ...], **values: str) -> dict[str, tuple[str, str]]:
    filled = derive(form(**values), NOW, setting(*members))
    keys = (relations.KEY, relations.KIND, "guardian_name", "guardian_id", "guardian_rel", "guardian_mobile")
    return {key: (value(filled, key), filled[key].source) for key in keys if value(filled, key)}


def test_who_is_first_is_the_head_and_who_joins_says_what_they_are() -> None:
    assert derived(()) == {"relation_to_head": ("02", "derived"), "household_kind": ("1", "derived")}
    assert derived((FATHER,)) == {"household_kind": ("1", "derived")}
    alone = derive(form(), NOW, setting())
    assert value(derive(alone, NOW, setting(Member("", "", "测试乙", "1", "", "", ""))), relations.KEY) == "02"
    assert value(derive(alone, NOW, setting(FATHER)), relations.KEY) == "", "somebody else is the head there"
    assert derived((), proof_type="4")["household_kind"] == ("2", "derived")
    assert derived((), hukou_div="310104", lives_here="0") == {}, (
        "the form of who lives elsewhere has no household here"
    )


def test_the_heads_child_has_the_head_for_a_guardian_until_somebody_says_otherwise() -> None:
    child = {"relation_to_head": "30", "birth_date": "2018-05-05", "sex": "2"}
    assert derived((FATHER, MOTHER), **child) == {
        "relation_to_head": ("30", "typed"),
        "household_kind": ("1", "derived"),
        "guardian_name": ("测试父", "household"),
        "guardian_id": (FATHER.id_no, "household"),
        "guardian_rel": ("51", "household"),
        "guardian_mobile": ("13800000000", "household"),
    }
    assert derived((FATHER,), **child, guardian_name="测试别人")["guardian_name"] == ("测试别人", "typed")
    for other in ({"birth_date": "2000-05-05"}, {"relation_to_head": "93"}):
        assert "guardian_name" not in derived((FATHER,), **(child | other))
    filled = derive(form(**child), NOW, setting(FATHER))
    gone = derive({**filled, **form(relation_to_head="99")}, NOW, setting(FATHER))
    assert value(gone, "guardian_name") == ""


HERE = ("310112", "310112101", "测试路", "", "", "1", "101")


def test_a_head_who_lives_at_another_dwelling_is_no_head_here() -> None:
    moved = replace(FATHER, dwelling=HERE)
    same = dict(zip(DWELLING_KEYS, HERE, strict=True))
    other = same | {"room": "102"}
    assert told((moved,), relation_to_head="02", **same) == {"HEAD-TWICE"}
    assert told((moved,), relation_to_head="02", **other) == set(), "the former head keeps nobody from being it"
    assert told((moved,), relation_to_head="12", sex="2", **other) == {"HEAD-ELSEWHERE"}
    assert told((moved,), relation_to_head="12", sex="2", **same) == set()
    assert told((moved, replace(MOTHER, relation="02", dwelling=tuple(other.values()))), relation_to_head="30",
                sex="2", **other) == set()  # fmt: skip
    assert told((moved,), relation_to_head="02") == {"HEAD-TWICE"}, "an address that is not typed yet tells nothing"


def test_a_child_has_the_head_of_its_own_dwelling_for_a_guardian_else_the_one_who_moved() -> None:
    child = form(relation_to_head="20", **dict(zip(DWELLING_KEYS, HERE, strict=True)))
    moved = replace(FATHER, dwelling=(*HERE[:-1], "999"))
    new = replace(MOTHER, relation="02", dwelling=HERE)
    for members, name in (((moved, new), "测试母"), ((moved,), "测试父")):
        assert relations.guardian_of(child, members, is_guarded=True)["guardian_name"] == name
