"""When a cancellation (注销, form ZX) may be entered, and which systems are told of it: pure rules.

Source: founding document, items 46, 55 and 69; the forms' field list for ZX, with its codes of kinds (GA/T 2000.25 and
local ones) and of evidence.  A comparison of systems alone cancels nobody, and who was not met at the door was looked
for three times at least, each at another time.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final

from agent.register import codes, days, fields, rules
from agent.register.evaluate import ID_LIKE
from agent.register.separation import HZ, RZ
from agent.register.views import Problem
from drivers.stored_text import storable

KIND: Final = "cancel_kind"
LEAVE_DATE: Final = "leave_date"
LEAVE_TO: Final = "leave_to"
EVIDENCE: Final = "evidence"
VISITS: Final = "visits"
REMARK: Final = "cancel_remark"
SECOND: Final = "second_name"
KEYS: Final = (KIND, LEAVE_DATE, LEAVE_TO, EVIDENCE, VISITS, REMARK, SECOND)
"""The fields of the form: `evidence` is codes with blanks between, `visits` a time a line; who approves comes last."""

LONGEST: Final = {KIND: 100, LEAVE_DATE: 10, LEAVE_TO: 200, REMARK: 500, SECOND: 500}
DISTRICT: Final = "DISTRICT"
SPS: Final = "SPS"
POLICE: Final = "POLICE"

DIED, MISSING, NOBODY, BECAME_LOCAL, OTHER = "1", "2", "D3", "H1", "99"
SELF, AT_THE_DOOR, COMPARISON = "1", "8", "9"
WITHOUT_DATE: Final = frozenset({"D1", "D2", "D3", "D4"})
"""Kinds of registrations that should not have been: nobody left, so that no day is asked for."""
_CANNOT_SAY_SO: Final = frozenset({DIED, MISSING, NOBODY})
_DOOR_PROVES_NOT: Final = frozenset({DIED, MISSING, BECAME_LOCAL})
_OF_OLD_REGISTER: Final = "4"
_VISIT: Final = re.compile(r"(?:(.*[日号])\s*|(.*?[0-9])[\sT]+)([0-9]{1,2})\s*[:时点]?\s*([0-9]{2})\s*分?")
_STORED_VISIT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Setting:
    """What a cancellation is judged against.

    Attributes:
        now: in the station's zone, in which clerks write what they type.
        arrived: when the person came to the dwelling that is registered; None where its form does not say.
        parameters: of the rules, over time.
    """

    now: datetime
    arrived: date | None
    parameters: rules.Parameters = field(default_factory=rules.shipped)

    @property
    def rules(self) -> rules.Rules:
        """The parameters as they hold today."""
        return self.parameters.on(self.now.date())


def understood(typed: Mapping[str, str]) -> dict[str, str]:
    """Write what was typed the way it is stored; what cannot be understood stays as typed, what is empty goes."""
    values = {key: storable(typed.get(key, ""))[: fields.LONGEST_TYPED].strip() for key in KEYS}
    values[KIND] = codes.resolve("cancel_kind", values[KIND]) or values[KIND]
    values[LEAVE_DATE] = days.day_or_month(values[LEAVE_DATE])
    values[EVIDENCE] = " ".join(dict.fromkeys(values[EVIDENCE].split()))
    values[VISITS] = "\n".join(_visit(line) for line in values[VISITS].splitlines() if line.strip())
    return {key: text for key, text in values.items() if text}


def judge(values: Mapping[str, str], setting: Setting) -> list[Problem]:
    """Tell what is wrong with a cancellation as it is stored, in form order."""
    kind, evidence = values.get(KIND, ""), evidence_of(values)
    problems = [Problem("FIELD-MISSING", key) for key in KEYS if key in required(kind) and not values.get(key)]
    if kind and not codes.is_taken("cancel_kind", kind, setting.now.date()):
        problems.append(Problem("FIELD-CODE", KIND))
    problems += _of_leave_date(values.get(LEAVE_DATE, ""), setting)
    problems += [
        Problem("FIELD-LENGTH", key, {"most": LONGEST[key], "over": len(values[key]) - LONGEST[key]})
        for key in (LEAVE_TO, REMARK)
        if len(values.get(key, "")) > LONGEST[key]
    ]
    for key in (LEAVE_TO, REMARK):
        if ID_LIKE.search("".join(values.get(key, "").split())):
            problems.append(Problem("REMARK-DIGITS", key))
    problems += _of_visits(visits_of(values), setting)
    if evidence:
        problems += _of_evidence(kind, evidence, visits_at(values, setting.now.tzinfo), setting)
    return sorted(problems, key=lambda problem: KEYS.index(problem.field or KIND))


def required(kind: str) -> frozenset[str]:
    """Which fields must not be empty for a kind; who approves is asked for apart."""
    keys = {KIND, EVIDENCE}
    if kind not in WITHOUT_DATE:
        keys.add(LEAVE_DATE)
    if kind == OTHER:
        keys.add(REMARK)
    return frozenset(keys)


def evidence_of(values: Mapping[str, str]) -> tuple[str, ...]:
    """The codes on whose word the registration is cancelled."""
    return tuple(values.get(EVIDENCE, "").split())


def visits_of(values: Mapping[str, str]) -> tuple[str, ...]:
    """The attempts at the door, as they are stored or, where they cannot be understood, as they were typed."""
    return tuple(values.get(VISITS, "").splitlines())


def visit_at(stored: str, zone: tzinfo | None) -> datetime | None:
    """Read a stored attempt, which was typed in a zone; None for anything else."""
    try:
        return datetime.fromisoformat(stored).replace(tzinfo=zone) if _STORED_VISIT.fullmatch(stored) else None
    except ValueError:
        return None


def visits_at(values: Mapping[str, str], zone: tzinfo | None) -> list[datetime]:
    """The attempts at the door that can be understood."""
    return [at for text in visits_of(values) if (at := visit_at(text, zone)) is not None]


def targets(evidence: Iterable[str], verify_mode: str, form: str) -> tuple[str, ...]:
    """Which systems are told.

    Of separated persons the police's own; of all others the district base, and the old register of temporary
    residents (SPS) where the person stands in it, as far as is known here: the registration came from a check of the
    old register, or a comparison of systems has named them.
    """
    if form in {RZ, HZ}:
        return (POLICE,)
    is_in_sps = verify_mode == _OF_OLD_REGISTER or COMPARISON in evidence
    return (DISTRICT, SPS) if is_in_sps else (DISTRICT,)


def different_times(visits: Iterable[datetime], apart: timedelta) -> int:
    """How many attempts count: each so much after the last one that does."""
    counted: list[datetime] = []
    for at in sorted(visits):
        if not counted or at - counted[-1] >= apart:
            counted.append(at)
    return len(counted)


def _visit(text: str) -> str:
    """Write a typed day and time of day as they are stored; anything else stays as it was typed."""
    match = _VISIT.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if match is None:
        return text.strip()
    day = days.day(match[1] or match[2])
    stored = f"{day} {match[3]:0>2}:{match[4]}"
    return stored if visit_at(stored, UTC) else text.strip()


def _of_leave_date(text: str, setting: Setting) -> list[Problem]:
    if not text:
        return []
    meant = days.days_of(text)
    if meant is None:
        return [Problem("CANCEL-DATE", LEAVE_DATE)]
    first, last = meant
    if first > setting.now.date():
        return [Problem("DATE-FUTURE", LEAVE_DATE)]
    if setting.arrived is not None and last < setting.arrived:
        return [Problem("CANCEL-BEFORE-ARRIVAL", LEAVE_DATE, {"date": setting.arrived.isoformat()})]
    return []


def _of_visits(visits: tuple[str, ...], setting: Setting) -> list[Problem]:
    problems = []
    for place, text in enumerate(visits, 1):
        at = visit_at(text, setting.now.tzinfo)
        if at is None:
            problems.append(Problem("CANCEL-VISIT-TIME", VISITS, {"place": place}))
        elif at > setting.now:
            problems.append(Problem("CANCEL-VISIT-FUTURE", VISITS, {"place": place}))
        elif setting.arrived is not None and at.date() < setting.arrived:
            arrived = setting.arrived.isoformat()
            problems.append(Problem("CANCEL-VISIT-BEFORE-ARRIVAL", VISITS, {"place": place, "date": arrived}))
    most = setting.rules.most_visits
    if len(visits) > most:
        problems.append(Problem("CANCEL-VISITS-MANY", VISITS, {"most": most}))
    return problems


def _of_evidence(kind: str, evidence: tuple[str, ...], visits: Iterable[datetime], setting: Setting) -> list[Problem]:
    """Whether somebody's word, or so many attempts at the door, are enough for this kind."""
    least, apart_min = setting.rules.least_visits, setting.rules.visits_apart_min
    times = different_times(visits, timedelta(minutes=apart_min))
    is_said = bool(set(evidence) - {AT_THE_DOOR, COMPARISON})
    code = ""
    if not all(codes.is_taken("cancel_evidence", one, setting.now.date()) for one in evidence):
        code = "FIELD-CODE"
    elif SELF in evidence and kind in _CANNOT_SAY_SO:
        code = "CANCEL-SELF"
    elif not is_said and AT_THE_DOOR not in evidence:
        code = "CANCEL-COMPARISON-ALONE"
    elif not is_said and kind in _DOOR_PROVES_NOT:
        code = "CANCEL-DOOR-PROVES-NOT"
    elif not is_said and times < least:
        return [Problem("CANCEL-VISITS-FEW", VISITS, {"least": least, "have": times, "minutes": apart_min})]
    return [Problem(code, EVIDENCE)] if code else []
