"""The end of a scan, told on whichever page its clerk looks at meanwhile."""

from __future__ import annotations

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from webui.context import services, signed_in

bp = Blueprint("scans", __name__)


@bp.get("/scans/<job_id>")
def ended(job_id: str) -> ResponseReturnValue:
    """Say how a scan of this session has ended, with the way to its pages; 204 for any other."""
    found = services().documents.scan_of_session(job_id, signed_in())
    if found is None or found[1].is_running:
        return Response(status=204)
    return render_template("documents/ended.html", owner=found[0], job=found[1])
