"""What a merge of two persons may take from the other one, and what has to be said for it: pure rules."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from agent.register import asked, codes, fields, further, leaving, separation
from agent.register.evaluate import ID_LIKE
from agent.register.views import Problem
from drivers.stored_text import storable

REASON: Final = "merge_reason"
KIND: Final = "D1"
"""The kind of cancellation by which the other's registration ends: registered twice."""
EVIDENCE: Final = tuple(line.code for line in codes.table("cancel_evidence") if line.code != leaving.AT_THE_DOOR)
"""On whose word two persons are one; that nobody was met at a door says nothing of that."""

GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "name": ("name",),
    "sex": ("sex",),
    "ethnic": ("ethnic",),
    "id_no": ("id_no", "id_no_raw", "id_type", "card_issuer", "card_valid_from", "card_valid_to"),
    "birth_date": ("birth_date",),
    "hukou_address": ("hukou_address", "hukou_div"),
    "mobile": ("mobile",),
    "education": ("education",),
    "employer": ("employer", *further.GROUPS["asks_work"]),
    **{key: (key,) for key in (*further.GROUPS["asks_contact"], *further.GROUPS["asks_family"], "income_source")},
    "studying": ("studying", "school", "school_addr", "study_from", "study_to"),
    "guardian_name": ("guardian_name", "guardian_id", "guardian_rel", "guardian_mobile"),
}
"""What of a person is taken together from one side, by the first field: a number goes with its card."""

_ANY_SAYS: Final = frozenset({"employer"})
"""Groups that say something by any of their fields, the others by the first."""


@dataclass(frozen=True, slots=True)
class Wish:
    """The form of a merge.

    Attributes:
        version: of the registration that goes on, on the page.
        other_version: of the other person's.
        taken: the groups of which the other's values are to stay, keys of `GROUPS`.
        evidence: codes of the table `cancel_evidence`.
        reason: as typed.
    """

    version: int
    other_version: int
    taken: frozenset[str]
    evidence: tuple[str, ...]
    reason: str


def offered(held: Mapping[str, str], others: Mapping[str, str]) -> tuple[str, ...]:
    """The groups of which the other person's values could stay: they differ, say something, and the form has them."""
    kind = held.get(separation.FORM, "") or separation.RG
    return tuple(
        first
        for first, keys in GROUPS.items()
        if _says(others, first)
        and any(held.get(key, "") != others.get(key, "") for key in keys)
        and asked.is_asked(first, kind)
    )


def _says(values: Mapping[str, str], first: str) -> bool:
    """Whether somebody's values say anything of a group."""
    return any(values.get(key, "") for key in (GROUPS[first] if first in _ANY_SAYS else (first,)))


def preset(held: Mapping[str, str], others: Mapping[str, str]) -> frozenset[str]:
    """The groups of which the other's values stay where nobody says otherwise: those of which there are no own."""
    return frozenset(first for first in offered(held, others) if not _says(held, first))


def merged(held: Mapping[str, str], others: Mapping[str, str], taken: Collection[str]) -> dict[str, str]:
    """The values of the registration that goes on."""
    keys = {key for first in offered(held, others) if first in taken for key in GROUPS[first]}
    return {key: others.get(key, "") if key in keys else text for key, text in held.items()}


def reason(typed: str) -> str:
    """Write a reason the way it is stored."""
    return fields.reason(storable(typed))


def judge(wish: Wish) -> list[Problem]:
    """Tell what is missing or not enough for a merge, in form order."""
    problems = []
    if not wish.evidence:
        problems.append(Problem("FIELD-MISSING", leaving.EVIDENCE))
    elif not set(wish.evidence) <= set(EVIDENCE):
        problems.append(Problem("FIELD-CODE", leaving.EVIDENCE))
    elif set(wish.evidence) == {leaving.COMPARISON}:
        problems.append(Problem("MERGE-EVIDENCE", leaving.EVIDENCE))
    if not reason(wish.reason):
        problems.append(Problem("FIELD-MISSING", REASON))
    if ID_LIKE.search("".join(wish.reason.split())):
        problems.append(Problem("REMARK-DIGITS", REASON))
    return problems
