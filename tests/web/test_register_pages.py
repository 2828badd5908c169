"""The lists of the register go on from page to page, and say no number that nobody has counted."""

from __future__ import annotations

from datetime import date

import pytest

from agent.register.views import RecordLine


@pytest.fixture
def many(house, monkeypatch):
    """A register in which 47 persons are found, and the pages that were asked of it."""
    everybody = [
        RecordLine(str(n), f"测试{n:02}", "测*", "9900**********0049", "测试路", date(2026, 3, 2)) for n in range(1, 48)
    ]
    asked = []

    def find(query, by, page=1):
        asked.append((query, page))
        return everybody[(page - 1) * 20 : page * 20]

    register = house.station.register
    monkeypatch.setattr(register, "find", find)
    monkeypatch.setattr(register, "recent", lambda by, page=1: find("", by, page))
    return house, asked


def test_the_newest_records_go_on(many):
    house, _ = many
    clerk = house.signed_in("supervisor")
    clerk.get("/register")
    assert "第 1 至 20 条<" in clerk.page
    assert 'name="page" value="2"' in clerk.page
    assert 'name="page" value="0"' not in clerk.page
    clerk.get("/register?page=3")
    assert "第 41 至 47 条，共 47 条<" in clerk.page
    assert 'name="page" value="2"' in clerk.page
    assert 'name="page" value="4"' not in clerk.page
    clerk.get("/register?page=4")
    assert "没有更多了" in clerk.page


def test_a_search_goes_on_without_an_address_that_names_it(many):
    house, asked = many
    clerk = house.signed_in("supervisor")
    clerk.post("/register/search", {"query": "测试"})
    assert "找到" not in clerk.page
    assert "第 1 至 20 条<" in clerk.page
    assert '<input type="hidden" name="query" value="测试"' in clerk.page
    clerk.post("/register/search", {"query": "测试", "page": "2"})
    assert "第 21 至 40 条<" in clerk.page
    assert asked[-1] == ("测试", 2)
    assert 'href="/register/search' not in clerk.page


@pytest.mark.parametrize("number", ["0", "-1", "x", "", "9" * 30])
def test_nonsense_for_a_page_is_no_error(house, number):
    clerk = house.signed_in("supervisor")
    assert clerk.get(f"/register?page={number}").status_code == 200
    assert clerk.post("/register/search", {"query": "测试", "page": number}).status_code == 200
