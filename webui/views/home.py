"""The start: each role's own first page."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webui.again import page_at
from webui.context import signed_in

bp = Blueprint("home", __name__)

FIRST_PAGE: Final = {"clerk": "desk.page", "supervisor": "register.page", "technician": "devices.page"}


@bp.get("/")
def start() -> ResponseReturnValue:
    """Go to the first page of the signed-in person's role."""
    return redirect(url_for(FIRST_PAGE[signed_in().role]), 303)


@bp.post("/go-on")
def go_on() -> ResponseReturnValue:
    """Go to the page that the bar's button names; what was typed in the form around it is kept by now."""
    return redirect(page_at(request.args.get("to", "")) or url_for("home.start"), 303)
