"""What follows in a form from other values: birth date, sex, division, declarer, the notice's version, a right dot.

Which form it is follows, too, and of separated persons the parts of the household's address, and how far it is.

All functions are pure.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from agent.register import (
    address_parts,
    asked,
    codes,
    divisions,
    door_of_form,
    evaluate,
    fields,
    guardian,
    names,
    notice,
    relations,
    revision,
    separation,
)
from agent.register.doors import ADDR_ID, DOOR_KEYS
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
    declarer = guardian.DECLARES if is_guarded else "1"
    _put_derived(filled, "declarer", "" if fields.age(filled, setting.today) is None else declarer, now)
    _put_notice(filled, now)
    _put_form(filled, now, setting, yielding)
    filled = with_door(filled, now, setting)
    _put_household(filled, now, setting, is_guarded=is_guarded)
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
    _propose(filled, "hukou_div", named if is_other and entry.source != "register" else "")


def _propose(filled: dict[str, Entry], key: str, text: str) -> None:
    """Offer a correction beside a value; with "" none is offered any more."""
    entry = filled.get(key)
    if entry is not None and text:
        filled[key] = entry.with_offer(StoredOffer("proposal", text))
    elif entry is not None and entry.offered("proposal") is not None:
        filled[key] = replace(entry, offers=tuple(offer for offer in entry.offers if offer.source != "proposal"))


def with_door(form: Form, now: datetime, setting: evaluate.Setting) -> dict[str, Entry]:
    """Say which plate of the address base the address has, and of which committee that is; offer new for old names."""
    filled, base = dict(form), setting.doors
    if not len(base):
        return filled
    values = {key: entry.value for key, entry in filled.items()}
    for prefix in door_of_form.prefixes(value(filled, separation.FORM)):
        door = door_of_form.found(base, values, prefix)
        new = None if door is None else base.current(door)
        committee = "" if new is None else new.committee
        has_moved = any(_has_parted_from_register(filled.get(prefix + key)) for key in DOOR_KEYS)
        yielding = _YIELDING | {"household"} | ({"register"} if has_moved else set())
        _put_derived(filled, f"{prefix}committee", committee, now, yielding)
        given = value(filled, f"{prefix}committee")
        _propose(filled, f"{prefix}committee", committee if given and committee != given else "")
        is_renamed = new is not None and new is not door and not new.is_withdrawn
        _propose(filled, f"{prefix}road", new.name if new is not None and is_renamed else "")
    number = door_of_form.number_of(base, values, setting.held)
    if number != value(filled, ADDR_ID) or (ADDR_ID not in filled and setting.held is not None):
        filled[ADDR_ID] = Entry(number, "derived" if number else "", now)
    return filled


def _put_form(filled: dict[str, Entry], now: datetime, setting: evaluate.Setting, yielding: frozenset[str]) -> None:
    """Say which form this is, and fill what it asks for as far as the addresses tell it; `yielding` to a new address.

    A form that asks for none of it loses what had followed; what was typed waits, in case it is that form again.
    """
    kind = separation.form_of(filled, is_practice=setting.is_practice)
    if value(filled, separation.FORM) != kind:
        filled[separation.FORM] = Entry(kind, "derived", now)
    is_separated = kind != separation.RG
    _put_derived(filled, separation.LIVES_HERE, "1" if is_separated else "", now)
    told = address_parts.parts_of(value(filled, "hukou_address")) if is_separated else {}
    division = value(filled, "hukou_div") if is_separated else ""
    if "district" not in told and codes.choice("district", division) is not None:
        told["district"] = division
    for key in ("district", "town", *address_parts.PARTS):
        _put_derived(filled, f"h_{key}", told.get(key, ""), now, yielding)
    scope = separation.scope_of(filled, kind, setting.area) if is_separated else ""
    _put_derived(filled, "separation_scope", scope, now)
    _put_derived(filled, "informant", separation.SELF if kind == separation.RZ else "", now)
    _put_derived(filled, "result", separation.STILL_SEPARATED if is_separated else "", now)


def _put_household(filled: dict[str, Entry], now: datetime, setting: evaluate.Setting, *, is_guarded: bool) -> None:
    """Say who the person is in the household, and of the head's child who the guardian is."""
    has_household = asked.is_asked(relations.KEY, value(filled, separation.FORM))
    _put_derived(filled, relations.KEY, relations.relation_of(filled, setting.household) if has_household else "", now)
    _put_derived(filled, relations.KIND, relations.kind_of(filled) if has_household else "", now)
    for key, text in relations.guardian_of(filled, setting.household, is_guarded=is_guarded).items():
        entry = filled.get(key) or Entry("", "", now)
        if entry.value != text and (not entry.value or entry.source == "household"):
            filled[key] = Entry(text, "household" if text else "", now, offers=entry.offers)


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
