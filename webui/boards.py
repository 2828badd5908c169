"""Whose documents a page shows, and the board of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.documents.service import OwnerRef
from webui.context import services, signed_in

if TYPE_CHECKING:
    from agent.documents.service import Board
    from agent.register.record_views import RecordView
    from agent.register.views import DraftView


def owner(kind: str, owner_id: str) -> OwnerRef:
    """Whose documents are meant."""
    return OwnerRef("draft" if kind == "draft" else "record", owner_id)


def board_of(ref: OwnerRef) -> Board:
    """The board of a draft or a record; to look at that is audited by the register."""
    register, by = services().register, signed_in()
    return of_draft(register.draft(ref.id, by)) if ref.kind == "draft" else of_record(register.record(ref.id, by))


def of_draft(draft: DraftView) -> Board:
    """The board of a draft that is at hand already."""
    record = draft.existing_record
    return _board(OwnerRef("draft", draft.id), draft, "" if record is None else record.id)


def of_record(record: RecordView) -> Board:
    """The board of a record that is at hand already."""
    return _board(OwnerRef("record", record.id), record)


def _board(ref: OwnerRef, form: DraftView | RecordView, record_id: str = "") -> Board:
    values = {key: view.value for key, view in form.fields.items()}
    return services().documents.board(ref, values, signed_in(), record_id)
