"""Who is found: registrations, and households by their address; the same answers on either engine.

At the station the finding index answers; on PostgreSQL it is the columns themselves, behind indexes of trigrams.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import reduce
from operator import and_, or_
from typing import Any, Final

from peewee import fn

from peewee_models import finding_index, finding_tokens
from peewee_models.accounts import User
from peewee_models.finding_tokens import AREA_KEYS, DIGITS_TOGETHER, PLACE_KEYS, Fit
from peewee_models.register import ACTIVE, Person, Registration

__all__ = ["PLACE_KEYS", "Fit", "by_columns", "dwellings_at", "joined", "matching"]

DWELLING_KEYS: Final = ("district", "town", "road", "lane", "sublane", "no", "room")
_FIRST_LOOK: Final = 200
_MOST_AT_ONCE: Final = 3200
Wishes = Sequence[Sequence[Fit]]
Placed = Callable[[str, Fit], list[Any]]


def joined() -> Any:
    """Registrations with their person and who collected them."""
    people = Registration.select(Registration, Person, User).join(Person).switch(Registration)
    return people.join(User, on=(Registration.collected_by == User.id))


def matching(store: Any, wishes: Wishes, page: int, size: int) -> list[Any]:
    """A page of registrations that fit each of the wishes in one of its ways; none where nothing is wished.

    Inside an open `write()`.  The one registered last comes first.

    Args:
        store: the open database.
        wishes: what must all be so, each as its alternatives.
        page: from 1.
        size: of a page.
    """
    if finding_index.serves(store):
        return _in_order(_keys(store, finding_tokens.question(wishes), (page - 1) * size, size))
    where = by_columns(wishes)
    if where is None:
        return []
    found = joined().where(where).order_by(Registration.registered_at.desc(), Registration.id)
    return list(found.paginate(page, size))


def dwellings_at(store: Any, wishes: Wishes, most: int) -> list[Any]:
    """Households with an active registration at an address, once for each dwelling; the one registered last first.

    Inside an open `write()`.  Who has moved away from the address is not of a household there.

    Args:
        store: the open database.
        wishes: what of the address must all be so, each as its alternatives.
        most: so many are given at most.

    Returns: rows with `household_id` and `DWELLING_KEYS`; none when nothing is said of the address.
    """
    if finding_index.serves(store):
        asked, left = finding_tokens.question_of_dwellings(wishes)
        return _first_of_each((row for row in _streamed(store, asked) if _is_at(row, left)), most)
    said = _at_one_address(wishes, _found_at)
    if said is None:
        return []
    last = fn.MAX(Registration.registered_at)
    where = [Registration.household, *(getattr(Registration, key) for key in DWELLING_KEYS)]
    here = said & (Registration.state == ACTIVE) & Registration.household.is_null(False)
    found = Registration.select(*where, last).where(here).group_by(*where)
    return list(found.order_by(last.desc(), *where).limit(most))


def _keys(store: Any, asked: str, offset: int, most: int) -> list[Any]:
    if not asked:
        return []
    finding_index.settle(store)
    return [Registration.id.python_value(key) for key in finding_index.keys(store, asked, offset, most)]


def _in_order(keys: Sequence[Any]) -> list[Any]:
    """The registrations of these keys, in their order."""
    rows = {row.id: row for row in joined().where(Registration.id.in_(keys))} if keys else {}
    return [rows[key] for key in keys]


def _streamed(store: Any, asked: str) -> Iterator[Any]:
    """The registrations that fit, the newest first, looked up as far as they are asked for."""
    offset, most = 0, _FIRST_LOOK
    while keys := _keys(store, asked, offset, most):
        rows = {row.id: row for row in Registration.select().where(Registration.id.in_(keys))}
        yield from (rows[key] for key in keys)
        if len(keys) < most:
            return
        offset, most = offset + most, min(most * 4, _MOST_AT_ONCE)


def _is_at(row: Any, wishes: Wishes) -> bool:
    """Whether the address by which a registration is found fits all wishes, each in one of its ways."""
    head = finding_tokens.HOUSEHOLD if row.form == "HZ" else ""

    def fits(fit: Fit) -> bool:
        keys = {"place": PLACE_KEYS, "area": AREA_KEYS}.get(fit.kind, (fit.kind,))
        held = [getattr(row, head + key).lower() for key in keys]
        text = fit.text.lower()
        return any(text in one if fit.kind == "road" else text == one for one in held)

    return all(any(fit.text and fits(fit) for fit in ways) for ways in wishes)


def _first_of_each(registrations: Iterable[Any], most: int) -> list[Any]:
    """The first active registration of each household at each dwelling, until there are enough."""
    found: dict[tuple[Any, ...], Any] = {}
    for row in registrations:
        if row.state == ACTIVE and row.household_id is not None:
            found.setdefault((row.household_id, *(getattr(row, key) for key in DWELLING_KEYS)), row)
            if len(found) == most:
                break
    return list(found.values())


def by_columns(wishes: Wishes) -> Any:
    """The wishes as a condition on the columns of `joined()`.

    What is wished of an address is true of where somebody is found, or all of it of where their household is.

    Returns: None where nothing is wished, or nobody can fit a wish.
    """
    here = _at_one_address(wishes, _found_at)
    if here is None or not any(map(finding_tokens.is_of_address, wishes)):
        return here
    return here | ((Registration.form == "RZ") & _at_one_address(wishes, _household_at))


def _at_one_address(wishes: Wishes, placed: Placed) -> Any:
    clauses = [[clause for fit in ways if fit.text for clause in _ways(fit, placed)] for ways in wishes]
    if not clauses or not all(clauses):
        return None
    return reduce(and_, (reduce(or_, ways) for ways in clauses))


def _ways(fit: Fit, placed: Placed) -> list[Any]:
    if fit.kind == "spelled":
        spellings = (Person.name_pinyin, Person.name_initials)
        return [way for each in spellings for way in (each.startswith(fit.text), each.contains(" " + fit.text))]
    parts = {
        "number": (Person.id_no,),
        "phone": (Person.mobile, Person.guardian_mobile),
        "name": (Person.name_key,),
    }
    if fit.kind in {"number", "phone"} and len(fit.text) < DIGITS_TOGETHER:
        return []
    if fit.kind in parts:
        return [column.contains(fit.text) for column in parts[fit.kind]]
    keys = {"place": PLACE_KEYS, "area": AREA_KEYS}.get(fit.kind, (fit.kind,))
    return [way for key in keys for way in placed(key, fit)]


def _found_at(key: str, fit: Fit) -> list[Any]:
    """A part of the address where the person lives, or, of who does not live here, of the household's."""
    household = (Registration.form == "HZ") & _fits(getattr(Registration, f"h_{key}"), fit)
    return [(Registration.form != "HZ") & _fits(getattr(Registration, key), fit), household]


def _household_at(key: str, fit: Fit) -> list[Any]:
    """A part of the household's address."""
    return [_fits(getattr(Registration, f"h_{key}"), fit)]


def _fits(column: Any, fit: Fit) -> Any:
    return column.contains(fit.text) if fit.kind == "road" else fn.LOWER(column) == fit.text.lower()
