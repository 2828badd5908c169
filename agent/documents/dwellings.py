"""Which dwelling (住处) a paper proves, and whether that is where the person lives.

A paper that proves a dwelling is marked with the address for which it came; nobody can tell a move from a mended
spelling by the addresses alone, so whatever contradicts the mark asks for another proof until the clerk says that
this one is of the present dwelling.  Papers of an unsaved form have no mark: they are of whatever the form says last.
"""

from __future__ import annotations

import unicodedata
import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agent.documents import kinds
from agent.documents.people import Person
from peewee_models import corrections, document_queries, finding_queries, register_queries
from peewee_models.document_queries import Owner

_HOUSE = frozenset({"lane", "sublane", "no"})


@dataclass(frozen=True, slots=True)
class Tally:
    """How many pages of each kind count, and how many prove another dwelling."""

    counting: Mapping[str, int]
    elsewhere: Mapping[str, int]


def mark(values: Mapping[str, str]) -> dict[str, str]:
    """The part of a form's values that tells one dwelling from another."""
    return {key: values.get(key, "") for key in finding_queries.DWELLING_KEYS}


def is_of(proves: Mapping[str, str] | None, values: Mapping[str, str]) -> bool:
    """Whether nothing in a mark speaks against the dwelling in a form; what one of them leaves out does not.

    But for the house: No. 8 of a road and No. 8 of a lane off that road are two.
    """
    return proves is None or not any(
        (key in _HOUSE or (text and values.get(key))) and _folded(text) != _folded(values.get(key, ""))
        for key, text in proves.items()
    )


def _folded(text: str) -> str:
    """The same address typed otherwise: full width, capitals, spaces."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def mark_saved(draft: Owner, record_id: uuid.UUID) -> None:
    """Mark the papers of a draft with the dwelling that it was saved with; the record has it by now."""
    codes = [one.code for one in kinds.kinds() if one.is_of_dwelling]
    document_queries.mark_dwelling(draft, codes, mark(stored(record_id)))
    complete(record_id)


def complete(record_id: uuid.UUID) -> None:
    """Let the marks of the present dwelling learn what its address said nothing of so far: the room, say.

    Else a paper that came before the room was known would prove each room of the house.  One of another dwelling gets a
    new version: who says that it counts for the present one must have seen which that is.
    """
    values = mark(stored(record_id))
    for row in document_queries.documents_of(Owner("record", record_id)):
        if row.dwelling is not None and not is_of(row.dwelling, values):
            document_queries.next_version(row.id)
        elif row.dwelling is not None:
            row.dwelling = {key: row.dwelling.get(key) or text for key, text in values.items()}
            row.save()


def own_correction(owner: Owner, by: Person) -> Any:
    """What this person has typed over a record and not saved, or None."""
    return None if owner.column == "draft" else corrections.of_user(owner.id, uuid.UUID(by.user_id))


def awaits(row: Any, values: Mapping[str, str], correction: Any) -> bool:
    """Whether a paper came under a correction and proves the address that is typed there, so that it will count.

    Args:
        row: the paper.
        values: as they are stored.
        correction: what who looks has typed over them; None for nothing.
    """
    is_own = correction is not None and row.correction == correction.id
    return is_own and is_of(row.brought_for or row.dwelling, {**values, **correction.typed})


def follow(record_id: uuid.UUID, correction_id: uuid.UUID, before: Mapping[str, str], now: Mapping[str, str]) -> None:
    """Let what came under a correction prove the address as it is typed by now, as far as that was typed.

    What others have changed meanwhile moves no paper.  What proves something else now gets a new version, as in
    `complete`.

    Args:
        record_id: the record.
        correction_id: its correction.
        before: what was typed so far; what is no longer is as it is stored.
        now: what is typed now.
    """
    held = stored(record_id)
    told = {key: now.get(key, held[key]) for key in finding_queries.DWELLING_KEYS if key in {*before, *now}}
    for row in document_queries.following(record_id, correction_id):
        is_counted = row.brought_for is not None
        proven = {**(row.brought_for if is_counted else row.dwelling), **told}
        if proven != (row.brought_for if is_counted else row.dwelling):
            row.dwelling, row.brought_for = (row.dwelling, proven) if is_counted else (proven, None)
            _changed(row)


def mark_present(row: Any) -> None:
    """Mark a record's paper with the dwelling that the record has now; what it was brought for is not forgotten.

    Nothing comes to it any more: whoever takes that back must not take other pages along.
    """
    row.brought_for, row.dwelling = row.brought_for or row.dwelling, mark(stored(row.record_id))
    row.state = "closed"
    _changed(row)


def mark_as_before(row: Any) -> None:
    """Let a record's paper prove again what it was brought for."""
    row.dwelling, row.brought_for = row.brought_for, None
    _changed(row)


def _changed(row: Any) -> None:
    row.save()
    document_queries.next_version(row.id)


def checklist(values: Mapping[str, str], owner: Owner, held_by: Owner | None) -> tuple[kinds.ChecklistLine, ...]:
    """What is needed and what is there, inside the caller's transaction.

    Args:
        values: of the form.
        owner: the form.
        held_by: the record that it is to change, where it is a draft of a known person.
    """
    own = _tally(owner, values)
    if held_by is None:
        return kinds.checklist(values, own.counting, elsewhere=own.elsewhere)
    held = _tally(held_by, values)
    return kinds.checklist(values, own.counting, held=held.counting, elsewhere=held.elsewhere)


def _tally(owner: Owner, values: Mapping[str, str]) -> Tally:
    counting, elsewhere = Counter[str](), Counter[str]()
    for kind, proves, pages in document_queries.page_counts(owner):
        (counting if is_of(proves, values) else elsewhere)[kind] += pages
    return Tally(counting, elsewhere)


def stored(record_id: uuid.UUID) -> dict[str, str]:
    """The values of a record."""
    return register_queries.values_of(register_queries.by_key(record_id))
