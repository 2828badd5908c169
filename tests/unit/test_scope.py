"""Who is registered here: every rule with its border, on both sides."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from agent.register.residence import Residence
from agent.register.scope import CODES, ScopeFacts, days_stayed, judge

TODAY = date(2026, 11, 23)


def facts(**changes: object) -> ScopeFacts:
    known: dict[str, object] = {
        "today": TODAY,
        "card_kind": "resident",
        "id_type": "111",
        "soldier": "0",
        "hukou_div": "320000",
        "arrive_here": TODAY - timedelta(days=30),
        "plan_stay": "",
    }
    return ScopeFacts(**(known | changes))  # type: ignore[arg-type]


def answer(**changes: object) -> str | bool | None:
    judged = judge(facts(**changes))
    return judged.reason.code if judged.reason is not None else judged.in_scope


def test_an_ordinary_person_is_in_scope() -> None:
    assert answer() is True


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"card_kind": "hmt"}, "SCOPE-HMT"),
        ({"card_kind": "foreigner-2017"}, "SCOPE-FOREIGNER"),
        ({"card_kind": "foreigner-2023"}, "SCOPE-FOREIGNER"),
        ({"number_scope": "SCOPE-HMT"}, "SCOPE-HMT"),
        ({"number_scope": "SCOPE-FOREIGNER"}, "SCOPE-FOREIGNER"),
        ({"id_type": "114"}, "SCOPE-SOLDIER"),
        ({"id_type": "115"}, "SCOPE-ARMED-POLICE"),
        ({"soldier": "1"}, "SCOPE-SOLDIER"),
        ({"residence": Residence("RZ", out="SCOPE-TOGETHER")}, "SCOPE-TOGETHER"),
        ({"residence": Residence("HZ", out="SCOPE-NEITHER")}, "SCOPE-NEITHER"),
        ({"residence": Residence("RZ"), "arrive_here": None}, True),
        ({"residence": Residence("RZ"), "soldier": ""}, None),
        ({"residence": Residence("RZ"), "place_type": "11"}, "SCOPE-HOTEL"),
        ({"residence": Residence("HZ"), "soldier": "", "arrive_here": None}, True),
        ({"residence": Residence("HZ"), "soldier": "1"}, "SCOPE-SOLDIER"),
        ({"residence": Residence("HZ"), "place_type": "11", "plan_stay": "0"}, True),
        ({"hukou_div": "320583"}, True),
        ({"hukou_div": "990000"}, True),
        ({"place_type": "11"}, "SCOPE-HOTEL"),
        ({"place_type": "13"}, "SCOPE-HOTEL"),
        ({"place_type": "14"}, True),
        ({"id_type": "117"}, True),
        ({"id_type": "113"}, True),
        ({"id_type": ""}, None),
        ({"hukou_div": ""}, None),
        ({"soldier": ""}, None),
        ({"arrive_here": None}, None),
    ],
)
def test_rules(changes: dict[str, object], expected: str | bool | None) -> None:
    assert answer(**changes) == expected


@pytest.mark.parametrize(
    ("days_ago", "plan", "expected"),
    [
        (0, "", None),
        (1, "", None),
        (2, "", True),
        (0, "0", "SCOPE-SHORT-STAY"),
        (1, "0", "SCOPE-SHORT-STAY"),
        (2, "0", True),
        (0, "1", True),
        (1, "2", True),
        (0, "3", True),
    ],
)
def test_three_days_with_the_day_of_arrival_as_day_one(days_ago: int, plan: str, expected: str | bool | None) -> None:
    assert answer(arrive_here=TODAY - timedelta(days=days_ago), plan_stay=plan) == expected


def test_a_short_plan_is_out_before_the_arrival_is_known() -> None:
    assert answer(arrive_here=None, plan_stay="0") == "SCOPE-SHORT-STAY"


def test_the_day_of_arrival_is_day_one() -> None:
    assert days_stayed(TODAY, TODAY) == 1


def test_each_reason_is_declared() -> None:
    assert len(set(CODES)) == 9
