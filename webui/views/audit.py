"""The audit rows as the supervisor sees them: looked over on order, and compared with a mark that was noted before."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from agent.errors import CodedError
from webui import errors
from webui.context import services, signed_in
from webui.language import message

bp = Blueprint("audit", __name__, url_prefix="/audit")


def show(sentence: str = "", noted: str = "") -> str:
    """Render what the latest look has found; `sentence` is why there was none now."""
    return render_template("audit/page.html", found=services().accounts.trail.last, sentence=sentence, noted=noted)


@bp.get("")
def page() -> ResponseReturnValue:
    """Show what the latest look has found."""
    return show()


@bp.errorhandler(CodedError)
def not_looked(error: CodedError) -> ResponseReturnValue:
    """Show the page again with what is wrong with the mark; an error of another kind has its own page."""
    if error.code != "AUDIT-MARK":
        return errors.coded(error)
    return show(message(error.code), request.form.get("mark", "")), 422


@bp.post("")
def look() -> ResponseReturnValue:
    """Look over all rows.  303 to what was found."""
    services().accounts.trail.look(signed_in(), request.form.get("mark", ""))
    return redirect(url_for("audit.page"), 303)
