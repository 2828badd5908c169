"""A household by its address: found, one more person registered there, or all of it found unchanged."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from agent.errors import CodedError
from webui.context import services, signed_in
from webui.language import message

bp = Blueprint("households", __name__)


@bp.get("/households")
def page() -> ResponseReturnValue:
    """Ask for an address."""
    return show("")


@bp.post("/households")
def search() -> ResponseReturnValue:
    """Find households, and note before that one of them is unchanged where its button was pressed.

    A POST: where people live never stands in an address.  409 where that household has changed meanwhile.
    """
    query, unchanged = request.form.get("query", "").strip(), request.form.get("unchanged", "")
    if not unchanged:
        return show(query)
    try:
        confirmed = services().register.confirm_household(unchanged, request.form.get("seen", ""), signed_in())
    except CodedError as error:
        if error.code not in {"HOUSEHOLD-UNKNOWN", "HOUSEHOLD-CHANGED"}:
            raise
        return show(query, 409, sentence=message(error.code, error.facts))
    return show(query, confirmed=confirmed)


def show(query: str, status: int = 200, **said: object) -> ResponseReturnValue:
    """Render the page with what is found now, and what is said of the last act: `confirmed` or `sentence`."""
    found = services().register.households(query, signed_in()) if query else None
    return render_template("households/page.html", query=query, found=found, **said), status


@bp.post("/households/<record_id>/member")
def add_member(record_id: str) -> ResponseReturnValue:
    """Start the form of one more person of a record's household; the desk is taken where nobody holds it."""
    by, desk = signed_in(), services().desk
    desk.take(by)
    desk.open_draft(by, record_id, request.form.get("once", ""))
    return redirect(url_for("desk.page"), 303)
