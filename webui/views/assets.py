"""Bootstrap's style sheet and images, under an address that names their version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort

if TYPE_CHECKING:
    from webui.bootstrap import Bootstrap


def blueprint(bootstrap: Bootstrap, static_url: str) -> Blueprint:
    """Make the Blueprint that serves this copy of Bootstrap."""
    bp = Blueprint("assets", __name__, url_prefix=f"{static_url}/bootstrap")

    @bp.get("/bootstrap.css")
    def bootstrap_css() -> Response:
        return Response(bootstrap.css, mimetype="text/css")

    @bp.get("/image-<int:number>.svg")
    def bootstrap_image(number: int) -> Response:
        if number >= len(bootstrap.images):
            abort(404)
        return Response(bootstrap.images[number], mimetype="image/svg+xml")

    return bp
