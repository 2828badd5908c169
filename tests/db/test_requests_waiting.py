"""A request that waits for a word is always found: it stands first, and the bar's count costs no read of its own."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest

from agent.accounts.service import SignedIn
from agent.exchange import views
from agent.exchange.asking import Requests
from agent.exchange.service import ExchangeService
from agent.exchange.views import ExportWish
from peewee_models import export_requests
from peewee_models.accounts import User
from peewee_models.export_requests import AskedRegistrations, ExportRequest

WISH = ExportWish(columns=("name",), file_kind="csv", receiver="测试接收单位", purpose="测试用途")
DAY_S = 86_400


@pytest.fixture
def requests(office: Any) -> Requests:
    return ExchangeService(office.register, office.accounts).requests


@pytest.fixture
def boss(office: Any) -> SignedIn:
    return office.sign_in("supervisor")


@pytest.fixture
def second(office: Any, boss: SignedIn) -> SignedIn:
    """Another supervisor, of whom nobody here has made the account."""
    known = User.get(User.role == "supervisor").password_hash
    User.create(name="second", role="supervisor", password_hash=known, created_at=office.clock.now())
    return office.accounts.sign_in("second", office.passwords["supervisor"])


def ask(requests: Requests, by: SignedIn, purpose: str) -> str:
    return requests.ask(ExportWish(**{**{key: getattr(WISH, key) for key in WISH.__slots__}, "purpose": purpose}), by)


def test_what_waits_stands_first_however_much_came_later(
    office: Any, requests: Requests, boss: SignedIn, second: SignedIn
) -> None:
    waits = [ask(requests, boss, f"测试{number}") for number in range(2)]
    facts = {row: value for row, value in ExportRequest.get_by_id(waits[0]).__data__.items() if row != "id"}
    for number in range(views.SHOWN + 5):
        later = facts["asked_at"] + timedelta(minutes=number + 1)
        ExportRequest.create(**facts | {"asked_at": later, "state": "withdrawn", "user": boss.user_id})
    office.clock.forward(7200)
    seen = requests.listed(second)
    assert {one.id for one in seen[:2]} == set(waits)
    assert [one.state for one in seen] == ["waiting"] * 2 + ["withdrawn"] * views.SHOWN
    assert [one.at for one in seen[2:]] == sorted((one.at for one in seen[2:]), reverse=True)
    office.clock.forward(3 * DAY_S)
    by = office.accounts.sign_in("second", office.passwords["supervisor"])
    assert not any(one.state == "waiting" for one in requests.listed(by)), "what has lapsed stands with the others"


def test_the_count_is_read_once_and_anew_after_each_change(
    office: Any, requests: Requests, boss: SignedIn, second: SignedIn, monkeypatch: Any
) -> None:
    reads = []
    read = export_requests.waiting
    monkeypatch.setattr(export_requests, "waiting", lambda since: reads.append(since) or read(since))

    def counts() -> tuple[int, int]:
        return requests.waiting_for(boss), requests.waiting_for(second)

    assert [counts() for _ in range(3)] == [(0, 0)] * 3
    assert len(reads) == 1
    first, other = ask(requests, boss, "测试甲"), ask(requests, boss, "测试乙")
    third = ask(requests, second, "测试丙")
    assert [counts() for _ in range(3)] == [(1, 2)] * 3
    requests.agree(first, second, office.passwords["supervisor"])
    assert counts() == (1, 1)
    requests.withdraw(other, boss)
    assert counts() == (1, 0)
    requests.refuse(third, boss, "测试")
    assert counts() == (0, 0)
    assert len(reads) == 5
    ask(requests, boss, "测试丁")
    assert counts() == (0, 1)
    office.clock.forward(3 * DAY_S)
    assert counts() == (0, 0), "what has lapsed waits no longer, with nothing written"


def test_what_was_read_before_a_change_is_not_kept_after_it(
    requests: Requests, boss: SignedIn, second: SignedIn, monkeypatch: Any
) -> None:
    read = export_requests.waiting

    def slow(since: Any) -> Any:
        held = read(since)
        monkeypatch.setattr(export_requests, "waiting", read)
        ask(requests, boss, "测试甲")
        return held

    monkeypatch.setattr(export_requests, "waiting", slow)
    assert requests.waiting_for(second) == 0
    assert requests.waiting_for(second) == 1


def test_the_registrations_of_what_has_lapsed_go_with_the_next_request(
    office: Any, requests: Requests, boss: SignedIn
) -> None:
    old = ask(requests, boss, "测试甲")
    office.clock.forward(4 * DAY_S - 60)
    by = office.sign_in("supervisor")
    ask(requests, by, "测试乙")
    assert AskedRegistrations.select().count() == 2
    office.clock.forward(120)
    ask(requests, by, "测试丙")
    assert {row.request_id for row in AskedRegistrations.select()}.isdisjoint({uuid.UUID(old)})
    assert AskedRegistrations.select().count() == 2
