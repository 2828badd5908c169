"""What saving changes in a record: values with their sources, the household, and what a card vouches for.

All but `write` is pure.

A change needs a reason, unless it is what the chip said when it was read twice for this form.  Whatever changes what
the district is told of a record is a version of it, with a line in its history: also that values stay as they were and
a card, or a second person, vouches for them for the first time, or that the address base has another plate for the
door, which makes no edit of a confirmation.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from agent.register import asked, fields, relations, separation
from agent.register.doors import ADDR_ID
from agent.register.form import Entry, Form
from peewee_models import register_queries
from peewee_models.register import Change

HOUSEHOLD: Final = "household"
CARD: Final = "card"
STATE: Final = "state"
UNCHANGED: Final = "unchanged"
PERSON: Final = "person"
MERGE: Final = "merge"
NO_FIELDS: Final = frozenset({CARD, STATE, UNCHANGED, PERSON, MERGE})
"""Lines of the history that change no value of the record."""
NOTICE: Final = "notice_version"
_BY_ITSELF: Final = frozenset({NOTICE, separation.FORM, ADDR_ID})
"""What follows from other values, for which a reason is given already where they change."""
_FOLLOWS_FROM: Final = {"hukou_div": "hukou_address"}
_KEYS: Final = (*register_queries.PERSON_KEYS, *register_queries.REGISTRATION_KEYS)


@dataclass(frozen=True, slots=True)
class Step:
    """One value that a revision changes.

    Attributes:
        is_backed: whether a chip that was read twice says so, or the notice was given anew.
    """

    key: str
    old: str
    new: str
    source: str
    is_verified: bool
    is_backed: bool


@dataclass(frozen=True, slots=True)
class Revision:
    """Everything that a save changes in a record.

    Attributes:
        vouched: keys of unchanged values that a card vouches for now, and did not before.
        household: the new one; None where it stays.
        passed: field and code of problems that a second person lets pass now, and had not before.
    """

    steps: tuple[Step, ...] = ()
    vouched: tuple[str, ...] = ()
    household: uuid.UUID | None = None
    passed: frozenset[tuple[str, str]] = frozenset()

    @property
    def is_change(self) -> bool:
        """Whether the record says something else than before; which plate its door has is nothing said."""
        return any(step.key != ADDR_ID for step in self.steps) or self.household is not None

    @property
    def is_version(self) -> bool:
        """Whether anything of it is to be told."""
        return bool(self.steps or self.vouched or self.passed) or self.household is not None


def values(form: Form, held: Mapping[str, str]) -> dict[str, str]:
    """What a form makes of a record; what it had from the record itself stays as the record has it by now.

    What this form does not ask for is not kept; what the register knows of the person from another form stays.
    """
    own = {key: entry.value for key, entry in form.items() if not (entry.source == "register" and key in held)}
    new = {key: own[key] if key in own else held.get(key, "") for key in _KEYS}
    new[separation.FORM] = kind = new[separation.FORM] or separation.RG
    of_others = {key: held.get(key, "") if key in register_queries.PERSON_KEYS else "" for key in new}
    is_own = {key: key not in fields.RULES or asked.is_asked(key, kind) for key in new}
    return {key: text if is_own[key] else of_others[key] for key, text in new.items()}


def steps(form: Form, held: Mapping[str, str], new: Mapping[str, str]) -> tuple[Step, ...]:
    """The values in which a record is to differ from what it holds."""
    changed = []
    for key in _KEYS:
        if new.get(key, "") == held[key]:
            continue
        entry = form.get(key)
        source = entry.source if entry is not None and entry.source else "typed"
        is_verified = _is_of_chip(entry)
        is_from_chip = source == "derived" and _is_of_chip(form.get(_FOLLOWS_FROM.get(key, "")))
        is_backed = is_verified or is_from_chip or key in _BY_ITSELF or _is_first_place(key, held[key], source)
        changed.append(Step(key, held[key], new.get(key, ""), source, is_verified, is_backed))
    return tuple(changed)


def _is_first_place(key: str, held: str, source: str) -> bool:
    """Whether a record that did not say who somebody is in the household, or of which committee, has it by itself."""
    return key in {relations.KEY, relations.KIND, "committee", "h_committee"} and not held and source == "derived"


def vouched(form: Form, held: Mapping[str, str], origins: Mapping[str, Any]) -> tuple[str, ...]:
    """The keys of values that are as the record holds them, and that a card read twice says now for the first time."""
    return tuple(
        key
        for key in _KEYS
        if _is_of_chip(form.get(key)) and form[key].value == held[key] and not _is_vouched_for(origins.get(key))
    )


def _is_of_chip(entry: Entry | None) -> bool:
    return entry is not None and entry.source == "chip" and entry.is_verified and entry.value != ""


def _is_vouched_for(origin: Any) -> bool:
    return origin is not None and origin.source == "chip" and bool(origin.is_verified)


def write(record: Any, revision: Revision, form: Form, who: uuid.UUID, at: datetime, reason: str) -> None:
    """Put a revision into a record, with its history, inside the open transaction; the record itself is not saved yet.

    Args:
        record: the row, with its person.
        revision: what changes; it must be a version.
        form: where the values came from.
        who: by whom.
        at: when.
        reason: why; it stands with all that no chip backs.
    """
    record.version += 1
    line = {"registration": record, "version": record.version, "at": at, "user": who}
    for step in revision.steps:
        why = "" if step.is_backed else reason
        told = {"key": step.key, "old": step.old, "new": step.new, "source": step.source}
        Change.create(**line, **told, is_verified=step.is_verified, reason=why)
        register_queries.set_origin(record.id, step.key, step.source, at, is_verified=step.is_verified)
    for key in revision.vouched:
        register_queries.set_origin(record.id, key, "chip", form[key].at, is_verified=True)
    if revision.vouched:
        told = {"key": CARD, "old": "", "new": " ".join(revision.vouched), "source": "chip"}
        Change.create(**line, **told, is_verified=True, reason="")
    if revision.household is not None:
        old = "" if record.household_id is None else str(record.household_id)
        told = {"key": HOUSEHOLD, "old": old, "new": str(revision.household), "source": "typed"}
        Change.create(**line, **told, is_verified=False, reason=reason)
        record.household = revision.household
    new = {step.key: step.new for step in revision.steps}
    for target, keys in (
        (record.person, register_queries.PERSON_KEYS),
        (record, register_queries.REGISTRATION_KEYS),
    ):
        for key, column in register_queries.columns_for(new, [key for key in keys if key in new]).items():
            setattr(target, key, column)


def write_state(record: Any, state: str, who: uuid.UUID, at: datetime, reason: str) -> None:
    """Make a version of a record in which nothing but its state is new, with its history; it is not saved yet."""
    record.version += 1
    told = {"key": STATE, "old": record.state, "new": state, "reason": reason}
    Change.create(registration=record, version=record.version, at=at, user=who, **told)
    record.state = state


def write_person(record: Any, person_id: uuid.UUID, who: uuid.UUID, at: datetime, reason: str) -> None:
    """Let a record be another person's, with its history, in the version that was begun; it is not saved yet."""
    told = {"key": PERSON, "old": str(record.person_id), "new": str(person_id), "reason": reason}
    Change.create(registration=record, version=record.version, at=at, user=who, **told)
    record.person = person_id


def write_merge(record: Any, merges: tuple[str, str], who: uuid.UUID, at: datetime, reason: str) -> None:
    """Note in the history that another person's records were joined to this one's, or parted: the merge, or none."""
    told = {"key": MERGE, "old": merges[0], "new": merges[1], "reason": reason}
    Change.create(registration=record, version=record.version, at=at, user=who, **told)


def is_as_it_was(changes: Iterable[Any]) -> bool:
    """Whether some changes of a record, in the order of time, leave all as it was before them.

    That somebody found it unchanged changes nothing; what a card has vouched for is something new.
    """
    first: dict[str, str] = {}
    last: dict[str, str] = {}
    for change in changes:
        first.setdefault(change.key, change.old)
        last[change.key] = change.new
    return all(last[key] == first[key] for key in first if key != UNCHANGED)


def write_no_head(record: Any, who: uuid.UUID, at: datetime, reason: str) -> None:
    """Let a record no longer be the head of its household, where another has become it; in the version just made."""
    told = {"key": relations.KEY, "old": record.relation_to_head, "new": "", "reason": reason}
    Change.create(registration=record, version=record.version, at=at, user=who, **told)
    record.relation_to_head = ""


def write_unchanged(record: Any, who: uuid.UUID, at: datetime) -> None:
    """Make a version of a record in which nothing is new but that it was found so, with its history; not saved yet."""
    record.version += 1
    told = {"key": UNCHANGED, "old": record.verified_at.isoformat(), "new": at.isoformat(), "reason": ""}
    Change.create(registration=record, version=record.version, at=at, user=who, **told)
    record.verified_at = at


def reason_of(form: Form) -> str:
    """Why, as the clerk typed it into the form."""
    entry = form.get(fields.REASON)
    return "" if entry is None else fields.reason(entry.value)
