"""Whether the agent answers; no data."""

from __future__ import annotations

from flask import Blueprint, Response

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def healthz() -> Response:
    """Answer `ok`."""
    return Response("ok\n", mimetype="text/plain")
