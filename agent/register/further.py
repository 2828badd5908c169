"""The fields that a form has beyond those of the Shanghai form, and what is looked at in them; pure.

Whether the forms have a group of them is the district's to say, as a rule parameter: left out, offered, or asked for,
so that what the tables call conditional is wanted.  A value that is there stays, whatever is said later.

Source: the forms' field list, blocks P, A and RG; the credit code of a landlord that is a company: GB 32100-2015.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from agent.register import fields, id_number, rules
from agent.register.form import Form, as_date, value
from agent.register.views import Problem
from drivers.id_number import compact_date

LEFT_OUT, OFFERED, ASKED_FOR = range(3)
"""What a district can say of a group."""

TENANCY_KEYS: Final = ("owner_name", "owner_id", "owner_mobile", "lease_from", "lease_to", "lease_record_no")
"""What persons of one dwelling have in common."""

GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "asks_work": ("occupation_kind", "job", "employer_kind", "employer_addr", "not_working_reason"),
    "asks_tenancy": ("owner_relation", *TENANCY_KEYS),
    "asks_permit": (
        *("permit_has", "permit_no", "permit_valid_to", "wants_permit", "income_source"),
        *("studying", "school", "school_addr", "study_from", "study_to"),
    ),
    "asks_contact": ("former_name", "tel", "email"),
    "asks_family": ("marital", "political"),
}
"""The fields of each group, by the parameter that says whether the forms have it."""

KEYS: Final = tuple(key for keys in GROUPS.values() for key in keys)
_GROUP_OF: Final = {key: group for group, keys in GROUPS.items() for key in keys}

_OPTIONAL: Final = ("employer_addr", "lease_record_no", "permit_no", "permit_valid_to")
_AFTER_YES: Final = {
    **dict.fromkeys(("permit_no", "permit_valid_to"), "permit_has"),
    **dict.fromkeys(("income_source", "studying"), "wants_permit"),
    **dict.fromkeys(("school", "school_addr", "study_from", "study_to"), "studying"),
}
"""Fields that wait for the answer "yes" to another one."""

WORKING_REASONS: Final = frozenset({"01", "02", "04", "05"})
"""Codes of `reason`: to work, to trade, to serve, on business."""

_NONE: Final = "无"
_SOLDIER, _OTHER_OCCUPATION = "8", "13"
_WITHOUT_WORK: Final = frozenset({"7", "11", "12"})
_RENTED_PLACE, _LEASE = "30", "2"
_YES: Final = "1"
_NEVER_MARRIED: Final = frozenset({"10", "90"})
_PARTY, _LEAGUE = frozenset({"01", "02"}), "03"
_TELEPHONE: Final = re.compile(r"[0-9+][0-9\-]*")
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_CREDIT_CODE: Final = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}")
_CREDIT_DIGITS: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_PERIODS: Final = (("lease_from", "lease_to"), ("study_from", "study_to"))
_ENDING: Final = {"lease_to": "LEASE-ENDED", "permit_valid_to": "PERMIT-ENDED"}


def level(key: str, holding: rules.Rules) -> int:
    """What the district says of a field's group: `LEFT_OUT`, `OFFERED` or `ASKED_FOR`."""
    said: int = getattr(holding, _GROUP_OF[key])
    return said


def is_one(key: str) -> bool:
    """Whether a field is one of these."""
    return key in _GROUP_OF


def left_out(form: Form, when: rules.When) -> set[str]:
    """The fields that are not shown: of groups that are left out, and those for which another answer does not call.

    What has a value is shown.
    """
    holding, called_for = when.parameters.on(when.today), _called_for(form, when)
    return {
        key
        for key in KEYS
        if not value(form, key)
        and (
            level(key, holding) == LEFT_OUT
            or called_for.get(key) is False
            or (key in _AFTER_YES and not called_for[key])
        )
    }


def wanted(form: Form, when: rules.When) -> dict[str, bool]:
    """Whether each field is wanted: asked for on the day of collection, and not left out by now."""
    then, now = when.parameters.on(when.collected), when.parameters.on(when.today)
    if not any(level(keys[0], then) == ASKED_FOR for keys in GROUPS.values()):
        return {}
    called_for = _called_for(form, when)

    def is_asked_for(key: str) -> bool:
        return level(key, then) == ASKED_FOR and level(key, now) != LEFT_OUT

    is_wanted = {key: is_so is True and is_asked_for(key) for key, is_so in called_for.items()}
    is_wanted |= dict.fromkeys(_OPTIONAL, False)
    if is_asked_for("job") and is_working(form, when):
        is_wanted["employer"] = True
    if is_asked_for("owner_relation") and is_rented(form):
        is_wanted["owner_relation"] = True
    return is_wanted


def is_working(form: Form, when: rules.When) -> bool | None:
    """Whether the person works, as far as occupation, employer and reason say it; None where they do not."""
    occupation, employer = value(form, "occupation_kind"), value(form, "employer")
    if occupation in _WITHOUT_WORK or fields.is_guarded(form, when.today, when.parameters):
        return False
    if occupation not in {"", _OTHER_OCCUPATION}:
        return True
    if employer:
        return employer != _NONE
    return True if value(form, "reason") in WORKING_REASONS else None


def is_rented(form: Form) -> bool | None:
    """Whether the dwelling is rented, by its kind and its proof; None where neither is known."""
    place, proof = value(form, "place_type"), value(form, "proof_type")
    if place == _RENTED_PLACE or proof == _LEASE:
        return True
    return False if place or proof else None


def shape(kind: str, text: str) -> str:
    """What is wrong with how a telephone number or an address of e-mail is written: a code, or ""."""
    if kind == "telephone":
        return "" if _TELEPHONE.fullmatch(text) else "TELEPHONE-SHAPE"
    return "" if _EMAIL.fullmatch(text) else "EMAIL-SHAPE"


def not_applying(form: Form, when: rules.When) -> list[str]:
    """The fields with a value for which another answer does not call."""
    if not _says_any(form):
        return []
    return [key for key, is_so in _called_for(form, when).items() if is_so is False and value(form, key)]


def problems_of(form: Form, when: rules.When, *, is_practice: bool) -> list[Problem]:
    """What must not be saved so."""
    if not _says_any(form):
        return []
    found = [Problem("FIELD-NOT-APPLYING", key) for key in not_applying(form, when)]
    for first, last in _PERIODS:
        begins, ends = as_date(value(form, first)), as_date(value(form, last))
        if begins is not None and ends is not None and ends < begins:
            found.append(Problem("PERIOD-TURNED", last))
    if value(form, "occupation_kind") == _SOLDIER:
        found.append(Problem("OCCUPATION-SOLDIER", "occupation_kind"))
    years, holding = fields.age(form, when.today), when.parameters.on(when.today)
    least = {**dict.fromkeys(_PARTY, holding.party_from), _LEAGUE: holding.league_from}.get(value(form, "political"), 0)
    if years is not None and years < least:
        found.append(Problem("POLITICAL-AGE", "political", {"least": least}))
    return found + _owners_number(value(form, "owner_id"), when, is_practice=is_practice)


def _says_any(form: Form) -> bool:
    """Whether one of the fields has a value: in most forms none does."""
    return any(value(form, key) for key in KEYS)


def _owners_number(owner: str, when: rules.When, *, is_practice: bool) -> list[Problem]:
    """What is wrong with a landlord's number: a company's has letters or no birth date in it; or people's."""
    if not owner or (is_credit_code(owner) and compact_date(owner[6:14]) is None):
        return []
    if _CREDIT_CODE.fullmatch(owner) is not None and not owner[:17].isdigit():
        return [] if is_credit_code(owner) else [Problem("OWNER-CODE", "owner_id")]
    facts = id_number.FormFacts(when.today, is_practice=is_practice, parameters=when.parameters)
    return list(id_number.check(owner, facts, "owner_id").problems)


def warnings_of(form: Form, when: rules.When) -> list[Problem]:
    """What is worth a look."""
    if not _says_any(form):
        return []
    found = []
    for key, code in _ENDING.items():
        ended = as_date(value(form, key))
        if ended is not None and ended < when.today:
            found.append(Problem(code, key, {"date": ended.isoformat()}))
    years, holding = fields.age(form, when.today), when.parameters.on(when.today)
    if years is None:
        return found
    least = holding.marries_from_men if value(form, "sex") == "1" else holding.marries_from_women
    if value(form, "marital") not in {"", *_NEVER_MARRIED} and years < least:
        found.append(Problem("MARITAL-AGE", "marital", {"least": least}))
    if value(form, "political") == _LEAGUE and years > holding.league_until:
        found.append(Problem("LEAGUE-AGE", "political", {"most": holding.league_until}))
    return found


def stale_lease(form: Form, held: Mapping[str, str]) -> list[Problem]:
    """The lease of the dwelling before, where the form says another dwelling and the record's lease still.

    Args:
        form: as it stands.
        held: the values of the record.
    """
    has_moved = any(value(form, key) != held.get(key, "") for key in ("road", "lane", "sublane", "no", "room"))
    is_old = all(value(form, key) == held.get(key, "") for key in TENANCY_KEYS)
    first = next((key for key in TENANCY_KEYS if held.get(key)), "")
    return [Problem("LEASE-OLD-DWELLING", first)] if first and has_moved and is_old else []


def is_credit_code(text: str) -> bool:
    """Whether a text is the code of an organisation (统一社会信用代码), its check character included."""
    if _CREDIT_CODE.fullmatch(text) is None:
        return False
    total = sum(_CREDIT_DIGITS.index(one) * pow(3, place, 31) for place, one in enumerate(text[:17]))
    return _CREDIT_DIGITS[-total % 31] == text[17]


def _called_for(form: Form, when: rules.When) -> dict[str, bool | None]:
    """Whether another answer calls for a field that hangs on it; None where it is not given."""
    works, is_leased = is_working(form, when), is_rented(form)
    is_child = fields.is_guarded(form, when.today, when.parameters)
    answers = {"": None, _YES: True}
    return {
        **dict.fromkeys(("job", "employer_kind", "employer_addr"), works),
        "not_working_reason": None if works is None or is_child else not works,
        **dict.fromkeys(TENANCY_KEYS, is_leased),
        **{key: answers.get(value(form, asked), False) for key, asked in _AFTER_YES.items()},
    }
