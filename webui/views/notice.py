"""The notice of how personal data are handled, to be shown to the person or printed."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from agent.register import notice

bp = Blueprint("notice", __name__, url_prefix="/notice")


@bp.get("")
def current() -> ResponseReturnValue:
    """Go to the text that is given today."""
    return redirect(url_for("notice.page", version=notice.CURRENT), 303)


@bp.get("/<version>")
def page(version: str) -> ResponseReturnValue:
    """Show one version of the text.  404 for one that there never was."""
    parts = notice.notice(version)
    if parts is None:
        abort(404)
    return render_template("notice/page.html", version=version, parts=parts)
