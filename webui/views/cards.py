"""Cards with both sides on one page: scan the front, then the back, and put right how they stand together."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from agent.errors import CodedError
from webui.boards import owner
from webui.context import services, signed_in
from webui.views.documents import back, not_done, refuse

bp = Blueprint("cards", __name__, url_prefix="/documents/<any(draft, record):kind>/<owner_id>/cards")
bp.register_error_handler(CodedError, not_done)

SOURCES: Final = ("flatbed", "adf-duplex", "adf")
ACTS: Final = ("compose", "turn-front", "turn-back", "swap", "split")


@bp.post("")
def scan(kind: str, owner_id: str) -> ResponseReturnValue:
    """Scan the front, or both sides from a duplex feeder."""
    source = request.values.get("source", "")
    if source not in SOURCES:
        raise refuse("WEB-BAD-REQUEST")
    services().documents.scans.scan_card(
        owner(kind, owner_id),
        request.form.get("kind", ""),
        source,  # type: ignore[arg-type]
        signed_in(),
    )
    return back(kind, owner_id)


@bp.post("/<page_id>/back")
def scan_back(kind: str, owner_id: str, page_id: str) -> ResponseReturnValue:
    """Scan the back, for the first time or anew."""
    seen = request.values.get("seen", "")
    services().documents.scans.scan_card_back(owner(kind, owner_id), page_id, seen, signed_in())
    return back(kind, owner_id)


@bp.post("/<page_id>/front")
def scan_front(kind: str, owner_id: str, page_id: str) -> ResponseReturnValue:
    """Scan the front anew by itself."""
    services().documents.scans.scan_card_front(owner(kind, owner_id), page_id, signed_in())
    return back(kind, owner_id)


@bp.post("/<page_id>")
def change(kind: str, owner_id: str, page_id: str) -> ResponseReturnValue:
    """Turn a side, exchange the sides, or make two pages of them, as the pressed button says."""
    act, version = request.form.get("act", ""), request.values.get("version", type=int)
    if act not in ACTS or version is None:
        raise refuse("WEB-BAD-REQUEST")
    ref, by = owner(kind, owner_id), signed_in()
    services().documents.cards.change(ref, page_id, version, act, by)  # type: ignore[arg-type]
    return back(kind, owner_id, page_id)
