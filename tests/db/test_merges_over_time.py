"""Whatever is done to three persons who may be one, in any order: one active record each, and a whole history."""

from __future__ import annotations

import itertools
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from agent.accounts.service import SignedIn
from agent.register import outgoing
from agent.register.service import Wish
from agent.register.undoing import can_undo
from peewee_models import finding_index, merges, register_queries
from peewee_models.database import SqlCipherStore
from peewee_models.merges import PersonMerge
from peewee_models.outbox import OutboxRow
from peewee_models.register import Registration

LIFE = settings(
    max_examples=2,
    stateful_step_count=10,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),
    database=None,
)
whose = st.integers(0, 2)
groups = st.sets(st.sampled_from(["name", "sex", "id_no", "mobile", "hukou_address"]))


def replayed(record: Any) -> dict[str, Any]:
    """What a registration says by its first telling and its history alone."""
    first = OutboxRow.get((OutboxRow.subject_id == record.id) & (OutboxRow.version == 1)).body
    said = {key: first[key] for key in (*register_queries.values_of(record), "household", "state", "person")}
    for version in range(2, record.version + 1):
        changes = register_queries.changes_of(record.id, version)
        assert changes, "a version in which nothing has changed"
        for change in changes:
            if change.key not in {"card", "merge"}:
                assert (said[change.key] or "") == change.old, change.key
                said[change.key] = change.new
    return said


class Lives(RuleBasedStateMachine):
    """Three cards at one station; sometimes they are found to be of one person, and sometimes that was wrong."""

    office: Any
    clerk: SignedIn
    people: Any
    serials = itertools.count(1)

    def __init__(self) -> None:
        super().__init__()
        self.cards = [self.people(next(self.serials), name="测试同名") for _ in range(3)]
        self.service = self.office.register.duplicates
        self.second = ("supervisor", self.office.passwords["supervisor"])
        self.keys: list[str] = []
        for place in range(3):
            self.tap(place)

    def tap(self, place: int) -> None:
        saved = self.office.register_person(
            self.clerk, self.cards[place], mobile=f"1380000000{place}", correction_reason="本人申报"
        )
        if saved.id not in self.keys:
            self.keys.append(saved.id)

    def records(self, *states: str) -> list[Any]:
        rows = [register_queries.by_key(key) for key in self.keys]
        return [row for row in rows if not states or row.state in states]

    @rule(place=whose)
    def come(self, place: int) -> None:
        self.office.clock.forward(1)
        self.tap(place)

    @precondition(lambda self: self.records("active"))
    @rule(place=whose)
    def correct(self, place: int) -> None:
        row = self.records("active")[place % len(self.records("active"))]
        typed = {"employer": "测试单位" if row.person.employer == "" else ""}
        self.office.register.edit(str(row.id), typed, row.version, self.clerk, "本人来电")

    @precondition(lambda self: self.records("active"))
    @rule(place=whose)
    def cancel(self, place: int) -> None:
        row = self.records("active")[place % len(self.records("active"))]
        typed = {"cancel_kind": "31", "leave_date": "202611", "evidence": "3", "second_name": self.second[0]}
        self.office.register.cancel(str(row.id), typed, row.version, self.clerk, self.second)

    def restorable(self) -> list[Any]:
        return [row for row in self.records("cancelled") if register_queries.last_of(row.person_id).id == row.id]

    @precondition(lambda self: self.restorable())
    @rule()
    def restore(self) -> None:
        self.office.register.restore(str(self.restorable()[0].id), "没有离开", self.clerk, self.second)

    def pairs(self) -> list[tuple[Any, Any]]:
        lasts = {register_queries.last_of(row.person_id).id for row in self.records()}
        rows = [row for row in self.records() if row.id in lasts]
        return [(a, b) for a, b in itertools.permutations(rows, 2) if a.state == "active"]

    @precondition(lambda self: self.pairs())
    @rule(place=st.integers(0, 5), taken=groups)
    def merge(self, place: int, taken: set[str]) -> None:
        one, other = self.pairs()[place % len(self.pairs())]
        if "id_no" in taken or "sex" in taken:
            taken |= {"id_no", "sex"}
        self.office.clock.forward(1)
        wish = Wish(one.version, other.version, frozenset(taken), ("2",), "同一人")
        self.service.merge(str(one.id), str(other.id), wish, self.clerk, self.second)

    def standing(self) -> list[Any]:
        rows = PersonMerge.select().where(PersonMerge.undone_at.is_null() & PersonMerge.record.in_(self.keys))
        return [row for row in rows.order_by(PersonMerge.entered_at) if can_undo(row)]

    @precondition(lambda self: self.standing())
    @rule()
    def part(self) -> None:
        row = self.standing()[0]
        self.office.clock.forward(1)
        moved = next(part for part in merges.parts_of(row.id))
        self.service.part(str(moved.registration_id), "两个人", self.clerk, self.second)

    @invariant()
    def each_has_one_active_record_at_most_and_no_number_twice(self) -> None:
        active = [row.person_id for row in self.records("active")]
        assert len(active) == len(set(active))
        numbers = [row.person.id_no for row in self.records("active")]
        assert len(numbers) == len(set(numbers))
        for row in self.records("merged"):
            assert merges.that_moved(row.id) is not None

    @invariant()
    def history_tells_how_it_came_to_what_is(self) -> None:
        for record in self.records():
            household = None if record.household_id is None else str(record.household_id)
            around = {"household": household, "state": record.state, "person": str(record.person_id)}
            assert replayed(record) == register_queries.values_of(record) | around
            sent = list(OutboxRow.select().where(OutboxRow.subject_id == record.id).order_by(OutboxRow.seq))
            assert [one.version for one in sent] == list(range(1, record.version + 1))
            assert sent[-1].body == outgoing.body(record)


def test_any_order_of_merges_and_partings_keeps_one_active_record_and_a_history_that_tells_it(
    office: Any, clerk: SignedIn, people: Any
) -> None:
    here = {"office": office, "clerk": clerk, "people": staticmethod(people)}
    known = type("LivesKnown", (Lives,), here)()
    for act in (lambda: known.merge(0, {"id_no", "name"}), known.part, lambda: known.merge(3, set())):
        act()
        known.each_has_one_active_record_at_most_and_no_number_twice()
        known.history_tells_how_it_came_to_what_is()
    run_state_machine_as_test(type("LivesHere", (Lives,), here), settings=LIFE)
    kinds = {row.kind for row in OutboxRow.select()}
    assert kinds >= {"registration.merged", "registration.unmerged"}
    assert Registration.select().count() >= 3 * LIFE.max_examples
    if isinstance(office.store, SqlCipherStore):
        assert finding_index.faults(office.store) == 0
