"""The rule parameters as a file, and new values one by one: what is past stays, no gap, no day with two values."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from agent.errors import CodedError
from agent.register import rules
from agent.register.rules import Parameters, Value
from agent.tables import csv_text, rule_change

TODAY = date(2026, 11, 23)
BASES = ("HKDJ-1958", "GWY-663", "PIPL", "RENHU")
TYPED = {"key": "days_in_scope", "value": "5", "valid_from": "20270101", "basis": "HKDJ-1958", "article": "15"}
DAYS, AGE, LAW = "days_in_scope,,days", "consent_under,,years", "HKDJ-1958,15"
SHIPPED = f"{DAYS},3,,,{LAW}"
PLANNED = Value(5, date(2027, 1, 1), "HKDJ-1958", "15", is_shipped=False)
OWN = rules.shipped().with_values({"days_in_scope": [PLANNED]})


def code_of(typed: dict[str, str], parameters: Parameters = OWN) -> str:
    with pytest.raises(CodedError) as refused:
        rule_change.checked(parameters, typed["key"], rule_change.new_value(typed, BASES), TODAY)
    return refused.value.code


def plan(*lines: str, parameters: Parameters = OWN) -> rule_change.RulePlan:
    return rule_change.plan(parameters, ",".join(rule_change.COLUMNS) + "\n" + "\n".join(lines), BASES, TODAY)


def test_the_parameters_come_back_as_they_went() -> None:
    for parameters in (rules.shipped(), OWN):
        made = plan(*csv_text.decoded(rule_change.written(parameters)).splitlines()[1:], parameters=parameters)
        assert (made.steps, made.refused) == ((), ())
        assert made.same == sum(len(parameters.history(key)) for key in parameters.keys)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"value": "0"}, "RULE-VALUE"),
        ({"value": "181"}, "RULE-VALUE"),
        ({"value": "drei"}, "RULE-VALUE"),
        ({"value": "５"}, "RULE-VALUE"),
        ({"value": "-3"}, "RULE-VALUE"),
        ({"valid_from": "bald"}, "RULE-DATE"),
        ({"valid_from": ""}, "RULE-DATE"),
        ({"basis": "NONE"}, "RULE-BASIS"),
        ({"article": "x" * 61}, "RULE-BASIS"),
        ({"valid_from": "2026-11-22"}, "RULE-BEFORE"),
        ({}, "RULE-SAME"),
        ({"value": "3", "valid_from": "2026-12-01"}, "RULE-SAME"),
        ({"key": "consent_under", "value": "17", "basis": "PIPL"}, "RULE-TOGETHER"),
        ({"key": "least_visits", "value": "6", "valid_from": "2026-11-23"}, ""),
        ({"key": "most_visits", "value": "2"}, "RULE-TOGETHER"),
        ({"valid_from": "2026-11-23"}, ""),
        ({"valid_from": "2027-02-01", "value": "7"}, ""),
    ],
)
def test_which_values_are_taken(changes: dict[str, str], code: str) -> None:
    if code:
        assert code_of(TYPED | changes) == code
    else:
        typed = TYPED | changes
        made = rule_change.checked(OWN, typed["key"], rule_change.new_value(typed, BASES), TODAY)
        assert made != OWN


def test_a_value_withdraws_the_planned_ones_from_its_day_on() -> None:
    made = rule_change.checked(
        OWN, "days_in_scope", rule_change.new_value(TYPED | {"value": "4", "valid_from": "20261201"}, BASES), TODAY
    )
    assert [(one.value, one.begins) for one in made.history("days_in_scope")[1:]] == [(4, date(2026, 12, 1))]
    assert rule_change.without(OWN, "days_in_scope", PLANNED.begins) == rules.shipped()


def test_a_file_adds_and_withdraws() -> None:
    made = plan(f"{DAYS},3,,2026-12-31,{LAW}", f"{DAYS},5,2027-01-01,2027-12-31,{LAW}", f"{DAYS},7,2028/1/1,,{LAW}")
    assert [(one.value, str(one.valid_from)) for one in made.steps] == [(7, "2028-01-01")]
    assert made.same == 2
    back = plan(SHIPPED)
    assert [(one.value, one.before, one.valid_from) for one in back.steps] == [(None, 5, PLANNED.begins)]
    assert rule_change.after(OWN, back.added, back.withdrawn) == rules.shipped()


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ((f"{DAYS},3,,2026-12-30,{LAW}", f"{DAYS},5,2027-01-01,,{LAW}"), "RULE-LINE-GAP"),
        ((f"{DAYS},3,,2027-01-01,{LAW}", f"{DAYS},5,2027-01-01,,{LAW}"), "RULE-LINE-OVERLAP"),
        ((f"{DAYS},3,,,{LAW}", f"{DAYS},5,2027-01-01,,{LAW}"), "RULE-LINE-OVERLAP"),
        ((f"{DAYS},3,,2026-12-31,{LAW}", f"{DAYS},5,2027-01-01,2028-01-01,{LAW}"), "RULE-LINE-GAP"),
        ((f"{DAYS},3,,2026-12-31,{LAW}",), "RULE-LINE-GAP"),
        ((f"{DAYS},5,2027-01-01,,{LAW}",), "RULE-LINE-GAP"),
        ((SHIPPED, SHIPPED), "RULE-LINE-OVERLAP"),
        ((f"{DAYS},4,,,{LAW}",), "RULE-LINE-PAST"),
        ((f"{DAYS},3,,2026-10-31,{LAW}", f"{DAYS},5,2026-11-01,,{LAW}"), "RULE-LINE-PAST"),
        ((f"{DAYS},0,,,{LAW}",), "RULE-VALUE"),
        ((f"{DAYS},3,,bald,{LAW}",), "RULE-DATE"),
        ((f"{DAYS},3,,2026-12-31,{LAW}", f"{DAYS},5,2027-01-01,,NONE,"), "RULE-BASIS"),
        (("nothing,,days,3,,,HKDJ-1958,15",), "RULE-LINE-KEY"),
        ((f"{DAYS},3",), "TABLE-LINE-SHAPE"),
        ((f"{AGE},14,,2026-12-31,PIPL,31", f"{AGE},18,2027-01-01,,PIPL,31"), "RULE-TOGETHER"),
    ],
)
def test_why_a_file_of_values_is_refused(lines: tuple[str, ...], code: str) -> None:
    assert code in {one.code for one in plan(*lines).refused}
    assert plan(*lines).steps == () or code == "RULE-TOGETHER"


def test_the_past_of_a_station_stays_in_its_file() -> None:
    begun = Value(5, TODAY - timedelta(days=5), "HKDJ-1958", "15", is_shipped=False)
    own = rules.shipped().with_values({"days_in_scope": [begun]})
    assert {one.code for one in plan(SHIPPED, parameters=own).refused} == {"RULE-LINE-PAST"}
