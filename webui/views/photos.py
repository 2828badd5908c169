"""The photos of a draft or a record: what the camera sees, the release, the frame, and whether a photo is used."""

from __future__ import annotations

from functools import cache
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, current_app, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from agent.errors import Actor, CodedError, Retry
from agent.photos.service import Frame
from webui import boards, errors
from webui.context import SESSION_COOKIE, composition, services, signed_in
from webui.guard import refuse
from webui.language import message
from webui.live_frames import BOUNDARY, LiveStream
from webui.views import desk
from webui.views.documents import file, is_from_desk
from webui.views.straighten import version
from webui.words import card_picture_url, flaw_name

if TYPE_CHECKING:
    from agent.photos.views import OwnerRef, PhotoView

bp = Blueprint("photos", __name__, url_prefix="/photos")
OF: Final = "/<any(draft, record):kind>/<owner_id>"

GLANCE_WAIT_S: Final = 1.0
NUDGE: Final = 0.02
GROWTH: Final = 1.04
STEPS: Final = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}
JPEG: Final = b"\xff\xd8\xff"


def show(ref: OwnerRef, status: int = 200, sentence: str = "") -> ResponseReturnValue:
    """Render the page, or the desk where the act was done there."""
    view = services().desk.view(signed_in()) if ref.kind == "draft" and is_from_desk() else None
    if view is not None and view.draft is not None and view.draft.id == ref.id:
        return desk.show(view, status, sentence, at="photo")
    if ref.kind == "draft":
        draft = services().register.draft(ref.id, signed_in())
        photos, card_url = boards.photos_of_draft(draft), card_picture_url(draft)
    else:
        photos, card_url = boards.photos_of(ref), ""  # a record keeps no photo of the card
    return render_template("photos/page.html", photos=photos, card_url=card_url, sentence=sentence), status


def back(kind: str, owner_id: str) -> ResponseReturnValue:
    """Show the photos again, or the desk where the act was done there."""
    if is_from_desk():
        return redirect(url_for("desk.page"), 303)
    return redirect(url_for("photos.page", kind=kind, owner_id=owner_id), 303)


@bp.errorhandler(CodedError)
def not_done(error: CodedError) -> ResponseReturnValue:
    """Say why an act was refused, with the photos as they are now; all else is no matter of this page."""
    arguments = request.view_args or {}
    is_ours = error.code.startswith(("CAMERA-", "PHOTO-"))
    if request.method != "POST" or not is_ours or "owner_id" not in arguments:
        return errors.coded(error)
    ref, sentence = boards.owner(arguments["kind"], arguments["owner_id"]), message(error.code, error.facts)
    try:
        if request.endpoint == "photos.frame":
            return show_frame(ref, arguments["photo_id"], 409, sentence)
        return show(ref, 409, sentence)
    except CodedError as gone:
        return errors.coded(gone)


@bp.get(OF)
def page(kind: str, owner_id: str) -> ResponseReturnValue:
    """Show the photos."""
    return show(boards.owner(kind, owner_id))


@bp.post(OF + "/take")
def take(kind: str, owner_id: str) -> ResponseReturnValue:
    """Release the shutter."""
    services().photos.take(boards.owner(kind, owner_id), signed_in(), request.values.get("delay", 0, type=int))
    return back(kind, owner_id)


@bp.post(OF + "/camera")
def set_camera(kind: str, owner_id: str) -> ResponseReturnValue:
    """Set one setting of the camera."""
    services().photos.set(request.form.get("setting", ""), request.form.get("value", ""), signed_in())
    return redirect(url_for("photos.page", kind=kind, owner_id=owner_id, is_set="yes", _anchor="camera-settings"), 303)


@bp.post(OF + "/<photo_id>/use")
def use(kind: str, owner_id: str, photo_id: str) -> ResponseReturnValue:
    """Take a photo for good, with the reason where something speaks against it."""
    reason = request.form.get("photo_reason", "")
    services().photos.use(boards.owner(kind, owner_id), photo_id, version(), reason, signed_in())
    return back(kind, owner_id)


@bp.post(OF + "/<photo_id>/drop")
def drop(kind: str, owner_id: str, photo_id: str) -> ResponseReturnValue:
    """Shred a photo that is not used."""
    services().photos.drop(boards.owner(kind, owner_id), photo_id, version(), signed_in())
    return back(kind, owner_id)


def show_frame(ref: OwnerRef, photo_id: str, status: int = 200, sentence: str = "") -> ResponseReturnValue:
    """Render the camera's picture with the frame as it is kept, or as it was typed; one that was moved lies in it."""
    board = boards.photos_of(ref)
    photo = _with_still(board.waiting, board.current, *board.earlier, photo_id=photo_id)
    if photo is None or photo.frame is None:
        raise CodedError("PHOTO-STILL-GONE", Actor.CLERK, Retry.AFTER_ACTION)
    typed, standard = _typed_frame(), services().photos.standard
    frame = photo.frame if typed is None else typed
    if typed is not None and not sentence:
        frame = services().photos.in_picture(typed, photo)
    shown = {"photos": board, "photo": photo, "frame": frame, "standard": standard, "sentence": sentence}
    return render_template("photos/frame.html", **shown), status


def _with_still(*photos: PhotoView | None, photo_id: str) -> PhotoView | None:
    return next((one for one in photos if one is not None and one.id == photo_id and one.frame is not None), None)


def _typed_frame() -> Frame | None:
    numbers = [request.values.get(name, type=float) for name in ("left", "top", "width")]
    left, top, width = (None if number is None or isnan(number) else _near(number) for number in numbers)
    if left is None or top is None or width is None:
        return None
    standard = services().photos.standard
    return Frame(left, top, width, round(width * standard.height_px / standard.width_px))


def _near(number: float) -> int:
    """The same where it can lie in a picture; else a number that does not either, and is shown again."""
    return round(min(max(number, -100_000), 100_000))


@bp.get(OF + "/<photo_id>/frame")
def frame_page(kind: str, owner_id: str, photo_id: str) -> ResponseReturnValue:
    """Show the camera's picture with the frame."""
    return show_frame(boards.owner(kind, owner_id), photo_id)


@bp.post(OF + "/<photo_id>/frame")
def frame(kind: str, owner_id: str, photo_id: str) -> ResponseReturnValue:
    """Make the photo of the frame, or move that and look, as the pressed button says."""
    typed, act = _typed_frame(), request.form.get("act")
    if typed is None:
        raise refuse("WEB-BAD-REQUEST")
    if act == "make":
        services().photos.frame(boards.owner(kind, owner_id), photo_id, version(), typed, signed_in())
        return back(kind, owner_id)
    moved = nudged(typed, act or "")
    place: dict[str, Any] = {"kind": kind, "owner_id": owner_id, "photo_id": photo_id, "from": request.args.get("from")}
    place |= {"left": moved.left, "top": moved.top, "width": moved.width}
    return redirect(url_for("photos.frame_page", **place), 303)


def nudged(frame: Frame, act: str) -> Frame:
    """The frame moved or made larger or smaller by one step, as a button without a script does it."""
    across, down = STEPS.get(act, (0, 0))
    step = max(1, round(frame.width * NUDGE))
    growth = {"larger": GROWTH, "smaller": 1 / GROWTH}.get(act, 1.0)
    width, height = round(frame.width * growth), round(frame.height * growth)
    left = frame.left + across * step + (frame.width - width) // 2
    top = frame.top + down * step + (frame.height - height) // 2
    return Frame(left, top, width, height)


@bp.get(OF + "/<photo_id>.jpg")
def picture(kind: str, owner_id: str, photo_id: str) -> Response:
    """Show a photo."""
    return _jpeg(services().photos.picture(boards.owner(kind, owner_id), photo_id, signed_in()))


@bp.get(OF + "/<photo_id>/still.jpg")
def still(kind: str, owner_id: str, photo_id: str) -> Response:
    """Show the camera's picture of a photo, as small as a page needs it."""
    return _jpeg(services().photos.still(boards.owner(kind, owner_id), photo_id, signed_in()))


def _jpeg(content: bytes) -> Response:
    return file(content, "image/jpeg", "photo.jpg") if content.startswith(JPEG) else Response(status=204)


@bp.get("/live")
def live() -> Response:
    """Show what the camera sees, frame upon frame.  403 to another origin, 503 when too many look."""
    if request.headers.get("Sec-Fetch-Site") != "same-origin":
        raise refuse("WEB-ORIGIN")
    session, token = signed_in(), request.cookies.get(SESSION_COOKIE, "")
    accounts, streams = services().accounts, composition().live_streams

    def may_look() -> bool:
        try:
            still_there = accounts.session(token, is_attended=False)
        except CodedError:
            return False
        return still_there is not None and not still_there.is_locked

    connection = request.environ.get("renhu.socket")
    stream = LiveStream(services().photos.live, connection, services().clock, may_look, nothing())
    if not streams.add(session.session_id, stream):
        raise CodedError("WEB-STREAMS-FULL", Actor.TECHNICIAN, Retry.NOW)
    answer = Response(stream.parts(), mimetype=f"multipart/x-mixed-replace; boundary={BOUNDARY}")
    answer.call_on_close(lambda: streams.remove(session.session_id, stream))
    return answer


@cache
def nothing() -> bytes:
    """An even grey picture."""
    return (Path(current_app.static_folder or "") / "img" / "no-frame.jpg").read_bytes()


@bp.get("/glance")
def glance() -> Response:
    """Tell what would speak against a photo of what the camera sees now, in words; 204 while it shows nothing."""
    photos = services().photos
    trouble = photos.camera()
    if trouble.code:
        return jsonify({"trouble": message(trouble.code, trouble.facts)})
    try:
        seen = photos.glance(GLANCE_WAIT_S)
    except CodedError:
        seen = None
    if seen is None:
        return Response(status=204)
    frame = None if seen.frame is None else [seen.frame.left, seen.frame.top, seen.frame.width, seen.frame.height]
    return jsonify({"size": list(seen.size), "frame": frame, "flaws": [flaw_name(code) for code in seen.codes]})
