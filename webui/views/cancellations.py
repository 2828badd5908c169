"""The cancellation of a record, and its undoing; what is typed is kept first, whatever then comes of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from agent.errors import CodedError
from agent.register.id_number import masked
from agent.register.service import Problems
from agent.register.views import Problem
from webui import errors, typed
from webui.context import services, signed_in
from webui.form_layout import CANCELLATION_FIELDS
from webui.language import message
from webui.second_person import NOT_CONFIRMED, name_and_password
from webui.views.register import show_cancelled, show_record

bp = Blueprint("cancellations", __name__, url_prefix="/register/<record_id>")

_NOT_UNDONE: Final = NOT_CONFIRMED | {"REASON-MISSING", "SECOND-PERSON-MISSING"}


def show(record_id: str, problems: Iterable[Problem] | None = None, **told: str) -> str:
    """Render the form, with what was found to be wrong where it was sent; `code` or `refusal` say what else was."""
    form = services().register.cancellation(record_id, signed_in())
    shown = form if problems is None else form.with_problems(problems)
    is_refused = problems is not None or bool(told)
    return render_template(
        "register/cancel.html",
        form=shown,
        record=shown.record,
        specs=CANCELLATION_FIELDS,
        address=services().register.written_address(form.record.values),
        number=masked(form.record.fields["id_no"].value),
        visit_places=typed.VISITS,
        is_refused=is_refused,
        **told,
    )


def to_record(record_id: str) -> ResponseReturnValue:
    """Go to the record."""
    return redirect(url_for("register.record", record_id=record_id), 303)


@bp.get("/cancel")
def page(record_id: str) -> ResponseReturnValue:
    """Show the form, with what was typed and not entered."""
    return show(record_id)


@bp.post("/cancel/keep")
def keep(record_id: str) -> ResponseReturnValue:
    """Show the form again, with what was typed, or leave it where `then` says so."""
    if request.form.get("then") == "leave":
        return to_record(record_id)
    return redirect(url_for("cancellations.page", record_id=record_id), 303)


@bp.post("/cancel/give-up")
def give_up(record_id: str) -> ResponseReturnValue:
    """Erase what was typed."""
    services().register.give_up_cancellation(record_id, signed_in())
    return to_record(record_id)


@bp.post("/cancel")
def enter(record_id: str) -> ResponseReturnValue:
    """Cancel the registration.  303 to the record; 422 with the form, as typed, where something is in the way."""
    version = request.form.get("version", type=int, default=0)
    values = typed.cancellation(request.form)
    try:
        services().register.cancel(record_id, values, version, signed_in(), name_and_password())
    except Problems as error:
        return show(record_id, error.problems), 422
    except CodedError as error:
        if error.code == "RECORD-CHANGED":
            return show(record_id, code=error.code), errors.status_of(error)
        if error.code not in NOT_CONFIRMED:
            raise
        return show(record_id, refusal=message(error.code, error.facts)), 422
    return to_record(record_id)


@bp.post("/restore")
def restore(record_id: str) -> ResponseReturnValue:
    """Undo the cancellation.  303 to the record; 422 with the record, and the reason as typed, when it is refused."""
    reason = request.form.get("undo_reason", "")
    try:
        services().register.restore(record_id, reason, signed_in(), name_and_password())
    except CodedError as error:
        if error.code not in _NOT_UNDONE:
            raise
        told = {"code": error.code, "sentence": message(error.code, error.facts), "reason": reason}
        return show_record(record_id, undoing=told | {"name": request.form.get("second_name", "")}), 422
    return to_record(record_id)


@bp.errorhandler(CodedError)
def not_there(error: CodedError) -> ResponseReturnValue:
    """Lead to the record, which says so, where it was cancelled or restored by somebody else meanwhile."""
    if error.code not in {"RECORD-CANCELLED", "RECORD-NOT-CANCELLED", "RECORD-CAME-BACK", "RECORD-MERGED"}:
        return errors.coded(error)
    return show_cancelled(str((request.view_args or {})["record_id"]), error)
