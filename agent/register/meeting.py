"""What a card that was read means for the holder's plate and drafts: fill one, ask beside one, take a reading back."""

from __future__ import annotations

from typing import Literal

from agent.accounts.service import SignedIn
from agent.errors import CodedError
from agent.register.plate import CardEvent, Plate
from agent.register.service import RegisterService
from agent.register.views import Problem
from drivers.api import IdCard


class Meeting:
    """Let a card meet the form on the desk; called inside the desk's lock.

    `known` are the drafts that the holder has opened or seen: one that a card opens is theirs.
    """

    def __init__(self, register: RegisterService, known: set[str]) -> None:
        self._register = register
        self._known = known

    def pass_on(self, plate: Plate, holder: SignedIn, event: CardEvent) -> None:
        """Let the drafts follow the card; a store that fails is told on the page, and the desk goes on listening."""
        try:
            if event.kind == "changed":
                self._take_back(plate, holder)
            elif event.card is not None:
                self._take_card(plate, holder, event.kind, event.card)
        except CodedError as error:
            plate.state, plate.refusal = "refused", Problem(error.code)

    def _take_card(self, plate: Plate, by: SignedIn, kind: str, card: IdCard) -> None:
        plate.know(card)
        if kind == "read":
            self._meet(plate, by, card)
        elif kind in {"verified", "single"}:
            plate.is_single = kind == "single"
            if plate.pending is not None:
                if self._register.cards.is_same_person(card, plate.pending):
                    plate.follow(card)
                else:
                    plate.drop_question()
            elif plate.draft_id is not None:
                self._mark(plate, by, plate.draft_id, card, "verified" if kind == "verified" else "single")

    def _meet(self, plate: Plate, by: SignedIn, card: IdCard) -> None:
        """Decide what a card that was just read means for this desk."""
        cards = self._register.cards
        plate.drop_question()
        plate.draft_id, plate.is_single = None, False
        plate.show_outside(card, cards.out_of_scope(card))
        if plate.notice is not None:
            cards.note_out_of_scope(by, plate.notice.code)
            return
        current = self._register.current_draft(by)
        if current is None:
            plate.draft_id = cards.open_for(by, card).id
            self._known.add(plate.draft_id)
        elif (fit := cards.fit(current.id, by, card)) in {"same-card", "same-person"}:
            cards.fill(current.id, by, card)
            plate.draft_id = current.id
        else:
            plate.ask(card, fit, current.id)

    def _mark(
        self, plate: Plate, by: SignedIn, draft_id: str, card: IdCard, state: Literal["verified", "single"]
    ) -> None:
        """Let the draft follow the second reading; one that does not belong to the first is a changed card."""
        try:
            if self._register.cards.mark(draft_id, by, card, state) is None:
                plate.state, plate.refusal = "changed", Problem("READER-CHANGED")
                self._take_back(plate, by)
        except CodedError as error:
            if error.code != "DRAFT-UNKNOWN":
                raise

    def _take_back(self, plate: Plate, by: SignedIn) -> None:
        plate.drop_question()
        plate.notice = plate.name_masked = None
        draft_id, plate.draft_id = plate.draft_id, None
        if draft_id is not None:
            try:
                self._register.cards.take_back(draft_id, by)
            except CodedError as error:
                if error.code != "DRAFT-UNKNOWN":
                    raise
