"""The parameters of the rules: one value a day, and each read at its place, from the day on which it holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.exchange.wishes import needs_second_person
from agent.register import asked, days, further, leaving, rules
from agent.register.derive import derive
from agent.register.evaluate import Setting, judge, shown_keys
from agent.register.form import Entry
from agent.register.id_number import FormFacts, check
from agent.register.rules import READ, Parameters, Value
from agent.register.scope import ScopeFacts
from agent.register.scope import judge as judge_scope
from drivers.id_number import check_digit

TURN = date(2026, 11, 23)
BEFORE = TURN - timedelta(days=1)


def changed(key: str, value: int) -> Parameters:
    """The shipped parameters, of which one is another from TURN on."""
    return rules.shipped().with_values({key: [Value(value, TURN, "RENHU", "", is_shipped=False)]})


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


def form(day: date, **values: str) -> dict[str, Entry]:
    return {key: Entry(value, "typed", at(day)) for key, value in values.items()}


def told(day: date, parameters: Parameters, collected: date | None = None, **values: str) -> set[str]:
    setting = Setting(day, is_practice=True, collected=collected, parameters=parameters)
    judged = judge(form(day, **values), setting)
    return {one.code for one in (*judged.problems, *judged.warnings)} | {f"missing {key}" for key in judged.missing}


def born(years: int) -> str:
    """The birth date of somebody who is so old on both days."""
    return date(BEFORE.year - years, 1, 1).isoformat()


def number_of(years: int) -> str:
    head = f"990000{date(BEFORE.year - years, 1, 1):%Y%m%d}001"
    return head + check_digit(head)


def visits(apart_min: int, count: int) -> str:
    first = datetime(2026, 11, 20, 8, tzinfo=UTC)
    return "\n".join(f"{first + timedelta(minutes=apart_min * one):%Y-%m-%d %H:%M}" for one in range(count))


def cancelling(day: date, parameters: Parameters, times: str) -> set[str]:
    setting = leaving.Setting(at(day), date(2026, 1, 3), parameters)
    values = {"cancel_kind": "31", "leave_date": "2026-11-20", "evidence": "8", "visits": times}
    return {one.code for one in leaving.judge(values, setting)}


def in_scope(day: date, parameters: Parameters) -> object:
    judged = judge_scope(ScopeFacts(day, arrive_here=day - timedelta(days=3), plan_stay="0", parameters=parameters))
    return judged.reason


def declarer(day: date, parameters: Parameters) -> str:
    setting = Setting(day, is_practice=True, parameters=parameters)
    return derive(form(day, birth_date=born(16)), at(day), setting)["declarer"].value


def shown(day: date, parameters: Parameters) -> frozenset[str]:
    return shown_keys({}, Setting(day, is_practice=True, parameters=parameters))


def married(day: date, parameters: Parameters, years: int, sex: str) -> set[str]:
    return told(day, parameters, birth_date=born(years), sex=sex, marital="21")


# What is different from TURN on, of each parameter: the other value, and something that it decides.
PLACES: dict[str, list[tuple[int, Callable[[date, Parameters], object]]]] = {
    "days_in_scope": [
        (5, in_scope),
        (5, lambda day, own: "missing plan_stay" in told(day, own, arrive_here_date=str(day - timedelta(days=3)))),
    ],
    "guarded_under": [
        (17, lambda day, own: "DECLARER-CHILD" in told(day, own, birth_date=born(16), declarer="1")),
        (17, lambda day, own: "missing mobile" in told(day, own, birth_date=born(16))),
        (17, lambda day, own: "missing guardian_name" in told(day, own, birth_date=born(16))),
        (17, lambda day, own: "missing id_no" in told(day, own, birth_date=born(16), id_type="117")),
        (17, lambda day, own: "DOCUMENT-CHILDS" in told(day, own, birth_date=born(16), id_type="117")),
        (17, declarer),
    ],
    "consent_under": [
        (15, lambda day, own: "missing guardian_consent" in told(day, own, birth_date=born(14))),
        (15, lambda day, own: "CONSENT-NOT-GIVEN" in told(day, own, birth_date=born(14), guardian_consent="0")),
    ],
    "schooled_from": [(7, lambda day, own: "missing education" in told(day, own, birth_date=born(6)))],
    "adult_from": [
        (20, lambda day, own: "GUARDIAN-AGE" in told(day, own, birth_date=born(5), guardian_id=number_of(19)))
    ],
    "oldest_years": [
        (120, lambda day, own: "BIRTH-TOO-OLD" in told(day, own, birth_date=born(125))),
        (120, lambda day, own: bool(check(number_of(125), FormFacts(day, is_practice=True, parameters=own)).problems)),
        (120, lambda day, own: "ID-AGE" in told(day, own, id_no=number_of(125))),
        (120, lambda day, own: "ID-AGE" in told(day, own, birth_date=born(5), guardian_id=number_of(125))),
    ],
    "registration_months": [
        (24, lambda day, own: own.on(day).registration_months),
    ],
    "least_visits": [(2, lambda day, own: "CANCEL-VISITS-FEW" in cancelling(day, own, visits(90, 2)))],
    "most_visits": [(3, lambda day, own: "CANCEL-VISITS-MANY" in cancelling(day, own, visits(90, 4)))],
    "visits_apart_min": [(120, lambda day, own: "CANCEL-VISITS-FEW" in cancelling(day, own, visits(90, 3)))],
    "asks_work": [
        (0, lambda day, own: "job" in shown(day, own)),
        (2, lambda day, own: "missing job" in told(day, own, employer="测试公司")),
    ],
    "asks_tenancy": [
        (0, lambda day, own: "owner_name" in shown(day, own)),
        (2, lambda day, own: "missing owner_name" in told(day, own, place_type="30")),
    ],
    "asks_permit": [
        (0, lambda day, own: "wants_permit" in shown(day, own)),
        (2, lambda day, own: "missing income_source" in told(day, own, wants_permit="1")),
    ],
    "asks_contact": [(0, lambda day, own: "former_name" in shown(day, own))],
    "asks_family": [(0, lambda day, own: "marital" in shown(day, own))],
    "marries_from_men": [(21, lambda day, own: "MARITAL-AGE" in married(day, own, 21, "1"))],
    "marries_from_women": [(19, lambda day, own: "MARITAL-AGE" in married(day, own, 19, "2"))],
    "party_from": [(17, lambda day, own: "POLITICAL-AGE" in told(day, own, birth_date=born(17), political="01"))],
    "league_from": [(12, lambda day, own: "POLITICAL-AGE" in told(day, own, birth_date=born(13), political="03"))],
    "league_until": [(30, lambda day, own: "LEAGUE-AGE" in told(day, own, birth_date=born(29), political="03"))],
    "export_alone_most": [(10, lambda day, own: needs_second_person(6, 5, own, day))],
}
CASES = [(key, value, look) for key, places in PLACES.items() for value, look in places]


def test_every_parameter_that_is_read_has_a_place_here() -> None:
    assert set(PLACES) == set(READ)
    assert {key for key, one in rules.about().items() if one.day != "none"} == set(READ)


@pytest.mark.parametrize(("key", "value", "look"), CASES, ids=[f"{key}-{n}" for n, (key, _, _) in enumerate(CASES)])
def test_a_parameter_decides_from_its_day_on_and_not_before(
    key: str, value: int, look: Callable[[date, Parameters], object]
) -> None:
    own = changed(key, value)
    assert look(BEFORE, own) == look(BEFORE, rules.shipped())
    assert look(TURN, own) != look(TURN, rules.shipped())


def test_a_record_goes_by_the_rules_of_its_day_of_collection() -> None:
    consent, days = changed("consent_under", 15), changed("days_in_scope", 5)
    later = TURN + timedelta(days=1)
    asked = "missing guardian_consent"
    assert asked not in told(later, consent, collected=BEFORE, birth_date=born(14))
    assert asked in told(later, consent, collected=TURN, birth_date=born(14))
    arrived = str(later - timedelta(days=3))
    assert "missing plan_stay" not in told(later, days, collected=BEFORE, arrive_here_date=arrived)
    assert "missing plan_stay" in told(later, days, collected=TURN, arrive_here_date=arrived)
    short = form(later, arrive_here_date=arrived, plan_stay="0")
    scopes = [judge(short, Setting(later, True, collected=day, parameters=days)).scope for day in (BEFORE, TURN)]
    assert [scope.reason and scope.reason.code for scope in scopes] == [None, "SCOPE-SHORT-STAY"]


def test_a_registration_is_valid_as_long_as_on_its_day() -> None:
    own = changed("registration_months", 24)
    months = [own.on(day).registration_months for day in (BEFORE, TURN)]
    ends = [days.months_after(day, span).isoformat() for day, span in zip((BEFORE, TURN), months, strict=True)]
    assert ends == ["2027-11-22", "2028-11-23"]


def test_the_shipped_values() -> None:
    held = rules.shipped().on(TURN)
    assert (held.days_in_scope, held.guarded_under, held.consent_under, held.schooled_from) == (3, 16, 14, 6)
    assert (held.adult_from, held.oldest_years, held.registration_months) == (18, 130, 12)
    assert held.export_alone_most == 1000
    assert (held.least_visits, held.most_visits, held.visits_apart_min) == (3, 6, 60)
    assert (held.marries_from_men, held.marries_from_women) == (22, 20)
    assert (held.party_from, held.league_from, held.league_until) == (18, 14, 28)
    assert {getattr(held, group) for group in further.GROUPS} == {further.OFFERED}
    for key, about in rules.about().items():
        for one in rules.shipped().history(key):
            assert about.least <= one.value <= about.most, key
            assert about.unit in {"days", "years", "months", "times", "minutes", "asking", "records"}
    assert set(rules.about()) == set(rules.shipped().keys)


@given(st.lists(st.tuples(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(1, 18)), max_size=6))
def test_every_day_has_exactly_one_value(own: list[tuple[date, int]]) -> None:
    values = [Value(number, day, "RENHU", "", is_shipped=False) for day, number in own]
    made = rules.shipped().with_values({"consent_under": values})
    history = made.history("consent_under")
    for day in {date(2019, 1, 1), date(2031, 1, 1), *(d + timedelta(days=n) for d, _ in own for n in (-1, 0, 1))}:
        holding = [one for one in history if one.begins <= day <= (made.last_day("consent_under", one) or date.max)]
        latest = dict(own).get(max((d for d, _ in own if d <= day), default=date.min), 14)
        assert [one.value for one in holding] == [made.on(day).consent_under] == [latest]


@pytest.mark.parametrize(
    "values",
    [
        [],
        [Value(3, TURN, "RENHU", "")],
        [Value(3, None, "RENHU", ""), Value(4, TURN, "RENHU", ""), Value(5, TURN, "RENHU", "")],
    ],
)
def test_a_gap_or_two_values_for_a_day_are_refused(values: list[Value]) -> None:
    whole = {key: rules.shipped().history(key) for key in rules.shipped().keys}
    with pytest.raises(ValueError, match="gap or overlap"):
        Parameters(whole | {"days_in_scope": tuple(values)})


def test_the_age_of_consent_never_makes_a_field_required_without_a_birth_date() -> None:
    assert "guardian_consent" not in asked.required(form(TURN), "RG", rules.When(TURN, TURN))


def test_who_raises_the_number_for_exports_gains_by_it_after_a_week_and_who_lowers_it_binds_at_once() -> None:
    raised, lowered = changed("export_alone_most", 5000), changed("export_alone_most", 10)
    week = timedelta(days=7)
    assert [needs_second_person(1001, 0, raised, TURN + ago) for ago in (-week, timedelta(0), week)] == [
        True, True, False,
    ]  # fmt: skip
    assert needs_second_person(1001, 0, raised, TURN + week - timedelta(days=1))
    assert [needs_second_person(11, 0, lowered, day) for day in (BEFORE, TURN)] == [False, True]
    assert not needs_second_person(400, 600, rules.shipped(), TURN)
    assert needs_second_person(401, 600, rules.shipped(), TURN)
