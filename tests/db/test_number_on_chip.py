"""A number that the chip has in another spelling: one person, one record, and beside it what the chip says."""

from __future__ import annotations

from typing import Any

import pytest

from agent.accounts.service import SignedIn
from drivers.api import Doubt, DoubtReason
from peewee_models.register import Person, Registration

DOUBT = (Doubt("id_number", DoubtReason.CHECK_DIGIT),)


@pytest.fixture
def number(numbers: Any) -> str:
    """A number that ends in X."""
    return next(made for made in (numbers(f"99000019850612{one:03d}") for one in range(1, 99, 2)) if made[-1] == "X")


def test_a_person_is_registered_once_however_the_chip_writes_the_number(
    office: Any, clerk: SignedIn, people: Any, number: str
) -> None:
    office.tap(people(id_number=number.lower(), doubtful=DOUBT))
    draft = office.draft(clerk)
    assert (draft.fields["id_no"].value, draft.fields["id_no"].verified) == (number, True)
    assert [one.reason for one in draft.fields["id_no"].doubts] == ["check-digit"]
    office.lift()
    first = office.register_person(clerk, people(id_number=number.lower(), doubtful=DOUBT))
    assert (Person.get().id_no, Person.get().id_no_raw) == (number, number.lower())
    draft = office.register.type_fields(office.desk.open_draft(clerk).id, {"id_no": number}, clerk)
    assert draft.existing_record.id == first.id
    office.desk.discard(draft.id, clerk, "DUPLICATE")
    office.tap(people(id_number=number))
    assert office.draft(clerk).existing_record.id == first.id
    assert Registration.select().count() == 1


def test_fifteen_digits_of_a_chip_are_the_number_of_eighteen(office: Any, clerk: SignedIn, people: Any) -> None:
    office.tap(people(id_number="990000850612001", doubtful=DOUBT))
    draft = office.draft(clerk)
    assert (draft.fields["id_no"].value, draft.problems) == (people(1).id_number, ())
    typed = office.register.type_fields(draft.id, {"id_no": people(3).id_number}, clerk)
    back = office.register.take_offer(typed.id, "id_no", "chip", clerk)
    assert (back.fields["id_no"].value, back.fields["id_no"].verified) == (people(1).id_number, True)
    office.lift()
    office.register_person(clerk, people(id_number="990000850612001", doubtful=DOUBT))
    assert Person.get().id_no_raw == "990000850612001"
