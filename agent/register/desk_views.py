"""What the pages see of the desk: who holds it, what lies on the reader, what is asked, the draft under work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from agent.register.views import CardQuestion, CardState, DraftView, OutsideCard, Problem


@dataclass(frozen=True, slots=True)
class DeskView:
    """The desk as one session sees it; others than the holder see no person.

    Attributes:
        holder: session id of who holds the desk, or None.
        card_state: `unread` when a card lies there that was not read for this holder, or was not used before its
            form was left, and will not be until it is laid anew; `left` when it should have been given back; `gone`
            when it was taken away too early.
        refusal: why the reader or its card said no.
        question: to be answered before the card's values go anywhere.
        notice: why the card that was read, `outside`, leads to no registration here.
        other_card: masked name on the card that lies there, where it has not filled the draft; "" where it has none.
    """

    holder: str | None
    is_mine: bool
    holder_name: str | None
    card_state: CardState
    card_since: datetime | None
    refusal: Problem | None
    draft: DraftView | None
    question: CardQuestion | None
    notice: Problem | None
    outside: OutsideCard | None = None
    other_card: str | None = None

    @property
    def is_card_lying(self) -> bool:
        """Whether a card is on the reader; one that is spoken of may be gone."""
        return self.card_state not in {"none", "gone"}
