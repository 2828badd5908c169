"""What a second person gives on the page of somebody else, and what may be wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from flask import Flask, request

from agent.register.id_number import PASSABLE
from agent.register.views import Problem, SecondWord

NOT_CONFIRMED: Final = frozenset({"ACCOUNT-WRONG", "ACCOUNT-WAIT", "ACCOUNT-SAME-PERSON", "RIGHTS-DENIED"})
"""Why somebody does not count as the second person."""
REFUSALS: Final = NOT_CONFIRMED | {"PROBLEM-NOT-PASSABLE", "REASON-MISSING"}


def name_and_password() -> tuple[str, str]:
    """Name and password of the second person, from the form."""
    return request.form.get("second_name", ""), request.form.get("second_password", "")


def posted() -> tuple[str, str, SecondWord]:
    """Name and password of the second person, and what they say, from the form of the panel."""
    reason = request.form.get("second_reason", "")
    word = SecondWord(request.values.get("field", ""), request.values.get("problem", ""), reason)
    return *name_and_password(), word


def passable_problem(problems: Sequence[Problem]) -> Problem | None:
    """The first problem of a form that a second person may let pass, if there is one."""
    return next((problem for problem in problems if problem.code in PASSABLE), None)


def install(app: Flask) -> None:
    """Give the templates of `app` the problem that their panel is about."""
    app.jinja_env.globals["passable_problem"] = passable_problem
