"""Put a page right: see the frame on the original, change its numbers, take it or leave the original as it is."""

from __future__ import annotations

import math
from typing import Final

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from agent.documents.service import Box
from agent.errors import CodedError
from webui import errors
from webui.boards import owner
from webui.context import services, signed_in
from webui.language import message
from webui.views import documents
from webui.views.documents import SHOWN, back, file, refuse

bp = Blueprint("straighten", __name__, url_prefix="/documents/<any(draft, record):kind>/<owner_id>")

NUMBERS: Final = ("left_mm", "top_mm", "width_mm", "height_mm", "turn_deg")
REFUSALS: Final = {"CROP-IMPOSSIBLE": 422, "DOCUMENT-CHANGED": 409, "PAGE-NOT-STRAIGHTENED": 500}


def version() -> int:
    """The version of the document or photo that the clerk saw."""
    told = request.values.get("version", type=int)
    if told is None:
        raise refuse("WEB-BAD-REQUEST")
    return told


def frame() -> Box | None:
    """The typed frame; None where the form has none, and what is no number is no possible frame."""
    if NUMBERS[0] not in request.form:
        return None
    numbers = [request.form.get(name, type=float) for name in NUMBERS]
    return Box(*(math.nan if number is None else number for number in numbers))


def show(kind: str, owner_id: str, page_id: str, status: int = 200, sentence: str = "") -> ResponseReturnValue:
    """Render the page with the frame as it is kept, or as it was typed where it was refused."""
    ref = owner(kind, owner_id)
    view = services().documents.straightening.view(ref, page_id, signed_in())
    typed = request.form if sentence else {}
    return render_template("documents/straighten.html", owner=ref, view=view, sentence=sentence, typed=typed), status


@bp.errorhandler(CodedError)
def not_done(error: CodedError) -> ResponseReturnValue:
    """Say why it was refused, with the page as it is now; what was done on the desk is answered there."""
    if documents.is_from_desk():
        return documents.not_done(error)
    arguments = request.view_args or {}
    status = REFUSALS.get(error.code)
    if request.method != "POST" or status is None or "page_id" not in arguments:
        return errors.coded(error)
    try:
        return show(**arguments, status=status, sentence=message(error.code, error.facts))
    except CodedError as gone:
        return errors.coded(gone)


@bp.get("/pages/<page_id>/straighten")
def page(kind: str, owner_id: str, page_id: str) -> ResponseReturnValue:
    """Show the original with its frame."""
    return show(kind, owner_id, page_id)


@bp.post("/pages/<page_id>/straighten")
def decide(kind: str, owner_id: str, page_id: str) -> ResponseReturnValue:
    """Draw the frame, take it, or leave the original, as the pressed button says."""
    straightening, ref, by, act = (
        services().documents.straightening,
        owner(kind, owner_id),
        signed_in(),
        request.form.get("act"),
    )
    box = frame()
    if act == "draw" and box is not None:
        straightening.draw(ref, page_id, version(), box, by)
        return redirect(url_for(".page", kind=kind, owner_id=owner_id, page_id=page_id), 303)
    if act == "accept":
        straightening.accept(ref, page_id, version(), box, by)
    elif act == "leave":
        straightening.leave(ref, page_id, version(), by)
    else:
        raise refuse("WEB-BAD-REQUEST")
    return back(kind, owner_id, page_id)


@bp.post("/straighten")
def accept_all(kind: str, owner_id: str) -> ResponseReturnValue:
    """Put all pages of a document right as proposed."""
    services().documents.straightening.accept_all(
        owner(kind, owner_id), request.form.get("document", ""), version(), signed_in()
    )
    return back(kind, owner_id)


@bp.get("/pages/<page_id>/original")
def original(kind: str, owner_id: str, page_id: str) -> Response:
    """Show a page as it came; 204 where its bytes are not what they are kept as."""
    found = services().documents.original(owner(kind, owner_id), page_id, signed_in())
    start = SHOWN.get(found.content_type)
    if start is None or not found.content.startswith(start):
        return Response(status=204)
    return file(found.content, found.content_type, "original")
