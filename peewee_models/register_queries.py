"""Questions to the register: one record, the newest ones, and what stands around a record."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from peewee_models import cancellations, merges
from peewee_models.accounts import User
from peewee_models.finding_queries import joined
from peewee_models.register import ACTIVE, AcceptedProblem, Change, FieldOrigin, FullView, Person, Registration

PERSON_KEYS = (
    *("id_type", "id_no", "id_no_raw", "name", "sex", "birth_date", "ethnic", "hukou_address", "hukou_div"),
    *("card_issuer", "card_valid_from", "card_valid_to", "mobile", "education", "employer"),
    *("guardian_name", "guardian_id", "guardian_rel", "guardian_mobile"),
    *("former_name", "tel", "email", "marital", "political"),
    *("occupation_kind", "job", "employer_kind", "employer_addr", "not_working_reason"),
    *("income_source", "studying", "school", "school_addr", "study_from", "study_to"),
)
REGISTRATION_KEYS = (
    *("form", "soldier", "arrive_city_date", "arrive_here_date", "plan_stay", "reason", "reason_other", "place_type"),
    *("proof_type", "district", "town", "committee", "road", "lane", "sublane", "no", "room"),
    "addr_id",
    *("declarer", "verify_mode", "guardian_consent", "notice_given", "notice_version", "remark"),
    *("household_kind", "relation_to_head"),
    *("lives_here", "h_district", "h_town", "h_committee", "h_police"),
    *("h_road", "h_lane", "h_sublane", "h_no", "h_room"),
    *("present_address", "separation_scope", "separation_reason", "separated_since", "residence_reason"),
    *("owner_relation", "house_use", "informant", "result"),
    *("owner_name", "owner_id", "owner_mobile", "lease_from", "lease_to", "lease_record_no"),
    *("permit_has", "permit_no", "permit_valid_to", "wants_permit"),
)
ALL_OTHERS = "*"
"""The key of an origin that stands for all values without one of their own, as where a file brings thousands."""
DATE_KEYS = frozenset({"birth_date", "arrive_city_date", "arrive_here_date"})
_NEWEST_FIRST = (Registration.registered_at.desc(), Registration.form_no.desc())


def by_key(record_id: uuid.UUID) -> Any:
    """One registration with its person and who collected it, or None."""
    return joined().where(Registration.id == record_id).get_or_none()


def by_id_number(number: str) -> Any:
    """The active registration of the person with this ID number, or None."""
    return joined().where((Person.id_no == number) & (Registration.state == ACTIVE)).get_or_none()


def holder_of(number: str) -> uuid.UUID | None:
    """The key of the active registration of the person with this ID number, or None."""
    held = (Person.id_no == number) & (Registration.state == ACTIVE)
    row = Registration.select(Registration.id).join(Person).where(held).tuples().first()
    return None if row is None else row[0]


def who_left(number: str) -> Any:
    """The last registration of the person with this ID number, where none of theirs is active; else None."""
    last = _last(Person.id_no == number)
    return None if last is None or last.state == ACTIVE else last


def last_of(person_id: uuid.UUID) -> Any:
    """The registration of a person that is active, or was last; None where there is none.

    Of those that were made for this person an active one is always the newest: another is made only when it is
    cancelled, and only the newest is restored.  Those that a merge has brought may be newer, and are never active.
    """
    return _last(Registration.person == person_id)


def _last(theirs: Any) -> Any:
    own = Registration.id.not_in(merges.moved())
    return joined().where(theirs & own).order_by((Registration.state == ACTIVE).desc(), *_NEWEST_FIRST).first()


def all_of(person_id: uuid.UUID) -> list[Any]:
    """All registrations of a person, the newest first."""
    return list(joined().where(Registration.person == person_id).order_by(*_NEWEST_FIRST))


def others_of(person_id: uuid.UUID, but: uuid.UUID) -> list[Any]:
    """The registrations of a person without one, the newest first."""
    theirs = (Registration.person == person_id) & (Registration.id != but)
    return list(joined().where(theirs).order_by(*_NEWEST_FIRST))


def person_with_number(number: str) -> Any:
    """The person with this ID number, registered now or once, or None."""
    return Person.get_or_none(Person.id_no == number)


def newest(page: int, size: int) -> list[Any]:
    """A page of the registrations saved last."""
    return list(joined().order_by(Registration.registered_at.desc(), Registration.id).paginate(page, size))


def last_form_number(prefix: str) -> str | None:
    """The highest form number that begins so and goes on with digits, or None."""
    begins = Registration.form_no.between(f"{prefix}0", f"{prefix}99999999")
    row = Registration.select(Registration.form_no).where(begins).order_by(Registration.form_no.desc()).get_or_none()
    return None if row is None else str(row.form_no)


def values_of(row: Any) -> dict[str, str]:
    """All values of a registration and its person as text; dates in ISO.

    Of one that is cancelled the person's are those of then: the person may have come back with others.
    """
    then = None if row.state == ACTIVE else cancellations.person_then(row.id) or merges.person_then(row.id)
    return (person_values(row.person) if then is None else then) | own_values_of(row)


def own_values_of(row: Any) -> dict[str, str]:
    """The values of a registration without its person's, as text; dates in ISO."""
    return {key: _text(getattr(row, key)) for key in REGISTRATION_KEYS}


def person_values(person: Any) -> dict[str, str]:
    """The values of a person as text; dates in ISO."""
    return {key: _text(getattr(person, key)) for key in PERSON_KEYS}


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else (value or "")


def columns_for(values: dict[str, str], keys: Iterable[str]) -> dict[str, Any]:
    """Put texts into the types of their columns."""
    columns: dict[str, Any] = {}
    for key in keys:
        text = values.get(key, "")
        if key in DATE_KEYS:
            columns[key] = date.fromisoformat(text) if text else None
        else:
            columns[key] = None if key == "id_no" and not text else text
    return columns


def origins_of(record_id: uuid.UUID) -> dict[str, Any]:
    """Where each value of a registration came from; one row may stand for all that have none of their own."""
    rows = stored_origins_of(record_id)
    rest = rows.pop(ALL_OTHERS, None)
    return rows if rest is None else dict.fromkeys((*PERSON_KEYS, *REGISTRATION_KEYS), rest) | rows


def stored_origins_of(record_id: uuid.UUID) -> dict[str, Any]:
    """The rows that say where the values of a registration came from, as they are stored."""
    return {row.key: row for row in FieldOrigin.select().where(FieldOrigin.registration == record_id)}


def first_origins(record_id: uuid.UUID, origins: Iterable[tuple[str, str, datetime, bool]]) -> None:
    """Note where the values of a new registration came from, all at once: key, source, when, whether verified."""
    keys = ("key", "source", "at", "is_verified")
    rows = [{"registration": record_id} | dict(zip(keys, origin, strict=True)) for origin in origins]
    if rows:
        FieldOrigin.insert_many(rows).execute()


def set_origin(record_id: uuid.UUID, key: str, source: str, at: datetime, *, is_verified: bool) -> None:
    """Note where a value came from, in place of what was noted before."""
    restore_origin(record_id, key, (source, is_verified, at))


def restore_origin(record_id: uuid.UUID, key: str, origin: tuple[str, bool, datetime] | None) -> None:
    """Note where a value came from as it was noted once: source, whether verified, when; None for not at all."""
    FieldOrigin.delete().where((FieldOrigin.registration == record_id) & (FieldOrigin.key == key)).execute()
    if origin is not None:
        source, is_verified, at = origin
        FieldOrigin.create(registration=record_id, key=key, source=source, at=at, is_verified=is_verified)


def accepted_of(record_id: uuid.UUID) -> list[Any]:
    """What was let pass in a registration, newest first."""
    lines = AcceptedProblem.select().where(AcceptedProblem.registration == record_id)
    return list(lines.order_by(AcceptedProblem.at.desc(), AcceptedProblem.code, AcceptedProblem.field))


def changes_of(record_id: uuid.UUID, version: int) -> list[Any]:
    """What one version of a registration changed, in the order of the keys."""
    changes = Change.select().where((Change.registration == record_id) & (Change.version == version))
    return list(changes.order_by(Change.key))


def with_numbers_of_chips(person_ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    """Of whom a chip that was read twice says the ID number, in a registration that was made for this person."""
    if not person_ids:
        return set()
    theirs = Registration.person.in_(person_ids) & Registration.id.not_in(merges.moved())
    said = (FieldOrigin.key == "id_no") & (FieldOrigin.source == "chip") & FieldOrigin.is_verified
    found = Registration.select(Registration.person).join(FieldOrigin).where(theirs & said)
    return {key for (key,) in found.tuples()}


def changes_since(record_id: uuid.UUID, version: int) -> list[Any]:
    """What changed in a registration after one of its versions, in the order of time."""
    later = (Change.registration == record_id) & (Change.version > version)
    return list(Change.select().where(later).order_by(Change.version, Change.key))


def history_of(record_id: uuid.UUID) -> list[Any]:
    """All changes of a registration, newest first."""
    changes = Change.select(Change, User).join(User).where(Change.registration == record_id)
    return list(changes.order_by(Change.version.desc(), Change.key))


def full_views_of(record_id: uuid.UUID) -> list[Any]:
    """Who had a registration's numbers shown in full, newest first."""
    views = FullView.select(FullView, User).join(User).where(FullView.registration == record_id)
    return list(views.order_by(FullView.at.desc(), FullView.id))
