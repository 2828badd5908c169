"""What lies on the reader, as far as the desk knows: what the reader reports, and what the holder is asked about it."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from agent.errors import Actor, CodedError, Retry
from agent.register import names
from agent.register.cards import Fit
from agent.register.errors import refused
from agent.register.views import CardQuestion, CardState, OutsideCard, Problem, QuestionChoice
from drivers.api import Clock, IdCard
from drivers.stored_text import storable

CardSign = Literal["placed", "reading", "read", "verified", "single", "changed", "refused", "removed"]
TAKEN_TOO_EARLY = "READER-CARD-GONE"
LEFT_AFTER_S = 20.0
READ: frozenset[CardState] = frozenset({"read", "verified", "single"})

_NEW: frozenset[CardState] = frozenset({"placed", "reading", "refused", "unread"})
_FAILED: frozenset[CardState] = frozenset({"refused", "changed", "gone"})
_OF_ANOTHER: tuple[QuestionChoice, ...] = ("own-draft", "household-member", "ignore")


@dataclass(frozen=True, slots=True)
class CardEvent:
    """What the reader reports.

    Attributes:
        kind: `placed` when a card lies there that nobody reads yet, `reading` when a reading begins, `read` after the
            first, `verified` or `single` after the second, `changed` when the second was of something else, `refused`
            with a code, `removed` when the plate is empty again.
        card: the reading, where there is one.
        code: why the card was refused, or its reading is not to be believed.
        turn: the desk's turn in which this card was first begun to be read; None is the present one.
        facts: what the words of the code may show.
    """

    kind: CardSign
    card: IdCard | None = None
    code: str | None = None
    turn: int | None = None
    facts: Mapping[str, str | int | float] = field(default_factory=dict)

    def state(self) -> CardState:
        """What lies on the plate after this; a card that was taken away too early has its own word."""
        if self.kind in {"refused", "changed"} and self.code == TAKEN_TOO_EARLY:
            return "gone"
        return "none" if self.kind == "removed" else self.kind


@dataclass(slots=True)
class Plate:
    """What lies on the reader, as far as the holder's page is concerned.

    Attributes:
        is_done: whether the holder has no more use for the card.
        name_masked: of whose card lies there, where it was read for the holder.
        pending: the card that is asked about.
        asked_of: the draft beside which it is asked.
        draft_id: the draft that the card has filled.
        last_answer: the question that was answered last, and how.
    """

    state: CardState = "none"
    since: datetime | None = None
    since_s: float = 0.0
    is_done: bool = False
    name_masked: str | None = None
    refusal: Problem | None = None
    notice: Problem | None = None
    outside: OutsideCard | None = None
    pending: IdCard | None = None
    is_single: bool = False
    question: CardQuestion | None = None
    asked_of: str | None = None
    draft_id: str | None = None
    last_answer: tuple[str, str] | None = None

    def for_next_holder(self, kept: Container[CardState]) -> Plate:
        """The same plate without anything of the person: a card that was read stays there unread for the next.

        Only a state in `kept` stays what it is: such a card is still to be read for the next holder.
        """
        if self.state in {"none", "gone"}:
            return Plate()
        return Plate(self.state if self.state in kept else "unread", self.since, self.since_s)

    def follow_reader(self, event: CardEvent, state: CardState, clock: Clock) -> None:
        """Be what the reader reports.  Why a card was not read is told until the next one, or the clerk goes on.

        A question outlives its card's lifting, for the card is given back at once, but not the next card.
        """
        if state in _NEW:
            self.drop_question()
        if state in _NEW or state == "none":
            self.draft_id = self.outside = self.name_masked = None
        if state in {"placed", "reading", "read", "refused", "gone"}:
            self.refusal = self.notice = None
            self.is_done = False
        if state == "none" and self.state in _FAILED:
            self.state = "gone"
            return
        if state != self.state:
            self.state, self.since, self.since_s = state, clock.now(), clock.monotonic()
        if state in _FAILED:
            code = event.code or ("READER-CHANGED" if event.kind == "changed" else "READER-REFUSED")
            self.refusal = Problem(code, None, dict(event.facts))

    def shown_state(self, clock: Clock) -> CardState:
        """What lies on the plate, as the holder is told: a card that has served, or lies there long, is left behind."""
        is_old = clock.monotonic() - self.since_s >= LEFT_AFTER_S
        return "left" if self.state in READ and (self.is_done or is_old) else self.state

    def go_on(self, draft_id: str | None) -> None:
        """The clerk does something else, with this draft or none on the desk.

        What was said of a card that is no longer there has been read.  What was asked beside another form ends with
        that: a card that still lies there has not been used then, and will not be until it is laid anew.
        """
        if self.state == "gone":
            self.state, self.since, self.refusal = "none", None, None
        if self.question is not None and draft_id != self.asked_of:
            self.drop_question()
            if self.state in READ:
                self.state = "unread"

    def know(self, card: IdCard) -> None:
        """A card was read for the holder: whose it is."""
        self.name_masked = _masked(card)

    def question_beside(self, draft_id: str) -> CardQuestion | None:
        """What is asked beside this draft."""
        return self.question if draft_id == self.asked_of else None

    def other_than(self, draft_id: str) -> str | None:
        """The masked name on a card that lies there and has not filled this draft; None where there is no such card."""
        return self.name_masked if self.state in READ and self.draft_id != draft_id else None

    def ask(self, card: IdCard, fit: Fit, draft_id: str) -> None:
        """Ask whose a card is, beside a draft that may be or surely is of another person."""
        self.pending, self.asked_of = card, draft_id
        key, masked = str(uuid.uuid4()), _masked(card)
        if fit == "likely-same-person":
            self.question = CardQuestion(key, masked, "maybe-same-person", ("same-person", *_OF_ANOTHER))
        elif fit == "maybe-same-person":
            self.question = CardQuestion(key, masked, "maybe-same-person", (*_OF_ANOTHER, "same-person"))
        else:
            self.question = CardQuestion(key, masked, "other-person", _OF_ANOTHER)

    def show_outside(self, card: IdCard, notice: Problem | None) -> None:
        """Explain a card that leads to no registration here; None takes the explanation away."""
        self.notice = notice
        self.outside = None if notice is None else OutsideCard(card.kind.value, _masked(card))

    def follow(self, card: IdCard) -> None:
        """Let the question follow a later reading of the same card: it stays the same, with the name as read last."""
        self.pending = card
        if self.question is not None:
            self.question = dataclasses.replace(self.question, name_masked=_masked(card))

    def answered(self, question_id: str, choice: str, draft_id: str | None) -> IdCard | None:
        """The card that was asked about, which is asked about no longer; None where the same answer comes once more.

        Args:
            question_id: of the question as it was shown; an older one is refused.
            choice: one of the question's choices.
            draft_id: the draft on the desk now; the question goes with the one beside which it was asked.

        Raises: CodedError QUESTION-GONE, QUESTION-CHOICE.
        """
        gone = CodedError("QUESTION-GONE", Actor.CLERK, Retry.NEVER)
        is_asked = self.question is not None and self.question.id == question_id and draft_id == self.asked_of
        if self.question is None or self.pending is None or not is_asked:
            if self.last_answer != (question_id, choice):
                raise gone
            return None
        if choice not in self.question.choices:
            raise refused("QUESTION-CHOICE")
        card, self.last_answer = self.pending, (question_id, choice)
        self.drop_question()
        return card

    def drop_question(self) -> None:
        """Ask no longer."""
        self.pending = self.question = self.asked_of = None


def _masked(card: IdCard) -> str:
    return names.masked(storable(card.name or card.name_latin or ""))
