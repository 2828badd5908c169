"""How long a registration is valid stands on its receipt, by the parameter of the day of registration."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from agent.register import days, rules
from agent.register.rules import Value


@pytest.mark.parametrize(
    ("months", "after_days", "renewed_by", "words"),
    [(24, 0, "2028-03-02", "两年"), (24, 1, "2027-03-02", "一年"), (18, 0, "2027-09-02", "18 个月")],
)
def test_the_receipt_goes_by_the_day_of_registration(press, monkeypatch, months, after_days, renewed_by, words):
    record = press.record()
    day = record.registered_at.date() + timedelta(days=after_days)
    assert day >= date(2026, 3, 2)
    own = {"registration_months": [Value(months, day, "RENHU", "", is_shipped=False)]}
    content = press.content  # the printing of the press, with other parameters
    monkeypatch.setitem(
        content.__globals__,
        "PRINTING",
        replace(content.__globals__["PRINTING"], parameters=rules.shipped().with_values(own)),
    )
    sheet = press.content("receipt", [press.held(record)])["sheets"][0]
    assert (sheet["renewed_by"], sheet["valid_for"]) == (renewed_by, words)


def test_the_receipt_says_it(press):
    _, pdf, _ = press.paper("receipt", [press.held(press.record())])
    assert "居住登记一年有效" in press.text(pdf)
    assert days.months_after(date(2026, 12, 31), 2) == date(2027, 2, 28)
