"""Which fields each form asks for, and which of them it cannot be saved without; pure.

Source: the forms' field list, blocks P, A and RG, and the columns RZ and HZ of the separated persons' forms.  What a
form does not ask for is neither judged nor stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from agent.register import fields, further, relations, rules
from agent.register.form import Form, as_date, value
from agent.register.scope import days_stayed
from agent.register.separation import FAMILY, FORM, HZ, RG, RZ, SELF, SEPARATED_KEYS, is_where_known

_OTHER_REASON: Final = "17"
_OF_RG: Final = ("arrive_city_date", "arrive_here_date", "plan_stay", "reason", "reason_other", "declarer")
_OF_HOUSEHOLD: Final = (relations.KIND, relations.KEY)
_OF_DWELLING: Final = (*fields.ADDRESS_KEYS, *further.GROUPS["asks_tenancy"], *_OF_HOUSEHOLD)
_OF_PERMIT: Final = further.GROUPS["asks_permit"]
_COMMON: Final = frozenset(fields.RULES) - {*_OF_RG, *_OF_DWELLING, *_OF_PERMIT, *SEPARATED_KEYS}
ASKED: Final = {
    RG: _COMMON | {*_OF_RG, *_OF_DWELLING, *_OF_PERMIT},
    RZ: _COMMON | {*_OF_DWELLING, *SEPARATED_KEYS} - {"present_address"},
    HZ: _COMMON | {*SEPARATED_KEYS},
}
"""The fields of each form; of some a district may say that they are left out."""

_GUARDIAN: Final = frozenset({"guardian_name", "guardian_id", "guardian_rel", "guardian_mobile"})
_OF_WHO_IS_THERE: Final = frozenset({"mobile", "education", "notice_given"})
_OF_PERSON: Final = frozenset(
    {"name", "sex", "ethnic", "birth_date", "id_type", "hukou_address", "hukou_div"},
)
_OF_BOTH: Final = frozenset(
    {"lives_here", "h_district", "h_road", "h_no", "separation_scope", "separation_reason", "informant", "result"},
)
_CORE: Final = {
    RG: frozenset(key for key, rule in fields.RULES.items() if rule.is_core),
    RZ: _OF_PERSON
    | _OF_BOTH
    | {"soldier", "district", "town", "committee", "road", "no", "place_type", "proof_type", "residence_reason"}
    | {"owner_relation", "verify_mode", "notice_given", *_OF_HOUSEHOLD},
    HZ: _OF_PERSON | _OF_BOTH | {"h_town", "h_committee", "house_use", "verify_mode"},
}
"""What is wanted whatever else the form says."""


def is_asked(key: str, kind: str) -> bool:
    """Whether a form (RG, RZ, HZ) can have this field; keys that are no fields of a form are on none."""
    return key in ASKED[kind]


def is_left_out(key: str, kind: str, holding: rules.Rules) -> bool:
    """Whether the district has left this field out of a form; what the form is of it has."""
    return further.is_one(key) and key not in _CORE[kind] and further.level(key, holding) == further.LEFT_OUT


def without_left_out(typed: Mapping[str, str], held: Mapping[str, str], holding: rules.Rules) -> dict[str, str]:
    """What was typed, without fields that the district has left out and of which nothing is there.

    Args:
        typed: by key.
        held: what the form says by now, and which it is.
        holding: the parameters as they hold today.
    """
    kind = held.get(FORM, "") or RG
    return {key: text for key, text in typed.items() if held.get(key) or not is_left_out(key, kind, holding)}


def shown(form: Form, kind: str, when: rules.When) -> frozenset[str]:
    """The fields that this form shows: those of its kind, without what the district leaves out or no answer calls for.

    Args:
        form: as it stands.
        kind: which form it is: RG, RZ or HZ.
        when: the days by which it is judged.
    """
    return ASKED[kind] - (further.left_out(form, when) - _CORE[kind])


def required(form: Form, kind: str, when: rules.When) -> frozenset[str]:
    """The fields without a value in which this form cannot be saved.

    Args:
        form: as it stands.
        kind: which form it is: RG, RZ or HZ.
        when: the days by which it is judged.
    """
    follow = _follow(form, when)
    if kind == HZ:
        # Of somebody who is not there a neighbour tells what they know; only the family can be told, and agree.
        is_told = value(form, "informant") in {SELF, FAMILY}
        follow |= dict.fromkeys(_OF_WHO_IS_THERE | _GUARDIAN | {*further.KEYS, "employer"}, False)
        follow |= {"notice_given": is_told, fields.CONSENT: is_told and follow[fields.CONSENT]}
    wanted = _CORE[kind] | {key for key, is_wanted in follow.items() if is_wanted}
    return frozenset((wanted - {key for key, is_wanted in follow.items() if not is_wanted}) & ASKED[kind])


def _follow(form: Form, when: rules.When) -> dict[str, bool]:
    """Whether the fields that hang on others are wanted for what these say."""
    today, over_time = when.today, when.parameters
    years = fields.age(form, today)
    arrival = as_date(value(form, "arrive_here_date"))
    has_papers = value(form, "id_type") not in fields.CHILD_DOCUMENTS
    is_guarded = fields.is_guarded(form, today, over_time)
    follow = {
        "id_no": has_papers or fields.is_grown(form, today, over_time),
        fields.AGAIN: fields.is_typed_number(form),
        "mobile": not is_guarded,
        fields.CONSENT: fields.needs_consent(form, when.collected, over_time),
        "education": years is None or years >= over_time.on(today).schooled_from,
        "plan_stay": arrival is not None and days_stayed(arrival, today) < over_time.on(when.collected).days_in_scope,
        "reason_other": value(form, "reason") == _OTHER_REASON,
        "present_address": is_where_known(value(form, "separation_scope")),
    }
    return follow | further.wanted(form, when) | dict.fromkeys(_GUARDIAN, is_guarded)
