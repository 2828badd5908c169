"""The parameters of the rules (规则参数): days, ages, time limits, each with the days on which a value holds.

A value holds until the day before the next one of its key begins, so that every day has exactly one.  The rules are
given the whole history, `Parameters`, and ask it for the day that decides: `parameters.on(day).guarded_under`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from functools import cache
from types import MappingProxyType
from typing import Final, Literal

from agent.register.code_tables import about_of, day_or_none, rows_of

Deciding = Literal["collected", "today", "registered", "none"]


@dataclass(frozen=True, slots=True)
class Rules:
    """The parameters that the rules read, as they hold on one day.

    Attributes:
        days_in_scope: days of stay from which a person is registered; the day of arrival is the first.
        guarded_under: years of age under which a guardian declares.
        consent_under: years of age under which a guardian has to agree first.
        schooled_from: years of age from which education is asked for.
        adult_from: years of age that a guardian has at least.
        oldest_years: years of age that nobody exceeds.
        registration_months: months for which a registration is valid.
        least_visits: visits that it takes where nobody was met.
        most_visits: visits that are written down at most.
        visits_apart_min: minutes between two visits that both count.
        export_alone_most: registrations that a supervisor gives away in files in a day with nobody else's word.
        asks_work: whether the forms leave work out (0), offer it (1) or ask for it as the tables do (2).
        asks_tenancy: the same of the lease and the landlord.
        asks_permit: the same of the residence permit, and of what an application for one needs.
        asks_contact: whether the forms leave former names, telephone and e-mail out (0) or offer them (1).
        asks_family: the same of marital and political status.
        marries_from_men: years of age from which a man can be married.
        marries_from_women: the same of a woman.
        party_from: years of age from which somebody can be a member of the Communist Party.
        league_from: years of age from which somebody can be a member of the Youth League.
        league_until: years of age after which members leave it, but for those who hold an office.
    """

    days_in_scope: int
    guarded_under: int
    consent_under: int
    schooled_from: int
    adult_from: int
    oldest_years: int
    registration_months: int
    least_visits: int
    most_visits: int
    visits_apart_min: int
    export_alone_most: int
    asks_work: int
    asks_tenancy: int
    asks_permit: int
    asks_contact: int
    asks_family: int
    marries_from_men: int
    marries_from_women: int
    party_from: int
    league_from: int
    league_until: int


READ: Final = tuple(one.name for one in fields(Rules))
"""The keys that the rules read; the others wait for what will need them."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a parameter is.

    Attributes:
        unit: `days`, `years`, `months`, `times`, `minutes`, `records` or `asking`.
        least: the smallest value that makes sense; so `most`.
        day: which day decides which value is read.
    """

    key: str
    title_zh: str
    title_en: str
    unit: str
    least: int
    most: int
    day: Deciding


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a parameter.

    Attributes:
        valid_from: the first day; None for ever before, as only the first value of a key.
        basis: a code of the table `legal_basis`.
        article: of it.
        is_shipped: whether it comes with the program.
    """

    value: int
    valid_from: date | None
    basis: str
    article: str
    is_shipped: bool = True

    @property
    def begins(self) -> date:
        """The first day, as one that can be compared."""
        return self.valid_from or date.min


class Parameters:
    """All values of all parameters over time; never changes."""

    def __init__(self, values: Mapping[str, Iterable[Value]]) -> None:
        """Take the values of every key.

        Raises: ValueError where a key has no value for some day, or two for one.
        """
        self._values = {key: tuple(sorted(own, key=lambda one: one.begins)) for key, own in values.items()}
        for key, own in self._values.items():
            begins = [one.begins for one in own]
            if not own or begins[0] != date.min or len(set(begins)) < len(begins):
                raise ValueError(f"the values of {key} leave a gap or overlap")
        if not self._values.keys() >= set(READ):
            raise ValueError("a parameter that the rules read has no value")
        read = [one.begins for key in READ for one in self._values[key]]
        self._turns = sorted(set(read))
        self._rules = tuple(Rules(**{key: self.value(key, day).value for key in READ}) for day in self._turns)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Parameters) and self._values == other._values

    def __hash__(self) -> int:
        return hash(tuple(sorted(self._values)))

    @property
    def keys(self) -> tuple[str, ...]:
        """All keys, in the order in which they are shown."""
        return tuple(self._values)

    def history(self, key: str) -> tuple[Value, ...]:
        """The values of a key, the earliest first.  Raises: KeyError."""
        return self._values[key]

    def last_day(self, key: str, value: Value) -> date | None:
        """The day before the next value of the key begins; None where none does."""
        later = [one.begins for one in self._values[key] if one.begins > value.begins]
        return later[0] - timedelta(days=1) if later else None

    def value(self, key: str, day: date) -> Value:
        """The value of a key on a day.  Raises: KeyError."""
        own = self._values[key]
        return own[bisect_right([one.begins for one in own], day) - 1]

    def on(self, day: date) -> Rules:
        """What the rules read on a day."""
        return self._rules[bisect_right(self._turns, day) - 1]

    def turns(self) -> tuple[Rules, ...]:
        """What the rules read, for every time between two changes."""
        return self._rules

    def with_values(self, own: Mapping[str, Iterable[Value]]) -> Parameters:
        """Put a station's own values among the shipped ones; one of the same day goes before the shipped."""
        merged = {key: {one.begins: one for one in values} for key, values in self._values.items()}
        for key, values in own.items():
            if key in merged:
                merged[key] |= {one.begins: one for one in values}
        return Parameters({key: values.values() for key, values in merged.items()})


@cache
def about() -> Mapping[str, Parameter]:
    """What each parameter is, by key."""
    return MappingProxyType(
        {
            key: Parameter(key, told["zh"], told["en"], told["unit"], told["least"], told["most"], told["day"])
            for key, told in about_of("parameters.toml").items()
        }
    )


@cache
def shipped() -> Parameters:
    """The parameters as they are shipped."""
    values: dict[str, list[Value]] = {}
    for row in rows_of("parameters.csv"):
        value = Value(int(row["value"]), day_or_none(row["valid_from"]), row["basis"], row["article"])
        values.setdefault(row["key"], []).append(value)
    return Parameters(values)


@dataclass(frozen=True, slots=True)
class When:
    """The days by which a form is judged: ages by today, scope, consent and what is wanted by the day of collection."""

    today: date
    collected: date
    parameters: Parameters = field(default_factory=shipped)
