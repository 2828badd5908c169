"""The documents of a draft or a record: what is needed, the scan under way, the pages in order, the whole as PDF."""

from __future__ import annotations

import math
import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, cast

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from agent.documents.kinds import kind as kind_of
from agent.documents.service import SIZES_MM, Region, ScanWish
from agent.documents.views import MOST_FILE_MEGABYTES, ClerksFile
from agent.errors import Actor, CodedError, Retry
from webui import errors
from webui.boards import board_of, owner
from webui.context import services, signed_in
from webui.language import message
from webui.views import desk

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from agent.accounts.service import SignedIn
    from agent.documents.service import OwnerRef, PageContent
    from agent.documents.views import FileRefused, FilesTaken
    from webui.files import FilesInMemory

bp = Blueprint("documents", __name__, url_prefix="/documents/<any(draft, record):kind>/<owner_id>")

SOURCES: Final = ("flatbed", "adf", "adf-duplex")
COLOURS: Final = ("colour", "grey", "lineart")
REGION: Final = ("left_mm", "top_mm", "width_mm", "height_mm")
REFUSALS: Final = frozenset(
    {"DOCUMENT-CHANGED", "DOCUMENT-FULL", "KIND-UNKNOWN", "PAGE-UNKNOWN", "SCAN-ENDED", "SCAN-UNDER-WAY"}
    | {"SCANNER-HELD", "SCANNER-LENT", "SCANNER-NOT-CONFIGURED", "SCAN-REGION", "UPLOAD-NONE", "UPLOAD-TOO-LARGE"}
    | {"SCAN-NO-SOURCE", "SCAN-NO-COLOUR", "SCAN-NO-DPI", "SCAN-NO-SIZE", "SCANNER-TOO-LARGE"}
    | {"CARD-NOT-COMPOSED", "CARD-UNDER-WAY", "PAGE-NOT-STRAIGHTENED", "SCANNER-USED-BETWEEN"}
)
DPI: Final = re.compile(r"[0-9]{1,4}")
PLACE: Final = re.compile(r"to-(?P<number>[0-9]{1,4})")
SHOWN: Final = {"image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG"}


def refuse(code: str) -> CodedError:
    """Make the error for a form that no page of ours sends."""
    return CodedError(code, Actor.CLERK, Retry.AFTER_ACTION)


def show(
    ref: OwnerRef, status: int = 200, sentence: str = "", refused: Sequence[FileRefused] = ()
) -> ResponseReturnValue:
    """Render the page, or the desk where the act was done there: whatever is to be said is said where the clerk is."""
    view = services().desk.view(signed_in()) if ref.kind == "draft" and is_from_desk() else None
    if view is not None and view.draft is not None and view.draft.id == ref.id:
        return desk.show(view, status, sentence, at="papers", refused=refused)
    board = board_of(ref)
    typed = request.form if status == HTTPStatus.CONFLICT else request.args
    page = "documents/page.html"
    return render_template(page, board=board, sentence=sentence, typed=typed, refused=refused), status


def is_from_desk() -> bool:
    """Whether the act was done at the desk.  It stands in the address: a body that is too large is not read."""
    return request.args.get("from") == "desk"


def back(kind: str, owner_id: str, page_id: str | None = None, **chosen: Any) -> ResponseReturnValue:
    """Show the page again, at the sheet that was dealt with, or the desk where the act was done there.

    What was chosen in a form of the page stays chosen there; it stands in the address.
    """
    if is_from_desk():
        return redirect(url_for("desk.page"), 303)
    anchor = None if page_id is None else f"page-{page_id}"
    return redirect(url_for("documents.page", kind=kind, owner_id=owner_id, _anchor=anchor, **chosen), 303)


@bp.errorhandler(CodedError)
def not_done(error: CodedError) -> ResponseReturnValue:
    """Say why an act was refused, with the page as it is now; all else is no matter of this page.

    Where the draft itself is gone, saved at the desk meanwhile or never this clerk's, that is what is said.
    """
    arguments = request.view_args or {}
    if request.method != "POST" or error.code not in REFUSALS:
        return errors.coded(error)
    try:
        status = 413 if error.code == "UPLOAD-TOO-LARGE" else 409
        return show(owner(arguments["kind"], arguments["owner_id"]), status, message(error.code, error.facts))
    except CodedError as gone:
        return errors.coded(gone)


@bp.get("")
def page(kind: str, owner_id: str) -> ResponseReturnValue:
    """Show the documents."""
    return show(owner(kind, owner_id))


@bp.post("/scan")
def scan(kind: str, owner_id: str) -> ResponseReturnValue:
    """Begin a scan."""
    form = request.values
    source, colour, dpi, size = (form.get(name, "") for name in ("source", "colour", "dpi", "size"))
    size = size or "a4"
    if source not in SOURCES or colour not in COLOURS or size not in SIZES_MM or not DPI.fullmatch(dpi):
        raise refuse("WEB-BAD-REQUEST")
    wish = ScanWish(source, colour, int(dpi), size, picked_region())  # type: ignore[arg-type]
    services().documents.scans.scan(
        owner(kind, owner_id), form.get("kind", ""), wish, signed_in(), form.get("replaces", "")
    )
    if "from" in request.args:
        return back(kind, owner_id)
    return back(kind, owner_id, paper=form.get("kind", ""), source=source, colour=colour, dpi=dpi, size=size)


def picked_region() -> Region | None:
    """The region that was typed or drawn; None where the form has none.  What is no number is no region at all."""
    if REGION[0] not in request.form:
        return None
    sides = [request.form.get(name, type=float) for name in REGION]
    return Region(*(math.nan if side is None else side for side in sides))


@bp.post("/preview")
def preview(kind: str, owner_id: str) -> ResponseReturnValue:
    """Look at the glass."""
    services().documents.scans.preview(owner(kind, owner_id), request.form.get("kind", ""), signed_in())
    return back(kind, owner_id)


@bp.get("/preview.jpg")
def preview_picture(kind: str, owner_id: str) -> Response:
    """Show what lay on the glass; 204 when nobody of this session has looked, or too long ago."""
    found = services().documents.scans.preview_picture(owner(kind, owner_id), signed_in())
    if found is None or not found.content.startswith(SHOWN[found.content_type]):
        return Response(status=204)
    return file(found.content, found.content_type, "preview")


@bp.post("/preview/drop")
def drop_preview(kind: str, owner_id: str) -> ResponseReturnValue:
    """Forget what lay on the glass."""
    services().documents.scans.drop_preview(owner(kind, owner_id), signed_in())
    return back(kind, owner_id)


@bp.post("/cancel")
def cancel(kind: str, owner_id: str) -> ResponseReturnValue:
    """Call one's own scan off."""
    services().documents.scans.cancel(request.values.get("job", ""), signed_in())
    return back(kind, owner_id)


@bp.post("/button")
def take_press(kind: str, owner_id: str) -> ResponseReturnValue:
    """Answer a press of the scanner's own button: this is the form that the clerk sees."""
    services().scan_button.take(owner_id, signed_in())
    return back(kind, owner_id)


@bp.post("/upload")
def upload(kind: str, owner_id: str) -> ResponseReturnValue:
    """Take files in as pages; say which were refused, and why.  What was typed beside them is kept by now."""
    if cast("FilesInMemory", request).is_cut:
        raise CodedError("UPLOAD-TOO-LARGE", Actor.CLERK, Retry.AFTER_ACTION, megabytes=MOST_FILE_MEGABYTES)
    paper = request.form.get("kind", "")
    chosen = [file for name in ("files", f"files-{paper}") for file in request.files.getlist(name) if file.filename]
    files = [ClerksFile(file.filename or "", file.stream.read()) for file in chosen]
    ref, by = owner(kind, owner_id), signed_in()
    taken = services().uploads.add(ref, paper, files, by, request.values.get("once", ""))
    tell_added(taken, ref, paper, by)
    if taken.refused:
        return show(ref, 409, refused=taken.refused)
    return back(kind, owner_id) if "from" in request.args else back(kind, owner_id, files=paper)


def tell_added(taken: FilesTaken, ref: OwnerRef, paper: str, by: SignedIn) -> None:
    """Say what came of the files: beside the field of the kind, or of the files for any kind, that they came from."""
    notices, kind = services().documents.scans.notices, kind_of(paper)
    notices.forget(by)
    if taken.pages and kind is not None:
        place = {"beside": paper} if "from" in request.args else {}
        told: dict[str, str | int | float] = {"count": taken.pages, "kind": kind.name(by.language), **place}
        notices.note(by, "UPLOAD-ADDED", told, ref)


@bp.post("/pages/<page_id>")
def change(kind: str, owner_id: str, page_id: str) -> ResponseReturnValue:
    """Turn, move, take out or take back a page, or leave it as it is, as the pressed button says."""
    act, version = request.form.get("act", ""), request.values.get("version", type=int)
    ref, by, documents = owner(kind, owner_id), signed_in(), services().documents
    if version is None:
        raise refuse("WEB-BAD-REQUEST")
    if act == "rotate":
        documents.rotate(ref, page_id, version, by)
    elif act == "remove":
        documents.remove(ref, page_id, version, by)
    elif act == "settle":
        documents.settle(ref, page_id, version, by, (request.args.get("doubt", ""), request.args.get("side", "")))
    elif act == "restore":
        documents.restore(ref, page_id, version, by)
    elif place := PLACE.fullmatch(act):
        documents.move(ref, page_id, version, int(place["number"]), by)
    else:
        raise refuse("WEB-BAD-REQUEST")
    return back(kind, owner_id, page_id)


@bp.post("/blanks")
def remove_blanks(kind: str, owner_id: str) -> ResponseReturnValue:
    """Take out the pages that were shown as blank, or keep them, as the pressed button says."""
    version = request.values.get("version", type=int)
    if version is None:
        raise refuse("WEB-BAD-REQUEST")
    documents = services().documents
    deed = documents.keep_blanks if request.values.get("act") == "keep" else documents.remove_blanks
    deed(owner(kind, owner_id), request.values.get("document", ""), version, signed_in())
    return back(kind, owner_id)


@bp.post("/dwelling")
def count(kind: str, owner_id: str) -> ResponseReturnValue:
    """Count a document for the dwelling that the record has now, or no longer, as the pressed button says."""
    version = request.values.get("version", type=int)
    if version is None:
        raise refuse("WEB-BAD-REQUEST")
    proofs = services().documents.proofs
    deed = proofs.uncount if request.values.get("act") == "back" else proofs.count
    deed(owner(kind, owner_id), request.values.get("document", ""), version, signed_in())
    return back(kind, owner_id)


@bp.get("/pages/<page_id>")
def picture(kind: str, owner_id: str, page_id: str) -> Response:
    """Show a page's picture."""
    return shown(services().documents.page(owner(kind, owner_id), page_id, signed_in()))


@bp.get("/pages/<page_id>/small")
def thumbnail(kind: str, owner_id: str, page_id: str) -> Response:
    """Show a page's small picture."""
    return shown(services().documents.thumbnail(owner(kind, owner_id), page_id, signed_in()))


def shown(found: PageContent) -> Response:
    """A picture under a type of ours; 204 where its bytes are not what they are kept as."""
    start = SHOWN.get(found.content_type)
    if start is None or not found.content.startswith(start):
        return Response(status=204)
    return file(found.content, found.content_type, "page")


@bp.get("/files/<document_id>.pdf")
def pdf(kind: str, owner_id: str, document_id: str) -> Response:
    """Hand out a document as PDF."""
    content = services().documents.pdf(owner(kind, owner_id), document_id, signed_in())
    return file(content, "application/pdf", "document.pdf")


def file(content: bytes | Iterable[bytes], content_type: str, name: str) -> Response:
    """Bytes of ours under a type of ours and a name without personal data, never kept by the browser."""
    answer = Response(content, mimetype=content_type)
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
