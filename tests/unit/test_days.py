"""Days and months as they are typed and stored, and the same day some months later."""

from __future__ import annotations

from datetime import date

import pytest

from agent.register import days


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("20260302", "2026-03-02"),
        ("2026年3月", "2026-03"),
        ("202603", "2026-03"),
        ("2026-3", "2026-03"),
        ("２０２６．３", "2026-03"),
        ("202613", "202613"),
        ("20260230", "20260230"),
        ("去年", "去年"),
        ("", ""),
    ],
)
def test_a_day_or_a_month(typed: str, stored: str) -> None:
    assert days.day_or_month(typed) == stored


@pytest.mark.parametrize(
    ("stored", "meant"),
    [
        ("2026-03-02", (date(2026, 3, 2), date(2026, 3, 2))),
        ("2028-02", (date(2028, 2, 1), date(2028, 2, 29))),
        ("2026-13", None),
        ("202603", None),
        ("", None),
    ],
)
def test_the_days_that_are_meant(stored: str, meant: tuple[date, date] | None) -> None:
    assert days.days_of(stored) == meant


def test_the_same_day_some_months_later() -> None:
    assert days.months_after(date(2028, 2, 29), 12) == date(2029, 2, 28)
    assert days.months_after(date(2028, 2, 29), -48) == date(2024, 2, 29)
    assert days.months_after(date(2026, 3, 2), 12) == date(2027, 3, 2)
    assert days.months_after(date(2026, 8, 31), 6) == date(2027, 2, 28)
