"""The scanner's own button: it means what F2 means on the form that the clerk has before their eyes.

The button cannot know which page is open, and nor does the agent: it asks the pages of the session that holds the desk.
The one that shows the desk's form answers by itself; where none does, nothing is scanned before the clerk says so.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from agent.accounts.service import SignedIn
from agent.documents.service import DocumentsService, OwnerRef, ScanWish
from agent.errors import CodedError
from agent.events.service import Event
from agent.register.desk import Desk
from agent.register.service import RegisterService
from agent.register.views import DraftView
from drivers.api import Clock

WAITS_S = 20.0


@dataclass(frozen=True, slots=True)
class _Press:
    """A press that no page has answered yet."""

    session_id: str
    draft_id: str
    until_s: float


class ScanButton:
    """Scan the first missing paper of the draft that lies open on the desk, or say quietly why nothing is scanned.

    Args:
        desk: who holds it.
        register: knows the open draft.
        documents: knows what is missing, and scans.
        clock: tells how long a press waits.
        publish: takes events; must not block.
    """

    def __init__(
        self,
        desk: Desk,
        register: RegisterService,
        documents: DocumentsService,
        clock: Clock,
        publish: Callable[[Event], None],
    ) -> None:
        self._desk = desk
        self._register = register
        self._documents = documents
        self._clock = clock
        self._publish = publish
        self._lock = threading.Lock()
        self._press: _Press | None = None

    def pressed(self, turn: int | None) -> None:
        """Ask the pages about a press in a turn of the desk; one handed over since, or locked, hears nothing of it."""
        by = self._desk.holder_in(turn)
        if by is None:
            return
        scans = self._documents.scans
        draft = self._register.current_draft(by)
        if draft is None:
            scans.notices.tell(by, "SCAN-BUTTON-NO-FORM")
            return
        with self._lock:
            self._press = _Press(by.session_id, draft.id, self._clock.monotonic() + WAITS_S)
        scans.notices.note(by, "SCAN-BUTTON-PRESSED")
        self._publish(Event("scan-button", by.session_id, {"draft": draft.id}))

    def take(self, draft_id: str, by: SignedIn) -> None:
        """Scan: a page that shows this draft answers the press.  Where none waits for an answer, do nothing."""
        with self._lock:
            press = self._press
            if press is None or (press.session_id, press.draft_id) != (by.session_id, draft_id):
                return
            self._press = None
        draft = self._register.current_draft(by)
        is_in_time = self._clock.monotonic() < press.until_s and self._desk.holder_session() == by.session_id
        if draft is not None and draft.id == draft_id and is_in_time:
            self._documents.scans.notices.forget(by)
            self._scan(draft, by)

    def _scan(self, draft: DraftView, by: SignedIn) -> None:
        scans = self._documents.scans
        ref = OwnerRef("draft", draft.id)
        board = self._documents.board(ref, draft.values, by, draft.existing_record.id if draft.existing_record else "")
        kind = next((line.kind for line in board.lines if line.state == "missing"), None)
        if kind is None and board.card is None:
            scans.notices.tell(by, "SCAN-BUTTON-NOTHING")
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
            scans.notices.tell(by, error.code, **error.facts)
