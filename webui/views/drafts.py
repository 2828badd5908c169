"""The form on the desk and its buttons; what was typed is kept before any of them acts."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from agent.errors import Actor, CodedError, Retry
from agent.register.service import Problems
from webui import errors
from webui.context import services, signed_in
from webui.fields import proposed
from webui.language import message
from webui.second_person import REFUSALS, posted
from webui.views import desk

bp = Blueprint("drafts", __name__, url_prefix="/desk/draft/<draft_id>")


def back_to_desk() -> ResponseReturnValue:
    """Show the desk again."""
    return redirect(url_for("desk.page"), 303)


@bp.post("/keep")
def keep(draft_id: str) -> ResponseReturnValue:  # noqa: ARG001 - it is kept by now
    """Show the desk again, with what was typed."""
    return back_to_desk()


@bp.post("/read-card")
def read_card(draft_id: str) -> ResponseReturnValue:  # noqa: ARG001 - it is kept by now
    """Wait for the card on the reader."""
    desk.wait_for_card(signed_in())
    return back_to_desk()


@bp.post("/offer/<field>/<source>")
def take_offer(draft_id: str, field: str, source: str) -> ResponseReturnValue:
    """Take the value that is offered under a field."""
    services().register.take_offer(draft_id, field, source, signed_in())
    return back_to_desk()


@bp.post("/proposal/<field>")
def take_proposal(draft_id: str, field: str) -> ResponseReturnValue:
    """Type the characters that the private ones under a field stand for; pressed twice, nothing is left to type."""
    by = signed_in()
    view = services().register.draft(draft_id, by).fields.get(field)
    if view is None:
        raise CodedError("OFFER-UNKNOWN", Actor.CLERK, Retry.AFTER_ACTION)
    value = proposed(view)
    if value:
        services().register.type_fields(draft_id, {field: value}, by)
    return back_to_desk()


@bp.post("/leave-household")
def leave_household(draft_id: str) -> ResponseReturnValue:
    """Take back the choice of a household, with the dwelling that came along."""
    services().register.leave_household(draft_id, signed_in())
    return back_to_desk()


@bp.post("/notice")
def show_notice(draft_id: str) -> ResponseReturnValue:  # noqa: ARG001 - it is kept by now
    """Show the notice, to be read or printed."""
    return redirect(url_for("notice.current"), 303)


@bp.post("/papers")
def show_papers(draft_id: str) -> ResponseReturnValue:
    """Show the documents, to be looked at or put in order, at the place that the button names."""
    return redirect(url_for("documents.page", kind="draft", owner_id=draft_id, _anchor=request.args.get("at")), 303)


@bp.post("/photos")
def show_photos(draft_id: str) -> ResponseReturnValue:
    """Show the photos as large as they are, or the frame of the one that the button names."""
    photo_id = request.args.get("photo")
    if photo_id is None:
        return redirect(url_for("photos.page", kind="draft", owner_id=draft_id), 303)
    place: dict[str, Any] = {"kind": "draft", "owner_id": draft_id, "photo_id": photo_id, "from": "desk"}
    return redirect(url_for("photos.frame_page", **place), 303)


@bp.post("/aside")
def put_aside(draft_id: str) -> ResponseReturnValue:
    """Put the form aside; it stays among the drafts."""
    services().desk.put_aside(draft_id, signed_in())
    return back_to_desk()


@bp.post("/resume")
def resume(draft_id: str) -> ResponseReturnValue:
    """Go on with a form that was put aside."""
    services().desk.resume(draft_id, signed_in())
    return back_to_desk()


@bp.post("/discard")
def discard(draft_id: str) -> ResponseReturnValue:
    """Erase the form; the reason alone is kept."""
    services().desk.discard(draft_id, signed_in(), request.values.get("discard_reason", ""))
    return back_to_desk()


@bp.post("/second-person")
def second_person(draft_id: str) -> ResponseReturnValue:
    """Let a second person confirm that a problem of the number is officially so.  422 with the form when they cannot.

    A wrong password is the second person's: it is no 401, for the clerk is signed in.
    """
    by = signed_in()
    try:
        services().register.second_person(draft_id, by, *posted())
    except CodedError as error:
        if error.code not in REFUSALS:
            raise
        return desk.show(services().desk.view(by), 422, message(error.code, error.facts), at="second-person")
    return back_to_desk()


@bp.errorhandler(Problems)
def not_saved(error: Problems) -> ResponseReturnValue:
    """Show the form again with what is wrong, each thing at its place; of a record that went, in its own words."""
    if any(problem.code == "RECORD-CANCELLED-MEANWHILE" for problem in error.problems):
        return desk.show(services().desk.view(signed_in()), 422, message("RECORD-CANCELLED-MEANWHILE"))
    return desk.show(services().desk.view(signed_in()), 422, message(error.code, error.facts), problems=error.problems)


@bp.errorhandler(CodedError)
def not_there(error: CodedError) -> ResponseReturnValue:
    """Lead on where a form was sent twice: the first has saved or erased its draft already."""
    record_id = None
    if error.code == "DRAFT-UNKNOWN":
        record_id = services().register.saved_as(str((request.view_args or {})["draft_id"]), signed_in())
    if record_id is not None:
        return leave(record_id)
    if error.code == "OFFER-UNKNOWN":
        return desk.show(services().desk.view(signed_in()), errors.status_of(error), message(error.code, error.facts))
    is_erased = error.code == "DRAFT-UNKNOWN" and request.endpoint == "drafts.discard"
    return back_to_desk() if is_erased else errors.coded(error)


def leave(record_id: str) -> ResponseReturnValue:
    """Go to the next person, or to the saved record where `then` says so."""
    if request.form.get("then") == "stay":
        return redirect(url_for("register.record", record_id=record_id), 303)
    return back_to_desk()


@bp.post("/save")
def save(draft_id: str) -> ResponseReturnValue:
    """Save the record; stay with the record where `then` says so."""
    return leave(services().desk.save(draft_id, signed_in()).id)
