"""Who is registered here: a pure function of what is known so far, with the reason and the counter to go to.

Source: founding document, scope rules 29-41 (three days, arrival day is day 1; mainland persons; no foreigners, no Hong
Kong, Macao and Taiwan persons, no soldiers, no armed police; of those registered in the city whoever lives elsewhere
than the household stands, with one of the two in the area); household registration regulations 15 (hotels register
their guests themselves).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from agent.register import rules
from agent.register.residence import OF_ELSEWHERE, Residence
from agent.register.separation import HZ, RG
from agent.register.views import Problem, ScopeAnswer

CARD_OUT = {"hmt": "SCOPE-HMT", "foreigner-2017": "SCOPE-FOREIGNER", "foreigner-2023": "SCOPE-FOREIGNER"}
DOCUMENT_OUT = {"114": "SCOPE-SOLDIER", "115": "SCOPE-ARMED-POLICE"}
HOTELS = frozenset({"11", "12", "13"})
CODES = (
    "SCOPE-HMT",
    "SCOPE-FOREIGNER",
    "SCOPE-SOLDIER",
    "SCOPE-ARMED-POLICE",
    "SCOPE-SHORT-STAY",
    "SCOPE-TOGETHER",
    "SCOPE-NEITHER",
    "FORM-OTHER",
    "SCOPE-HOTEL",
)


@dataclass(frozen=True, slots=True)
class ScopeFacts:
    """What is known of a person; "" or None where nothing is.

    Attributes:
        card_kind: kind of the card that was read, by its kind letter.
        number_scope: what a typed ID number says of itself (`agent.register.id_number`).
        soldier: "1" for an active soldier or armed policeman, "0" for neither.
        hukou_div: six digits of the household address, as given.
        residence: which form the person is registered on, or why on none.
        plan_stay: code of the planned stay; "0" is shorter than the days in scope.
        collected: the day on which the data were collected, whose rules hold; None where that is today.
    """

    today: date
    card_kind: str = ""
    id_type: str = ""
    number_scope: str | None = None
    soldier: str = ""
    hukou_div: str = ""
    residence: Residence = OF_ELSEWHERE
    arrive_here: date | None = None
    plan_stay: str = ""
    place_type: str = ""
    collected: date | None = None
    parameters: rules.Parameters = field(default_factory=rules.shipped)

    @property
    def days_in_scope(self) -> int:
        """Days of stay from which a person is registered."""
        return self.parameters.on(self.collected or self.today).days_in_scope


def judge(facts: ScopeFacts) -> ScopeAnswer:
    """Decide as soon as one known fact is enough to decline; accept only when all needed facts are known."""
    code = _person_out(facts) or _stay_out(facts)
    if code is not None:
        return ScopeAnswer(in_scope=False, reason=Problem(code, facts={"days": facts.days_in_scope}))
    kind = facts.residence.form
    is_stay_known = kind != RG or (
        facts.arrive_here is not None
        and (days_stayed(facts.arrive_here, facts.today) >= facts.days_in_scope or facts.plan_stay != "")
    )
    is_asked = facts.soldier == "0" or kind == HZ
    is_whole = bool(facts.id_type and facts.hukou_div and is_asked and is_stay_known)
    return ScopeAnswer(in_scope=True if is_whole else None, reason=None)


def days_stayed(arrival: date, today: date) -> int:
    """Days here so far; the day of arrival is day 1."""
    return (today - arrival).days + 1


def _person_out(facts: ScopeFacts) -> str | None:
    if facts.card_kind in CARD_OUT:
        return CARD_OUT[facts.card_kind]
    if facts.number_scope is not None:
        return facts.number_scope
    if facts.id_type in DOCUMENT_OUT:
        return DOCUMENT_OUT[facts.id_type]
    if facts.soldier == "1":
        return "SCOPE-SOLDIER"
    return facts.residence.out or None


def _stay_out(facts: ScopeFacts) -> str | None:
    if facts.place_type in HOTELS and facts.residence.form != HZ:
        return "SCOPE-HOTEL"
    if facts.plan_stay != "0" or facts.residence.form != RG:
        return None
    if facts.arrive_here is not None and days_stayed(facts.arrive_here, facts.today) >= facts.days_in_scope:
        return None
    return "SCOPE-SHORT-STAY"
