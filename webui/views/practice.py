"""The panel of a practice folder: cards, papers and people for the simulated devices, faults to switch."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from agent.errors import Actor, CodedError, Retry
from webui.context import services

if TYPE_CHECKING:
    from collections.abc import Sequence

    from webui.practice import PracticeCamera, PracticeFaults, PracticePanel, PracticeScanner, PracticeSitter

bp = Blueprint("practice", __name__)

PARAMETER: Final = "parameter."
WELL: Final = "good"
UNSEEN: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs"})


def panel() -> PracticePanel:
    """The panel, which the door has found to be there."""
    found = services().practice
    if found is None:
        raise CodedError("WEB-NOT-FOUND", Actor.CLERK, Retry.NEVER)
    return found


def scanner() -> PracticeScanner:
    """The scanner's panel, where the demo has a scanner."""
    found = services().practice_scanner
    if found is None:
        raise CodedError("WEB-NOT-FOUND", Actor.CLERK, Retry.NEVER)
    return found


def camera() -> PracticeCamera:
    """The camera's panel, where the demo has a camera."""
    found = services().practice_camera
    if found is None:
        raise CodedError("WEB-NOT-FOUND", Actor.CLERK, Retry.NEVER)
    return found


def device() -> PracticeFaults:
    """The device whose fault is meant."""
    meant = {"scanner": scanner, "camera": camera}.get(request.form.get("device", ""))
    return panel() if meant is None else meant()


def visible(name: str) -> str:
    """A name with each character that nobody would see written as its number."""
    return "".join(f"[U+{ord(one):04X}]" if unicodedata.category(one) in UNSEEN else one for one in name)


def back(done: str) -> ResponseReturnValue:
    """Show the panel again, at what is so now: `done` says what has just been done, the form's group stays open."""
    opened, query = request.form.get("open") or None, request.form.get("query") or None
    return redirect(url_for("practice.page", done=done, open=opened, query=query, _anchor="now"), 303)


def fitting(sitters: Sequence[PracticeSitter], query: str) -> list[PracticeSitter]:
    """Those whose name or number has what is looked for; all where nothing is."""
    return [one for one in sitters if query.casefold() in f"{one.name} {one.id}".casefold()]


@bp.get("/practice")
def page() -> ResponseReturnValue:
    """Show what is so now, the made-up cards, papers and people, and the faults."""
    flatbed, stand = services().practice_scanner, services().practice_camera
    return render_template(
        "practice/page.html",
        reader=panel().look(),
        bed=None if flatbed is None else flatbed.look(),
        studio=None if stand is None else stand.look(),
        query=request.args.get("query", "").strip(),
        fitting=fitting,
        done=request.args.get("done", ""),
        opened=request.args.get("open", ""),
        setting=request.args.get("set", ""),
        visible=visible,
    )


@bp.post("/practice/plate")
def lay() -> ResponseReturnValue:
    """Lay a card on the plate."""
    panel().lay(request.form.get("card", ""))
    return back("laid")


@bp.post("/practice/plate/lift")
def lift() -> ResponseReturnValue:
    """Take the card off the plate."""
    panel().lift()
    return back("lifted")


@bp.post("/practice/feeder")
def fill_feeder() -> ResponseReturnValue:
    """Lay the ticked papers into the feeder; none empties it."""
    papers = request.form.getlist("paper")
    scanner().fill_feeder(papers)
    return back("fed" if papers else "emptied")


@bp.post("/practice/glass")
def lay_on_glass() -> ResponseReturnValue:
    """Lay one side of a paper on the glass."""
    paper, _, side = request.form.get("glass", "").partition(":")
    scanner().lay_on_glass(paper, side or "front")
    return back("on-glass")


@bp.post("/practice/empty")
def empty() -> ResponseReturnValue:
    """Take every paper out of the scanner."""
    scanner().empty()
    return back("emptied")


@bp.post("/practice/sitter")
def seat() -> ResponseReturnValue:
    """Let somebody sit down before the camera, well unless a way is named."""
    camera().seat(request.form.get("person", ""), request.form.get("look") or WELL)
    return back("seated")


@bp.post("/practice/sitter/leave")
def leave() -> ResponseReturnValue:
    """Leave the chair before the camera empty."""
    camera().leave()
    return back("left")


@bp.get("/practice/sitter.png")
def sitter_picture() -> Response:
    """Show how somebody sits there."""
    content = camera().picture(request.args.get("person", ""), request.args.get("look", WELL))
    return Response(content, mimetype="image/png")


@bp.post("/practice/camera")
def set_camera() -> ResponseReturnValue:
    """Set the camera as the form says."""
    camera().set({name: request.form.get(name, "") for name in ("size", "quality", "battery", "turned")})
    return back("set")


@bp.post("/practice/camera/card")
def empty_card() -> ResponseReturnValue:
    """Remove every picture from the camera's card."""
    camera().empty_card()
    return back("card-emptied")


@bp.post("/practice/clear")
def clear() -> ResponseReturnValue:
    """Take everything away and switch every fault off, as it was at the start."""
    panel().switch_all_off()
    panel().lift()
    flatbed = services().practice_scanner
    if flatbed is not None:
        flatbed.switch_all_off()
        flatbed.empty()
    stand = services().practice_camera
    if stand is not None:
        stand.switch_all_off()
        stand.begin_anew()
    return back("cleared")


@bp.post("/practice/faults/on")
def switch_on() -> ResponseReturnValue:
    """Switch a fault on, with the parameters that were typed."""
    parameters = {
        name.removeprefix(PARAMETER): value for name, value in request.form.items() if name.startswith(PARAMETER)
    }
    device().switch_on(request.form.get("fault", ""), parameters)
    return back("on")


@bp.post("/practice/faults/off")
def switch_off() -> ResponseReturnValue:
    """Switch one fault off."""
    device().switch_off(request.form.get("fault", ""))
    return back("off")
