"""The scanner's own button: on the desk it means what F2 means, for whoever holds the desk."""

from __future__ import annotations

from agent.documents.service import DocumentsService, OwnerRef, ScanWish
from agent.errors import CodedError
from agent.register.desk import Desk
from agent.register.service import RegisterService


class ScanButton:
    """Scan the first missing paper of the draft that lies open on the desk, or say quietly why nothing is scanned.

    Args:
        desk: who holds it.
        register: knows the open draft.
        documents: knows what is missing, and scans.
    """

    def __init__(self, desk: Desk, register: RegisterService, documents: DocumentsService) -> None:
        self._desk = desk
        self._register = register
        self._documents = documents

    def pressed(self, turn: int | None) -> None:
        """Act on a press in a turn of the desk; one that was handed over since, or is locked, hears nothing of it."""
        by = self._desk.holder_in(turn)
        if by is None:
            return
        scans = self._documents.scans
        draft = self._register.current_draft(by)
        if draft is None:
            scans.tell(by, "SCAN-BUTTON-NO-FORM")
            return
        ref = OwnerRef("draft", draft.id)
        board = self._documents.board(ref, {key: view.value for key, view in draft.fields.items()}, by)
        kind = next((line.kind for line in board.lines if line.state == "missing"), None)
        if kind is None and board.card is None:
            scans.tell(by, "SCAN-BUTTON-NOTHING")
            return
        try:
            if board.card is not None:
                scans.scan_card_back(ref, board.card.page_id, board.card.seen, by)
            elif kind is not None and kind.preset.both_sides:
                scans.scan_card(ref, kind.code, board.scanner.card_sources[0], by)
            elif kind is not None:
                preset = board.presets[kind.code]
                scans.scan(ref, kind.code, ScanWish(preset.source, preset.colour, preset.dpi, preset.size), by)
        except CodedError as error:
            scans.tell(by, error.code, **error.facts)
