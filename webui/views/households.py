"""A household by its address: found, and one more person registered there."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webui.context import services, signed_in

bp = Blueprint("households", __name__)


@bp.get("/households")
def page() -> ResponseReturnValue:
    """Ask for an address."""
    return render_template("households/page.html", query="", found=None)


@bp.post("/households")
def search() -> ResponseReturnValue:
    """Find households.  A POST: where people live never stands in an address."""
    query = request.form.get("query", "").strip()
    found = services().register.households(query, signed_in()) if query else None
    return render_template("households/page.html", query=query, found=found)


@bp.post("/households/<record_id>/member")
def add_member(record_id: str) -> ResponseReturnValue:
    """Start the form of one more person of a record's household; the desk is taken where nobody holds it."""
    by, desk = signed_in(), services().desk
    desk.take(by)
    desk.open_draft(by, record_id, request.form.get("once", ""))
    return redirect(url_for("desk.page"), 303)
