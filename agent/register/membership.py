"""Which household (户) a draft belongs to: the one that the clerk chose for it, else that of the record it stands for.

What was chosen stays with the draft whatever number is typed; only saving makes a fact of it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from agent.register import draft_view, relations, separation
from agent.register.form import Form, entry_from_row, value
from agent.register.household_views import HouseholdMove, MemberLine
from peewee_models import draft_queries, register_queries
from peewee_models.finding_queries import DWELLING_KEYS
from peewee_models.register import ACTIVE, Household


def settled(row: Any, record: Any) -> uuid.UUID | None:
    """The household that a draft is saved into; None where it has to be made.

    A household without any registered person gives way to that of a record: this draft's own, else that of a draft in
    it.  That holds only as long as that draft is tied to its record, until one of them is saved.
    """
    chosen: uuid.UUID | None = row.household_id
    own: uuid.UUID | None = None if record is None else record.household_id
    if chosen is None or draft_queries.household_records(chosen):
        return chosen or own
    return own or draft_queries.household_of_tied(chosen) or chosen


def shared(row: Any, now: datetime) -> uuid.UUID:
    """The household that a further person joins by saying to be of this draft's; it is made where there is none.

    It is never that of the draft's record: a number that is mended would leave the further person with strangers.
    """
    found: uuid.UUID | None = row.household_id
    if found is None:
        found = _made(now)
        draft_queries.set_household(row.id, found)
    return found


def fixed(row: Any, record: Any, now: datetime) -> uuid.UUID:
    """The household of the record that a draft becomes, with the unsaved members of the chosen one brought along."""
    household = settled(row, record) or _made(now)
    if row.household_id not in {None, household}:
        draft_queries.bring_along(row.household_id, household)
    return household


def others(row: Any, record: Any) -> tuple[MemberLine, ...]:
    """The other persons of a draft's household: this user's drafts, then those registered."""
    household = settled(row, record)
    drafts = [] if row.household_id is None else draft_queries.household_drafts(row.household_id)
    own = [other for other in drafts if other.id != row.id and other.user_id == row.user_id]
    stood_for = {row.registration_id, *(other.registration_id for other in own)}
    return (*map(_draft_member, own), *draft_view.registered(household, stood_for))


def members(row: Any, record: Any) -> tuple[relations.Member, ...]:
    """The other persons of a draft's household as its rules see them: this user's drafts, then those registered."""
    household = settled(row, record)
    drafts = [] if row.household_id is None else draft_queries.household_drafts(row.household_id)
    own = [other for other in drafts if other.id != row.id and other.user_id == row.user_id]
    stood_for = {row.registration_id, *(other.registration_id for other in own)}
    records = [] if household is None else draft_queries.household_records(household)
    forms = [("", {key: value(form, key) for key in form}) for form in map(_form_of, own)]
    return _of_household([*forms, *_told(one for one in records if one.id not in stood_for)])


def members_beside(record: Any) -> tuple[relations.Member, ...]:
    """The other persons of a registration's household as its rules see them."""
    records = [] if record.household_id is None else draft_queries.household_records(record.household_id)
    return _of_household(_told(one for one in records if one.id != record.id))


def _told(records: Iterable[Any]) -> list[tuple[str, dict[str, str]]]:
    return [(str(one.id), register_queries.values_of(one)) for one in records]


def _of_household(told: Iterable[tuple[str, Mapping[str, str]]]) -> tuple[relations.Member, ...]:
    """Those who live here: who is registered here and lives elsewhere is nothing to a head."""
    return tuple(
        relations.Member(
            record_id,
            relation=values.get(relations.KEY, ""),
            name=values.get("name", ""),
            sex=values.get("sex", ""),
            birth_date=values.get("birth_date", ""),
            id_no=values.get("id_no", ""),
            mobile=values.get("mobile", ""),
            dwelling=tuple(values.get(key, "") for key in DWELLING_KEYS if values.get("road")),
        )
        for record_id, values in told
        if values.get(separation.FORM) != separation.HZ
    )


def move(row: Any, record: Any) -> HouseholdMove | None:
    """What saving a draft would change in the household of the record that it stands for."""
    new = settled(row, record)
    if record is None or new == record.household_id:
        return None
    return HouseholdMove(*(draft_view.registered(household, {record.id}) for household in (record.household_id, new)))


def _made(now: datetime) -> uuid.UUID:
    return uuid.UUID(str(Household.create(created_at=now).id))


def record_of(row: Any) -> Any:
    """The active record that a draft stands for, or None."""
    record = None if row.registration_id is None else register_queries.by_key(row.registration_id)
    return None if record is None or record.state != ACTIVE else record


def _form_of(row: Any) -> Form:
    return {key: entry_from_row(field) for key, field in draft_queries.fields_of(row.id).items()}


def _draft_member(row: Any) -> MemberLine:
    form = _form_of(row)
    return draft_view.member_line(str(row.id), "draft", value(form, "name"), value(form, "birth_date")[:4])
