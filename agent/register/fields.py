"""The fields of the forms RG, RZ and HZ, in form order: kind, code table, longest text, and how a value is written.

Source: 《居住登记信息表》 of the Shanghai self-service terminals, with arrival dates, notice and guardian; lengths as
in the forms' field list, blocks P, A and RG.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from agent.register import codes, days, divisions, id_number, rules
from agent.register.form import Form, as_date, source, value
from drivers.stored_text import storable

Kind = Literal[
    "name", "text", "code", "date", "month", "validity", "id", "mobile", "division", "telephone", "email", "owner"
]
BIRTH_CERTIFICATE = "117"
CHILD_DOCUMENTS = frozenset({"113", BIRTH_CERTIFICATE})
# What a draft keeps of one field: far more than any field takes, so that what is too long is told, not cut.
LONGEST_TYPED = 5000
LONGEST_REASON = 500
_TYPED_AROUND = " \r\n\t"
LONG_TERM = "long-term"


@dataclass(frozen=True, slots=True)
class FieldRule:
    """What one field takes.  `is_core`: the form RG wants it whatever else it says."""

    key: str
    kind: Kind
    most: int
    table: str = ""
    is_core: bool = False

    @property
    def typed_most(self) -> int:
        """How much a page lets be typed: more than is taken, so that too much is told; all together fit one form."""
        return max(100, 2 * self.most)


RULES: dict[str, FieldRule] = {
    rule.key: rule
    for rule in (
        FieldRule("name", "name", 50, is_core=True),
        FieldRule("sex", "code", 1, "sex", is_core=True),
        FieldRule("ethnic", "code", 2, "ethnic", is_core=True),
        FieldRule("birth_date", "date", 10, is_core=True),
        FieldRule("id_type", "code", 3, "id_type", is_core=True),
        FieldRule("id_no", "id", 18),
        FieldRule("id_no_again", "id", 18),
        FieldRule("hukou_address", "text", 200, is_core=True),
        FieldRule("hukou_div", "division", 6, is_core=True),
        FieldRule("card_issuer", "text", 30),
        FieldRule("card_valid_from", "date", 10),
        FieldRule("card_valid_to", "validity", 10),
        FieldRule("soldier", "code", 1, "yes_no", is_core=True),
        FieldRule("arrive_city_date", "date", 10, is_core=True),
        FieldRule("arrive_here_date", "date", 10, is_core=True),
        FieldRule("plan_stay", "code", 1, "plan_stay"),
        FieldRule("reason", "code", 2, "reason", is_core=True),
        FieldRule("reason_other", "text", 50),
        FieldRule("place_type", "code", 2, "place_type", is_core=True),
        FieldRule("proof_type", "code", 1, "proof_type", is_core=True),
        FieldRule("district", "code", 6, "district", is_core=True),
        FieldRule("town", "code", 9, "town", is_core=True),
        FieldRule("road", "text", 40, is_core=True),
        FieldRule("lane", "text", 10),
        FieldRule("sublane", "text", 10),
        FieldRule("no", "text", 12, is_core=True),
        FieldRule("room", "text", 12),
        FieldRule("committee", "text", 12, is_core=True),
        FieldRule("household_kind", "code", 1, "household_kind", is_core=True),
        FieldRule("relation_to_head", "code", 2, "relation", is_core=True),
        FieldRule("lives_here", "code", 1, "yes_no"),
        FieldRule("h_district", "code", 6, "district"),
        FieldRule("h_town", "code", 9, "town"),
        FieldRule("h_committee", "text", 12),
        FieldRule("h_police", "text", 30),
        FieldRule("h_road", "text", 40),
        FieldRule("h_lane", "text", 10),
        FieldRule("h_sublane", "text", 10),
        FieldRule("h_no", "text", 12),
        FieldRule("h_room", "text", 12),
        FieldRule("present_address", "text", 200),
        FieldRule("separation_scope", "code", 1, "separation_scope"),
        FieldRule("separation_reason", "code", 2, "separation_reason"),
        FieldRule("separated_since", "month", 10),
        FieldRule("residence_reason", "code", 2, "separation_reason"),
        FieldRule("house_use", "code", 1, "house_use"),
        FieldRule("informant", "code", 1, "informant"),
        FieldRule("result", "code", 2, "visit_result"),
        FieldRule("owner_relation", "code", 2, "owner_relation"),
        FieldRule("owner_name", "text", 50),
        FieldRule("owner_id", "owner", 18),
        FieldRule("owner_mobile", "mobile", 11),
        FieldRule("lease_from", "date", 10),
        FieldRule("lease_to", "date", 10),
        FieldRule("lease_record_no", "text", 40),
        FieldRule("mobile", "mobile", 11),
        FieldRule("education", "code", 2, "education"),
        FieldRule("employer", "text", 100),
        FieldRule("occupation_kind", "code", 2, "occupation"),
        FieldRule("job", "text", 60),
        FieldRule("employer_kind", "code", 1, "employer_kind"),
        FieldRule("employer_addr", "text", 200),
        FieldRule("not_working_reason", "code", 1, "not_working_reason"),
        FieldRule("former_name", "name", 50),
        FieldRule("tel", "telephone", 20),
        FieldRule("email", "email", 100),
        FieldRule("marital", "code", 2, "marital"),
        FieldRule("political", "code", 2, "political"),
        FieldRule("permit_has", "code", 1, "yes_no"),
        FieldRule("permit_no", "text", 18),
        FieldRule("permit_valid_to", "date", 10),
        FieldRule("wants_permit", "code", 1, "yes_no"),
        FieldRule("income_source", "code", 1, "income_source"),
        FieldRule("studying", "code", 1, "yes_no"),
        FieldRule("school", "text", 100),
        FieldRule("school_addr", "text", 200),
        FieldRule("study_from", "date", 10),
        FieldRule("study_to", "date", 10),
        FieldRule("guardian_name", "name", 50),
        FieldRule("guardian_id", "id", 18),
        FieldRule("guardian_rel", "code", 2, "relation"),
        FieldRule("guardian_mobile", "mobile", 11),
        FieldRule("guardian_consent", "code", 1, "yes_no"),
        FieldRule("declarer", "code", 1, "declarer", is_core=True),
        FieldRule("verify_mode", "code", 1, "verify_mode", is_core=True),
        FieldRule("notice_given", "code", 1, "yes_no", is_core=True),
        FieldRule("remark", "text", 200),
        FieldRule("correction_reason", "text", LONGEST_REASON),
        FieldRule("second_name", "text", LONGEST_REASON),
        FieldRule("second_reason", "text", LONGEST_REASON),
    )
}
AGAIN = "id_no_again"
CONSENT = "guardian_consent"
REASON = "correction_reason"
SECOND_KEYS: tuple[str, ...] = ("second_name", "second_reason")
"""Who is to let a problem pass, and why, as typed so far; the word itself is an approval."""
DRAFT_KEYS: tuple[str, ...] = tuple(RULES)
"""The fields of an unsaved form; `id_no_again` is the number as it was typed a second time, `correction_reason` why a
record that is there is to say something else."""
CORRECTED_KEYS: tuple[str, ...] = tuple(key for key in RULES if key != REASON)
"""The fields of a registration's correction, whose reason stands beside them."""
KEYS: tuple[str, ...] = tuple(key for key in RULES if key not in {AGAIN, REASON, *SECOND_KEYS})
"""The fields of a registration."""
ADDRESS_KEYS = ("district", "town", "committee", "road", "lane", "sublane", "no", "room", "place_type", "proof_type")


def age(form: Form, today: date) -> int | None:
    """Full years of the person; None while the birth date is not known."""
    birth = as_date(value(form, "birth_date"))
    return None if birth is None else id_number.years_between(birth, today)


def is_guarded(form: Form, today: date, parameters: rules.Parameters) -> bool:
    """Whether the person is so young that a guardian declares."""
    years = age(form, today)
    return years is not None and years < parameters.on(today).guarded_under


def is_grown(form: Form, today: date, parameters: rules.Parameters) -> bool:
    """Whether the person is so old that they declare for themselves, with a number of their own."""
    years = age(form, today)
    return years is not None and years >= parameters.on(today).guarded_under


def needs_consent(form: Form, collected: date, parameters: rules.Parameters) -> bool:
    """Whether the person was so young on the day of collection that a guardian has to agree first.

    Source: Personal Information Protection Law, article 31.
    """
    years = age(form, collected)
    return years is not None and years < parameters.on(collected).consent_under


def is_typed_number(form: Form) -> bool:
    """Whether the number was typed by a person: no chip and no register stands behind it."""
    return source(form, "id_no") == "typed" and value(form, "id_no") != ""


def is_asked_again(form: Form) -> bool:
    """Whether the form has a place for the number a second time: until a chip or the register gives it."""
    return source(form, "id_no") in {"", "typed"}


def understood(key: str, typed: str, *, is_practice: bool) -> str:
    """Write a typed value the way it is stored; what cannot be understood stays as it was typed."""
    rule = RULES[key]
    text = storable(typed)[:LONGEST_TYPED]
    text = text.strip(_TYPED_AROUND) if rule.kind in {"name", "text"} else text.strip()
    if text.strip() == "":
        return ""
    match rule.kind:
        case "code":
            text = codes.resolve(rule.table, text) or text
        case "date":
            text = days.day(text)
        case "month":
            text = days.day_or_month(text)
        case "validity":
            text = LONG_TERM if text in {"长期", LONG_TERM, "longterm"} else days.day(text)
        case "id" | "owner":
            text = id_number.upgraded(id_number.clean(text))
        case "telephone" | "email":
            text = "".join(unicodedata.normalize("NFKC", text).split())
        case "mobile":
            bare = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text))
            text = unicodedata.normalize("NFKC", bare)
        case "division" if not text.isdigit():
            found = divisions.parse(text, is_practice=is_practice)
            text = text if found is None else found.code
    return text


def require_known(values: Mapping[str, str], keys: Iterable[str]) -> None:
    """Make sure that only `keys` have values: a page sends no others, so another is a mistake in the program."""
    if not values.keys() <= set(keys):
        raise ValueError("a field that no form has")


def reason(typed: str) -> str:
    """Write a reason that somebody gave the way it is stored; "" where there is none."""
    return storable(typed).strip()[:LONGEST_REASON]


def newly_typed(posted: Mapping[str, str], held: Mapping[str, str], *, is_practice: bool) -> dict[str, str]:
    """Give what a form posted as it is stored, without what it only sent back; 15 digits are kept beside the 18.

    Args:
        posted: texts by key.
        held: the stored values by key.
        is_practice: whether the place of made-up addresses is known.
    """
    typed = {
        key: understood(key, text, is_practice=is_practice)
        for key, text in posted.items()
        if text.strip(_TYPED_AROUND) != held.get(key, "").strip(_TYPED_AROUND)
    }
    number = typed.get("id_no")
    if number not in {None, held.get("id_no", "")} and held.get(AGAIN, "") == held.get("id_no", ""):
        typed.setdefault(AGAIN, "")
    if number is not None:
        raw = id_number.clean(posted["id_no"])
        if raw != number and id_number.upgraded(raw) == number:
            typed["id_no_raw"] = raw
        elif number != held.get("id_no", "") and held.get("id_no_raw"):
            typed["id_no_raw"] = ""
    return typed


def shown(key: str, stored: str, at: datetime | None = None) -> str:
    """Write a stored value for people, in the words that its code had at some time, or has today."""
    rule = RULES.get(key)
    if rule is None or stored == "":
        return stored
    text = stored
    match rule.kind:
        case "code":
            text = codes.shown(rule.table, stored, at)
        case "id":
            text = id_number.grouped(stored)
        case "owner" if stored[:-1].isdigit():
            text = id_number.grouped(stored)
        case "validity" if stored == LONG_TERM:
            text = "长期"
        case "mobile" if len(stored) == 11:
            text = f"{stored[:3]} {stored[3:7]} {stored[7:]}"
        case "division":
            text = divisions.name_of(stored)
    return text
