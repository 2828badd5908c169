"""What a form as it stands is worth: problems, warnings, what is missing, the scope.

All functions are pure; the same form on the same day gives the same answer.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field, replace

from agent.register import (
    asked,
    codes,
    days,
    divisions,
    door_of_form,
    fields,
    further,
    guardian,
    id_number,
    names,
    relations,
    revision,
    scope,
    separation,
)
from agent.register.form import Form, as_date, of_chip, source, value
from agent.register.residence import OF_ELSEWHERE, Residence
from agent.register.setting import Setting
from agent.register.views import PassedProblem, Problem, ScopeAnswer

__all__ = ["ID_LIKE", "Judgement", "Setting", "judge", "number_of", "required_keys"]

_MOBILE_DIGITS = 11
_MOBILE = re.compile(r"1[3-9]\d{9}")
ID_LIKE = re.compile(r"\d{15,18}")


@dataclass(slots=True)
class Judgement:
    """Everything that can be said of a form.

    Attributes:
        required: the fields without which it cannot be saved.
        residence: which form it is, and why.
    """

    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    passed: list[PassedProblem] = field(default_factory=list)
    scope: ScopeAnswer = field(default_factory=lambda: ScopeAnswer(None, None))
    required: frozenset[str] = frozenset()
    residence: Residence = OF_ELSEWHERE

    def keep_to(self, keys: Collection[str]) -> None:
        """Forget what is said of fields that this form does not have."""
        self.problems = [problem for problem in self.problems if problem.field is None or problem.field in keys]
        self.warnings = [warning for warning in self.warnings if warning.field is None or warning.field in keys]

    def problems_of(self, key: str | None) -> tuple[Problem, ...]:
        """The problems that belong to one field, or (None) to the whole form."""
        return tuple(problem for problem in self.problems if problem.field == key)

    def warnings_of(self, key: str | None) -> tuple[Problem, ...]:
        """The warnings that belong to one field, or (None) to the whole form."""
        return tuple(warning for warning in self.warnings if warning.field == key)

    def passed_of(self, key: str) -> tuple[PassedProblem, ...]:
        """What a second person has let pass in one field."""
        return tuple(passed for passed in self.passed if passed.problem.field == key)


def judge(form: Form, setting: Setting) -> Judgement:
    """Look at every field and at the form as a whole."""
    number = number_of(form, setting)
    residence = separation.residence(form, setting.area, is_practice=setting.is_practice)
    if setting.registered_as and (setting.registered_as == separation.RG) != (residence.form == separation.RG):
        residence = replace(residence, out="FORM-OTHER")
    required = required_keys(form, setting)
    result = Judgement(required=required, residence=residence)
    has_field = asked.ASKED[residence.form]
    for key in fields.DRAFT_KEYS if setting.is_draft else fields.KEYS:
        if key not in has_field:
            continue
        entry_value = value(form, key)
        if entry_value == "":
            if key in required:
                result.missing.append(key)
            continue
        result.problems += _field_problems(key, entry_value, setting)
        if fields.RULES[key].kind == "name":
            problems, warnings = names.check(entry_value, key)
            result.problems += problems
            result.warnings += warnings
    again = value(form, fields.AGAIN)
    if again and fields.is_typed_number(form) and again != value(form, "id_no"):
        result.problems.append(Problem("ID-TYPED-DIFFERENT", fields.AGAIN, _first_difference(form)))
    typed, read = value(form, "id_no"), of_chip(form, "id_no")
    if typed and read and typed != read:
        result.problems.append(Problem(id_number.NOT_OF_CARD, "id_no"))
    if number is not None and number.scope is None:
        result.problems += number.problems
        result.warnings += number.warnings
    _judge_dates(form, setting, number, result)
    of_guardian = guardian.judge(form, setting.today, setting.parameters, is_practice=setting.is_practice)
    result.problems += of_guardian[0]
    result.warnings += of_guardian[1]
    _judge_whole(form, setting, result, required)
    _judge_form(form, setting, residence.form, result)
    _judge_reading(form, setting, result)
    result.keep_to(has_field)
    result.scope = scope.judge(
        scope.ScopeFacts(
            today=setting.today,
            card_kind=setting.card_kind,
            id_type=value(form, "id_type"),
            number_scope=None if number is None else number.scope,
            soldier=value(form, "soldier"),
            hukou_div=value(form, "hukou_div"),
            residence=residence,
            arrive_here=as_date(value(form, "arrive_here_date")),
            plan_stay=value(form, "plan_stay"),
            place_type=value(form, "place_type"),
            collected=setting.collected,
            parameters=setting.parameters,
        )
    )
    return result


def shown_keys(form: Form, setting: Setting) -> frozenset[str]:
    """The fields that the page of this form has."""
    return asked.shown(form, separation.form_of(form, is_practice=setting.is_practice), setting.when)


def required_keys(form: Form, setting: Setting) -> frozenset[str]:
    """The fields without which this form cannot be saved."""
    kind = separation.form_of(form, is_practice=setting.is_practice)
    keys = set(asked.required(form, kind, setting.when))
    if "no" in keys and not value(form, "no") and len(setting.doors):
        values = {key: entry.value for key, entry in form.items()} | {separation.FORM: kind}
        if door_of_form.is_without_number(setting.doors, values, setting.held if setting.is_draft else values):
            keys.remove("no")
    if setting.held is not None:
        changed = revision.steps(form, setting.held, revision.values(form, setting.held))
        if setting.is_moving or any(not step.is_backed for step in changed):
            keys.add(fields.REASON)
    return frozenset(keys)


def number_of(form: Form, setting: Setting) -> id_number.IdNumber | None:
    """What the number turns out to be beside the sex and birth date that were given; None where there is none."""
    typed = value(form, "id_no")
    if typed == "":
        return None
    sex = value(form, "sex") if source(form, "sex") != "derived" else ""
    birth = value(form, "birth_date") if source(form, "birth_date") != "derived" else ""
    facts = id_number.FormFacts(
        today=setting.today,
        sex=sex,
        birth_date=birth if as_date(birth) else "",
        is_from_card=source(form, "id_no") == "chip",
        is_practice=setting.is_practice,
        parameters=setting.parameters,
    )
    return id_number.check(typed, facts)


def _first_difference(form: Form) -> dict[str, str | int | float]:
    """At which place the two typed numbers part."""
    first, again = value(form, "id_no"), value(form, fields.AGAIN)
    same = next((at for at, (one, other) in enumerate(zip(first, again, strict=False)) if one != other), None)
    return {"place": min(len(first), len(again)) + 1 if same is None else same + 1}


def _field_problems(key: str, entry_value: str, setting: Setting) -> list[Problem]:
    rule = fields.RULES[key]
    code = ""
    facts: dict[str, str | int | float] = {}
    match rule.kind:
        case "code" if not codes.is_taken(rule.table, entry_value, setting.day_collected):
            code = "FIELD-CODE"
        case "month" if days.days_of(entry_value) is None:
            code = "FIELD-MONTH"
        case "date" | "validity" if entry_value != fields.LONG_TERM and not as_date(entry_value):
            code = "FIELD-DATE"
        case "mobile" if len(entry_value) < _MOBILE_DIGITS:
            code, facts = "MOBILE-SHORT", {"missing": _MOBILE_DIGITS - len(entry_value)}
        case "mobile" if len(entry_value) > _MOBILE_DIGITS:
            code, facts = "MOBILE-LONG", {"over": len(entry_value) - _MOBILE_DIGITS}
        case "mobile" if _MOBILE.fullmatch(entry_value) is None:
            code = "MOBILE-SHAPE"
        case "division" if not divisions.is_known(entry_value, is_practice=setting.is_practice):
            code = "DIVISION-UNKNOWN"
        case "text" | "telephone" | "email" if len(entry_value) > rule.most:
            code, facts = "FIELD-LENGTH", {"most": rule.most, "over": len(entry_value) - rule.most}
        case "telephone" | "email":
            code = further.shape(rule.kind, entry_value)
    return [Problem(code, key, dict(facts))] if code else []


def _judge_dates(form: Form, setting: Setting, number: id_number.IdNumber | None, result: Judgement) -> None:
    known = {key: as_date(value(form, key)) for key in ("birth_date", "arrive_city_date", "arrive_here_date")}
    birth, city, here = known.values()
    result.problems += [
        Problem("DATE-FUTURE", key) for key, day in known.items() if day is not None and day > setting.today
    ]
    is_of_number = number is not None and number.birth_date == birth  # then the number's own problem says it
    oldest = setting.rules.oldest_years
    if not is_of_number and (fields.age(form, setting.today) or 0) > oldest:
        result.problems.append(Problem("BIRTH-TOO-OLD", "birth_date", {"most": oldest}))
    if city is not None and here is not None and here < city:
        result.problems.append(Problem("DATE-ORDER", "arrive_here_date"))
    result.problems += [
        Problem("DATE-BEFORE-BIRTH", key)
        for key in ("arrive_city_date", "arrive_here_date")
        if birth is not None and (day := known[key]) is not None and day < birth
    ]
    valid_to = as_date(value(form, "card_valid_to"))
    if valid_to is not None and valid_to < setting.today:
        result.warnings.append(Problem("CARD-EXPIRED", "card_valid_to", {"date": valid_to.isoformat()}))
    valid_from = as_date(value(form, "card_valid_from"))
    if valid_from is not None and valid_from > setting.today:
        result.warnings.append(Problem("CARD-NOT-YET", "card_valid_from", {"date": valid_from.isoformat()}))
    if valid_from is not None and valid_to is not None and valid_to < valid_from:
        result.warnings.append(Problem("CARD-DAYS-TURNED", "card_valid_to"))


def _judge_form(form: Form, setting: Setting, kind: str, result: Judgement) -> None:
    """Look at the household, at the further fields, and at what only the forms of separated persons have."""
    result.problems += further.problems_of(form, setting.when, is_practice=setting.is_practice)
    result.warnings += further.warnings_of(form, setting.when)
    result.warnings += further.stale_lease(form, setting.held or {})
    result.problems += relations.problems_of(form, setting.household)
    result.warnings += relations.warnings_of(form, setting.household)
    if len(setting.doors):
        result.warnings += door_of_form.warnings_of(setting.doors, {key: one.value for key, one in form.items()}, kind)
    if kind != separation.RG:
        result.problems += separation.problems_of(form, kind, setting.area, setting.today)
        result.warnings += separation.warnings_of(form, kind, setting.area)


def _judge_whole(form: Form, setting: Setting, result: Judgement, required: frozenset[str]) -> None:
    if value(form, "notice_given") == "0" and "notice_given" in required:
        result.problems.append(Problem("NOTICE-NOT-GIVEN", "notice_given"))
    if value(form, fields.CONSENT) == "0" and fields.CONSENT in required:
        under = setting.parameters.on(setting.day_collected).consent_under
        result.problems.append(Problem("CONSENT-NOT-GIVEN", fields.CONSENT, {"under": under}))
    town, district = value(form, "town"), value(form, "district")
    if town and district and not town.startswith(district):
        result.problems.append(Problem("TOWN-DISTRICT", "town"))
    if value(form, "reason") in further.WORKING_REASONS and not value(form, "employer") and not value(form, "remark"):
        result.warnings.append(Problem("EMPLOYER-OR-NOTE", "employer"))
    if ID_LIKE.search(value(form, "remark")):
        result.warnings.append(Problem("REMARK-DIGITS", "remark"))
    named, given = _division_named(form, setting), value(form, "hukou_div")
    if named and given and divisions.are_apart(named, given):
        result.warnings.append(Problem("DIVISION-OTHER", "hukou_div"))
    if setting.is_practice and value(form, "hukou_div") == divisions.PRACTICE:
        return
    if value(form, "hukou_address") and not value(form, "hukou_div"):
        result.warnings.append(Problem("DIVISION-NOT-FOUND", "hukou_div"))


def _division_named(form: Form, setting: Setting) -> str:
    """The code of the division that the household address names, "" where it names none."""
    division = divisions.parse(value(form, "hukou_address"), is_practice=setting.is_practice)
    return "" if division is None else division.code


def _judge_reading(form: Form, setting: Setting, result: Judgement) -> None:
    chip = [entry for entry in form.values() if entry.source == "chip" and entry.value]
    if any(not entry.is_verified for entry in chip):
        if setting.card_state == "single":
            result.warnings.append(Problem("READING-SINGLE"))
        else:
            result.problems.append(Problem("READING-UNVERIFIED"))
    if setting.card_state == "changed":
        result.warnings.append(Problem("READING-TAKEN-BACK"))
    if setting.card_state in {"read", "verified", "single"} and not (
        {key for key in form if of_chip(form, key) is not None} - {"id_type"}
    ):
        result.warnings.append(Problem("READING-BLANK"))
    address = form.get("hukou_address")
    if address is not None and not address.value and len(address.offers) > 1:
        result.warnings.append(Problem("ADDRESS-CHOOSE", "hukou_address", {"count": len(address.offers)}))
    for key, entry in form.items():
        if not entry.doubts:
            continue
        reasons = {doubt.reason for doubt in entry.standing_doubts()}
        if "full-field" in reasons:
            result.warnings.append(Problem("FIELD-MAYBE-CUT", key))
        if reasons - {"full-field"}:
            result.warnings.append(Problem("FIELD-DOUBTFUL", key))
