"""Whose documents and photos a page shows, and the boards of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.documents.service import OwnerRef
from webui.context import services, signed_in

if TYPE_CHECKING:
    from agent.documents.service import Board
    from agent.photos.views import PhotoBoard
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
    return services().documents.board(ref, form.values, signed_in(), record_id)


def photos_of(ref: OwnerRef) -> PhotoBoard:
    """The photos of a draft or a record; to look at that is audited by the register."""
    register, by = services().register, signed_in()
    if ref.kind == "draft":
        return photos_of_draft(register.draft(ref.id, by))
    return photos_of_record(register.record(ref.id, by).id)


def photos_of_draft(draft: DraftView) -> PhotoBoard:
    """The photos of a draft that is at hand already."""
    record = draft.existing_record
    return services().photos.board(OwnerRef("draft", draft.id), signed_in(), "" if record is None else record.id)


def photos_of_record(record_id: str) -> PhotoBoard:
    """The photos of a record that was looked at already."""
    return services().photos.board(OwnerRef("record", record_id), signed_in())
