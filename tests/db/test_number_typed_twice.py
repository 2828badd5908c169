"""A number that no chip gave is typed twice: compared, told beside the second entry, asked again when it is edited."""

from __future__ import annotations

from typing import Any

import pytest

from agent.accounts.service import SignedIn
from agent.register.service import Problems

FIRST, OTHER = "99000019850612001", "99000019900101001"


@pytest.fixture
def typed(office: Any, clerk: SignedIn, rest: dict[str, str], numbers: Any) -> Any:
    """A draft without a card that lacks nothing but the second entry."""
    draft = office.desk.open_draft(clerk)
    base = {"name": "测试甲", "ethnic": "01", "hukou_address": "测试地区测试路1号", "id_no": numbers(FIRST)}
    return office.register.type_fields(draft.id, rest | base, clerk)


def refusal(office: Any, draft: Any, clerk: SignedIn) -> set[tuple[str, str | None]]:
    with pytest.raises(Problems) as refused:
        office.register.save(draft.id, clerk)
    return {(problem.code, problem.field) for problem in refused.value.problems}


def test_a_typed_number_is_asked_for_a_second_time(office: Any, clerk: SignedIn, typed: Any, numbers: Any) -> None:
    assert typed.missing == ("id_no_again",)
    assert refusal(office, typed, clerk) == {("FIELD-MISSING", "id_no_again")}
    draft = office.register.type_fields(typed.id, {"id_no_again": numbers(FIRST).lower() + " "}, clerk)
    assert (draft.missing, draft.problems) == ((), ())
    record = office.register.save(draft.id, clerk)
    assert record.fields["id_no"].value == numbers(FIRST)
    assert "id_no_again" not in record.fields


def test_two_different_entries_are_told_with_their_place(
    office: Any, clerk: SignedIn, typed: Any, numbers: Any
) -> None:
    wrong = numbers(FIRST)[:9] + "6" + numbers(FIRST)[10:]
    draft = office.register.type_fields(typed.id, {"id_no_again": wrong}, clerk)
    problem = draft.fields["id_no_again"].problems[0]
    assert (problem.code, problem.facts) == ("ID-TYPED-DIFFERENT", {"place": 10})
    assert refusal(office, draft, clerk) == {("ID-TYPED-DIFFERENT", "id_no_again")}
    short = office.register.type_fields(typed.id, {"id_no_again": numbers(FIRST)[:17]}, clerk)
    assert short.fields["id_no_again"].problems[0].facts == {"place": 18}


def test_an_edit_asks_again_and_the_mend_of_the_first_entry_does_not(
    office: Any, clerk: SignedIn, typed: Any, numbers: Any
) -> None:
    office.register.type_fields(typed.id, {"id_no_again": numbers(FIRST)}, clerk)
    edited = office.register.type_fields(typed.id, {"id_no": numbers(OTHER)}, clerk)
    assert edited.fields["id_no_again"].value == ""
    assert edited.missing == ("id_no_again",)
    office.register.type_fields(typed.id, {"id_no_again": numbers(FIRST)}, clerk)
    mended = office.register.type_fields(typed.id, {"id_no": numbers(FIRST)}, clerk)
    assert (mended.missing, mended.fields["id_no_again"].problems) == ((), ())


def test_both_entries_may_come_at_once_and_fifteen_digits_count_as_eighteen(
    office: Any, clerk: SignedIn, typed: Any
) -> None:
    values = {"id_no": "990000850612001", "id_no_again": "990000850612001"}
    draft = office.register.type_fields(typed.id, values, clerk)
    assert "id_no_again" not in draft.missing
    assert draft.fields["id_no_again"].problems == ()


def test_a_chips_number_is_never_asked_for_again_until_somebody_types_over_it(
    office: Any, clerk: SignedIn, people: Any, numbers: Any
) -> None:
    office.tap(people(1))
    draft = office.draft(clerk)
    assert "id_no_again" not in draft.fields
    assert "id_no_again" not in draft.missing
    edited = office.register.type_fields(draft.id, {"id_no": numbers(OTHER)}, clerk)
    assert "id_no_again" in edited.missing
    back = office.register.take_offer(draft.id, "id_no", "chip", clerk)
    assert "id_no_again" not in (*back.fields, *back.missing)


def test_a_child_without_a_number_is_not_asked(office: Any, clerk: SignedIn, typed: Any) -> None:
    draft = office.register.type_fields(typed.id, {"id_no": "", "id_type": "117"}, clerk)
    assert "id_no_again" not in draft.missing


def test_a_saved_record_has_no_second_entry(office: Any, clerk: SignedIn, people: Any, numbers: Any) -> None:
    record = office.register_person(clerk, people(1))
    new = numbers("99000019850612003")
    edited = office.register.edit(record.id, {"id_no": new, "id_no_again": new}, record.version, clerk, "x")
    assert (edited.fields["id_no"].value, "id_no_again" in edited.fields) == (new, False)
