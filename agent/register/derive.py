"""What follows in a form from other values: birth date, sex, division, declarer, the notice's version, a right dot.

All functions are pure.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from agent.register import divisions, evaluate, fields, names, notice, revision
from agent.register.form import Entry, Form, StoredOffer, source, value

_YIELDING: frozenset[str] = frozenset({"", "derived", "station"})


def derive(form: Form, now: datetime, setting: evaluate.Setting) -> dict[str, Entry]:
    """Fill what follows from other values, where nobody gave a value: birth date, sex, division, declarer.

    A derived value is never put over a value of another source, and goes when its ground goes.  The division that the
    register holds belongs to the address that it holds: with another address it is only offered.
    """
    filled = dict(form)
    number = evaluate.number_of(form, setting)
    birth = number.birth_date.isoformat() if number is not None and number.birth_date is not None else ""
    _put_derived(filled, "birth_date", birth, now)
    _put_derived(filled, "sex", number.sex if number is not None else "", now)
    division = divisions.parse(value(filled, "hukou_address"), is_practice=setting.is_practice)
    has_moved = _has_parted_from_register(filled.get("hukou_address"))
    yielding = _YIELDING | {"register"} if has_moved else _YIELDING
    named = "" if division is None else division.code
    _put_derived(filled, "hukou_div", named, now, yielding)
    _offer_division(filled, named)
    is_guarded = fields.is_guarded(filled, setting.today, setting.parameters)
    declarer = evaluate.GUARDIAN_DECLARES if is_guarded else "1"
    _put_derived(filled, "declarer", "" if fields.age(filled, setting.today) is None else declarer, now)
    _put_notice(filled, now)
    for key in ("name", "guardian_name"):
        entry = filled.get(key)
        if entry is not None and names.with_right_dots(entry.value) != entry.value:
            filled[key] = entry.with_offer(StoredOffer("proposal", names.with_right_dots(entry.value)))
    return filled


def _offer_division(filled: dict[str, Entry], named: str) -> None:
    """Offer the division that the address names beside another one that somebody gave."""
    entry = filled.get("hukou_div")
    if entry is None:
        return
    is_other = bool(named and entry.value) and divisions.are_apart(named, entry.value)
    if is_other and entry.source != "register":
        filled["hukou_div"] = entry.with_offer(StoredOffer("proposal", named))
    elif entry.offered("proposal") is not None:
        offers = tuple(offer for offer in entry.offers if offer.source != "proposal")
        filled["hukou_div"] = replace(entry, offers=offers)


def _put_notice(filled: dict[str, Entry], now: datetime) -> None:
    """Keep with a notice given the version of its text on that day; what the register holds stays the register's."""
    given, version = filled.get("notice_given"), filled.get(revision.NOTICE)
    is_given_here = given is not None and given.value == "1" and given.source == "typed"
    if is_given_here and (version is None or not version.value):
        filled[revision.NOTICE] = Entry(notice.CURRENT, "derived", now)
    elif not is_given_here and version is not None:
        bare = Entry("", source(filled, "notice_given"), now)
        filled[revision.NOTICE] = version if (version.value, version.source) == ("", bare.source) else bare


def _has_parted_from_register(entry: Entry | None) -> bool:
    held = None if entry is None else entry.offered("register")
    return entry is not None and held is not None and entry.value not in {"", held}


def _put_derived(
    filled: dict[str, Entry], key: str, new: str, now: datetime, yielding: frozenset[str] = _YIELDING
) -> None:
    entry = filled.get(key) or Entry("", "", now)
    if entry.value == new or (entry.value and entry.source not in yielding):
        return
    offers = entry.offers
    if entry.source == "register":
        offers = entry.with_offer(StoredOffer("register", entry.value)).offers
    if new:
        filled[key] = Entry(new, "derived", now, offers=offers, doubts=entry.doubts)
    elif entry.source in {"derived", "register"}:
        filled[key] = Entry("", "", now, offers=offers, doubts=entry.doubts)
