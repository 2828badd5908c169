"""The panel of a practice folder: cards and papers to lay into the simulated devices, faults to switch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from agent.errors import Actor, CodedError, Retry
from webui.context import services

if TYPE_CHECKING:
    from webui.services import PracticeFaults, PracticePanel, PracticeScanner

bp = Blueprint("practice", __name__)

PARAMETER: Final = "parameter."


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


def device() -> PracticeFaults:
    """The device whose fault is meant."""
    return scanner() if request.form.get("device") == "scanner" else panel()


def back() -> ResponseReturnValue:
    """Show the panel again."""
    return redirect(url_for("practice.page"), 303)


@bp.get("/practice")
def page() -> ResponseReturnValue:
    """Show the made-up cards and papers, and the faults."""
    flatbed = services().practice_scanner
    faults = {"reader": panel().faults()} | ({} if flatbed is None else {"scanner": flatbed.faults()})
    papers = () if flatbed is None else flatbed.papers()
    return render_template("practice/page.html", cards=panel().cards(), papers=papers, faults=faults)


@bp.post("/practice/plate")
def lay() -> ResponseReturnValue:
    """Lay a card on the plate."""
    panel().lay(request.form.get("card", ""))
    return back()


@bp.post("/practice/plate/lift")
def lift() -> ResponseReturnValue:
    """Take the card off the plate."""
    panel().lift()
    return back()


@bp.post("/practice/feeder")
def fill_feeder() -> ResponseReturnValue:
    """Lay the ticked papers into the feeder; none empties it."""
    scanner().fill_feeder(request.form.getlist("paper"))
    return back()


@bp.post("/practice/glass")
def lay_on_glass() -> ResponseReturnValue:
    """Lay one paper on the glass."""
    paper, _, side = request.form.get("paper", "").partition(":")
    scanner().lay_on_glass(paper, side or "front")
    return back()


@bp.post("/practice/faults/on")
def switch_on() -> ResponseReturnValue:
    """Switch a fault on, with the parameters that were typed."""
    parameters = {
        name.removeprefix(PARAMETER): value
        for name, value in request.form.items()
        if name.startswith(PARAMETER) and value
    }
    device().switch_on(request.form.get("fault", ""), parameters)
    return back()


@bp.post("/practice/faults/off")
def switch_off() -> ResponseReturnValue:
    """Switch one fault off."""
    device().switch_off(request.form.get("fault", ""))
    return back()


@bp.post("/practice/faults/all-off")
def switch_all_off() -> ResponseReturnValue:
    """Switch every fault off."""
    device().switch_all_off()
    return back()
