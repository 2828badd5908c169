"""The correction of a record; what is typed is kept first, whatever then comes of it."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from agent.errors import CodedError
from agent.register.correction_view import CorrectionView
from webui import errors, typed
from webui.context import services, signed_in
from webui.language import message
from webui.second_person import REFUSALS, posted
from webui.views.register import show_cancelled

bp = Blueprint("corrections", __name__, url_prefix="/register/<record_id>/edit")

TOLD_ON_THE_FORM: Final = frozenset({"REGISTER-PROBLEMS", "RECORD-CHANGED", "REASON-MISSING"})


def show(correction: CorrectionView, code: str = "", refusal: str = "") -> str:
    """Render the form; `code` is why it was not saved, `refusal` why a second person's word does not count."""
    told = {"correction": correction, "record": correction.record, "code": code, "refusal": refusal}
    return render_template("register/edit.html", **told)


@bp.get("")
def page(record_id: str) -> ResponseReturnValue:
    """Show the form of one record, with what was typed and not saved."""
    return show(services().register.correction(record_id, signed_in()))


@bp.post("/keep")
def keep(record_id: str) -> ResponseReturnValue:
    """Show the form again, with what was typed, or leave it where `then` says so."""
    leaves = request.form.get("then") == "leave"
    return redirect(url_for("register.record" if leaves else "corrections.page", record_id=record_id), 303)


@bp.post("/stored/<field>")
def take_stored(record_id: str, field: str) -> ResponseReturnValue:
    """Take the stored value of a field in place of the typed one."""
    services().register.take_stored(record_id, field, signed_in())
    return redirect(url_for("corrections.page", record_id=record_id), 303)


@bp.post("/second-person")
def second_person(record_id: str) -> ResponseReturnValue:
    """Let a second person confirm that a corrected number is officially so.  422 with the form when they cannot."""
    by = signed_in()
    try:
        services().register.second_person_on_correction(record_id, by, *posted())
    except CodedError as error:
        if error.code not in REFUSALS:
            raise
        return show(services().register.correction(record_id, by), refusal=message(error.code, error.facts)), 422
    return redirect(url_for("corrections.page", record_id=record_id), 303)


@bp.post("/give-up")
def give_up(record_id: str) -> ResponseReturnValue:
    """Erase what was typed."""
    services().register.give_up_correction(record_id, signed_in())
    return redirect(url_for("register.record", record_id=record_id), 303)


@bp.errorhandler(CodedError)
def not_saved(error: CodedError) -> ResponseReturnValue:
    """Show the form again as it was typed, each thing at its place; an error of another kind has its own page.

    A record that is cancelled has no such form: its own page says so, and what was typed waits with it.
    """
    if error.code == "RECORD-CANCELLED":
        return show_cancelled(str((request.view_args or {})["record_id"]), error)
    if error.code not in TOLD_ON_THE_FORM:
        return errors.coded(error)
    status = errors.status_of(error) if error.code == "RECORD-CHANGED" else 422
    record_id = str((request.view_args or {})["record_id"])
    return show(services().register.correction(record_id, signed_in()), error.code), status


@bp.post("")
def save(record_id: str) -> ResponseReturnValue:
    """Store the changed fields, with the reason.  303 to the record."""
    version = request.form.get("version", type=int, default=0)
    values = typed.changed(request.form)
    services().register.edit(record_id, values, version, signed_in(), request.form.get("edit_reason", ""))
    return redirect(url_for("register.record", record_id=record_id), 303)
