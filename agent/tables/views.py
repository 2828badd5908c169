"""The values that the tables hand to the pages: frozen and complete."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from agent.register.code_tables import About, CodeMap, Line
from agent.register.rules import Parameter
from agent.register.views import Choice

StepKind = Literal["new", "changed", "closed", "dropped"]
LineMark = Literal["confirmed", "unconfirmed", "local"]
ValueState = Literal["past", "now", "planned", "withdrawn"]
RULES: Literal["parameters"] = "parameters"
"""What stands in the place of a table's name for the parameters of the rules."""


@dataclass(frozen=True, slots=True)
class Brought:
    """A file that a supervisor brings.

    Attributes:
        content: its bytes.
        edition: which edition of the table it is, in their words; of parameters empty.
        source: where it comes from; of parameters why they change.
        holds_from: the day from which it holds, as typed; of parameters empty.
    """

    content: bytes
    edition: str
    source: str
    holds_from: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a line of a file is refused; `number` is its line, 0 of the file as a whole."""

    number: int
    code: str
    facts: dict[str, str | int | float] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """What a file changes in one line; `before` is the line as it was."""

    kind: StepKind
    line: Line
    before: Line | None


@dataclass(frozen=True, slots=True)
class RuleStep:
    """What changes in one parameter; `value` is None where a planned one is withdrawn."""

    parameter: Parameter
    before: int
    value: int | None
    valid_from: date


@dataclass(frozen=True, slots=True)
class TableLine:
    """A table in the list of all.

    Attributes:
        about: what it is, with the edition in force.
        lines: how many it has.
        is_shipped: whether it is as shipped.
        is_waiting: whether a file waits to be put in force.
        mark: how sure its codes are: the least sure of them.
    """

    about: About
    lines: int
    is_shipped: bool
    is_waiting: bool
    mark: LineMark


@dataclass(frozen=True, slots=True)
class EditionLine:
    """An edition that was put in force at this station."""

    number: int
    edition: str
    source: str
    holds_from: date
    entered_by: str
    entered_at: datetime
    sha256: str


@dataclass(frozen=True, slots=True)
class TableView:
    """One table.

    Attributes:
        lines: each with how sure its code is, and whether it can be chosen today.
        editions: those of this station, the newest first; the first is in force.
    """

    about: About
    lines: tuple[tuple[Line, LineMark, bool], ...]
    editions: tuple[EditionLine, ...]
    is_waiting: bool


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a file that waits would do.

    Attributes:
        title_zh: of the table; so `title_en`.
        seen: what the supervisor has before them; another file, or another table by now, is another.
        uses: how many registrations hold a code that is closed.
        rules: of parameters, what changes; of a table `steps`.
    """

    name: str
    title_zh: str
    title_en: str
    edition: str
    source: str
    holds_from: date
    entered_by: str
    entered_at: datetime
    seen: str
    refused: tuple[Refusal, ...]
    same: int
    steps: tuple[Step, ...] = ()
    uses: Mapping[str, int] = dataclasses.field(default_factory=dict)
    rules: tuple[RuleStep, ...] = ()

    @property
    def can_be_put_in_force(self) -> bool:
        """Whether there is something new and nothing against it."""
        return not self.refused and bool(self.steps or self.rules)


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A parameter in the list of all.

    Attributes:
        value: as it holds today; `valid_from` since when, None for ever.
        basis_zh: the law or rule behind it, with its article; so `basis_en`.
        planned: the next value and the day from which it holds.
    """

    parameter: Parameter
    value: int
    valid_from: date | None
    basis_zh: str
    basis_en: str
    planned: tuple[int, date] | None


@dataclass(frozen=True, slots=True)
class RuleValueLine:
    """A value of a parameter with its days; `id` and who entered it are of values of this station."""

    value: int
    valid_from: date | None
    valid_to: date | None
    basis_zh: str
    basis_en: str
    state: ValueState
    id: str = ""
    reason: str = ""
    entered_by: str = ""
    entered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RuleView:
    """One parameter with its values, the latest first, and what its basis can be."""

    parameter: Parameter
    values: tuple[RuleValueLine, ...]
    bases: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class TablesView:
    """Everything: the tables, the maps of old numberings, the parameters."""

    tables: tuple[TableLine, ...]
    maps: tuple[CodeMap, ...]
    rules: tuple[RuleLine, ...]
    is_waiting: bool
