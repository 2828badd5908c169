"""The doors of the address base that may be meant by what is typed, while it is typed; nothing of it in an address."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from webui.context import services, signed_in

bp = Blueprint("doors", __name__)


@bp.post("/doors")
def find() -> ResponseReturnValue:
    """Give the options of a list."""
    return render_template(
        "parts/doors_found.html", found=services().addresses.choices(request.form.get("typed", ""), signed_in())
    )
