"""What a form says of a child's guardian: who may be one, whose declaration counts; pure."""

from __future__ import annotations

from datetime import date
from typing import Final

from agent.register import fields, id_number, rules
from agent.register.form import Form, value
from agent.register.views import Problem

DECLARES: Final = "2"
# The person, a spouse, children and grandchildren (GB/T 4761): nobody who is guarded has one of them for a guardian.
_NO_GUARDIANS: Final = ("01", "1", "2", "3", "4")


def judge(
    form: Form, today: date, parameters: rules.Parameters, *, is_practice: bool
) -> tuple[list[Problem], list[Problem]]:
    """Look at the guardian of a form, and at what a child's form needs.

    Args:
        form: as it stands.
        today: for the ages.
        parameters: of the rules, over time.
        is_practice: whether the place of made-up addresses is known.

    Returns: the problems and the warnings.
    """
    problems: list[Problem] = []
    holding = parameters.on(today)
    under = {"under": holding.guarded_under}
    if fields.is_guarded(form, today, parameters):
        if value(form, "declarer") not in {"", DECLARES}:
            problems.append(Problem("DECLARER-CHILD", "declarer", dict(under)))
        if value(form, "guardian_rel").startswith(_NO_GUARDIANS):
            problems.append(Problem("GUARDIAN-RELATION", "guardian_rel"))
    if value(form, "id_type") == fields.BIRTH_CERTIFICATE and fields.is_grown(form, today, parameters):
        problems.append(Problem("DOCUMENT-CHILDS", "id_type", dict(under)))
    typed = value(form, "guardian_id")
    if typed == "":
        return problems, []
    facts = id_number.FormFacts(today, is_practice=is_practice, parameters=parameters)
    guardian = id_number.check(typed, facts, "guardian_id")
    problems += guardian.problems
    warnings = [*guardian.warnings]
    if guardian.scope is not None:
        warnings.append(Problem("GUARDIAN-OTHER-CARD", "guardian_id"))
    least = holding.adult_from
    if guardian.birth_date is not None and id_number.years_between(guardian.birth_date, today) < least:
        problems.append(Problem("GUARDIAN-AGE", "guardian_id", {"least": least}))
    if guardian.number == value(form, "id_no"):
        problems.append(Problem("GUARDIAN-SAME", "guardian_id"))
    return problems, warnings
