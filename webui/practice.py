"""What the practice page shows of the simulated devices and may ask of them; the demo brings what does it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PracticeCard:
    """A made-up card that can be laid on the simulated plate; `about` says in each language what it teaches."""

    id: str
    kind: str
    name: str
    about: Words


@dataclass(frozen=True, slots=True)
class PracticePaper:
    """A made-up paper that can be laid into the simulated scanner; `about` says in each language what it is for."""

    id: str
    name: str
    sides: int
    about: Words


@dataclass(frozen=True, slots=True)
class PracticeParameter:
    """A parameter of a fault, as a form shows it.

    Attributes:
        value: what it is unless another one is typed; empty where it is not set.
        choices: what may be chosen; empty where anything between `low` and `high` may be typed.
        low, high: the bounds of a number; None for a word or a hexadecimal status.
    """

    name: str
    value: str
    choices: tuple[str, ...] = ()
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True)
class PracticeFault:
    """A fault that a simulated device can be given.

    Attributes:
        name: as in the simulator's own list, e.g. `card-pulled`.
        parameters: what can be set besides.
        is_active: whether it is switched on now.
        about: what it does, in each language.
        then: what is then seen, in each language.
    """

    name: str
    parameters: Sequence[PracticeParameter]
    is_active: bool
    about: Words
    then: Words


Member = TypeVar("Member")


@dataclass(frozen=True, slots=True)
class PracticeGroup(Generic[Member]):
    """Cards, papers or faults of one sort; the first group is where a newcomer begins."""

    name: str
    words: Words
    members: Sequence[Member]


@dataclass(frozen=True, slots=True)
class PracticeReader:
    """The simulated reader now: its cards, its faults, and the card that lies on it, empty for none."""

    cards: Sequence[PracticeGroup[PracticeCard]]
    faults: Sequence[PracticeGroup[PracticeFault]]
    lying: str


@dataclass(frozen=True, slots=True)
class PracticeBed:
    """The simulated scanner now: its papers and faults, what lies in the feeder, which side of what on the glass."""

    papers: Sequence[PracticeGroup[PracticePaper]]
    faults: Sequence[PracticeGroup[PracticeFault]]
    feeder: Sequence[str]
    glass: str
    glass_side: str


@dataclass(frozen=True, slots=True)
class PracticeSitter:
    """A made-up person who can sit before the simulated camera; whoever has a card has its id."""

    id: str
    name: str
    sex: str
    age: int


@dataclass(frozen=True, slots=True)
class PracticeLook:
    """A way in which somebody can sit there; `about` says in each language what it is for."""

    name: str
    about: Words


@dataclass(frozen=True, slots=True)
class PracticeStudio:
    """The simulated camera now.

    Attributes:
        sitters: who can sit before it.
        looks: how.
        faults: what it can be given.
        seated: who sits there, empty for nobody.
        look: how they sit there.
        settings: size, quality, battery in per cent, and whether it is turned, as a form shows them.
        sizes, qualities: what those may be.
        kept: how many pictures lie on its card.
    """

    sitters: Sequence[PracticeSitter]
    looks: Sequence[PracticeGroup[PracticeLook]]
    faults: Sequence[PracticeGroup[PracticeFault]]
    seated: str
    look: str
    settings: Mapping[str, str]
    sizes: Sequence[str]
    qualities: Sequence[str]
    kept: int


class PracticeFaults(Protocol):
    """The faults of one simulated device."""

    def switch_on(self, name: str, parameters: Mapping[str, str]) -> None:
        """Give the device a fault; parameters are the texts of the form."""

    def switch_off(self, name: str) -> None:
        """End one fault."""

    def switch_all_off(self) -> None:
        """End every fault."""


class PracticePanel(PracticeFaults, Protocol):
    """The panel of the simulated reader: what lies on the plate, which faults are on."""

    def look(self) -> PracticeReader:
        """Everything there is to see."""

    def lay(self, card_id: str) -> None:
        """Lay a card on the plate, in place of what lies there."""

    def lift(self) -> None:
        """Take the card off the plate."""


class PracticeScanner(PracticeFaults, Protocol):
    """The panel of the simulated scanner: what lies in the feeder and on the glass, which faults are on."""

    def look(self) -> PracticeBed:
        """Everything there is to see."""

    def fill_feeder(self, paper_ids: Sequence[str]) -> None:
        """Lay sheets into the feeder, in place of what lies there."""

    def lay_on_glass(self, paper_id: str, side: str) -> None:
        """Lay a paper on the glass with its `front` or `back` down."""

    def empty(self) -> None:
        """Take everything out of the feeder and off the glass."""


class PracticeCamera(PracticeFaults, Protocol):
    """The panel of the simulated camera: who sits before it, how it is set, which faults are on."""

    def look(self) -> PracticeStudio:
        """Everything there is to see."""

    def seat(self, person: str, look: str) -> None:
        """Let somebody sit down, in place of whoever sits there."""

    def leave(self) -> None:
        """Leave the chair empty."""

    def picture(self, person: str, look: str) -> bytes:
        """A small picture of somebody, as PNG."""

    def set(self, settings: Mapping[str, str]) -> None:
        """Set the camera; as `PracticeStudio.settings`, the texts of the form."""

    def empty_card(self) -> None:
        """Remove every picture from its card."""

    def begin_anew(self) -> None:
        """Let all but the faults be as at the start."""
