"""What a second person gives on the page of somebody else, and what may be wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from flask import Flask, request

from agent.register.id_number import PASSABLE
from agent.register.views import Problem, SecondWord

REFUSALS: Final = frozenset(
    {"ACCOUNT-WRONG", "ACCOUNT-WAIT", "ACCOUNT-SAME-PERSON", "RIGHTS-DENIED", "PROBLEM-NOT-PASSABLE", "REASON-MISSING"}
)


def posted() -> tuple[str, str, SecondWord]:
    """Name and password of the second person, and what they say, from the form of the panel."""
    name, password, reason = (request.form.get(f"second_{key}", "") for key in ("name", "password", "reason"))
    return name, password, SecondWord(request.values.get("field", ""), request.values.get("problem", ""), reason)


def passable_problem(problems: Sequence[Problem]) -> Problem | None:
    """The first problem of a form that a second person may let pass, if there is one."""
    return next((problem for problem in problems if problem.code in PASSABLE), None)


def install(app: Flask) -> None:
    """Give the templates of `app` the problem that their panel is about."""
    app.jinja_env.globals["passable_problem"] = passable_problem
