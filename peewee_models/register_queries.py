"""Questions to the register: one record, the newest ones, and those that fit what somebody typed."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import and_, or_
from typing import Any

from peewee import fn

from peewee_models import cancellations
from peewee_models.accounts import User
from peewee_models.register import ACTIVE, AcceptedProblem, Change, FieldOrigin, Person, Registration

PERSON_KEYS = (
    *("id_type", "id_no", "id_no_raw", "name", "sex", "birth_date", "ethnic", "hukou_address", "hukou_div"),
    *("card_issuer", "card_valid_from", "card_valid_to", "mobile", "education", "employer"),
    *("guardian_name", "guardian_id", "guardian_rel", "guardian_mobile"),
)
REGISTRATION_KEYS = (
    *("soldier", "arrive_city_date", "arrive_here_date", "plan_stay", "reason", "reason_other", "place_type"),
    *("proof_type", "district", "town", "committee", "road", "lane", "sublane", "no", "room"),
    *("declarer", "verify_mode", "guardian_consent", "notice_given", "notice_version", "remark"),
)
DWELLING_KEYS = ("district", "town", "road", "lane", "sublane", "no", "room")
PLACE_KEYS = ("lane", "sublane", "no", "room")
DATE_KEYS = frozenset({"birth_date", "arrive_city_date", "arrive_here_date"})
_NEWEST_FIRST = (Registration.registered_at.desc(), Registration.form_no.desc())


def by_key(record_id: uuid.UUID) -> Any:
    """One registration with its person and who collected it, or None."""
    return _joined().where(Registration.id == record_id).get_or_none()


def by_id_number(number: str) -> Any:
    """The active registration of the person with this ID number, or None."""
    return _joined().where((Person.id_no == number) & (Registration.state == ACTIVE)).get_or_none()


def who_left(number: str) -> Any:
    """The newest registration of the person with this ID number, where all of theirs are cancelled; else None.

    An active one is always the newest: another is made only when it is cancelled, and only the newest is restored.
    """
    last = _joined().where(Person.id_no == number).order_by(*_NEWEST_FIRST).first()
    return None if last is None or last.state == ACTIVE else last


def last_of(person_id: uuid.UUID) -> Any:
    """The newest registration of a person, or None."""
    return _joined().where(Registration.person == person_id).order_by(*_NEWEST_FIRST).first()


def others_of(person_id: uuid.UUID, but: uuid.UUID) -> list[Any]:
    """The registrations of a person without one, the newest first."""
    theirs = (Registration.person == person_id) & (Registration.id != but)
    return list(_joined().where(theirs).order_by(*_NEWEST_FIRST))


def person_with_number(number: str) -> Any:
    """The person with this ID number, registered now or once, or None."""
    return Person.get_or_none(Person.id_no == number)


def newest(page: int, size: int) -> list[Any]:
    """A page of the registrations saved last."""
    return list(_joined().order_by(Registration.registered_at.desc(), Registration.id).paginate(page, size))


@dataclass(frozen=True, slots=True)
class Fit:
    """One way in which a registration may be meant.

    Attributes:
        kind: `number` and `phone`, any part of an ID number, capital X, or of a mobile number, the guardian's too;
            `name`, any part of a name's search key; `spelled`, the beginning of a spelling or of its initials, small
            letters; `road`, any part of a road's name; `place`, a whole number of lane, sublane, house or room; or one
            of these by its column.
        text: what stands there; "" fits nobody.
    """

    kind: str
    text: str


def matching(wishes: Iterable[Iterable[Fit]], page: int, size: int) -> list[Any]:
    """A page of registrations that fit each of the wishes in one of its ways; none where nothing is wished.

    Args:
        wishes: what must all be so, each as its alternatives.
        page: from 1.
        size: of a page.
    """
    clauses = [[clause for fit in ways if fit.text for clause in _ways(fit)] for ways in wishes]
    if not clauses or not all(clauses):
        return []
    where = reduce(and_, (reduce(or_, ways) for ways in clauses))
    found = _joined().where(where).order_by(Registration.registered_at.desc(), Registration.id)
    return list(found.paginate(page, size))


def _ways(fit: Fit) -> list[Any]:
    if fit.kind == "spelled":
        spellings = (Person.name_pinyin, Person.name_initials)
        return [way for each in spellings for way in (each.startswith(fit.text), each.contains(" " + fit.text))]
    parts = {
        "number": (Person.id_no,),
        "phone": (Person.mobile, Person.guardian_mobile),
        "name": (Person.name_key,),
        "road": (Registration.road,),
    }
    if fit.kind in parts:
        return [column.contains(fit.text) for column in parts[fit.kind]]
    return [getattr(Registration, key) == fit.text for key in (PLACE_KEYS if fit.kind == "place" else (fit.kind,))]


def namesakes(name_key: str, birth_date: date | None, guardian_id: str, most: int, *, is_numbered: bool) -> list[Any]:
    """Active registrations of a name with the same birth date or guardian, the newest first.

    Args:
        name_key: the name's search key.
        birth_date: None where it is not known.
        guardian_id: "" where there is none.
        most: so many are given at most.
        is_numbered: whether who is asked for has an ID number: then only of persons without one.
    """
    same = Person.birth_date == birth_date if birth_date is not None else Person.guardian_id == guardian_id
    if birth_date is not None and guardian_id:
        same |= Person.guardian_id == guardian_id
    where = (Person.name_key == name_key) & same & (Registration.state == ACTIVE)
    if is_numbered:
        where &= Person.id_no.is_null()
    return list(_joined().where(where).order_by(Registration.registered_at.desc(), Registration.id).limit(most))


def dwellings_at(words: Iterable[str], numbers: Iterable[tuple[Iterable[str], str]], most: int) -> list[Any]:
    """Households with an active registration at an address, once for each dwelling; the one registered last first.

    Args:
        words: each is a part of the road's name.
        numbers: each with the columns of which one holds it.
        most: so many are given at most.

    Returns: rows with `household_id` and `DWELLING_KEYS`; none when nothing is said of the address.
    """
    clauses = [Registration.road.contains(word) for word in words]
    clauses += [reduce(or_, (getattr(Registration, name) == text for name in names)) for names, text in numbers]
    if not clauses:
        return []
    last = fn.MAX(Registration.registered_at)
    here = reduce(and_, clauses, (Registration.state == ACTIVE) & Registration.household.is_null(False))
    where = [Registration.household, *(getattr(Registration, key) for key in DWELLING_KEYS)]
    found = Registration.select(*where, last).where(here).group_by(*where)
    return list(found.order_by(last.desc(), *where).limit(most))


def _joined() -> Any:
    people = Registration.select(Registration, Person, User).join(Person).switch(Registration)
    return people.join(User, on=(Registration.collected_by == User.id))


def last_form_number(prefix: str) -> str | None:
    """The highest form number that begins so, or None."""
    row = (
        Registration.select(Registration.form_no)
        .where(Registration.form_no.startswith(prefix))
        .order_by(Registration.form_no.desc())
        .get_or_none()
    )
    return None if row is None else str(row.form_no)


def values_of(row: Any) -> dict[str, str]:
    """All values of a registration and its person as text; dates in ISO.

    Of one that is cancelled the person's are those of then: the person may have come back with others.
    """
    then = None if row.state == ACTIVE else cancellations.person_then(row.id)
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
    """Where each value of a registration came from."""
    return {row.key: row for row in FieldOrigin.select().where(FieldOrigin.registration == record_id)}


def set_origin(record_id: uuid.UUID, key: str, source: str, at: datetime, *, is_verified: bool) -> None:
    """Note where a value came from, in place of what was noted before."""
    FieldOrigin.delete().where((FieldOrigin.registration == record_id) & (FieldOrigin.key == key)).execute()
    FieldOrigin.create(registration=record_id, key=key, source=source, at=at, is_verified=is_verified)


def accepted_of(record_id: uuid.UUID) -> list[Any]:
    """What was let pass in a registration, newest first."""
    lines = AcceptedProblem.select().where(AcceptedProblem.registration == record_id)
    return list(lines.order_by(AcceptedProblem.at.desc(), AcceptedProblem.code, AcceptedProblem.field))


def changes_of(record_id: uuid.UUID, version: int) -> list[Any]:
    """What one version of a registration changed, in the order of the keys."""
    changes = Change.select().where((Change.registration == record_id) & (Change.version == version))
    return list(changes.order_by(Change.key))


def history_of(record_id: uuid.UUID) -> list[Any]:
    """All changes of a registration, newest first."""
    changes = Change.select(Change, User).join(User).where(Change.registration == record_id)
    return list(changes.order_by(Change.version.desc(), Change.key))
