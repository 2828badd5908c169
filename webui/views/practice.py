"""The fault panel of a practice folder: cards to lay on the simulated plate, faults to switch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from agent.errors import Actor, CodedError, Retry
from webui.context import services

if TYPE_CHECKING:
    from webui.services import PracticePanel

bp = Blueprint("practice", __name__)

PARAMETER: Final = "parameter."


def panel() -> PracticePanel:
    """The panel, which the door has found to be there."""
    found = services().practice
    if found is None:
        raise CodedError("WEB-NOT-FOUND", Actor.CLERK, Retry.NEVER)
    return found


def back() -> ResponseReturnValue:
    """Show the panel again."""
    return redirect(url_for("practice.page"), 303)


@bp.get("/practice")
def page() -> ResponseReturnValue:
    """Show the made-up cards and the faults."""
    return render_template("practice/page.html", cards=panel().cards(), faults=panel().faults())


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


@bp.post("/practice/faults/on")
def switch_on() -> ResponseReturnValue:
    """Switch a fault on, with the parameters that were typed."""
    parameters = {
        name.removeprefix(PARAMETER): value
        for name, value in request.form.items()
        if name.startswith(PARAMETER) and value
    }
    panel().switch_on(request.form.get("fault", ""), parameters)
    return back()


@bp.post("/practice/faults/off")
def switch_off() -> ResponseReturnValue:
    """Switch one fault off."""
    panel().switch_off(request.form.get("fault", ""))
    return back()


@bp.post("/practice/faults/all-off")
def switch_all_off() -> ResponseReturnValue:
    """Switch every fault off."""
    panel().switch_all_off()
    return back()
