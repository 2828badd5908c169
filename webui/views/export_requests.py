"""Exports that take two supervisors: what is asked for, looked at, agreed to or refused, and made by who asked."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from agent.errors import CodedError
from agent.exchange.service import HELD_DAYS
from webui import errors
from webui.context import services, signed_in
from webui.language import language, message

bp = Blueprint("export_requests", __name__, url_prefix="/export/asked/<request_id>")

_AT_ITS_PLACE: Final = frozenset({"ACCOUNT-OWN-PASSWORD", "ACCOUNT-WAIT", "REASON-MISSING"})


def show(request_id: str, error: CodedError | None = None) -> str:
    """Render a request; `error` is why an act was refused."""
    exchange = services().exchange
    return render_template(
        "exchange/request.html",
        asked=exchange.requests.show(request_id, signed_in()),
        names={key: name for key, name, _ in exchange.given(language())},
        held_days=HELD_DAYS,
        code="" if error is None else error.code,
        sentence="" if error is None else message(error.code, error.facts),
        reason=request.form.get("reason", ""),
    )


def back(request_id: str) -> ResponseReturnValue:
    """Go to the request."""
    return redirect(url_for("export_requests.page", request_id=request_id), 303)


@bp.get("")
def page(request_id: str) -> ResponseReturnValue:
    """Show what is asked for, by whom, for whom and why."""
    return show(request_id)


@bp.errorhandler(CodedError)
def not_done(error: CodedError) -> ResponseReturnValue:
    """Show the request again, as it is by now, where an act was refused."""
    is_own = error.code in _AT_ITS_PLACE or (error.code.startswith("REQUEST-") and error.code != "REQUEST-UNKNOWN")
    if request.method != "POST" or not is_own:
        return errors.coded(error)
    return show(str((request.view_args or {})["request_id"]), error), errors.status_of(error)


@bp.post("/agree")
def agree(request_id: str) -> ResponseReturnValue:
    """Agree."""
    services().exchange.requests.agree(request_id, signed_in(), request.form.get("own-password", ""))
    return back(request_id)


@bp.post("/refuse")
def refuse(request_id: str) -> ResponseReturnValue:
    """Refuse, with a reason."""
    services().exchange.requests.refuse(request_id, signed_in(), request.form.get("reason", ""))
    return back(request_id)


@bp.post("/withdraw")
def withdraw(request_id: str) -> ResponseReturnValue:
    """Take one's own request back."""
    services().exchange.requests.withdraw(request_id, signed_in())
    return back(request_id)


@bp.post("/make")
def make(request_id: str) -> ResponseReturnValue:
    """Make the file that was agreed to.  303 to the page of exports, where it waits to be taken."""
    key = services().exchange.exports.make_agreed(request_id, signed_in(), request.form.get("own-password", ""))
    return redirect(url_for("exports.page", done=key), 303)
