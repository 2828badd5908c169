"""Rows of a file beside the register: who is new, who is there with the same values or others; and the new written.

Nothing that is there is changed.  A row that differs from a registration is for a person to look at.

What follows from a file's values, the sex from the number, counts as the file's, too: one origin stands for all.

Households: whoever is new and lives at a dwelling of which house and room are both known is of the household that is
registered there, where it is just one, else of a new one for the dwelling; all others have a household of their own.
Whoever is the first there is the head, unless the file says so of somebody.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, Literal

from agent.accounts import audit
from agent.exchange.taking import Taken
from agent.register import leaving, names, outgoing, relations, separation, spelling
from agent.register.views import Problem
from agent.register.workplace import Workplace
from peewee_models import bulk, duplicates, exchange_entering, outbox, register_queries
from peewee_models.audit import append_many

IMPORT: Final = "import"
MOST_NAMED: Final = 12
_MOST_SPELLED: Final = 50_000
Kind = Literal["new", "equal", "different", "rejected"]


@dataclass(frozen=True, slots=True)
class Sorted:
    """What a row is beside the register and the rows before it."""

    taken: Taken
    kind: Kind
    problems: tuple[Problem, ...] = ()


@dataclass(slots=True)
class Seen:
    """What the rows of a file before this one have said: who, in which line."""

    lines: dict[tuple[str, ...], int] = field(default_factory=dict)


def sort_out(batch: Sequence[Taken], seen: Seen) -> list[Sorted]:
    """Tell what each row of a batch is, inside an open transaction.

    Args:
        batch: the rows.
        seen: who stood in the rows before; these are added.
    """
    readable = [one for one in batch if not one.flaws]
    numbers = [one.values["id_no"] for one in readable if one.values["id_no"]]
    known = exchange_entering.known(numbers)
    active = exchange_entering.active_with(sorted(known))
    nameless = [names.search_key(one.values["name"]) for one in readable if not one.values["id_no"]]
    without = {_same(row): row for row in exchange_entering.without_number(nameless)}
    return [_sorted(one, seen, active, known, without) for one in batch]


def _same(row: Any) -> tuple[str, ...]:
    birth = row.person.birth_date
    return (row.person.name_key, "" if birth is None else birth.isoformat(), row.person.guardian_id)


def _sorted(
    one: Taken, seen: Seen, active: Mapping[str, Any], known: set[str], without: Mapping[tuple[str, ...], Any]
) -> Sorted:
    if one.flaws:
        return Sorted(one, "rejected", one.flaws)
    number = one.values["id_no"]
    before = seen.lines.setdefault(one.same, one.line)
    if before != one.line and any(one.same):
        return Sorted(one, "rejected", (Problem("IMPORT-TWICE", None, {"line": before}),))
    record = active.get(number) if number else without.get(one.same)
    if record is not None:
        return _beside(one, register_queries.values_of(record))
    if one.problems:
        return Sorted(one, "rejected", one.problems)
    is_of_cancelled = number in known
    return Sorted(one, "different", (Problem("IMPORT-CANCELLED", "id_no"),)) if is_of_cancelled else Sorted(one, "new")


def _beside(one: Taken, held: Mapping[str, str]) -> Sorted:
    """What a row is beside the registration of the same person."""
    other = [key for key, text in one.given.items() if held.get(key, "") != text]
    kind: Kind = "different" if other else "equal"
    return Sorted(one, kind, tuple(Problem("IMPORT-DIFFERENT", key) for key in other[:MOST_NAMED]))


class Entering:
    """Writes the new rows of one import.

    Args:
        place: the register's store, clock and station.
        run_id: of the import.
        ids: who runs it: user and session.
        wanted: the dwellings that its rows name.
    """

    def __init__(
        self, place: Workplace, run_id: uuid.UUID, ids: audit.SignedInIds, wanted: Iterable[tuple[str, ...]]
    ) -> None:
        self._place = place
        self._run_id = run_id
        self._ids = ids
        self._households = exchange_entering.households_at(frozenset(wanted))
        self._spelled: dict[str, tuple[str, str]] = {}

    def write(self, rows: Sequence[Taken]) -> None:
        """Write a batch inside the open transaction: persons, registrations, origins, audit rows, outbox rows."""
        if not rows:
            return
        now, today = self._place.clock.now(), self._place.clock.today()
        prefix = f"{self._place.station.code}{today:%Y%m%d}"
        first = exchange_entering.next_form_number(prefix)
        made: list[uuid.UUID] = []
        people, records, origins, told = [], [], [], []
        for place, taken in enumerate(rows):
            form_no, one = exchange_entering.form_number(prefix, first + place), self._with_household(taken)
            person, record = self._person(one), self._record(one, form_no, now, made)
            record["person_id"] = person["id"]
            people.append(person)
            records.append(record)
            origins.append((record["id"], register_queries.ALL_OTHERS, IMPORT, now))
            told.append((record["id"], 1, _body(one, record, now)))
        exchange_entering.insert_households(made, now)
        exchange_entering.insert_people(people)
        duplicates.note_many_uncompared([person["id"] for person in people])
        exchange_entering.insert_registrations(records)
        exchange_entering.insert_origins(origins)
        subjects = [("record", record["id"]) for record in records]
        facts = {"version": 1, "run": str(self._run_id)}
        append_many(now, self._ids.keys, audit.Act.RECORD_IMPORTED.value, subjects, facts)
        outbox.append_many(now, outgoing.SAVED, told)

    def _with_household(self, one: Taken) -> Taken:
        """Of who comes to a household that is there nobody has said yet what they are to its head, unless the file."""
        if one.dwelling not in self._households or one.given.get(relations.KEY):
            return one
        return replace(one, values=one.values | {relations.KEY: ""})

    def _person(self, one: Taken) -> dict[str, Any]:
        columns = register_queries.columns_for(one.values, register_queries.PERSON_KEYS)
        name = one.values["name"]
        if name not in self._spelled:
            if len(self._spelled) >= _MOST_SPELLED:
                self._spelled.clear()
            self._spelled[name] = spelling.pinyin_keys(name)
        spelled, initials = self._spelled[name]
        searched = {"name_key": names.search_key(name), "name_pinyin": spelled, "name_initials": initials}
        return columns | searched | {"id": bulk.new_key()}

    def _record(self, one: Taken, form_no: str, now: datetime, made: list[uuid.UUID]) -> dict[str, Any]:
        columns = register_queries.columns_for(one.values, register_queries.REGISTRATION_KEYS)
        household = None if one.dwelling is None else self._households.get(one.dwelling)
        if household is None:
            household = bulk.new_key()
            made.append(household)
            if one.dwelling is not None:
                self._households[one.dwelling] = household
        return columns | {
            "id": bulk.new_key(),
            "form_no": form_no,
            "household_id": household,
            "version": 1,
            "state": "active",
            "reading": "",
            "collected_by_id": self._ids.keys[0],
            "collected_at": now,
            "registered_at": now,
            "verified_at": now,
        }


def _body(one: Taken, record: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """What is told of a new registration, as `outgoing.body` tells it."""
    at = now.isoformat()
    return {key: one.values[key] for key in (*register_queries.PERSON_KEYS, *register_queries.REGISTRATION_KEYS)} | {
        "form_no": record["form_no"],
        "target": leaving.DISTRICT if record["form"] == separation.RG else leaving.POLICE,
        "person": str(record["person_id"]),
        "state": record["state"],
        "household": str(record["household_id"]),
        "collected_by": str(record["collected_by_id"]),
        "collected_at": at,
        "registered_at": at,
        "verified_at": at,
        "origins": {register_queries.ALL_OTHERS: {"source": IMPORT, "is_verified": False, "at": at}},
        "accepted": [],
        "changes": [],
        "cancellations": [],
        "merges": [],
    }
