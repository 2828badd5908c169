"""Households as the clerk looks for them: by the address where they live, to register one more person there."""

from __future__ import annotations

import uuid
from typing import Any, Final

from agent.accounts.audit import Act
from agent.accounts.storage import writing
from agent.register import draft_view, dwelling
from agent.register.errors import key_of, refused
from agent.register.finding import parts_of
from agent.register.form import Entry
from agent.register.household_views import HouseholdLine, HouseholdsFound
from agent.register.workplace import Person, Workplace
from peewee_models import draft_queries, register_queries
from peewee_models.register import ACTIVE

MOST_HOUSEHOLDS: Final = 20


class Households:
    """The households of the station's registrations."""

    def __init__(self, place: Workplace) -> None:
        self._place = place

    def find(self, address: str, by: Person) -> HouseholdsFound:
        """Find the households at an address; the one registered last comes first.

        A household of which somebody has moved is listed once for each dwelling, with those who live there.
        The audit row says how many were found, never what was looked for.

        Args:
            address: a road or a part of it, and numbers with or without their 弄, 号, 室.
            by: the clerk.
        """
        words, numbers = parts_of(address)
        with writing(self._place.store):
            found = register_queries.dwellings_at(words, numbers, MOST_HOUSEHOLDS + 1)
            lines = tuple(map(_line, found[:MOST_HOUSEHOLDS]))
            self._place.note(by, Act.SEARCHED, ("household", None), found=len(lines))
        return HouseholdsFound(lines, is_cut=len(found) > MOST_HOUSEHOLDS)


def to_join(member_id: str, place: Workplace) -> tuple[uuid.UUID, dict[str, Entry]]:
    """The household of a member who is registered there now, and their dwelling, for the form of a further person.

    Inside an open transaction.  Raises: CodedError HOUSEHOLD-UNKNOWN.
    """
    key = key_of(member_id)
    member = None if key is None else register_queries.by_key(key)
    if member is None or member.household_id is None or member.state != ACTIVE:
        raise refused("HOUSEHOLD-UNKNOWN")
    return member.household_id, dwelling.of_household(register_queries.values_of(member), place.clock.now())


def _line(at: Any) -> HouseholdLine:
    here = [
        record
        for record in draft_queries.household_records(at.household_id)
        if all(getattr(record, key) == getattr(at, key) for key in register_queries.DWELLING_KEYS)
    ]
    address = draft_view.dwelling(register_queries.values_of(here[-1]))
    return HouseholdLine(str(here[-1].id), address, tuple(map(draft_view.record_member, here)))
