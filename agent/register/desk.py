"""The desk of one reader: who holds it, what its card is doing, and which draft the card goes to.

Thread-safe; nothing here is kept but what the drafts keep.  The pages call the upper half, the card feed calls
`reader_event`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

from agent.accounts.audit import Act
from agent.accounts.service import Right, SignedIn, require
from agent.accounts.storage import writing
from agent.events.service import Event
from agent.register import names
from agent.register.desk_views import DeskView
from agent.register.errors import refused
from agent.register.meeting import Meeting
from agent.register.plate import READ, CardEvent, CardSign, Plate
from agent.register.record_views import RecordView
from agent.register.service import RegisterService
from agent.register.views import CardState, DraftView
from drivers.api import Clock, IdCard

__all__ = ["CardEvent", "CardSign", "Desk"]

LOOK_S: Final = 30.0
_OF_A_READING: frozenset[CardState] = frozenset({"reading", "read", "verified", "single", "changed", "refused", "gone"})
_OF_THE_NEXT: frozenset[CardState] = frozenset({"placed", "reading", "read", "refused", "unread"})


class Desk:
    """One desk, one reader, at most one session that holds it."""

    def __init__(self, register: RegisterService, clock: Clock, publish: Callable[[Event], None]) -> None:
        self._register = register
        self._clock = clock
        self._publish = publish
        self._lock = threading.RLock()
        self._holder: SignedIn | None = None
        self._known: set[str] = set()
        self._meeting = Meeting(register, self._known)
        self._plate = Plate()
        self._turn = self._since_turn = 0
        self._last_user: str | None = None
        self._saved: RecordView | None = None
        self._opened: tuple[tuple[str, str | None], str, int] | None = None
        self._is_attended = True
        self.on_holder_changed: Callable[[str | None, int], None] = lambda _session, _turn: None
        self.on_attended: Callable[[bool], None] = lambda _is_attended: None

    def holder_session(self) -> str | None:
        """The session that holds the desk, or None."""
        with self._lock:
            return None if self._holder is None else self._holder.session_id

    def holder_in(self, turn: int | None) -> SignedIn | None:
        """Who holds the desk still in this turn, with the page open before them; None when nobody does."""
        with self._lock:
            holder = self._holder if turn == self._turn else None
        return None if holder is None or self._register.is_locked(holder) else holder

    def take(self, by: SignedIn) -> bool:
        """Take the desk where nobody living holds it; says whether it is mine now."""
        require(by, Right.DESK)
        self._register.cards.warm_up()
        with self._lock:
            holder = self._holder
            if holder is not None and holder.session_id == by.session_id:
                return True
            if holder is not None and self._register.is_session_alive(holder.session_id):
                return False
            self._give_to(by, Act.DESK_TAKEN)
        return True

    def hand_over(self, by: SignedIn) -> None:
        """Take the desk from whoever holds it: on purpose, and seen in the audit."""
        require(by, Right.DESK)
        with self._lock:
            if self._holder is not None and self._holder.session_id == by.session_id:
                return
            self._give_to(by, Act.DESK_HANDED_OVER)

    def release(self, session_id: str) -> None:
        """Leave the desk, at sign-out or when the session has ended; another session's desk stays as it is."""
        with self._lock:
            if self._holder is None or self._holder.session_id != session_id:
                return
            self._give_to(None, Act.DESK_LEFT)

    def _give_to(self, by: SignedIn | None, act: Act) -> None:
        """Change the holder, inside the lock: the reader must hear of changes in the order in which they happen."""
        who = by or self._holder
        with writing(self._register.place.store):
            self._register.place.note(who, act, ("desk", None))
        self._holder, self._saved, self._opened = by, None, None
        self._known.clear()
        self._is_attended = True
        self._turn += 1
        kept: tuple[CardState, ...] = ("placed", "reading")
        if by is not None and by.user_id != self._last_user:
            self._since_turn, self._last_user = self._turn, by.user_id
            kept = ("placed",)
        self._plate = self._plate.for_next_holder(kept)
        self.on_holder_changed(self.holder_session(), self._turn)
        self._publish(Event("desk", None, {}))

    def view(self, by: SignedIn) -> DeskView:
        """The desk as this session sees it; a person is shown to the holder only."""
        require(by, Right.DESK)
        with self._lock:
            holder, plate = self._holder, self._plate
            is_mine = holder is not None and holder.session_id == by.session_id
            draft = self._looked_at(by) if is_mine else None
            return DeskView(
                holder=None if holder is None else holder.session_id,
                is_mine=is_mine,
                holder_name=None if holder is None else holder.name,
                card_state=plate.shown_state(self._clock),
                card_since=plate.since,
                refusal=plate.refusal if is_mine else None,
                draft=draft,
                question=None if draft is None else plate.question_beside(draft.id),
                notice=plate.notice if is_mine else None,
                outside=plate.outside if is_mine and plate.notice is not None else None,
                other_card=None if draft is None else plate.other_than(draft.id),
            )

    def _looked_at(self, by: SignedIn) -> DraftView | None:
        """The holder's draft.  The first look at one that was open when they sat down leaves an audit row."""
        draft = self._register.current_draft(by)
        if draft is None or draft.id in self._known:
            return draft
        shown = self._register.draft(draft.id, by)
        self._known.add(shown.id)
        return shown

    def come_back(self, session_id: str) -> None:
        """Take note that a session's page was unlocked: its holder looks anew at what is shown, and cards are read."""
        with self._lock:
            if self._holder is not None and self._holder.session_id == session_id:
                self._known.clear()
                self._attended(is_attended=True)

    def attend(self) -> float:
        """Free the desk of a session that has ended, and let no card be read before a page that is locked.

        Returns: in how many seconds to look again; a lock's time is longer than that of a look.
        """
        with self._lock:
            holder = self._holder
            if holder is None:
                return LOOK_S
            if not self._register.is_session_alive(holder.session_id):
                self.release(holder.session_id)
                return LOOK_S
            left_s = self._register.lock_left_s(holder)
            self._attended(is_attended=left_s > 0)
            return min(LOOK_S, left_s) if left_s else LOOK_S

    def _attended(self, *, is_attended: bool) -> None:
        if is_attended != self._is_attended:
            self._is_attended = is_attended
            self.on_attended(is_attended)

    def open_draft(self, by: SignedIn, member_id: str | None = None, once: str = "") -> DraftView:
        """Open a draft without a card, of a household's member or not.

        The form's own word `once`, sent twice, opens one draft, as long as nothing has come into that.

        Raises: CodedError DESK-NOT-YOURS, HOUSEHOLD-UNKNOWN.
        """
        asked = (once, member_id)
        with self._lock:
            self._require_mine(by)
            opened = self._register.current_draft(by)
            if opened is not None and once and self._opened == (asked, opened.id, opened.version):
                return opened
            self._plate.notice = self._saved = None
            new = self._register.open_draft(by, member_id)
            self._plate.go_on(new.id)
            self._known.add(new.id)
            self._opened = (asked, new.id, new.version)
            return new

    def put_aside(self, draft_id: str, by: SignedIn) -> None:
        """Let the draft rest."""
        with self._lock:
            self._require_mine(by)
            self._register.put_aside(draft_id, by)
            self._go_on(by)

    def resume(self, draft_id: str, by: SignedIn) -> DraftView:
        """Go on with a draft."""
        with self._lock:
            self._require_mine(by)
            resumed = self._register.resume(draft_id, by)
            self._saved = None
            self._plate.go_on(resumed.id)
            self._known.add(resumed.id)
            return resumed

    def discard(self, draft_id: str, by: SignedIn, reason_code: str) -> None:
        """Erase a draft; a card of it that still lies there is to be given back."""
        with self._lock:
            self._require_mine(by)
            self._register.discard(draft_id, by, reason_code)
            self._go_on(by)
            self._plate.is_done = True

    def save(self, draft_id: str, by: SignedIn) -> RecordView:
        """Save a draft; its card, if it still lies there, is to be given back.  Raises: as `RegisterService.save`."""
        with self._lock:
            self._require_mine(by)
            record = self._register.save(draft_id, by)
            self._go_on(by)
            self._plate.is_done = True
            self._saved = record
        self._publish(Event("desk", by.session_id, {}))
        return record

    def _go_on(self, by: SignedIn) -> None:
        """A form was left: what was asked beside it ends with it."""
        current = self._register.current_draft(by)
        self._plate.go_on(None if current is None else current.id)

    def last_saved(self, by: SignedIn) -> tuple[str, RecordView] | None:
        """The masked name and the record that was saved, as it was, until the next card is laid or a form opened."""
        with self._lock:
            if self._saved is None or self._holder is None or self._holder.session_id != by.session_id:
                return None
            return names.masked(self._saved.fields["name"].value), self._saved

    def answer_question(self, by: SignedIn, question_id: str, choice: str) -> None:
        """Say whose the card on the plate is; the same answer given twice is one.

        Args:
            by: the holder.
            question_id: of the question as it was shown; an older one is refused.
            choice: one of the question's choices.

        Raises: CodedError DESK-NOT-YOURS, QUESTION-GONE, QUESTION-CHOICE.
        """
        with self._lock:
            self._require_mine(by)
            current = self._register.current_draft(by)
            card = self._plate.answered(question_id, choice, None if current is None else current.id)
            if card is None:
                return
            if choice == "same-person" and current is not None:
                self._keep_as(by, card, self._register.cards.fill(current.id, by, card))
            elif choice != "ignore":
                head = current.id if choice == "household-member" and current is not None else None
                opened = self._register.cards.open_for(by, card, head)
                self._known.add(opened.id)
                self._keep_as(by, card, opened)
        self._publish(Event("desk", by.session_id, {}))

    def _keep_as(self, by: SignedIn, card: IdCard, draft: DraftView) -> None:
        """Let the draft that a card has filled follow it."""
        self._plate.draft_id = draft.id
        if self._plate.is_single:
            self._register.cards.mark(draft.id, by, card, "single")

    def _require_mine(self, by: SignedIn) -> None:
        require(by, Right.DESK)
        if self._holder is None or self._holder.session_id != by.session_id:
            raise refused("DESK-NOT-YOURS")

    def reader_event(self, event: CardEvent) -> None:
        """Take what the reader reports.  Without a holder a card's data goes nowhere."""
        with self._lock:
            holder = self._holder
            state = event.state()
            if state in _OF_A_READING and self._plate.state == "unread":
                return
            if state in _OF_A_READING and holder is not None and self._is_nobodys(holder, event):
                state = "unread"
            if state in _OF_THE_NEXT:
                self._saved = None
            self._plate.follow_reader(event, state, self._clock)
            if holder is not None and state != "unread":
                self._meeting.pass_on(self._plate, holder, event)
            told = self._plate.state
        self._publish(Event("desk", None, {"card": told}))

    def _is_nobodys(self, holder: SignedIn, event: CardEvent) -> bool:
        """Whether a reading is not the holder's: a command's, begun under another holder, or with their page locked."""
        if event.kind in READ and event.card is None:
            return True
        if event.turn is not None and event.turn < self._since_turn:
            return True
        return event.kind in {"read", "refused"} and self._register.is_locked(holder)
