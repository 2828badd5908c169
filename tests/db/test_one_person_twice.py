"""A large export takes two people, not two accounts: whoever may hold both does not answer for another."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from agent.accounts.holders import holders
from agent.accounts.service import SignedIn
from agent.errors import CodedError
from agent.exchange.service import ExchangeService
from agent.exchange.views import ExportWish
from agent.register import in_force, rules
from peewee_models.accounts import User
from peewee_models.export_requests import ExportRequest

WISH = ExportWish(columns=("name",), file_kind="csv", receiver="测试接收单位", purpose="测试用途")
PHRASE = "a long enough phrase"
DAY_S = 86_400


class Desk:
    """A station where every export takes two, and people come to it, and get new codes."""

    def __init__(self, office: Any) -> None:
        self.office = office
        self.users = office.accounts.users
        exchange = ExchangeService(office.register, office.accounts)
        self.requests, self.exports = exchange.requests, exchange.exports

    def own(self, by: SignedIn) -> str:
        return self.office.passwords.get(by.name, PHRASE)

    def adds(self, by: SignedIn, name: str, role: str = "supervisor") -> SignedIn:
        _, code = self.users.add(name, role, by, self.own(by))
        return self.office.accounts.enrol(code.text, name, PHRASE)

    def takes(self, by: SignedIn, name: str) -> SignedIn:
        """Somebody gets a code for a colleague's account and sets its password."""
        _, code = self.users.new_code(str(User.get(User.name == name).id), by, self.own(by))
        return self.office.accounts.enrol(code.text, name, PHRASE)

    def comes(self, name: str) -> SignedIn:
        """Somebody signs in."""
        return self.office.accounts.sign_in(name, self.office.passwords.get(name, PHRASE))

    def asks(self, by: SignedIn) -> str:
        made = self.exports.make(WISH, by, self.own(by))
        assert made.is_asked
        return made.id

    def is_heard(self, key: str, by: SignedIn) -> bool:
        """Whether somebody's word on a request counts: it is agreed to then, else both answers are refused."""
        seen = self.requests.show(key, by)
        if not seen.is_one_person:
            self.requests.agree(key, by, self.own(by))
            return ExportRequest.get_by_id(key).state == "agreed"
        for say in (lambda: self.requests.agree(key, by, self.own(by)), lambda: self.requests.refuse(key, by, "测试")):
            with pytest.raises(CodedError) as refused:
                say()
            assert (refused.value.code, refused.value.facts) == ("REQUEST-ONE-PERSON", {"days": 7})
        assert ExportRequest.get_by_id(key).state == "waiting"
        return False


@pytest.fixture
def desk(office: Any, clerk: SignedIn, people: Any, monkeypatch: Any) -> Desk:
    own = rules.shipped().with_values({"export_alone_most": [rules.Value(0, date(2020, 1, 1), "RENHU", "")]})
    held = replace(in_force.now(), parameters=own)
    monkeypatch.setattr(in_force, "now", lambda: held)
    office.register_person(clerk, people())
    return Desk(office)


@pytest.fixture
def boss(desk: Desk) -> SignedIn:
    return desk.comes("supervisor")


@pytest.fixture
def settled(desk: Desk, boss: SignedIn) -> None:
    """Two more supervisors who have been here for long."""
    desk.adds(boss, "second")
    desk.adds(boss, "third")
    desk.office.clock.forward(7 * DAY_S + 1)


def test_who_asked_and_the_account_that_they_added_are_one_for_a_week(desk: Desk, boss: SignedIn) -> None:
    desk.adds(boss, "second")
    key = desk.asks(boss)
    assert not desk.is_heard(key, desk.comes("second"))
    assert not desk.requests.show(key, boss).has_second
    desk.office.clock.forward(7 * DAY_S - 60)
    key = desk.asks(desk.comes("supervisor"))
    assert not desk.is_heard(key, desk.comes("second"))
    desk.office.clock.forward(120)
    assert desk.requests.show(key, desk.comes("supervisor")).has_second
    assert desk.is_heard(key, desk.comes("second"))


def test_an_account_that_was_taken_with_a_new_code_does_not_answer(desk: Desk, settled: None) -> None:
    boss = desk.comes("supervisor")
    taken = desk.takes(boss, "second")
    key = desk.asks(boss)
    assert not desk.is_heard(key, taken)
    assert desk.requests.show(key, boss).has_second
    assert desk.is_heard(key, desk.comes("third")), "who has nothing to do with it answers"


def test_a_code_that_nobody_has_used_yet_counts_too(desk: Desk, settled: None) -> None:
    boss = desk.comes("supervisor")
    desk.users.new_code(str(User.get(User.name == "second").id), boss, desk.own(boss))
    assert not desk.is_heard(desk.asks(boss), desk.comes("second"))


def test_an_account_that_was_switched_on_again_does_not_answer(desk: Desk, settled: None) -> None:
    boss = desk.comes("supervisor")
    second = str(User.get(User.name == "second").id)
    desk.users.disable(second, boss, desk.own(boss))
    desk.users.enable(second, boss, desk.own(boss))
    assert not desk.is_heard(desk.asks(boss), desk.comes("second"))


def test_it_is_the_same_the_other_way_round_and_through_others(desk: Desk, settled: None) -> None:
    puppet = desk.adds(desk.comes("second"), "puppet")
    key = desk.asks(puppet)
    assert not desk.is_heard(key, desk.comes("second")), "they added who asks"
    further = desk.adds(puppet, "further")
    assert not desk.is_heard(key, further)
    assert not desk.is_heard(desk.asks(desk.comes("second")), further), "added by one whom they added"
    twin = desk.adds(desk.comes("second"), "twin")
    assert not desk.is_heard(key, twin), "both were added by one"
    assert desk.is_heard(key, desk.comes("third"))


def test_what_others_did_and_what_root_did_is_no_matter(desk: Desk, settled: None) -> None:
    boss, third = desk.comes("supervisor"), desk.comes("third")
    desk.adds(boss, "new clerk", "clerk")
    code = desk.users.rescue("second", 0)
    second = desk.office.accounts.enrol(code.text, "second", PHRASE)
    assert desk.is_heard(desk.asks(boss), second)
    desk.takes(third, "second")
    assert desk.is_heard(desk.asks(boss), desk.comes("second")), "a third has given them a code, who does not ask"


def test_a_disabled_supervisor_is_nobody_to_ask(desk: Desk, settled: None) -> None:
    boss = desk.comes("supervisor")
    key = desk.asks(boss)
    assert desk.requests.show(key, boss).has_second
    for name in ("second", "third"):
        desk.users.disable(str(User.get(User.name == name).id), boss, desk.own(boss))
    assert not desk.requests.show(key, boss).has_second


def test_holders_are_followed_and_a_ring_of_them_ends() -> None:
    one, two, three = (uuid.UUID(int=number) for number in (1, 2, 3))
    assert holders(one, []) == {one}
    assert holders(three, [(one, two), (two, three)]) == {one, two, three}
    assert holders(one, [(one, two), (two, three)]) == {one}
    assert holders(one, [(one, two), (two, one)]) == {one, two}
