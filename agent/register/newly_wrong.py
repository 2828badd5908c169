"""What a change of a saved registration makes wrong that was not before; what was so, or was let pass, may stay."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Final

from agent.register import approvals, evaluate, id_number
from agent.register.form import Form
from agent.register.views import Problem

_OF_THE_NUMBER: Final = ("id_no", "id_type", "sex", "birth_date")


def judge(
    old: tuple[Form, Mapping[str, str]], new: tuple[Form, Mapping[str, str]], setting: evaluate.Setting
) -> evaluate.Judgement:
    """Tell what a change makes wrong, or worth a look.

    Args:
        old: the registration as a form, and its values.
        new: the same, changed.
        setting: what it is judged against today.

    Returns: `scope` stands there where it is the change that puts the person out of it; then nothing else is told.
    """
    before = evaluate.judge(_underived(old[0]), setting)
    now = evaluate.judge(_underived(new[0]), setting)
    if now.scope.reason is not None and now.scope != before.scope:
        return evaluate.Judgement(problems=[now.scope.reason], scope=now.scope)
    problems = [one for one in now.problems if one not in before.problems or not _stands(one, old[1], new[1])]
    problems += [Problem("FIELD-MISSING", key) for key in now.missing if key not in before.missing]
    warnings = [one for one in now.warnings if one not in before.warnings]
    return evaluate.Judgement(problems=problems, warnings=warnings)


def _underived(form: Form) -> Form:
    """Take what once followed from another value as given: a correction derives nothing anew, so it has to fit."""
    return {
        key: dataclasses.replace(one, source="register") if one.source == "derived" else one
        for key, one in form.items()
    }


def _stands(problem: Problem, held: Mapping[str, str], new: Mapping[str, str]) -> bool:
    """Whether what a problem speaks of is as it was: only then is it excused by having been there before."""
    keys = approvals.facts(approvals.key(problem))
    if problem.field in _OF_THE_NUMBER and problem.code not in id_number.PASSABLE:
        keys = _OF_THE_NUMBER
    return all(held.get(key) == new.get(key) for key in keys)
