"""The people of the station, for supervisors: the list, one person, and the one-time code that is shown once.

A code stands in the answer to the POST that made it and nowhere else: an address to redirect to would have to keep it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from agent.errors import CodedError
from webui import errors
from webui.context import services, signed_in
from webui.language import message

if TYPE_CHECKING:
    from agent.accounts.enrolment import IssuedCode
    from agent.accounts.users import UserView

bp = Blueprint("users", __name__)


def show_all(status: int = 200, sentence: str = "") -> ResponseReturnValue:
    """Render the list, with what was typed to add somebody where that did not do."""
    people = services().accounts.users.all(signed_in())
    given = {"name": request.form.get("name", ""), "role": request.form.get("role", "clerk")}
    return render_template("users/page.html", people=people, sentence=sentence, **given), status


def show_one(user_id: str, status: int = 200, sentence: str = "") -> ResponseReturnValue:
    """Render one person."""
    person = services().accounts.users.one(user_id, signed_in())
    return render_template("users/person.html", person=person, sentence=sentence), status


def show_code(person: UserView, code: IssuedCode) -> ResponseReturnValue:
    """Render a new code, once."""
    return render_template("users/code.html", person=person, code=code)


@bp.get("/users")
def page() -> ResponseReturnValue:
    """Show everybody."""
    return show_all()


@bp.get("/users/<user_id>")
def person(user_id: str) -> ResponseReturnValue:
    """Show one person."""
    return show_one(user_id)


@bp.errorhandler(CodedError)
def not_done(error: CodedError) -> ResponseReturnValue:
    """Show the page again with the sentence where an act was refused; all else is no matter of these pages."""
    if not error.code.startswith(("ACCOUNT-", "USER-")) or error.code == "USER-UNKNOWN":
        return errors.coded(error)
    status, sentence = errors.status_of(error), message(error.code, error.facts)
    user_id = (request.view_args or {}).get("user_id")
    return show_all(status, sentence) if user_id is None else show_one(str(user_id), status, sentence)


@bp.post("/users")
def add() -> ResponseReturnValue:
    """Add a person and show their code."""
    name, role, own_password, once = (request.form.get(key, "") for key in ("name", "role", "own-password", "once"))
    return show_code(*services().accounts.users.add(name, role, signed_in(), own_password, once))


@bp.post("/users/<user_id>/code")
def new_code(user_id: str) -> ResponseReturnValue:
    """Show a code for a new password."""
    return show_code(*services().accounts.users.new_code(user_id, signed_in(), request.form.get("own-password", "")))


@bp.post("/users/<user_id>/disable")
def disable(user_id: str) -> ResponseReturnValue:
    """Switch a person off.  303 to them."""
    services().accounts.users.disable(user_id, signed_in(), request.form.get("own-password", ""))
    return redirect(url_for("users.person", user_id=user_id), 303)


@bp.post("/users/<user_id>/enable")
def enable(user_id: str) -> ResponseReturnValue:
    """Switch a person on again.  303 to them."""
    services().accounts.users.enable(user_id, signed_in(), request.form.get("own-password", ""))
    return redirect(url_for("users.person", user_id=user_id), 303)
