"""What a second person has let pass in a draft: it holds for the numbers as they stood, and goes when one changes."""

from __future__ import annotations

import hashlib
from typing import Any

from agent.register.evaluate import Judgement
from agent.register.form import Form, value
from agent.register.views import PassedProblem
from peewee_models import draft_queries

OF_A_NUMBER = ("id_no", "birth_date", "sex", "guardian_id")


def approved_value(form: Form) -> str:
    """Name what a second person approves: the numbers, with the birth date and sex beside them."""
    parts = "|".join(value(form, key) for key in OF_A_NUMBER)
    return hashlib.sha256(parts.encode()).hexdigest()


def standing(draft_id: Any, form: Form) -> dict[str, Any]:
    """The second persons' words that hold for a draft's form as it is, by the problem's code."""
    held = approved_value(form)
    return {code: word for code, word in draft_queries.approvals_of(draft_id).items() if word.value_hash == held}


def let_pass(judgement: Judgement, words: dict[str, Any]) -> None:
    """Take what a second person has let pass out of what blocks, and keep by whom and why."""
    for problem in [problem for problem in judgement.problems if problem.code in words]:
        word = words[problem.code]
        judgement.problems.remove(problem)
        judgement.passed.append(PassedProblem(problem, word.second_user.name, word.reason))
