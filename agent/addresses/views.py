"""The values that the address base hands to the pages: frozen and complete."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from agent.tables.views import Refusal

SHOWN: Final = 50
"""So many steps, refused rows and takings-in a page shows."""

StepKind = Literal["new", "changed", "back", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Step:
    """What a list changes in one plate: committee, block and door in words, before and after; "" for none."""

    kind: StepKind
    addr_id: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class BlockStep:
    """What a list changes in one block: committee and team, before and after; "" for none."""

    code: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class WaitingView:
    """What a list that waits would do.

    Attributes:
        source: where it comes from, as typed.
        encoding: XLSX, UTF-8 or GB18030.
        seen: what the supervisor has before them; another list, or another base by now, is another.
        rows: how many of the list are taken.
        counts: how many plates are new, changed, back and withdrawn.
        same: how many stay as they are.
        reordered: of these, in how many nothing changes but how their road is walked.
        steps: the first of them, withdrawals first.
        blocks: what changes in blocks.
        refused: the first rows that are left out; `rejected` says how many there are.
        withdraws_many: whether so many plates are withdrawn that it is to be said on purpose.
    """

    source: str
    encoding: str
    entered_by: str
    entered_at: datetime
    seen: str
    rows: int
    counts: dict[StepKind, int]
    same: int
    reordered: int
    steps: tuple[Step, ...]
    blocks: tuple[BlockStep, ...]
    refused: tuple[Refusal, ...]
    rejected: int
    withdraws_many: bool

    @property
    def can_be_taken(self) -> bool:
        """Whether there is anything new in it."""
        return bool(self.reordered or self.blocks or any(self.counts.values()))


@dataclass(frozen=True, slots=True)
class BlockLine:
    """A block that is in use, with how many plates in use it has, old names left out."""

    code: str
    committee: str
    team: str
    plates: int


@dataclass(frozen=True, slots=True)
class EditionLine:
    """One taking-in: from where, when, by whom, what it changed."""

    number: int
    source: str
    entered_by: str
    entered_at: datetime
    sha256: str
    plates: int
    new: int
    changed: int
    withdrawn: int
    rejected: int


@dataclass(frozen=True, slots=True)
class BaseView:
    """The base as it is.

    Attributes:
        plates: how many are in use, old names left out; `aliases` how many old names, `withdrawn` how many are not.
        blocks: those in use, by code.
        editions: the takings-in, the newest first.
        is_waiting: whether a list waits to be taken in.
        is_practice: whether a made-up list can be tried.
    """

    plates: int
    aliases: int
    withdrawn: int
    blocks: tuple[BlockLine, ...]
    editions: tuple[EditionLine, ...]
    is_waiting: bool
    is_practice: bool
