"""The register: find a record, look at it with its history, correct it."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from agent.register.service import Problems
from webui import typed
from webui.context import services, signed_in

bp = Blueprint("register", __name__)


@bp.get("/register")
def page() -> ResponseReturnValue:
    """Show the newest records."""
    return render_template("register/page.html", query="", lines=services().register.recent(signed_in(), 1), page=1)


@bp.post("/register/search")
def search() -> ResponseReturnValue:
    """Find records by number, name or initials.  A POST: what is looked for never stands in an address."""
    query = request.form.get("query", "").strip()
    number = request.form.get("page", type=int, default=1)
    if not query:
        return redirect(url_for("register.page"), 303)
    lines = services().register.find(query, signed_in(), max(1, number))
    return render_template("register/page.html", query=query, lines=lines, page=max(1, number))


@bp.get("/register/<record_id>")
def record(record_id: str) -> ResponseReturnValue:
    """Show one record with its history."""
    shown = services().register.record(record_id, signed_in())
    return render_template("register/record.html", record=shown)


@bp.get("/register/<record_id>/edit")
def edit_page(record_id: str) -> ResponseReturnValue:
    """Show the form of one record."""
    shown = services().register.record(record_id, signed_in())
    return render_template("register/edit.html", record=shown, problems=())


@bp.errorhandler(Problems)
def not_stored(error: Problems) -> ResponseReturnValue:
    """Show the form again as it was typed, with what is wrong."""
    record_id = str((request.view_args or {})["record_id"])
    shown = services().register.record(record_id, signed_in())
    fields = dict(shown.fields)
    for key, value in typed.changed(request.form).items():
        fields[key] = replace(fields[key], value=value)
    record = replace(shown, fields=fields)
    return render_template("register/edit.html", record=record, problems=error.problems), 422


@bp.post("/register/<record_id>/edit")
def edit(record_id: str) -> ResponseReturnValue:
    """Store the changed fields, with the reason.  303 to the record."""
    services().register.edit(
        record_id,
        typed.changed(request.form),
        request.form.get("version", type=int, default=0),
        signed_in(),
        request.form.get("reason", "").strip(),
    )
    return redirect(url_for("register.record", record_id=record_id), 303)
