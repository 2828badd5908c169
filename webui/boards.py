"""Whose documents a page shows, and the board of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.documents.service import OwnerRef
from webui.context import services, signed_in

if TYPE_CHECKING:
    from agent.documents.service import Board
    from agent.register.views import FieldView


def owner(kind: str, owner_id: str) -> OwnerRef:
    """Whose documents are meant."""
    return OwnerRef("draft" if kind == "draft" else "record", owner_id)


def form_values(ref: OwnerRef) -> dict[str, str]:
    """The form's values, which say what is needed; to look at a record's is audited by the register."""
    register = services().register
    shown: dict[str, FieldView]
    shown = (register.draft if ref.kind == "draft" else register.record)(ref.id, signed_in()).fields
    return {key: view.value for key, view in shown.items()}


def board_of(ref: OwnerRef, fields: dict[str, FieldView]) -> Board:
    """The board for a form that is at hand already."""
    return services().documents.board(ref, {key: view.value for key, view in fields.items()}, signed_in())
