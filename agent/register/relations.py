"""Who a person is to the head of their household (户主), what follows from it, and what speaks against it; pure.

A household has one head at a dwelling: whoever is registered first in it, until somebody says otherwise.  A child of
the head has the head for a guardian, until somebody says who else is.  Codes: GB/T 4761-2008.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from agent.register.form import Form, as_date, value
from agent.register.id_number import years_between
from agent.register.views import Problem
from peewee_models.finding_queries import DWELLING_KEYS

KEY: Final = "relation_to_head"
KIND: Final = "household_kind"
SELF, HEAD = "01", "02"
FAMILY, COLLECTIVE = "1", "2"
_GUARDIAN: Final = ("guardian_name", "guardian_id", "guardian_rel", "guardian_mobile")
FOLLOWING: Final = (KEY, *_GUARDIAN)
"""What a form takes from the other persons of its household, and follows them in."""
FOLLOWED: Final = (
    *(KEY, KIND, "name", "sex", "birth_date", "id_no", "mobile", "lives_here"),
    *("district", "town", "road", "lane", "sublane", "no", "room"),
)
"""What of a person the forms of the others may follow."""
_DORMITORY: Final = "4"
_CHILD_OF_HEAD: Final = ("2", "3")
_IN_LAW: Final = frozenset({"28", "38"})
_MEN: Final = frozenset(
    (
        *(
            "11",
            "20",
            "21",
            "22",
            "23",
            "24",
            "25",
            "26",
            "27",
            "28",
            "29",
            "41",
            "43",
            "46",
            "47",
            "51",
            "53",
            "55",
            "57",
        ),
        *("61", "66", "71", "73", "76", "78", "81", "83", "85", "87", "89", "93", "95"),
    )
)
_WOMEN: Final = frozenset(
    (
        *(
            "12",
            "30",
            "31",
            "32",
            "33",
            "34",
            "35",
            "36",
            "37",
            "38",
            "39",
            "42",
            "44",
            "45",
            "48",
            "52",
            "54",
            "56",
            "58",
        ),
        *("62", "67", "72", "74", "75", "77", "82", "84", "86", "88", "90", "94", "96"),
    )
)
_OF_SEX: Final = {"1": _WOMEN, "2": _MEN}
"""The codes that somebody of this sex cannot be."""

_YEARS_YOUNGER: Final = {"2": 14, "3": 14, "4": 28, "5": -14, "6": -28}
"""How many years somebody is younger than the head at least, by the group of the code; below 0 the head is."""

_PARENT: Final = {"1": "51", "2": "52"}


@dataclass(frozen=True, slots=True)
class Member:
    """Another person of the household, registered or under work.

    Attributes:
        record_id: of the registration; "" of a form under work.
        relation: to the head, "" where nobody has said.
        birth_date: ISO, "" where it is not known.
        dwelling: where they live, by `DWELLING_KEYS`; () where that is not known.
    """

    record_id: str
    relation: str
    name: str
    sex: str
    birth_date: str
    id_no: str
    mobile: str
    dwelling: tuple[str, ...] = ()


def head_of(members: Sequence[Member]) -> Member | None:
    """The head among the others of a household, or None."""
    return next((one for one in members if one.relation == HEAD), None)


def lives_apart(form: Form, member: Member) -> bool:
    """Whether a member lives at another dwelling than the person, as far as both are known."""
    own = tuple(value(form, key) for key in DWELLING_KEYS)
    return bool(value(form, "road")) and any(member.dwelling) and member.dwelling != own


def living_with(form: Form, members: Sequence[Member]) -> list[Member]:
    """The others of a household who live where the person does: who has moved away is no head there."""
    return [one for one in members if not lives_apart(form, one)]


def relation_of(form: Form, members: Sequence[Member]) -> str:
    """What somebody is as long as nobody says so: the head where nobody else is there, and still when others come."""
    is_head = not members or (value(form, KEY) == HEAD and head_of(living_with(form, members)) is None)
    return HEAD if is_head else ""


def kind_of(form: Form) -> str:
    """The kind of household, as far as the proof of residence tells it."""
    return COLLECTIVE if value(form, "proof_type") == _DORMITORY else FAMILY


def guardian_of(form: Form, members: Sequence[Member], *, is_guarded: bool) -> dict[str, str]:
    """The guardian of the head's child, by key of the form's fields; "" where that does not follow."""
    is_child = is_guarded and value(form, KEY).startswith(_CHILD_OF_HEAD)
    head = (head_of(living_with(form, members)) or head_of(members)) if is_child else None
    if head is None:
        return dict.fromkeys(_GUARDIAN, "")
    return {
        "guardian_name": head.name,
        "guardian_id": head.id_no,
        "guardian_rel": _PARENT.get(head.sex, ""),
        "guardian_mobile": head.mobile,
    }


def problems_of(form: Form, members: Sequence[Member]) -> list[Problem]:
    """What is wrong with a person's place in their household."""
    relation = value(form, KEY)
    if relation == SELF:
        return [Problem("RELATION-SELF", KEY)]
    if relation == HEAD and head_of(living_with(form, members)) is not None:
        return [Problem("HEAD-TWICE", KEY)]
    if relation in _OF_SEX.get(value(form, "sex"), frozenset()):
        return [Problem("RELATION-SEX", KEY)]
    return []


def warnings_of(form: Form, members: Sequence[Member]) -> list[Problem]:
    """What of it is worth a look."""
    relation, near = value(form, KEY), head_of(living_with(form, members))
    head = near or head_of(members)
    warnings = []
    if near is None and relation not in {"", HEAD}:
        warnings.append(Problem("HEAD-NONE" if head is None else "HEAD-ELSEWHERE", KEY))
    if value(form, KIND) not in {"", kind_of(form)}:
        warnings.append(Problem("HOUSEHOLD-KIND", KIND))
    births = (as_date(value(form, "birth_date")), None if head is None else as_date(head.birth_date))
    younger = None if relation in _IN_LAW else _YEARS_YOUNGER.get(relation[:1])
    if younger is not None and not _fits(*births, younger):
        warnings.append(Problem("RELATION-AGE", KEY, {"years": abs(younger)}))
    return warnings


def _fits(birth: date | None, heads: date | None, younger: int) -> bool:
    """Whether the years between a person and the head are as their relation wants it; unknown ones are."""
    if birth is None or heads is None:
        return True
    elder, later = (heads, birth) if younger > 0 else (birth, heads)
    return elder < later and years_between(elder, later) >= abs(younger)
