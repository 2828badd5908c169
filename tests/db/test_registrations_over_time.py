"""Whatever is done to a person's registrations, in any order: at most one is active, and history tells how it came."""

from __future__ import annotations

import itertools
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from agent.accounts.service import SignedIn
from agent.register import outgoing
from peewee_models import register_queries
from peewee_models.cancellations import Cancellation
from peewee_models.outbox import OutboxRow
from peewee_models.register import Change, Person, Registration

LIFE = settings(
    max_examples=12,
    stateful_step_count=14,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),
    database=None,
)
mobiles = st.sampled_from(["13800000000", "13911111111", "13922222222"])
kinds = st.sampled_from(["31", "32", "D2"])


def replayed(record: Any) -> dict[str, Any]:
    """What a registration says by its first telling and its history alone."""
    first = OutboxRow.get((OutboxRow.subject_id == record.id) & (OutboxRow.version == 1)).body
    said = {key: first[key] for key in (*register_queries.values_of(record), "household", "state")}
    for version in range(2, record.version + 1):
        changes = register_queries.changes_of(record.id, version)
        assert changes, "a version in which nothing has changed"
        for change in changes:
            if change.key != "card":
                assert (said[change.key] or "") == change.old, change.key
                said[change.key] = change.new
    return said


class Life(RuleBasedStateMachine):
    """The life of one person after another at one station."""

    office: Any
    clerk: SignedIn
    people: Any
    neighbour: Any
    serials = itertools.count(1)

    def __init__(self) -> None:
        super().__init__()
        self.card = self.people(next(self.serials))
        self.register = self.office.register
        self.second = ("supervisor", self.office.passwords["supervisor"])

    def rows(self) -> list[Any]:
        theirs = Registration.select().join(Person).where(Person.id_no == self.card.id_number)
        return list(theirs.order_by(Registration.form_no))

    def active(self) -> Any:
        return register_queries.by_id_number(self.card.id_number)

    @rule(mobile=mobiles)
    def tap_and_save(self, mobile: str) -> None:
        is_new = self.active() is None
        before = len(self.rows())
        self.office.register_person(self.clerk, self.card, mobile=mobile, correction_reason="本人申报")
        assert len(self.rows()) == before + is_new

    @precondition(lambda self: self.active() is not None)
    @rule(mobile=mobiles)
    def correct(self, mobile: str) -> None:
        row = self.active()
        self.register.edit(str(row.id), {"mobile": mobile}, row.version, self.clerk, "本人来电")

    @precondition(lambda self: self.active() is not None)
    @rule()
    def move(self) -> None:
        number = self.card.id_number
        self.office.desk.open_draft(self.clerk, self.neighbour.id)
        typed = {"id_no": number, "id_no_again": number, "correction_reason": "同住", "relation_to_head": "97"}
        draft = self.register.type_fields(self.office.draft(self.clerk).id, typed, self.clerk)
        self.office.desk.save(draft.id, self.clerk)

    @precondition(lambda self: self.active() is not None)
    @rule(kind=kinds)
    def cancel(self, kind: str) -> None:
        row = self.active()
        typed = {"cancel_kind": kind, "leave_date": "202611", "evidence": "3", "second_name": self.second[0]}
        self.register.cancel(str(row.id), typed, row.version, self.clerk, self.second)

    @precondition(lambda self: self.rows() and self.active() is None)
    @rule()
    def undo(self) -> None:
        self.register.restore(str(self.rows()[-1].id), "没有离开", self.clerk, self.second)

    @invariant()
    def one_at_most_is_active_and_it_is_the_newest(self) -> None:
        states = [row.state for row in self.rows()]
        assert "active" not in states[:-1]
        assert len({row.person_id for row in self.rows()}) <= 1
        for row in self.rows():
            of_row = Cancellation.registration == row.id
            standing = Cancellation.select().where(of_row & Cancellation.undone_at.is_null())
            assert standing.count() == (row.state == "cancelled")

    @invariant()
    def history_tells_how_it_came_to_what_is(self) -> None:
        for row in self.rows():
            record = register_queries.by_key(row.id)
            household = None if record.household_id is None else str(record.household_id)
            is_now = register_queries.values_of(record) | {"household": household, "state": record.state}
            assert replayed(record) == is_now
            sent = list(OutboxRow.select().where(OutboxRow.subject_id == row.id).order_by(OutboxRow.seq))
            assert [one.version for one in sent] == list(range(1, record.version + 1))
            assert sent[-1].body == outgoing.body(record), "also where the person goes on with another registration"
            versions = {line.version for line in Change.select().where(Change.registration == row.id)}
            assert versions == set(range(2, record.version + 1))


def test_any_order_of_acts_keeps_one_active_registration_and_a_history_that_tells_it(
    office: Any, clerk: SignedIn, people: Any
) -> None:
    neighbour = office.register_person(clerk, people(900), road="测试东路", room="401")
    here = {"office": office, "clerk": clerk, "people": staticmethod(people), "neighbour": neighbour}
    run_state_machine_as_test(type("LifeHere", (Life,), here), settings=LIFE)
    assert Person.select().count() > LIFE.max_examples
    kinds_sent = {row.kind for row in OutboxRow.select()}
    assert kinds_sent >= {"registration.saved", "registration.edited", "registration.cancelled"}
