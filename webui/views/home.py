"""The start: each role's own first page."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from webui.context import signed_in

bp = Blueprint("home", __name__)

FIRST_PAGE: Final = {"clerk": "desk.page", "supervisor": "register.page", "technician": "devices.page"}


@bp.get("/")
def start() -> ResponseReturnValue:
    """Go to the first page of the signed-in person's role."""
    return redirect(url_for(FIRST_PAGE[signed_in().role]), 303)
