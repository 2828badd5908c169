"""Exports of many registrations take two people in two sessions: nothing leaves before, and a word is used once."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import pytest

from agent.accounts.service import SignedIn
from agent.errors import CodedError, RightsDenied
from agent.exchange.service import ExchangeService
from agent.exchange.tables_read import sheet_of
from agent.exchange.views import ExportWish
from agent.register import in_force, rules
from peewee_models import schema
from peewee_models.audit import AuditEntry
from peewee_models.exchange import Provision
from peewee_models.export_requests import AskedRegistrations, ExportRequest
from peewee_models.outbox import OutboxRow
from peewee_models.register import Registration

WISH = ExportWish(
    columns=("name", "id_no"), file_kind="csv", receiver="测试接收单位", purpose="测试用途", is_full=True,
    full_reason="测试核对",
)  # fmt: skip
MOST = 2
DAY_S = 86_400


@dataclass
class Two:
    """A station where a supervisor gives away two registrations a day alone, and three of them work."""

    office: Any
    exchange: ExchangeService
    people: dict[str, SignedIn] = field(default_factory=dict)

    def add(self, name: str) -> SignedIn:
        _, code = self.office.accounts.users.add(name, "supervisor", self.people["supervisor"], self.own("supervisor"))
        self.office.passwords[name] = f"a long enough phrase of {name}"
        return self.sit(self.office.accounts.enrol(code.text, name, self.office.passwords[name]))

    def sit(self, by: SignedIn) -> SignedIn:
        self.people[by.name] = by
        return by

    def own(self, name: str) -> str:
        return self.office.passwords[name]

    def make(self, by: SignedIn, wish: ExportWish = WISH) -> Any:
        return self.exchange.exports.make(wish, by, self.own(by.name))

    def ask(self, by: SignedIn, wish: ExportWish = WISH) -> str:
        made = self.make(by, wish)
        assert made.is_asked
        return made.id

    def agree(self, key: str, by: SignedIn) -> None:
        self.exchange.requests.agree(key, by, self.own(by.name))

    def use(self, key: str, by: SignedIn) -> str:
        return self.exchange.exports.make_agreed(key, by, self.own(by.name))

    def state(self, key: str) -> str:
        return self.exchange.requests.show(key, self.people["supervisor"]).state


@pytest.fixture
def two(office: Any, clerk: SignedIn, people: Any, monkeypatch: Any) -> Two:
    own = rules.shipped().with_values({"export_alone_most": [rules.Value(MOST, date(2020, 1, 1), "RENHU", "")]})
    held = replace(in_force.now(), parameters=own)
    monkeypatch.setattr(in_force, "now", lambda: held)
    for number in (1, 3, 5):
        office.register_person(clerk, people(number))
    made = Two(office, ExchangeService(office.register, office.accounts))
    made.sit(office.sign_in("supervisor"))
    made.add("second")
    made.add("third")
    office.clock.forward(8 * DAY_S)  # who was just added is not another person yet: tests/db/test_one_person_twice.py
    for name in ("supervisor", "second", "third"):
        made.sit(office.sign_in(name))
    return made


@pytest.fixture
def boss(two: Two) -> SignedIn:
    return two.people["supervisor"]


@pytest.fixture
def second(two: Two) -> SignedIn:
    return two.people["second"]


def refusal(act: Any) -> str:
    with pytest.raises(CodedError) as refused:
        act()
    return refused.value.code


def test_nothing_leaves_before_another_supervisor_has_agreed_and_then_once(
    two: Two, boss: SignedIn, second: SignedIn
) -> None:
    key = two.ask(boss)
    assert Provision.select().count() == 0
    assert refusal(lambda: two.exchange.exports.file(key, boss)) == "EXPORT-GONE"
    assert refusal(lambda: two.use(key, boss)) == "REQUEST-NOT-AGREED"
    view = two.exchange.requests.show(key, second)
    assert (view.user, view.rows, view.state, view.is_own, view.wish) == ("supervisor", 3, "waiting", False, WISH)
    assert (two.exchange.requests.waiting_for(second), two.exchange.requests.waiting_for(boss)) == (1, 0)
    two.agree(key, second)
    assert Provision.select().count() == 0, "a word makes no file"
    made = two.use(key, boss)
    heads, *rows = sheet_of(two.exchange.exports.file(made, boss).content).rows()
    assert (heads[:2], len(rows)) == (["姓名", "公民身份号码"], 3)
    (row,) = Provision.select()
    assert (str(row.id), str(row.user_id), str(row.second_user_id), row.rows) == (made, boss.user_id, second.user_id, 3)
    (view,) = two.exchange.exports.listed(boss)
    assert (view.user, view.second) == ("supervisor", "second")
    assert refusal(lambda: two.use(key, boss)) == "REQUEST-NOT-AGREED"
    assert (two.state(key), Provision.select().count()) == ("made", 1)


def test_each_step_leaves_an_audit_row_and_is_told_and_neither_says_what_people_wrote(
    two: Two, boss: SignedIn, second: SignedIn
) -> None:
    first_seq = AuditEntry.select().count()
    key = two.ask(boss)
    two.exchange.requests.refuse(key, second, "测试理由")
    key = two.ask(boss)
    two.exchange.requests.withdraw(key, boss)
    key = two.ask(boss)
    two.agree(key, second)
    two.use(key, boss)
    entries = list(AuditEntry.select().where(AuditEntry.seq > first_seq).order_by(AuditEntry.seq))
    asked, agreed = "exchange.export-asked", "exchange.export-agreed"
    assert [(row.action, str(row.user_id)) for row in entries] == [
        (asked, boss.user_id), ("exchange.export-refused", second.user_id), (asked, boss.user_id),
        ("exchange.export-withdrawn", boss.user_id), (asked, boss.user_id), (agreed, second.user_id),
        ("exchange.exported", boss.user_id),
    ]  # fmt: skip
    bound = ExportRequest.get_by_id(key).bound
    assert (entries[-3].facts["bound"], entries[-2].facts["bound"]) == (bound, bound)
    assert entries[-1].facts["second"] == second.user_id
    told = list(OutboxRow.select().where(OutboxRow.kind.startswith("export.")).order_by(OutboxRow.seq))
    steps = ["asked", "refused", "asked", "withdrawn", "asked", "agreed", "made"]
    assert [row.kind for row in told] == [f"export.{step}" for step in steps]
    assert OutboxRow.select().where(OutboxRow.kind == "provision.made").count() == 1
    said = repr([row.facts for row in entries]) + repr([row.body for row in told])
    for text in (WISH.receiver, WISH.purpose, WISH.full_reason, "测试理由"):
        assert text not in said


def test_who_may_not_agree_does_not(two: Two, boss: SignedIn, second: SignedIn) -> None:
    key = two.ask(boss)
    requests = two.exchange.requests
    assert refusal(lambda: two.agree(key, boss)) == "REQUEST-OWN"
    elsewhere = two.office.sign_in("supervisor")
    assert refusal(lambda: two.agree(key, elsewhere)) == "REQUEST-OWN", "the same person in another session"
    same_session = replace(second, session_id=boss.session_id)
    assert refusal(lambda: two.agree(key, same_session)) == "REQUEST-OWN", "another person in the same session"
    assert refusal(lambda: requests.agree(key, second, two.own("supervisor"))) == "ACCOUNT-OWN-PASSWORD"
    assert refusal(lambda: requests.refuse(key, boss, "测试")) == "REQUEST-OWN"
    assert refusal(lambda: requests.refuse(key, second, " ")) == "REASON-MISSING"
    assert refusal(lambda: requests.withdraw(key, second)) == "REQUEST-NOT-YOURS"
    clerk = two.office.sign_in("clerk")
    for act in (
        lambda: requests.agree(key, clerk, two.own("clerk")), lambda: requests.refuse(key, clerk, "测试"),
        lambda: requests.show(key, clerk), lambda: requests.listed(clerk), lambda: requests.waiting_for(clerk),
        lambda: requests.withdraw(key, clerk), lambda: two.exchange.exports.make_agreed(key, clerk, ""),
    ):  # fmt: skip
        with pytest.raises(RightsDenied):
            act()
    assert two.state(key) == "waiting"
    two.agree(key, second)
    for by in (second, two.people["third"]):
        assert refusal(lambda by=by: two.use(key, by)) == "REQUEST-NOT-YOURS"
    assert refusal(lambda: two.exchange.exports.make_agreed(key, boss, "not this one")) == "ACCOUNT-OWN-PASSWORD"
    assert refusal(lambda: requests.show("nothing", boss)) == "REQUEST-UNKNOWN"
    two.use(key, elsewhere)  # the person who asked, who has signed in anew


def test_a_word_is_about_the_very_registrations_and_lapses(
    two: Two, boss: SignedIn, second: SignedIn, people: Any
) -> None:
    key = two.ask(boss)
    two.agree(key, second)
    clerk = two.office.sign_in("clerk")
    two.office.desk.hand_over(clerk)
    two.office.clock.forward(1)
    two.office.register_person(clerk, people(7))
    assert Provision.get_by_id(two.use(key, boss)).rows == 3, "who came afterwards is not in it"
    key = two.ask(boss)
    two.agree(key, second)
    (gone, *rest) = Registration.select().order_by(Registration.registered_at)
    Registration.update(state="cancelled").where(Registration.id == gone.id).execute()
    two.office.clock.forward(1)
    two.office.register_person(clerk, people(9))
    made = two.use(key, boss)
    lines = list(sheet_of(two.exchange.exports.file(made, boss).content).rows())[1:]
    assert {line[1] for line in lines} == {row.person.id_no for row in rest}, "one has gone, none came in its place"
    view = two.exchange.requests.show(key, boss)
    assert (view.rows, view.gone, view.provision_id, Provision.get_by_id(made).rows) == (4, 1, made, 3)
    assert AuditEntry.get(AuditEntry.subject_id == made).facts["gone"] == 1
    assert AskedRegistrations.select().count() == 0, "what nobody can use any more is not kept"
    key = two.ask(boss)
    two.agree(key, second)
    Registration.update(state="cancelled").execute()
    assert refusal(lambda: two.use(key, boss)) == "REQUEST-CHANGED", "nobody is left"
    Registration.update(state="active").execute()
    AskedRegistrations.update(keys=gone.id.bytes).execute()
    assert refusal(lambda: two.use(key, boss)) == "REQUEST-CHANGED", "these are not those of the word"
    assert Provision.select().count() == 2
    two.exchange.requests.withdraw(key, boss)
    key = two.ask(boss)
    two.agree(key, second)
    other = two.ask(boss)
    two.office.clock.forward(DAY_S + 1)
    assert (two.state(key), two.state(other)) == ("lapsed", "waiting")
    by = two.office.sign_in("supervisor")
    assert refusal(lambda: two.use(key, by)) == "REQUEST-LAPSED"
    two.office.clock.forward(2 * DAY_S)
    assert refusal(lambda: two.agree(other, two.sit(two.office.sign_in("second")))) == "REQUEST-LAPSED"
    assert two.exchange.requests.waiting_for(two.people["second"]) == 0


def test_a_large_file_in_small_ones_is_a_large_one(two: Two, boss: SignedIn, second: SignedIn, people: Any) -> None:
    Registration.update(committee="测试一居").where(
        Registration.id == Registration.select(Registration.id).limit(1)
    ).execute()
    part = replace(WISH, committee="测试一居")
    assert [two.make(boss, part).is_asked for _ in range(3)] == [False, False, True]
    assert not two.make(second, part).is_asked, "what others gave away does not count"
    two.agree(two.ask(boss, part), second)
    two.office.clock.forward(DAY_S)
    assert not two.make(two.office.sign_in("supervisor"), part).is_asked


def test_the_same_form_sent_twice_is_one_request_and_one_word(two: Two, boss: SignedIn, second: SignedIn) -> None:
    assert two.ask(boss) == two.ask(boss)
    key = two.ask(boss, replace(WISH, purpose="其他"))
    assert ExportRequest.select().count() == 2
    two.agree(key, second)
    two.agree(key, second)
    assert refusal(lambda: two.agree(key, two.people["third"])) == "REQUEST-DECIDED"
    assert refusal(lambda: two.exchange.requests.refuse(key, second, "测试")) == "REQUEST-DECIDED"
    assert AuditEntry.select().where(AuditEntry.action == "exchange.export-agreed").count() == 1


def test_a_word_used_while_a_file_is_made_makes_no_second_one(
    two: Two, boss: SignedIn, second: SignedIn, monkeypatch: Any
) -> None:
    key = two.ask(boss)
    two.agree(key, second)
    content = two.exchange.exports._content

    def slow(*asked: Any) -> Any:
        monkeypatch.setattr(two.exchange.exports, "_content", content)
        made = content(*asked)
        ExportRequest.update(state="made").execute()
        return made

    monkeypatch.setattr(two.exchange.exports, "_content", slow)
    assert refusal(lambda: two.use(key, boss)) == "REQUEST-NOT-AGREED"
    assert Provision.select().count() == 0


def test_the_older_schema_is_refused_where_somebody_has_asked(two: Two, boss: SignedIn) -> None:
    two.ask(boss)
    with pytest.raises(ValueError, match="second person"):
        schema.downgrade(two.office.store, "0027_second_person_and_second_address")
    assert ExportRequest.select().count() == 1


@dataclass
class Expected:
    """What a request is, by an account of its own."""

    asker: str
    asked_at: Any
    state: str = "waiting"
    decided_at: Any = None

    def now(self, at: Any) -> str:
        if self.state == "waiting" and at >= self.asked_at + timedelta(days=3):
            return "lapsed"
        if self.state == "agreed" and at >= self.decided_at + timedelta(days=1):
            return "lapsed"
        return self.state


STEPS = ["ask"] * 2 + ["use"] * 3 + ["agree"] * 3 + ["refuse", "withdraw", "wait"]


def is_done(two: Two, act: str, key: str, by: SignedIn) -> bool:
    """Try an act on a request; whether it was not refused."""
    try:
        {
            "agree": lambda: two.agree(key, by),
            "refuse": lambda: two.exchange.requests.refuse(key, by, "测试"),
            "withdraw": lambda: two.exchange.requests.withdraw(key, by),
            "use": lambda: two.use(key, by),
        }[act]()
    except CodedError:
        return False
    return True


def expect_after(one: Expected, act: str, name: str, at: Any, *, done: bool) -> None:
    """Hold what came of an act against what may come of it, and keep what the request now is."""
    was, is_own = one.now(at), one.asker == name
    if act in {"agree", "refuse"} and was == "waiting" and not is_own:
        assert done
        one.state, one.decided_at = ("agreed" if act == "agree" else "refused"), at
    elif act == "withdraw" and is_own and one.state in {"waiting", "agreed"}:
        one.state = "withdrawn"
    elif act == "use":
        assert done == (is_own and was == "agreed")
        one.state = "made" if done else one.state


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_people_do_a_file_has_left_only_for_a_word_of_another(two: Two, seed: int) -> None:
    chance, known = random.Random(seed), {}
    names = ("supervisor", "second", "third")
    for step in range(120):
        name, act, at = chance.choice(names), chance.choice(STEPS), two.office.clock.now()
        by = two.people[name]
        if act == "wait":
            two.office.clock.forward(chance.choice([600, 9 * 3600, DAY_S]))
            two.people.update({one: two.office.sign_in(one) for one in names})
        elif act == "ask" or not known:
            known[two.ask(by, replace(WISH, purpose=f"测试{step}"))] = Expected(name, at)
        else:
            key = chance.choice(list(known)[-3:])
            expect_after(known[key], act, name, at, done=is_done(two, act, key, by))
            assert two.state(key) == known[key].now(at)
            assert Provision.select().count() == sum(one.state == "made" for one in known.values())
    assert Provision.select().count() > 0
    for row in Provision.select():
        assert row.second_user_id is not None
        assert row.second_user_id != row.user_id
