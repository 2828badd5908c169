"""Status words (SW3) of the SAM_V protocol: what each means and what to do about it.

Source: SAM_V communication protocol, table of status codes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

DONE = 0x90
FOUND = 0x9F
NO_CONTENT = 0x91
CHECK_WRONG = 0x10
LENGTH_WRONG = 0x11
WRONG_COMMAND = 0x21
NOT_PERMITTED = 0x23
UNRECOGNISED_ERROR = 0x24
CARD_NOT_FOUND_YET = 0x34
UNRECOGNISED_CARD = 0x40
SELF_TEST_FAILED = 0x60
NOT_AUTHORISED = 0x66
NO_CARD = 0x80


class Reaction(StrEnum):
    """What the driver does about a status word."""

    GO_ON = "go-on"
    RESEND = "resend"
    FALL_BACK = "fall-back"
    RESET = "reset"
    READ_AGAIN = "read-again"
    FIND_AGAIN = "find-again"
    NO_CARD = "no-card"
    REJECT_CARD = "reject-card"
    REFUSE = "refuse"
    CALL_SERVICE = "call-service"


@dataclass(frozen=True, slots=True)
class StatusWord:
    """One row of the table.

    Attributes:
        code: SW3.
        meaning: in the words of the table, for logs and diagnostics.
        reaction: what the driver does about it.
        is_about_card: only a command that talks to a card can be answered so.
    """

    code: int
    meaning: str
    reaction: Reaction
    is_about_card: bool = False


STATUS_WORDS: dict[int, StatusWord] = {
    word.code: word
    for word in (
        StatusWord(DONE, "done", Reaction.GO_ON),
        StatusWord(FOUND, "card found", Reaction.GO_ON, is_about_card=True),
        StatusWord(NO_CONTENT, "the card has no such content", Reaction.GO_ON, is_about_card=True),
        StatusWord(CHECK_WRONG, "checksum of data from the host wrong", Reaction.RESEND),
        StatusWord(LENGTH_WRONG, "length of data from the host wrong", Reaction.RESEND),
        StatusWord(WRONG_COMMAND, "wrong command, by value or by order", Reaction.FALL_BACK),
        StatusWord(NOT_PERMITTED, "operation not permitted", Reaction.REFUSE),
        StatusWord(UNRECOGNISED_ERROR, "unrecognised error", Reaction.RESET),
        StatusWord(0x31, "the card did not accept the SAM", Reaction.REJECT_CARD, is_about_card=True),
        StatusWord(0x32, "the SAM did not accept the card", Reaction.REJECT_CARD, is_about_card=True),
        StatusWord(0x33, "information verification failed", Reaction.READ_AGAIN, is_about_card=True),
        StatusWord(CARD_NOT_FOUND_YET, "no card found yet", Reaction.NO_CARD, is_about_card=True),
        StatusWord(0x37, "fingerprint verification failed", Reaction.READ_AGAIN, is_about_card=True),
        StatusWord(0x3F, "information length wrong", Reaction.READ_AGAIN, is_about_card=True),
        StatusWord(UNRECOGNISED_CARD, "unrecognised card type", Reaction.REJECT_CARD, is_about_card=True),
        StatusWord(0x41, "reading the card failed", Reaction.FIND_AGAIN, is_about_card=True),
        StatusWord(0x47, "getting the random number failed", Reaction.FIND_AGAIN, is_about_card=True),
        StatusWord(SELF_TEST_FAILED, "SAM self-test failed", Reaction.CALL_SERVICE),
        StatusWord(NOT_AUTHORISED, "SAM not authorised", Reaction.CALL_SERVICE),
        StatusWord(NO_CARD, "no card found", Reaction.NO_CARD, is_about_card=True),
        StatusWord(0x81, "selecting the card failed", Reaction.FIND_AGAIN, is_about_card=True),
    )
}


def reaction_to(status: int) -> Reaction:
    """What to do about `status`; an unknown word is a refusal and keeps its number."""
    word = STATUS_WORDS.get(status)
    return Reaction.REFUSE if word is None else word.reaction
