"""Every field of the forms as their tables say it: on which form, wanted when, how long, which codes, what is wrong.

`fields.csv` is the forms' field list as data: R wanted, C wanted `when`, O optional, - not on the form; beside it what
a field takes, and texts that it does not, each with the code of the error.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from agent.register import asked, codes, fields, further, rules
from agent.register.evaluate import Setting, judge
from agent.register.form import Entry

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, tzinfo=UTC)
FORMS = ("RG", "RZ", "HZ")
GROUND = {
    "RG": {"hukou_div": "320583"},
    "RZ": {"hukou_div": "310104", "lives_here": "1"},
    "HZ": {"hukou_div": "310104", "lives_here": "0"},
}
ADULT = {"birth_date": "1985-06-12", "sex": "2"}
CHILD = {"birth_date": "2020-01-01", "id_type": "117"}
# For each condition: values with which the field is wanted, and values with which it is not.
WHEN: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "has-papers": ({"id_type": "111"}, CHILD),
    "typed-number": ({"id_no": "990000198506120049"}, {"id_no": ""}),
    "grown": (ADULT, CHILD),
    "schooled": ({"birth_date": "2020-11-23"}, {"birth_date": "2020-11-24"}),
    "working": (ADULT | {"occupation_kind": "3"}, ADULT | {"employer": "无"}),
    "without-work": (ADULT | {"employer": "无"}, ADULT | {"employer": "测试公司"}),
    "wants-permit": (ADULT | {"wants_permit": "1"}, ADULT | {"wants_permit": "0"}),
    "studies": (ADULT | {"studying": "1"}, ADULT | {"studying": "0"}),
    "young": ({"birth_date": "2010-11-24"}, {"birth_date": "2010-11-23"}),
    "under-14": ({"birth_date": "2012-11-24", "informant": "1"}, {"birth_date": "2012-11-23", "informant": "1"}),
    "rented": ({"place_type": "30"}, {"place_type": "21", "proof_type": "1"}),
    "other-reason": ({"reason": "17"}, {"reason": "01"}),
    "just-arrived": ({"arrive_here_date": "2026-11-22"}, {"arrive_here_date": "2026-11-21"}),
    "told-by-family": ({"informant": "2"}, {"informant": "4"}),
    "where-known": ({"separation_scope": "4"}, {"separation_scope": "6"}),
}
# With these values nothing else calls a field in question.
FITTING = {
    "former_name": {},
    "job": {"occupation_kind": "3"},
    "employer_kind": {"occupation_kind": "3"},
    "employer_addr": {"occupation_kind": "3"},
    "not_working_reason": {"employer": "无"},
    "income_source": {"wants_permit": "1"},
    "studying": {"wants_permit": "1"},
    **{key: {"studying": "1"} for key in ("school", "school_addr", "study_from", "study_to")},
    **{key: {"permit_has": "1"} for key in ("permit_no", "permit_valid_to")},
    **{key: {"place_type": "30"} for key in further.TENANCY_KEYS},
    "id_no_again": {"id_no": "990000198506120049"},
    "guardian_id": CHILD,
    "guardian_rel": CHILD,
    "marital": ADULT,
    "political": ADULT,
}
ALL_ASKED = rules.shipped().with_values(
    {group: [rules.Value(rules.about()[group].most, None, "RENHU", "", is_shipped=False)] for group in further.GROUPS}
)


@dataclass(frozen=True)
class Line:
    """One field of the list."""

    key: str
    kind: str
    most: int
    table: str
    on: dict[str, str]
    when: str
    good: str
    bad: tuple[tuple[str, str], ...]


def read() -> list[Line]:
    text = Path(__file__).with_name("fields.csv").read_text(encoding="utf-8")
    lines = []
    for row in csv.DictReader(text.splitlines()):
        bad = tuple((one.rpartition(":")[0], one.rpartition(":")[2]) for one in row["bad"].split())
        on = {form: row[form] for form in FORMS}
        lines.append(Line(row["key"], row["kind"], int(row["most"]), row["table"], on, row["when"], row["good"], bad))
    return lines


LINES = read()
BY_KEY = {line.key: line for line in LINES}
ON_FORMS = [(line, form) for line in LINES for form in FORMS]


def named(case: object) -> str:
    return case.key if isinstance(case, Line) else str(case)


def form(**values: str) -> dict[str, Entry]:
    return {key: Entry(text, "typed", NOW) for key, text in values.items() if text}


def setting(parameters: rules.Parameters = ALL_ASKED) -> Setting:
    return Setting(TODAY, is_practice=True, is_draft=True, parameters=parameters)


def is_wanted(key: str, kind: str, values: dict[str, str], parameters: rules.Parameters = ALL_ASKED) -> bool:
    filled = form(**(GROUND[kind] | {key: text for key, text in values.items() if BY_KEY[key].on[kind] != "-"}))
    filled.pop(key, None)
    return key in asked.required(filled, kind, rules.When(TODAY, TODAY, parameters))


def told(line: Line, kind: str, text: str) -> set[str]:
    around = {key: own for key, own in FITTING.get(line.key, {}).items() if BY_KEY[key].on[kind] != "-"}
    judged = judge(form(**(GROUND[kind] | around | {line.key: text})), setting())
    return {problem.code for problem in judged.problems if problem.field == line.key}


def test_the_list_and_the_program_have_the_same_fields_of_the_same_kind_and_length() -> None:
    listed = {line.key: (line.kind, line.most, line.table) for line in LINES}
    assert listed == {key: (rule.kind, rule.most, rule.table) for key, rule in fields.RULES.items()}
    assert {line.when for line in LINES} - {"", "corrected"} == set(WHEN)


@pytest.mark.parametrize(("line", "kind"), ON_FORMS, ids=named)
def test_a_field_is_on_the_forms_that_the_list_says(line: Line, kind: str) -> None:
    assert asked.is_asked(line.key, kind) is (line.on[kind] != "-")


@pytest.mark.parametrize(("line", "kind"), [(line, kind) for line, kind in ON_FORMS if line.on[kind] == "R"], ids=named)
def test_what_is_required_is_wanted_whatever_else_is_said(line: Line, kind: str) -> None:
    for values in ({}, ADULT, CHILD, *(each for pair in WHEN.values() for each in pair)):
        assert is_wanted(line.key, kind, {key: text for key, text in values.items() if key != line.key}), values


@pytest.mark.parametrize(("line", "kind"), [(line, kind) for line, kind in ON_FORMS if line.on[kind] == "O"], ids=named)
def test_what_is_optional_is_never_wanted(line: Line, kind: str) -> None:
    for values in ({}, ADULT, CHILD, *(each for pair in WHEN.values() for each in pair)):
        assert not is_wanted(line.key, kind, values), values


@pytest.mark.parametrize(
    ("line", "kind"),
    [(line, kind) for line, kind in ON_FORMS if line.on[kind] == "C" and line.when != "corrected"],
    ids=named,
)
def test_what_is_conditional_is_wanted_when_its_condition_holds_and_only_then(line: Line, kind: str) -> None:
    wanted, unwanted = WHEN[line.when]
    assert is_wanted(line.key, kind, wanted)
    assert not is_wanted(line.key, kind, unwanted)


@pytest.mark.parametrize("key", further.KEYS)
def test_what_a_district_does_not_ask_for_is_wanted_on_no_form_but_where_the_form_is_of_it(key: str) -> None:
    line = BY_KEY[key]
    for kind in FORMS:
        for values in WHEN.get(line.when, ({},)):
            if line.on[kind] != "R":
                assert not is_wanted(key, kind, values, rules.shipped())


@pytest.mark.parametrize(
    ("line", "kind"), [(line, kind) for line, kind in ON_FORMS if line.on[kind] != "-" and line.good], ids=named
)
def test_a_right_value_is_taken_as_it_is(line: Line, kind: str) -> None:
    assert fields.understood(line.key, line.good, is_practice=True) == line.good
    assert told(line, kind, line.good) == set()


@pytest.mark.parametrize(
    ("line", "kind", "text", "code"),
    [(line, kind, *bad) for line, kind in ON_FORMS if line.on[kind] != "-" for bad in line.bad],
    ids=named,
)
def test_a_wrong_value_is_told_at_its_field(line: Line, kind: str, text: str, code: str) -> None:
    assert code in told(line, kind, text)


@pytest.mark.parametrize("line", [line for line in LINES if line.kind == "text"], ids=named)
def test_the_longest_text_is_taken_and_one_character_more_is_told(line: Line) -> None:
    kind = next(form for form in FORMS if line.on[form] != "-")
    assert told(line, kind, "测" * line.most) == set()
    assert told(line, kind, "测" * (line.most + 1)) == {"FIELD-LENGTH"}


@pytest.mark.parametrize("line", [line for line in LINES if line.kind == "name"], ids=named)
def test_the_longest_name_is_taken_and_one_character_more_is_told(line: Line) -> None:
    assert told(line, "RG", "测" * line.most) == set()
    assert told(line, "RG", "测" * (line.most + 1)) != set()


@pytest.mark.parametrize("line", [line for line in LINES if line.table], ids=named)
def test_a_coded_field_takes_what_its_table_offers(line: Line) -> None:
    kind = next(form for form in FORMS if line.on[form] != "-")
    for choice in codes.table(line.table):
        assert len(choice.code) <= line.most
        assert "FIELD-CODE" not in told(line, kind, choice.code), choice.code
