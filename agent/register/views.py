"""The values that the register hands to the pages: frozen, complete, and free of rows and rules.

Nothing here computes.  Texts for people are made from `Problem.code` by `agent.messages`.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from agent.register.alike_views import Alike
from agent.register.household_views import HouseholdMove, MemberLine
from agent.register.residence import OF_ELSEWHERE, Residence
from drivers.stored_text import character_at

Source = Literal["chip", "typed", "station", "derived", "household", "register", "import", ""]
PAGE: Final = 20
"""How many records one page of a search shows."""

CardState = Literal[
    "none", "placed", "reading", "read", "verified", "single", "refused", "changed", "gone", "left", "unread"
]
QuestionChoice = Literal["same-person", "own-draft", "household-member", "ignore"]
QuestionKind = Literal["other-person", "maybe-same-person"]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong, or worth a look, at a field of the form, or (None) of the form as a whole.

    The words of its code stand in the catalogue; `facts` are values that they may show, never personal data.
    """

    code: str
    field: str | None = None
    facts: dict[str, str | int | float] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PassedProblem:
    """A problem that a second person has let pass: it blocks no longer.

    Attributes:
        by, reason: the second person's name, and why it is officially so in their words.
    """

    problem: Problem
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class SecondWord:
    """What a second person says: that a problem of a field is officially so, and why."""

    field: str
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Offer:
    """An alternative that the clerk may take: `take_offer(draft, field, source)`.

    Attributes:
        source: names the offer within its field: `chip` (the chip's value beside a typed one), `chip-newest-1` … `-4`
            and `chip-printed` (addresses of the card), `register` (what the register holds), `typed` (what was
            typed before the chip's value took its place), `proposal` (a correction).
        value: the value as it would be stored.
        shown: the value as people read it (the name of a code, a grouped number).
    """

    source: str
    value: str
    shown: str


@dataclass(frozen=True, slots=True)
class DoubtView:
    """A place in a chip value that cannot be trusted or shown for certain.

    Attributes:
        field: key of the form's field.
        reason: as in the card's `doubtful` list (`private-use`, `check-digit`, `full-field` …).
        position: 0-based UTF-16 unit within the field; None when the whole field is meant.
        code_point: `U+E863`, or None.
        proposal: the character that a known private code point stands for; never applied by itself.
        said: what the chip has in the field where it is no value, "" otherwise.
    """

    field: str
    reason: str
    position: int | None
    code_point: str | None
    proposal: str | None
    said: str = ""

    def place_in(self, text: str) -> int:
        """Which character of a text is meant, counted from one."""
        return character_at(text, self.position or 0)


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field of the form with everything the page says about it.

    Attributes:
        key: key of the field.
        value: what is stored ("" when empty); dates are ISO.
        shown: `value` as people read it.
        source: where it came from.
        verified: whether two equal readings stand behind it.
        at: when it got this value.
        typed_most: how much may be typed into it.
    """

    key: str
    value: str
    shown: str
    source: Source
    verified: bool
    at: datetime | None
    doubts: tuple[DoubtView, ...] = ()
    offers: tuple[Offer, ...] = ()
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    passed: tuple[PassedProblem, ...] = ()
    required: bool = False
    typed_most: int = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of a code table."""

    code: str
    text_zh: str
    text_en: str
    pinyin_initials: str


@dataclass(frozen=True, slots=True)
class CardView:
    """What is known of the card behind a draft.

    Attributes:
        readings: 2 when two readings were equal, else 1.
        state: how far the reading is trusted; `single` when the module refuses a second one.
        is_photo_whole: whether the photo begins as a photo does.
        photo_decodable: None until the decoder has tried.
    """

    readings: int
    state: Literal["read", "verified", "single", "changed"]
    read_at: datetime
    has_photo: bool
    is_photo_whole: bool
    photo_decodable: bool | None


@dataclass(frozen=True, slots=True)
class ScopeAnswer:
    """Whether this person is registered here; `in_scope` is None while too little is known."""

    in_scope: bool | None
    reason: Problem | None


@dataclass(frozen=True, slots=True)
class RecordLine:
    """One registration in a list; `form` is RG, RZ or HZ, `address` where the person lives, or of HZ the household.

    `addresses` are both: where the household is registered, and where the person lives.
    """

    id: str
    name: str
    name_masked: str
    id_number_masked: str
    address: str
    registered_on: date
    is_cancelled: bool = False
    form: str = "RG"
    is_merged: bool = False
    addresses: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class DoorView:
    """The door plate of an address in the address base, with the block and the team that answer for it."""

    addr_id: str
    block: str
    team: str
    is_withdrawn: bool


@dataclass(frozen=True, slots=True)
class DraftView:
    """An unsaved form, as its clerk sees it.

    Attributes:
        missing: keys of required fields that are empty, in form order.
        problems: what blocks saving and belongs to no single field, then all field problems in form order.
        is_joining: whether the clerk has chosen the household.
        existing_record: the saved registration of the same person; saving then edits that one.
        former: the person's last registration, where all of theirs are cancelled; saving makes another one.
        move: what saving would change in that record's household.
        alike: registrations that may be of the same person, though no number says so.
        residence: which form this is, and why.
        door: the door plate of the address that is here, where the address base knows it.
    """

    id: str
    version: int
    state: Literal["open", "aside"]
    opened_at: datetime
    saved_at: datetime
    fields: dict[str, FieldView]
    missing: tuple[str, ...]
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    scope: ScopeAnswer
    card: CardView | None
    household: tuple[MemberLine, ...]
    existing_record: RecordLine | None
    is_joining: bool = False
    move: HouseholdMove | None = None
    alike: tuple[Alike, ...] = ()
    former: RecordLine | None = None
    residence: Residence = OF_ELSEWHERE
    door: DoorView | None = None

    @property
    def values(self) -> dict[str, str]:
        """What stands in the form, by key of the field, and which form it is."""
        return {key: view.value for key, view in self.fields.items()} | {"form": self.residence.form}

    @property
    def differs(self) -> bool:
        """Whether a field says something else than the saved registration does."""
        return any(offer.source == "register" for view in self.fields.values() for offer in view.offers)


@dataclass(frozen=True, slots=True)
class DraftLine:
    """One unsaved form in a list."""

    id: str
    name_masked: str
    missing: tuple[str, ...]
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class CardQuestion:
    """A card lies on the reader while a draft is open that may be, or surely is, of another person: whose is it?

    Attributes:
        kind: `maybe-same-person` where the draft was typed and nothing in it says that the card is another person's.
        choices: the answers, the likeliest first.
    """

    id: str
    name_masked: str
    kind: QuestionKind
    choices: tuple[QuestionChoice, ...]


@dataclass(frozen=True, slots=True)
class OutsideCard:
    """A card that leads to no registration here, shown while it lies there; nothing of it is stored."""

    kind: str
    name_masked: str


@dataclass(frozen=True, slots=True)
class StationSettings:
    """What the register needs to know of its station.

    Attributes:
        code: the station's code; where its first nine digits are a town of the district, that town is the default.
        is_practice: whether the data folder was born for practice; only there the division 990000 exists.
    """

    code: str
    name: str
    time_zone: str
    is_practice: bool
