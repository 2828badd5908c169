"""Households as the clerk looks for them: by the address where they live, to add a person, or to find all unchanged."""

from __future__ import annotations

import uuid
from datetime import tzinfo
from typing import Any, Final

from agent.accounts.audit import Act
from agent.accounts.storage import writing
from agent.events.service import Event
from agent.register import draft_view, dwelling, outgoing, relations, revision, separation
from agent.register.errors import key_of, refused
from agent.register.finding import of_address
from agent.register.form import Entry
from agent.register.household_views import HouseholdLine, HouseholdsFound, MemberLine
from agent.register.workplace import Person, Workplace
from peewee_models import draft_queries, finding_queries, register_queries
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
        wishes = of_address(address)
        with writing(self._place.store):
            found = finding_queries.dwellings_at(self._place.store, wishes, MOST_HOUSEHOLDS + 1)
            lines = tuple(_line(at, self._place.zone) for at in found[:MOST_HOUSEHOLDS])
            self._place.note(by, Act.SEARCHED, ("household", None), found=len(lines))
        return HouseholdsFound(lines, is_cut=len(found) > MOST_HOUSEHOLDS)

    def confirm(self, member_id: str, seen: str, by: Person) -> int:
        """Note that all who live in a household at one address are registered as they are: nothing has changed.

        Args:
            member_id: a registration of the household.
            seen: the household as the clerk saw it, `HouseholdLine.seen`.
            by: the clerk.

        Returns: how many they are.
        Raises: CodedError HOUSEHOLD-UNKNOWN, HOUSEHOLD-CHANGED.
        """
        with writing(self._place.store):
            member = _living(member_id)
            here = living_with(member)
            if _seen(here, ago=1) == seen and all(_is_confirmed(record, by) for record in here):
                return len(here)  # the same press once more
            if _seen(here) != seen:
                raise refused("HOUSEHOLD-CHANGED")
            now = self._place.clock.now()
            for record in here:
                revision.write_unchanged(record, uuid.UUID(by.user_id), now)
                record.save()
                self._place.note(by, Act.RECORD_CONFIRMED, ("record", record.id), version=record.version)
                outgoing.send(outgoing.VERIFIED, record, now)
        for record in here:
            self._place.publish(Event("register", None, {"record": str(record.id), "version": record.version}))
        return len(here)


def to_join(member_id: str, place: Workplace) -> tuple[uuid.UUID, dict[str, Entry]]:
    """The household of a member who is registered there now, and their dwelling, for the form of a further person.

    Inside an open transaction.  Raises: CodedError HOUSEHOLD-UNKNOWN.
    """
    member = _living(member_id)
    known = register_queries.values_of(member)
    return member.household_id, dwelling.of_household(known, place.clock.now(), place.rules_today)


def _living(member_id: str) -> Any:
    """The row of somebody who lives in a household now.  Raises: CodedError HOUSEHOLD-UNKNOWN."""
    key = key_of(member_id)
    member = None if key is None else register_queries.by_key(key)
    if member is None or member.household_id is None or member.state != ACTIVE:
        raise refused("HOUSEHOLD-UNKNOWN")
    return member


def living_with(one: Any) -> list[Any]:
    """All of a registration's household who live at its dwelling now, the first registered first.

    Args:
        one: a row with `household_id` and `DWELLING_KEYS`.
    """
    return [
        record
        for record in draft_queries.household_records(one.household_id)
        if all(getattr(record, key) == getattr(one, key) for key in finding_queries.DWELLING_KEYS)
    ]


def without_head(here: list[Any]) -> bool:
    """Whether those who live in a household at one dwelling have lost their head, who was cancelled or has moved.

    Where nobody has ever said who is who, as of what was brought in from elsewhere, nobody is missed.
    """
    told = {record.relation_to_head for record in here if record.form != separation.HZ} - {""}
    return bool(told) and relations.HEAD not in told


def to_choose_from(record: Any) -> tuple[MemberLine, ...]:
    """Of whom one is to be the head of a registration's household, where it has lost its head; else nobody."""
    if record.state != ACTIVE or record.household_id is None or record.form == separation.HZ:
        return ()
    here = living_with(record)
    return _candidates(here) if without_head(here) else ()


def _candidates(here: list[Any]) -> tuple[MemberLine, ...]:
    return tuple(draft_view.record_member(one) for one in here if one.form != separation.HZ)


def _seen(here: list[Any], ago: int = 0) -> str:
    """Who they are, and in which version, or in one of so many versions ago: another text for any other state."""
    return " ".join(f"{record.id}:{record.version - ago}" for record in here)


def _is_confirmed(record: Any, by: Person) -> bool:
    """Whether the last that was done with a record is that this person has confirmed it."""
    last = register_queries.changes_of(record.id, record.version)
    return [(line.key, str(line.user_id)) for line in last] == [(revision.UNCHANGED, by.user_id)]


def _line(at: Any, zone: tzinfo) -> HouseholdLine:
    here = living_with(at)
    return HouseholdLine(
        id=str(here[-1].id),
        address=draft_view.dwelling(register_queries.values_of(here[-1])),
        members=tuple(map(draft_view.record_member, here)),
        seen=_seen(here),
        verified_on=min(record.verified_at for record in here).astimezone(zone).date(),
        heads=_candidates(here) if without_head(here) else (),
    )
