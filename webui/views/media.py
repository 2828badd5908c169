"""Pictures: bytes of ours under a type of ours, never kept by the browser."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response

from webui.context import services, signed_in

bp = Blueprint("media", __name__, url_prefix="/media")

PNG: Final = b"\x89PNG\r\n\x1a\n"


@bp.get("/draft/<draft_id>/card.png")
def card_picture(draft_id: str) -> Response:
    """Show the picture of the card behind a draft; 204 when it cannot be decoded here, which the page says in words."""
    content = services().pictures.card_picture(draft_id, signed_in())
    if content is None or not content.startswith(PNG):
        return Response(status=204)
    answer = Response(content, mimetype="image/png")
    answer.headers["Content-Disposition"] = 'inline; filename="card.png"'
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
