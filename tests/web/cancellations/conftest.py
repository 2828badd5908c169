"""People who are registered through the desk, and the form by which their registration is cancelled."""

from __future__ import annotations

import itertools
import re

import pytest

from drivers.id_number import check_digit

REST = {
    "hukou_div": "990000", "soldier": "0", "arrive_city_date": "2026.3.2", "arrive_here_date": "20260305",
    "reason": "12", "proof_type": "2", "town": "xzz", "road": "测试东路", "mobile": "13800000000",
    "place_type": "30", "committee": "测试居委", "no": "12",
    "education": "高中", "notice_given": "1",
}  # fmt: skip
SERIALS = itertools.count(4, 2)


@pytest.fixture
def rest():
    return dict(REST)


@pytest.fixture
def number():
    """A made-up woman's number that no test had before."""
    first_17 = f"99000019850612{next(SERIALS):03d}"
    return first_17 + check_digit(first_17)


@pytest.fixture
def clerk(house):
    """A clerk's window, in Chinese."""
    browser = house.signed_in("clerk")
    browser.post("/language", {"language": "zh"})
    return browser


@pytest.fixture
def record(house, clerk, number):
    """The path of the record of a person who was registered with a card."""
    house.lay(house.card("测试林", number))
    clerk.get("/desk")
    saved = clerk.post(clerk.action("save"), clerk.form(**REST, then="stay"))
    assert saved.status_code == 303, re.findall(r'class="problem".*', clerk.page)
    house.lift()
    return saved.headers["Location"]


@pytest.fixture
def filled(house):
    """The form of the page that a browser has open, as it is sent, with a right second person."""

    def fill(browser, **typed):
        version = re.search(r'name="version" value="(\d+)"', browser.page)[1]
        who = house.sign_ins["supervisor"]
        shown = {"cancel_kind": "31 离沪", "leave_date": "20260401", "evidence_3": "1", "version": version}
        return shown | {"second_name": who["name"], "second_password": who["password"]} | typed

    return fill


@pytest.fixture
def cancel(filled):
    """Cancel a record in a window."""

    def act(browser, record):
        browser.get(f"{record}/cancel")
        answer = browser.post(f"{record}/cancel", filled(browser))
        assert (answer.status_code, answer.headers["Location"]) == (303, record), browser.page

    return act


@pytest.fixture
def undoing(house):
    """What is sent to undo a cancellation."""
    who = house.sign_ins["supervisor"]
    return {"undo_reason": "其实没有离开", "second_name": who["name"], "second_password": who["password"]}
