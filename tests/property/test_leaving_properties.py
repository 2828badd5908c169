"""The rules of a cancellation against an oracle written a second time, and laws that hold for any form."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from agent.register import codes, leaving
from agent.register.leaving import Setting

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
kinds = st.sampled_from([line.code for line in codes.table("cancel_kind")])
evidence = st.sets(st.sampled_from([line.code for line in codes.table("cancel_evidence")]), min_size=1)
arrivals = st.dates(date(2020, 1, 1), NOW.date())
days = st.dates(date(2019, 1, 1), date(2027, 12, 31))
visit_times = st.lists(st.integers(0, 30_000).map(lambda minutes: NOW - timedelta(minutes=minutes)), max_size=6)
texts = st.text(max_size=40)


def oracle_evidence(kind: str, said: set[str], visits: list[datetime]) -> bool:
    """The table of the forms in words: may this be cancelled on this evidence?"""
    if "1" in said and kind in {"1", "2", "D3"}:
        return False
    if said & {"1", "2", "3", "4", "5", "6", "7"}:
        return True
    if "8" not in said or kind in {"1", "2", "H1"}:
        return False
    first, *later = sorted(visits) or [NOW]
    counted = [first] if visits else []
    for at in later:
        if at >= counted[-1] + timedelta(hours=1):
            counted.append(at)
    return len(counted) >= 3


@given(kinds, evidence, visit_times)
@example("31", {"8"}, [NOW, NOW - timedelta(hours=1)])
@example("31", {"8", "9"}, [NOW, NOW - timedelta(hours=1), NOW - timedelta(hours=2)])
def test_evidence_agrees_with_the_table(kind: str, said: set[str], visits: list[datetime]) -> None:
    typed = {
        "cancel_kind": kind,
        "leave_date": "2026-11-20",
        "evidence": " ".join(sorted(said)),
        "visits": "\n".join(f"{at:%Y%m%d %H%M}" for at in visits),
        "cancel_remark": "测试",
    }
    problems = leaving.judge(leaving.understood(typed), Setting(NOW, date(2020, 1, 1)))
    assert (problems == []) is oracle_evidence(kind, said, visits)


@given(days, arrivals)
def test_a_month_is_refused_only_where_every_day_of_it_is(day: date, arrived: date) -> None:
    def is_right(text: str) -> bool:
        typed = {"cancel_kind": "31", "evidence": "1", "leave_date": text}
        return leaving.judge(leaving.understood(typed), Setting(NOW, arrived)) == []

    first = day.replace(day=1)
    of_month = [first + timedelta(number) for number in range(31) if (first + timedelta(number)).month == day.month]
    assert is_right(f"{day:%Y%m%d}") is (arrived <= day <= NOW.date())
    assert is_right(f"{day:%Y%m}") is any(arrived <= one <= NOW.date() for one in of_month)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(leaving.KEYS, texts)))
def test_any_form_is_understood_once_and_judged(typed: dict[str, str]) -> None:
    once = leaving.understood(typed)
    assert leaving.understood(once) == once
    assert "" not in once.values()
    for problem in leaving.judge(once, Setting(NOW, date(2020, 1, 1))):
        assert problem.field in leaving.KEYS
    "".join(once.values()).encode()
