"""Which form a person is registered on, by where the household is registered and where the person lives; pure.

RG is the form of who came from elsewhere (来沪人员), RZ of who lives here while the household is registered at another
dwelling of the city (人在户不在), HZ of the opposite (户在人不在).  Who moved inside the area is one person on one
form, RZ, and counts in both views.  Source: the rule for the class of a person and the fields of RZ and HZ in the
domain reference, 2.4.2 and 2.4.3.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from agent.register import days, divisions
from agent.register.form import Form, as_date, value
from agent.register.residence import OF_ELSEWHERE, Residence
from agent.register.views import Problem

RG, RZ, HZ = "RG", "RZ", "HZ"
FORM: Final = "form"
"""The key under which a form says which it is: it follows from the others, and no clerk types it."""

LIVES_HERE: Final = "lives_here"
HUKOU_KEYS: Final = (
    *("h_district", "h_town", "h_committee", "h_police"),
    *("h_road", "h_lane", "h_sublane", "h_no", "h_room"),
)
SEPARATED_KEYS: Final = (
    *(LIVES_HERE, *HUKOU_KEYS, "present_address", "separation_scope", "separation_reason", "separated_since"),
    *("residence_reason", "house_use", "informant", "result"),
)
"""The fields that only the forms of separated persons have."""

STILL_SEPARATED: Final = "40"
SELF, FAMILY = "1", "2"
_NOT_MET: Final = frozenset({"3", "4", "5"})
_DOOR: Final = ("road", "lane", "sublane", "no", "room")
SAME_TOWN, SAME_DISTRICT, SAME_CITY, ELSEWHERE, ABROAD, UNKNOWN = "1", "2", "3", "4", "5", "6"
_WITH_ADDRESS: Final = frozenset({"", SAME_TOWN, SAME_DISTRICT, SAME_CITY, ELSEWHERE})


def is_of_city(form: Form, *, is_practice: bool) -> bool:
    """Whether the household is registered in the city: as given, or as its address says; one of the two is enough."""
    if value(form, "hukou_div").startswith(divisions.SHANGHAI):
        return True
    named = divisions.parse(value(form, "hukou_address"), is_practice=is_practice)
    return named is not None and named.is_shanghai


def form_of(form: Form, *, is_practice: bool) -> str:
    """The form that a person is registered on, as far as is known."""
    if not is_of_city(form, is_practice=is_practice):
        return RG
    return HZ if value(form, LIVES_HERE) == "0" else RZ


def residence(form: Form, area: str, *, is_practice: bool) -> Residence:
    """The class of a person, with its reason.

    Args:
        form: as it stands.
        area: nine digits of the town that this station registers for; "" where the station has none.
        is_practice: whether the place of made-up addresses is known.
    """
    kind = form_of(form, is_practice=is_practice)
    if kind == RG:
        return OF_ELSEWHERE
    town, district = value(form, "h_town"), value(form, "h_district")
    is_hukou_here = bool(area) and town == area
    is_hukou_elsewhere = bool(area) and (town not in {"", area} or not area.startswith(district))
    if kind == HZ:
        return Residence(HZ, "CLASS-HZ", "3", out="SCOPE-NEITHER" if is_hukou_elsewhere else "")
    if _is_one_dwelling(form):
        return Residence(RZ, "CLASS-RZ", "1", out="SCOPE-TOGETHER")
    return Residence(RZ, "CLASS-RZ-HZ" if is_hukou_here else "CLASS-RZ", "2", is_in_both=is_hukou_here)


def _is_one_dwelling(form: Form) -> bool:
    """Whether the household is registered where the person lives; an address without its house says nothing."""
    if not (value(form, "road") and value(form, "no")):
        return False
    is_one_door = all(value(form, key) == value(form, f"h_{key}") for key in _DOOR)
    districts = {value(form, "district"), value(form, "h_district")} - {""}
    return is_one_door and len(districts) < 2


def scope_of(form: Form, kind: str, area: str) -> str:
    """How far apart household and dwelling are, as far as the two addresses tell: line of `separation_scope`, or ""."""
    if kind == HZ:
        return ""
    town, district = value(form, "h_town"), value(form, "h_district")
    own_town, own_district = value(form, "town") or area, value(form, "district") or area[:6]
    if town and own_town:
        if town == own_town:
            return SAME_TOWN
        return SAME_DISTRICT if town[:6] == own_district else SAME_CITY
    if district and own_district and district != own_district:
        return SAME_CITY
    return ""


def is_where_known(scope: str) -> bool:
    """Whether somebody who lives so far away lives at an address that can be written down."""
    return scope in _WITH_ADDRESS


def problems_of(form: Form, kind: str, area: str, today: date) -> list[Problem]:
    """What is wrong with the part that only the forms of separated persons have."""
    problems = _of_since(form, today)
    scope, town, hukou_town = value(form, "separation_scope"), value(form, "town"), value(form, "h_town")
    if value(form, "result") not in {"", STILL_SEPARATED}:
        problems.append(Problem("SEPARATION-RESULT", "result"))
    if hukou_town and value(form, "h_district") and not hukou_town.startswith(value(form, "h_district")):
        problems.append(Problem("TOWN-DISTRICT", "h_town"))
    if kind == RZ and area and town and town != area:
        problems.append(Problem("SEPARATION-NOT-HERE", "town"))
    if kind == RZ and scope in {ELSEWHERE, ABROAD, UNKNOWN}:
        problems.append(Problem("SEPARATION-SCOPE-CITY", "separation_scope"))
    if kind == HZ and scope == SAME_TOWN:
        problems.append(Problem("SEPARATION-SCOPE-HERE", "separation_scope"))
    return problems


def warnings_of(form: Form, kind: str, area: str) -> list[Problem]:
    """What of that part is worth a look."""
    warnings = []
    told, given = scope_of(form, kind, area), value(form, "separation_scope")
    if told and given and told != given:
        warnings.append(Problem("SEPARATION-SCOPE-OTHER", "separation_scope"))
    district, division = value(form, "h_district"), value(form, "hukou_div")
    if district and division and divisions.are_apart(district, division):
        warnings.append(Problem("DIVISION-OTHER", "h_district"))
    if value(form, "informant") in _NOT_MET:
        warnings.append(Problem("INFORMANT-NOT-MET", "informant"))
    return warnings


def _of_since(form: Form, today: date) -> list[Problem]:
    meant, birth = days.days_of(value(form, "separated_since")), as_date(value(form, "birth_date"))
    if meant is None:
        return []
    first, last = meant
    if first > today:
        return [Problem("DATE-FUTURE", "separated_since")]
    return [Problem("DATE-BEFORE-BIRTH", "separated_since")] if birth is not None and last < birth else []
