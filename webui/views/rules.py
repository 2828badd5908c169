"""One rule parameter for the supervisor: its values over time, a new one from a day on, a planned one taken back."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from agent.errors import CodedError
from webui import errors
from webui.context import services, signed_in
from webui.language import message

bp = Blueprint("rules", __name__, url_prefix="/rules/<key>")

TYPED: Final = ("value", "valid_from", "basis", "article", "reason")


def show(key: str, status: int = 200, sentence: str = "") -> ResponseReturnValue:
    """Render a parameter, with what was typed for a new value that did not do."""
    view = services().tables.rule(key, signed_in())
    return render_template("tables/rule.html", view=view, sentence=sentence, typed=request.form), status


@bp.errorhandler(CodedError)
def not_done(error: CodedError) -> ResponseReturnValue:
    """Show the page again with the sentence where a value was refused; all else is no matter of this page."""
    if error.code == "RULE-UNKNOWN" or not error.code.startswith(("RULE-", "REASON-")):
        return errors.coded(error)
    key = str((request.view_args or {})["key"])
    return show(key, errors.status_of(error), message(error.code, error.facts))


@bp.get("")
def one(key: str) -> ResponseReturnValue:
    """Show a parameter."""
    return show(key)


@bp.post("")
def change(key: str) -> ResponseReturnValue:
    """Give it another value from a day on.  303 to the parameter."""
    services().tables.set_rule({"key": key} | {name: request.form.get(name, "") for name in TYPED}, signed_in())
    return redirect(url_for("rules.one", key=key), 303)


@bp.post("/withdraw")
def withdraw(key: str) -> ResponseReturnValue:
    """Take back a planned value.  303 to the parameter."""
    services().tables.withdraw_rule(key, request.form.get("value_id", ""), signed_in())
    return redirect(url_for("rules.one", key=key), 303)
