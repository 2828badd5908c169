"""What a form is judged against besides itself: the day, the station, the record and the household behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from agent.register import relations
from agent.register.doors import Directory
from agent.register.rules import Parameters, Rules, When, shipped


@dataclass(frozen=True, slots=True)
class Setting:
    """What a form is judged against besides itself.

    Attributes:
        collected: the day on which the data were collected, None where that is today.
        held: the values of the record that a draft stands for, None where there is none.
        is_moving: whether saving would change that record's household.
        area: nine digits of the town that the station registers for; "" where it has none.
        household: the other persons of the household.
        registered_as: the form of the record that stands behind: RG, RZ or HZ; "" where there is none.
        parameters: of the rules, over time.
        doors: the address base.
    """

    today: date
    is_practice: bool
    collected: date | None = None
    is_draft: bool = False
    card_kind: str = ""
    card_state: str = ""
    held: Mapping[str, str] | None = None
    is_moving: bool = False
    area: str = ""
    household: tuple[relations.Member, ...] = ()
    registered_as: str = ""
    parameters: Parameters = field(default_factory=shipped)
    doors: Directory = field(default_factory=Directory)

    @property
    def rules(self) -> Rules:
        """The parameters as they hold today."""
        return self.parameters.on(self.today)

    @property
    def day_collected(self) -> date:
        """The day on which the data were collected."""
        return self.collected or self.today

    @property
    def when(self) -> When:
        """The days by which the form is judged."""
        return When(self.today, self.day_collected, self.parameters)
