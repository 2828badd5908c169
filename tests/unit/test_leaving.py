"""The rules of a cancellation, by the tables that the forms are filled from: every kind with every evidence."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, timedelta

import pytest

from agent.register import codes, leaving
from agent.register.leaving import Setting

SETTING = Setting(datetime(2026, 11, 23, 10, 0, tzinfo=UTC), date(2026, 1, 3))
KINDS = [line.code for line in codes.table("cancel_kind")]
EVIDENCE = [line.code for line in codes.table("cancel_evidence")]
LEFT = {"cancel_kind": "31", "leave_date": "2026-11-20", "evidence": "3"}
THREE_VISITS = "2026-11-01 10:00\n2026-11-02 19:00\n2026-11-04 09:30"
# Who cannot declare it themselves, and for what nobody's being met at the door is no proof; by the codes of the tables.
NOT_BY_SELF = {"1", "2", "D3"}
NOT_BY_DOOR = {"1", "2", "H1"}


def found(**changes: str) -> list[tuple[str, str | None]]:
    values = leaving.understood(LEFT | changes)
    return [(problem.code, problem.field) for problem in leaving.judge(values, SETTING)]


def test_the_tables_hold_what_the_rules_speak_of() -> None:
    assert KINDS == ["31", "32", "33", "3", "1", "2", "H1", "H2", "D1", "D2", "D3", "D4", "99"]
    assert [str(number) for number in range(1, 10)] == EVIDENCE
    assert set(KINDS) >= leaving.WITHOUT_DATE | NOT_BY_SELF | NOT_BY_DOOR


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("evidence", EVIDENCE)
def test_every_kind_with_one_evidence(kind: str, evidence: str) -> None:
    refused: list[tuple[str, str | None]] = []
    if evidence == "9":
        refused = [("CANCEL-COMPARISON-ALONE", "evidence")]
    elif evidence == "8":
        refused = [("CANCEL-DOOR-PROVES-NOT", "evidence")] if kind in NOT_BY_DOOR else [("CANCEL-VISITS-FEW", "visits")]
    elif evidence == "1" and kind in NOT_BY_SELF:
        refused = [("CANCEL-SELF", "evidence")]
    assert found(cancel_kind=kind, evidence=evidence, cancel_remark="测试") == refused


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_after_three_visits_and_what_it_needs_besides(kind: str) -> None:
    at_the_door = found(cancel_kind=kind, evidence="8", visits=THREE_VISITS, cancel_remark="测试")
    assert at_the_door == ([("CANCEL-DOOR-PROVES-NOT", "evidence")] if kind in NOT_BY_DOOR else [])
    assert found(cancel_kind=kind, leave_date="", cancel_remark="测试") == (
        [] if kind.startswith("D") else [("FIELD-MISSING", "leave_date")]
    )
    assert found(cancel_kind=kind) == ([("FIELD-MISSING", "cancel_remark")] if kind == "99" else [])
    assert found(cancel_kind=kind, evidence="6 9 8", cancel_remark="测试") == []


def test_an_empty_form_lacks_what_every_form_needs() -> None:
    problems = leaving.judge(leaving.understood({}), SETTING)
    assert [(one.code, one.field) for one in problems] == [
        ("FIELD-MISSING", key) for key in ("cancel_kind", "leave_date", "evidence")
    ]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("20261120", "2026-11-20"), ("2026年11月20日", "2026-11-20"), ("２０２６－１１－２０", "2026-11-20"),
        ("202611", "2026-11"), ("2026-11", "2026-11"), ("2026年11月", "2026-11"), ("2026.1", "2026-01"),
        ("20261", "20261"), ("202613", "202613"), ("2026", "2026"), ("昨天", "昨天"), ("20260230", "20260230"),
    ],
)  # fmt: skip
def test_a_day_or_a_month_keeps_its_precision(typed: str, stored: str) -> None:
    assert leaving.understood({"leave_date": typed}) == {"leave_date": stored}


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("20261123", None), ("20260103", None), ("202611", None), ("202601", None),
        ("20261124", "DATE-FUTURE"), ("202612", "DATE-FUTURE"),
        ("20260102", "CANCEL-BEFORE-ARRIVAL"), ("202512", "CANCEL-BEFORE-ARRIVAL"),
        ("昨天", "CANCEL-DATE"), ("20261", "CANCEL-DATE"),
    ],
)  # fmt: skip
def test_who_left_had_come_before_and_leaves_no_later_than_today(typed: str, code: str | None) -> None:
    assert found(leave_date=typed) == ([] if code is None else [(code, "leave_date")])


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("20261101 1830", "2026-11-01 18:30"), ("2026-11-01 9:05", "2026-11-01 09:05"),
        ("2026年11月1日18:30", "2026-11-01 18:30"), ("2026 11 1 18 30", "2026-11-01 18:30"),
        ("２０２６１１０１　１８：３０", "2026-11-01 18:30"), ("2026-11-01T18:30", "2026-11-01 18:30"),
        ("20261101 2530", "20261101 2530"), ("20261101", "20261101"), ("晚上", "晚上"),
    ],
)  # fmt: skip
def test_a_visit_has_a_day_and_a_time(typed: str, stored: str) -> None:
    assert leaving.understood({"visits": typed}) == {"visits": stored}


def test_each_wrong_visit_is_told_by_its_place() -> None:
    values = leaving.understood(LEFT | {"visits": "20261101 1000\n晚上\n20261123 1001\n20251231 1000"})
    told = [(one.code, one.facts["place"]) for one in leaving.judge(values, SETTING)]
    assert told == [("CANCEL-VISIT-TIME", 2), ("CANCEL-VISIT-FUTURE", 3), ("CANCEL-VISIT-BEFORE-ARRIVAL", 4)]


def test_visits_count_when_they_are_an_hour_apart() -> None:
    def times(*clock: str) -> int:
        visits = [datetime.fromisoformat(f"2026-11-01 {one}") for one in clock]
        return leaving.different_times(visits, timedelta(hours=1))

    assert times("10:00", "10:59", "11:00", "12:00") == 3
    assert times("12:00", "10:00", "11:00") == 3
    assert times("10:00", "10:00", "10:00") == 1
    close = "2026-11-01 10:00\n2026-11-01 10:10\n2026-11-01 10:20"
    assert found(evidence="8", visits=close) == [("CANCEL-VISITS-FEW", "visits")]
    twice = "2026-11-01 10:00\n2026-11-02 10:00"
    (few,) = leaving.judge(leaving.understood(LEFT | {"evidence": "8", "visits": twice}), SETTING)
    assert few.facts == {"least": 3, "have": 2, "minutes": 60}


def test_too_much_is_told_and_unknown_codes_are() -> None:
    assert found(leave_to="测" * 201, cancel_remark="测" * 501) == [
        ("FIELD-LENGTH", "leave_to"),
        ("FIELD-LENGTH", "cancel_remark"),
    ]
    assert found(cancel_remark="号码 990000198506120049") == [("REMARK-DIGITS", "cancel_remark")]
    assert found(cancel_kind="98") == [("FIELD-CODE", "cancel_kind")]
    assert found(evidence="3 0") == [("FIELD-CODE", "evidence")]
    many = "\n".join(f"2026-11-0{day} 10:00" for day in range(1, 8))
    assert found(visits=many) == [("CANCEL-VISITS-MANY", "visits")]


@pytest.mark.parametrize(
    ("evidence", "mode", "form", "told"),
    [
        ("1", "2", "RG", ("DISTRICT",)),
        ("3 9", "2", "RG", ("DISTRICT", "SPS")),
        ("1", "4", "RG", ("DISTRICT", "SPS")),
        ("3 9", "4", "RZ", ("POLICE",)),
        ("1", "2", "HZ", ("POLICE",)),
    ],
)
def test_who_is_told_of_a_cancellation(evidence: str, mode: str, form: str, told: tuple[str, ...]) -> None:
    assert leaving.targets(evidence.split(), mode, form) == told


def test_without_a_day_of_arrival_no_day_is_too_early() -> None:
    early = {"cancel_kind": "31", "leave_date": "1999-01", "evidence": "3"}
    unsaid = dataclasses.replace(SETTING, arrived=None)
    assert [one.code for one in leaving.judge(early, SETTING)] == ["CANCEL-BEFORE-ARRIVAL"]
    assert leaving.judge(early, unsaid) == []
